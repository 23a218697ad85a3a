// The two clear-alls of the catalogue, which this server does not have: they follow the window and
// answer as an empty catalogue does. Their resources have no other call.
#pragma once

#include <memory>

#include "dialects/dialect.h"
#include "dialects/hotcakes/resource.h"

namespace oubli::dialects::hotcakes {

std::unique_ptr<Resource> MakeCategories(const Environment& environment);
std::unique_ptr<Resource> MakeProducts(const Environment& environment);

}  // namespace oubli::dialects::hotcakes
