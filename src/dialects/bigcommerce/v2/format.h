// JSON or XML: what a call of V2 is answered in (contract 6).
#pragma once

#include <optional>
#include <string_view>

#include "dialects/bigcommerce/call.h"

namespace oubli::dialects::bigcommerce::v2 {

enum class Format { kJson, kXml };

// As the original's documents order it: a type that Accept names without a weight, the suffix of
// the path, a type that Accept names with one, and JSON where Accept admits anything or is not
// there. Nothing when Accept admits neither.
std::optional<Format> ChooseFormat(const http::Request& request, PathSuffix suffix);

std::string_view ContentType(Format format);

}  // namespace oubli::dialects::bigcommerce::v2
