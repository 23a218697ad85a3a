#include "dialects/stickystreet/field_values.h"

#include <algorithm>

#include "base/date_time.h"
#include "base/text.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

// 2012.07.28 22:59:59, or the day alone; dashes are as good as dots.
bool IsDateTime(std::string_view text) {
  std::string iso(text);
  std::ranges::replace(iso, '.', '-');
  return ParseIso8601(iso).has_value();
}

bool IsAmount(std::string_view text, bool money) {
  if (text.find_first_of("eE") != std::string_view::npos) return false;
  const size_t separator = text.find_first_of(".,");
  if (money && separator != std::string_view::npos && text.size() - separator > 3) return false;
  return Decimal::Parse(text, true).has_value();
}

Status CheckValue(const customers::FieldDefinition& field, const std::string& value) {
  const std::string_view text = Trim(value);
  const auto is_choice = [&](std::string_view choice) {
    return std::ranges::find(field.choices, Trim(choice)) != field.choices.end();
  };
  if (text.empty()) return {};
  if (field.type == "Date" && !IsDateTime(text)) return Refuse(kBadDate);
  if (field.type == "Number" && !IsAmount(text, false)) return Refuse(kBadNumber);
  if (field.type == "Money" && !IsAmount(text, true)) return Refuse(kBadMoney);
  if (field.type == "Pick" && !is_choice(text)) return Refuse(kOptionNotAllowed);
  if (field.type == "List" && !std::ranges::all_of(Split(text, ','), is_choice)) {
    return Refuse(kOptionNotAllowed);
  }
  return {};
}

}  // namespace

Status CheckFieldValues(customers::StoreView& view, const std::map<int64_t, std::string>& values) {
  if (values.empty()) return {};
  OUBLI_TRY_ASSIGN(const auto fields, customers::ListFieldDefinitions(view));
  for (const customers::FieldDefinition& field : fields) {
    const auto value = values.find(field.number);
    if (value != values.end()) OUBLI_TRY(CheckValue(field, value->second));
  }
  return {};
}

}  // namespace oubli::dialects::stickystreet
