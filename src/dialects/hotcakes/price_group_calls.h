// The resource pricegroups: find, create, update, delete.
#pragma once

#include <memory>

#include "dialects/hotcakes/resource.h"

namespace oubli::dialects::hotcakes {

std::unique_ptr<Resource> MakePriceGroups();

}  // namespace oubli::dialects::hotcakes
