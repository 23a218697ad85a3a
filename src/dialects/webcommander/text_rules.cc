#include "dialects/webcommander/text_rules.h"

#include <string>

#include "base/text.h"

namespace oubli::dialects::webcommander {
namespace {

bool HasLinesOrTabs(std::string_view text) {
  return text.find_first_of("\t\r\n") != std::string_view::npos;
}

}  // namespace

std::optional<ApiError> CheckText(std::string_view field, std::string_view text, TextRule rule) {
  if (!IsValidUtf8(text)) {
    return ValidationFailed(field, "invalid_character", "must be valid UTF-8");
  }
  if (HasControlCharacters(text) || (!rule.lines && HasLinesOrTabs(text))) {
    return ValidationFailed(field, "invalid_character", "must not hold control characters");
  }
  if (CodePoints(text) > rule.max_code_points) {
    return ValidationFailed(
        field, "too_long",
        "must not be longer than " + std::to_string(rule.max_code_points) + " characters");
  }
  return std::nullopt;
}

bool LooksLikeEmail(std::string_view text) {
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find(' ') == std::string_view::npos;
}

}  // namespace oubli::dialects::webcommander
