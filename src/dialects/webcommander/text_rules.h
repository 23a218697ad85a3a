// What text from outside may look like, in bodies and in queries.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "dialects/webcommander/errors.h"

namespace oubli::dialects::webcommander {

struct TextRule {
  size_t max_code_points = 255;
  bool lines = false;  // tabs and line ends may occur
};

// The error that names `field` when `text` breaks `rule` or is not UTF-8.
std::optional<ApiError> CheckText(std::string_view field, std::string_view text, TextRule rule);

// One @ with something at both sides, and no blanks. Whether mail arrives there is not ours to
// know.
bool LooksLikeEmail(std::string_view text);

}  // namespace oubli::dialects::webcommander
