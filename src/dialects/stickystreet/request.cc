#include "dialects/stickystreet/request.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr size_t kMaxCodePoints = 255;
constexpr size_t kMaxCustomFieldCodePoints = 10'000;
constexpr size_t kMaxCallback = 128;

bool IsCallback(std::string_view name) {
  const auto may_start = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '$';
  };
  const auto may_follow = [&](char c) {
    return may_start(c) || (c >= '0' && c <= '9') || c == '.';
  };
  return !name.empty() && name.size() <= kMaxCallback && may_start(name[0]) &&
         std::all_of(name.begin(), name.end(), may_follow);
}

Status ReadFormat(const Fields& fields, Format& format) {
  format.condensed = EqualsIgnoreCase(fields.Get("condensed"), "yes");
  const std::string_view output = fields.Get("output");
  const std::string_view callback = fields.Get("callback");
  const bool json = EqualsIgnoreCase(output, "JSON");
  if (json || !callback.empty()) format.kind = Format::Kind::kJson;
  if (!json && !output.empty() && !EqualsIgnoreCase(output, "XML")) {
    return Refuse(kOptionNotAllowed);
  }
  if (callback.empty()) return {};
  if (!IsCallback(callback)) return Refuse(kOptionNotAllowed);
  format.kind = Format::Kind::kJsonp;
  format.callback = callback;
  return {};
}

Status ReadFields(const http::Request& request, Fields& fields) {
  const auto body = http::ParseForm(request);
  const auto query = http::ParseUrlEncoded(request.query);
  // Both are taken as far as they go, for the sake of the output parameters, before either is
  // refused.
  const bool body_fits = body && fields.Add(*body);
  const bool query_fits = query && fields.Add(*query);
  if (!body) return Fail(body.error());
  if (!query) return Fail(query.error());
  if (!body_fits || !query_fits) return Refuse(kGivenTwice);
  return {};
}

// The name as an error may repeat it: one that is none of ours could be anything.
std::string PlainName(std::string_view name) {
  const bool plain = name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '_';
                     });
  return plain && !name.empty() ? std::string(name) : "a parameter";
}

}  // namespace

bool Fields::Add(const http::Parameters& parameters) {
  std::unordered_set<std::string_view> seen;
  bool fits = true;
  for (const http::Parameter& parameter : parameters.all()) {
    fits &= seen.insert(parameter.name).second;
    fits &= parameter.name.find('[') == std::string::npos;
    values_.try_emplace(parameter.name, parameter.value);
  }
  return fits;
}

const std::string* Fields::Find(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  return found == values_.end() ? nullptr : &found->second;
}

std::string_view Fields::Get(std::string_view name) const {
  const std::string* value = Find(name);
  return value == nullptr ? std::string_view() : Trim(*value);
}

bool Fields::IsYes(std::string_view name) const {
  const std::string_view value = Get(name);
  return EqualsIgnoreCase(value, "Y") || EqualsIgnoreCase(value, "Yes") ||
         EqualsIgnoreCase(value, "true") || value == "1";
}

Input ReadInput(const http::Request& request) {
  Input input;
  input.status = ReadFields(request, input.fields);
  const Status format = ReadFormat(input.fields, input.format);
  if (input.status && !format) input.status = format;
  return input;
}

Status CheckValues(const Fields& fields) {
  for (const auto& [name, value] : fields.all()) {
    const bool batch = name == "profiles_data" || name == "Visits_Data";
    const bool free_text = batch || name == "delimiter" || name.starts_with("custom_field");
    const size_t limit =
        batch ? value.size() : (free_text ? kMaxCustomFieldCodePoints : kMaxCodePoints);
    // Line breaks and tabs have their place in free text alone.
    const bool clean = IsValidUtf8(value) && !HasControlCharacters(value) &&
                       (free_text || Trim(value).find_first_of("\t\r\n") == std::string::npos);
    if (!clean) return Refuse("Not a valid text: " + PlainName(name));
    if (CodePoints(value) > limit) return Refuse("Too long: " + PlainName(name));
  }
  return {};
}

}  // namespace oubli::dialects::stickystreet
