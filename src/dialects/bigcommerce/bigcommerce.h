// The entry of this dialect; the wire contract is told in docs/dialects/bigcommerce.md.
#pragma once

#include <memory>

#include "dialects/dialect.h"

namespace oubli::dialects::bigcommerce {

std::unique_ptr<Dialect> Make(const Environment& environment);

}  // namespace oubli::dialects::bigcommerce
