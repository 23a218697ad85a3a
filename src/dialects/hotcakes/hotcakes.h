// The entry of this dialect; the wire contract is told in docs/dialects/hotcakes.md.
#pragma once

#include <memory>

#include "dialects/dialect.h"

namespace oubli::dialects::hotcakes {

std::unique_ptr<Dialect> Make(const Environment& environment);

}  // namespace oubli::dialects::hotcakes
