#include "dialects/bigcommerce/v2/body.h"

#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/v2/reply.h"
#include "dialects/bigcommerce/v2/xml.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace json = boost::json;

tl::unexpected<Error> Fault(std::string_view name, std::string_view reason) {
  return Fail(ErrorKind::kInvalid, reason, name);
}

Result<json::value> ReadBody(const http::Request& request, std::string_view root,
                             const Choices& choices) {
  if (request.body.empty()) return Fail(ErrorKind::kInvalid, "The request has no body.");
  const std::string* header = request.FindHeader("Content-Type");
  if (header == nullptr) return Fail(ErrorKind::kInvalid, "The Content-Type header is required.");
  const std::string_view type = Trim(std::string_view(*header).substr(0, header->find(';')));
  if (EqualsIgnoreCase(type, "application/xml") || EqualsIgnoreCase(type, "text/xml")) {
    return ReadXml(request.body, root, choices);
  }
  if (!EqualsIgnoreCase(type, kJsonContentType)) {
    return Fail(ErrorKind::kForbidden, choices.unsupported_media_type);
  }
  if (!IsValidUtf8(request.body)) {
    return Fail(ErrorKind::kInvalid, "The request is not valid UTF-8.");
  }
  auto value = ParseJson(request.body);
  if (!value) return Fail(ErrorKind::kInvalid, "The request is not valid JSON.");
  if (!value->is_object()) return Fail(ErrorKind::kInvalid, "The request must be one object.");
  return std::move(*value);
}

const json::value* Fields::Find(std::string_view name) const {
  const json::value* value = FindMember(object_, name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool Fields::IsNull(std::string_view name) const {
  const json::value* value = FindMember(object_, name);
  return value != nullptr && value->is_null();
}

Status Fields::Refuse(std::span<const std::string_view> read_only) const {
  for (const std::string_view name : read_only) {
    if (FindMember(object_, name) != nullptr) return oubli::Fail(NotSupported(name));
  }
  return {};
}

Status Fields::Require(std::string_view name) const {
  if (!Has(name)) return Fault(name, kNotSupplied);
  return {};
}

Status Fields::Text(std::string_view name, TextLength length,
                    std::optional<std::string>& into) const {
  const json::value* value = Find(name);
  if (value == nullptr) return {};
  const auto text = AsString(*value);
  if (!text) return Fault(name, "is not a text");
  OUBLI_TRY(CheckText(*text, length, name));
  into.emplace(*text);
  return {};
}

Status Fields::Integer(std::string_view name, int64_t min, int64_t max,
                       std::optional<int64_t>& into) const {
  const json::value* value = Find(name);
  if (value == nullptr) return {};
  const auto number = IntegerOf(*value);
  if (!number) return Fault(name, "is not an integer");
  if (*number < min || *number > max) return Fault(name, "is out of range");
  into = *number;
  return {};
}

Status Fields::Boolean(std::string_view name, std::optional<bool>& into) const {
  const json::value* value = Find(name);
  if (value == nullptr) return {};
  const std::string_view text = AsString(*value).value_or("");
  if (value->is_bool()) {
    into = value->get_bool();
  } else if (text == "true" || text == "false") {
    into = text == "true";
  } else {
    return Fault(name, "is neither true nor false");
  }
  return {};
}

Status Fields::Money(std::string_view name, std::optional<Decimal>& into) const {
  const json::value* value = Find(name);
  if (value == nullptr) return {};
  const auto text = AsString(*value);
  const auto amount = text ? Decimal::Parse(*text) : AsDecimal(*value);
  if (!amount) return Fault(name, "is not a decimal number");
  if (*amount < Decimal()) return Fault(name, "is negative");
  into = *amount;
  return {};
}

Result<const json::object*> Fields::Object(std::string_view name) const {
  const json::value* value = Find(name);
  if (value == nullptr) return nullptr;
  if (value->is_object()) return &value->get_object();
  // What an empty element of XML is.
  if (AsString(*value) == std::string_view()) return nullptr;
  return Fault(name, "is not an object");
}

Result<const json::array*> Fields::Array(std::string_view name) const {
  const json::value* value = Find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return Fault(name, "is not a valid array");
  return &value->get_array();
}

std::optional<int64_t> IntegerOf(const json::value& value) {
  const auto text = AsString(value);
  return text ? ParseInt(*text) : AsInt(value);
}

}  // namespace oubli::dialects::bigcommerce::v2
