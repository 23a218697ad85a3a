// The dialects that this server speaks.
#pragma once

#include <memory>
#include <vector>

#include "dialects/dialect.h"

namespace oubli::server {

std::vector<std::unique_ptr<dialects::Dialect>> MakeDialects(
    const dialects::Environment& environment);

}  // namespace oubli::server
