#include "admin/arguments.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/json.h"
#include "base/text.h"

namespace oubli::admin {
namespace {

tl::unexpected<Error> Wrong(std::string_view name, std::string_view expected) {
  return Fail(ErrorKind::kInvalid, fmt::format("{} must be {}", name, expected), name);
}

tl::unexpected<Error> Missing(std::string_view name) {
  return Fail(ErrorKind::kInvalid, fmt::format("{} is missing", name), name);
}

}  // namespace

Status Arguments::CheckNames(std::initializer_list<std::string_view> known) const {
  for (const auto& member : object_) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string_view near = NearestName(name, std::span(known.begin(), known.size()));
    if (near.empty()) return Fail(ErrorKind::kInvalid, "unknown argument");
    return Fail(ErrorKind::kInvalid, fmt::format("unknown argument; is {} meant?", near), near);
  }
  return {};
}

Result<std::string> Arguments::Text(std::string_view name) const {
  OUBLI_TRY_ASSIGN(std::optional<std::string> text, OptionalText(name));
  if (!text) return Missing(name);
  return *std::move(text);
}

Result<std::optional<std::string>> Arguments::OptionalText(std::string_view name) const {
  const boost::json::value* value = FindMember(object_, name);
  if (value == nullptr) return std::nullopt;
  const std::optional<std::string_view> text = AsString(*value);
  if (!text) return Wrong(name, "a text");
  return std::string(*text);
}

Result<int64_t> Arguments::Int(std::string_view name) const {
  const boost::json::value* value = FindMember(object_, name);
  if (value == nullptr) return Missing(name);
  const std::optional<int64_t> number = AsInt(*value);
  if (!number) return Wrong(name, "a whole number");
  return *number;
}

Result<int64_t> Arguments::Int(std::string_view name, int64_t otherwise) const {
  if (FindMember(object_, name) == nullptr) return otherwise;
  return Int(name);
}

Result<std::vector<std::string>> Arguments::Texts(std::string_view name) const {
  std::vector<std::string> texts;
  const boost::json::value* value = FindMember(object_, name);
  if (value == nullptr) return texts;
  if (!value->is_array()) return Wrong(name, "a list of texts");
  for (const boost::json::value& element : value->get_array()) {
    const std::optional<std::string_view> text = AsString(element);
    if (!text) return Wrong(name, "a list of texts");
    texts.emplace_back(*text);
  }
  return texts;
}

}  // namespace oubli::admin
