#include "dialects/native/body.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "dialects/native/card_numbers.h"

namespace oubli::dialects::native {
namespace {

namespace json = boost::json;

constexpr std::string_view kNoCardNumber = "must not hold a card number";
constexpr size_t kMaxShownName = 40;

bool IsJson(std::string_view content_type) {
  return EqualsIgnoreCase(Trim(content_type.substr(0, content_type.find(';'))), "application/json");
}

// Whether a name that the caller made up may stand in an answer.
bool IsPlainName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxShownName && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

}  // namespace

tl::expected<json::object, Problem> ReadBody(const http::Request& request) {
  const auto refuse = [](Problem problem) { return tl::unexpected<Problem>(std::move(problem)); };
  const std::string* content_type = request.FindHeader("Content-Type");
  if (content_type == nullptr || !IsJson(*content_type)) {
    return refuse({ProblemType::kUnsupportedMediaType});
  }
  auto value = ParseJson(request.body);
  if (!value) return refuse({ProblemType::kMalformedJson, value.error().text});
  if (!value->is_object()) {
    return refuse({ProblemType::kInvalidRequest, "", {{"#", "must be an object"}}});
  }
  return std::move(value->get_object());
}

std::optional<Problem> Faults::ToProblem() const {
  if (list.empty()) return std::nullopt;
  return Problem{card_number ? ProblemType::kCardNumber : ProblemType::kInvalidRequest, "", list};
}

std::string ObjectReader::Text(std::string_view name, TextLength length, bool required) {
  const json::value* value = Find(name, required);
  if (value == nullptr) return "";
  const auto text = AsString(*value);
  if (!text) {
    Fault(name, "must be a text");
    return "";
  }
  const size_t count = CodePoints(*text);
  if (HasControlCharacters(*text)) {
    Fault(name, "must not contain control characters");
  } else if (count < length.min || count > length.max) {
    Fault(name, fmt::format("must have {} to {} characters", length.min, length.max));
  } else if (HoldsCardNumber(*text)) {
    Fault(name, kNoCardNumber);
    faults_.card_number = true;
  }
  return std::string(*text);
}

std::string ObjectReader::Token(std::string_view name, size_t max) {
  const json::value* value = Find(name, true);
  if (value == nullptr) return "";
  const auto text = AsString(*value);
  if (!text) {
    Fault(name, "must be a text");
    return "";
  }
  // A path cannot end in these two: clients resolve them away.
  const bool is_dots = *text == "." || *text == "..";
  const bool is_plain = std::ranges::all_of(*text, [](char c) { return c > ' ' && c <= '~'; });
  if (text->empty() || text->size() > max || !is_plain || is_dots) {
    Fault(name,
          fmt::format("must have 1 to {} printable ASCII characters, no blanks among them", max));
  } else if (IsCardNumber(*text)) {
    Fault(name, kNoCardNumber);
    faults_.card_number = true;
  }
  return std::string(*text);
}

std::string ObjectReader::Digits(std::string_view name, size_t min, size_t max) {
  std::string text = Text(name, {0, SIZE_MAX});
  const bool fits = IsDigits(text) && text.size() >= min && text.size() <= max;
  const json::value* value = FindMember(object_, name);
  // What is no text, or absent, or a card number has been told already.
  if (!fits && value != nullptr && value->is_string() && !HoldsCardNumber(text)) {
    Fault(name, min == max ? fmt::format("must be {} digits", min)
                           : fmt::format("must be {} to {} digits", min, max));
  }
  return text;
}

int64_t ObjectReader::Integer(std::string_view name, int64_t min, int64_t max) {
  const json::value* value = Find(name, true);
  if (value == nullptr) return min;
  const auto number = AsInt(*value);
  if (!number || *number < min || *number > max) {
    Fault(name, fmt::format("must be an integer from {} to {}", min, max));
    return min;
  }
  return *number;
}

bool ObjectReader::Boolean(std::string_view name, bool otherwise) {
  const json::value* value = Find(name, false);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) {
    Fault(name, "must be true or false");
    return otherwise;
  }
  return value->get_bool();
}

const json::object* ObjectReader::Object(std::string_view name) {
  const json::value* value = Find(name, false);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) {
    Fault(name, "must be an object");
    return nullptr;
  }
  return &value->get_object();
}

void ObjectReader::Fault(std::string_view name, std::string_view detail) {
  faults_.Add(PointerTo(name), detail);
}

void ObjectReader::RefuseOthers() {
  for (const auto& member : object_) {
    if (std::ranges::find(known_, std::string_view(member.key())) != known_.end()) continue;
    const bool plain = IsPlainName(member.key());
    faults_.Add(plain ? PointerTo(member.key()) : pointer_,
                plain ? "is not known" : "has a member that is not known");
    return;  // one says enough: a body may have thousands
  }
}

std::string ObjectReader::PointerTo(std::string_view name) const {
  return pointer_ + "/" + std::string(name);
}

const json::value* ObjectReader::Find(std::string_view name, bool required) {
  known_.push_back(name);
  const json::value* value = FindMember(object_, name);
  if (value == nullptr && required) Fault(name, "is required");
  return value;
}

}  // namespace oubli::dialects::native
