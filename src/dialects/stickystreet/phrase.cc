#include "dialects/stickystreet/phrase.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {

Result<Phrase> Phrase::Parse(std::string_view text) {
  Phrase phrase;
  for (const std::string_view part : Split(text, ',')) {
    std::vector<std::string> words;
    for (const std::string_view word : Split(part, ' ')) {
      if (!word.empty()) words.push_back(FoldCase(word));
    }
    if (!words.empty()) phrase.alternatives_.push_back(std::move(words));
  }
  if (phrase.alternatives_.empty()) return Refuse(kNoData);
  return phrase;
}

bool Phrase::Fits(const Row& fields, const std::map<int64_t, std::string>& custom_fields) const {
  std::vector<std::string> values;
  for (const auto& field : fields) values.push_back(FoldCase(field.second));
  for (const auto& field : custom_fields) values.push_back(FoldCase(field.second));
  const auto has = [&](const std::string& word) {
    return std::ranges::any_of(
        values, [&](const std::string& value) { return value.find(word) != std::string::npos; });
  };
  return std::ranges::any_of(alternatives_,
                             [&](const auto& words) { return std::ranges::all_of(words, has); });
}

}  // namespace oubli::dialects::stickystreet
