// Oubli's own dialect: REST and JSON under /v1, errors as problem details
// (docs/dialects/native.md).
#pragma once

#include <memory>

#include "dialects/dialect.h"

namespace oubli::dialects::native {

std::unique_ptr<Dialect> Make(const Environment& environment);

}  // namespace oubli::dialects::native
