#include "dialects/bigcommerce/body.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {
namespace {

namespace json = boost::json;
using customers::FormField;

constexpr std::string_view kWholeBody = "obj";  // as the original's library names it
constexpr TextLength kFieldName = {1, 255};
constexpr size_t kMaxFormFields = 200;
constexpr size_t kMaxFormValues = 200;

bool IsJson(std::string_view content_type) {
  return EqualsIgnoreCase(Trim(content_type.substr(0, content_type.find(';'))), kJsonContentType);
}

Result<std::string> ReadFormText(const json::value& value, const std::string& field) {
  const auto text = AsString(value);
  if (!text) return Fail(ErrorKind::kInvalid, kExpectedString, field);
  OUBLI_TRY(CheckText(*text, {}, field));
  return std::string(*text);
}

tl::unexpected<http::Response> RefuseBody(const Choices& choices, std::string_view text,
                                          int invalid_status = 422) {
  return tl::unexpected<http::Response>(
      FromError(choices, Error{ErrorKind::kInvalid, std::string(text), std::string(kWholeBody)}, "",
                invalid_status));
}

// The JSON in a request's body, whatever it is.
tl::expected<json::value, http::Response> ReadJson(const http::Request& request,
                                                   const Choices& choices, int invalid_status) {
  if (!IsValidUtf8(request.body)) {
    return RefuseBody(choices, "error.invalid.utf8", invalid_status);
  }
  auto value = ParseJson(request.body);
  if (!value) {
    return tl::unexpected<http::Response>(
        ErrorEnvelope(400, choices.input_is_invalid, {}, "Syntax error"));
  }
  return std::move(*value);
}

tl::expected<json::value, http::Response> ReadTypedBody(const http::Request& request,
                                                        const Choices& choices,
                                                        int invalid_status = 422) {
  if (!request.body.empty()) {
    const std::string* content_type = request.FindHeader("Content-Type");
    if (content_type == nullptr) {
      return tl::unexpected<http::Response>(
          ErrorEnvelope(400, choices.input_is_invalid, {}, "The Content-Type header is required"));
    }
    if (!IsJson(*content_type)) {
      return tl::unexpected<http::Response>(ErrorEnvelope(415, choices.unsupported_media_type));
    }
  }
  return ReadJson(request, choices, invalid_status);
}

}  // namespace

Result<FormField> ReadFormField(const json::object& object, const std::string& path) {
  const FieldReader reader(object, path);
  OUBLI_TRY(reader.Require("name"));
  std::optional<std::string> name;
  OUBLI_TRY(reader.Text("name", kFieldName, name));
  FormField field;
  field.name = std::move(*name);
  const json::value* value = reader.Find("value");
  if (value == nullptr) {
    field.values.emplace_back();
  } else if (value->is_number()) {
    const auto number = AsDecimal(*value);
    if (!number) return reader.Fault("value", "is a number out of range");
    field.shape = FormField::Shape::kNumber;
    field.values.push_back(number->ToString());
  } else if (value->is_array()) {
    field.shape = FormField::Shape::kList;
    if (value->get_array().size() > kMaxFormValues) return reader.Fault("value", "is too long");
    for (const json::value& entry : value->get_array()) {
      OUBLI_TRY_ASSIGN(std::string text, ReadFormText(entry, path + "value"));
      field.values.push_back(std::move(text));
    }
  } else {
    OUBLI_TRY_ASSIGN(std::string text, ReadFormText(*value, path + "value"));
    field.values.push_back(std::move(text));
  }
  return field;
}

bool LooksLikeEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || at + 1 == text.size()) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  return text.find_first_of(" \t\r\n,") == std::string_view::npos;
}

tl::expected<json::value, http::Response> ReadUntypedBody(const http::Request& request,
                                                          const Choices& choices) {
  return ReadJson(request, choices, 422);
}

tl::expected<json::value, http::Response> ReadArrayBody(const http::Request& request,
                                                        const Choices& choices, size_t max_items,
                                                        std::string_view too_many_title,
                                                        int invalid_status) {
  auto value = ReadTypedBody(request, choices, invalid_status);
  if (!value) return value;
  if (!value->is_array()) return RefuseBody(choices, kExpectedArray, invalid_status);
  if (value->get_array().empty()) return RefuseBody(choices, "error.minLength", invalid_status);
  if (value->get_array().size() > max_items) {
    return tl::unexpected<http::Response>(ErrorEnvelope(413, too_many_title));
  }
  return value;
}

tl::expected<json::value, http::Response> ReadObjectBody(const http::Request& request,
                                                         const Choices& choices) {
  auto value = ReadTypedBody(request, choices);
  if (value && !value->is_object()) return RefuseBody(choices, kExpectedObject);
  return value;
}

const json::value* FieldReader::FindOrNull(std::string_view name) const {
  return FindMember(object_, name);
}

const json::value* FieldReader::Find(std::string_view name) const {
  const json::value* value = FindMember(object_, name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Status FieldReader::Require(std::string_view name) const {
  if (Find(name) == nullptr) return Fault(name, kMissing);
  return {};
}

Status FieldReader::Text(std::string_view name, TextLength length,
                         std::optional<std::string>& into) const {
  const json::value* value = Find(name);
  if (value == nullptr) return {};
  const auto text = AsString(*value);
  if (!text) return Fault(name, kExpectedString);
  OUBLI_TRY(CheckText(*text, length, path_ + std::string(name)));
  into.emplace(*text);
  return {};
}

Status FieldReader::Boolean(std::string_view name, std::optional<bool>& into) const {
  const json::value* value = Find(name);
  if (value == nullptr) return {};
  if (!value->is_bool()) return Fault(name, kExpectedBoolean);
  into = value->get_bool();
  return {};
}

Status FieldReader::Integer(std::string_view name, int64_t min, int64_t max,
                            std::optional<int64_t>& into) const {
  const json::value* value = Find(name);
  if (value == nullptr) return {};
  const auto number = AsInt(*value);
  if (!number) return Fault(name, kExpectedNumber);
  if (*number < min || *number > max) return Fault(name, "is out of range");
  into = *number;
  return {};
}

Result<const json::array*> FieldReader::Array(std::string_view name) const {
  const json::value* value = Find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return Fault(name, kExpectedArray);
  return &value->get_array();
}

Result<const json::object*> FieldReader::Object(std::string_view name) const {
  const json::value* value = Find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return Fault(name, kExpectedObject);
  return &value->get_object();
}

tl::unexpected<Error> FieldReader::Fault(std::string_view name, std::string_view text) const {
  return Fail(ErrorKind::kInvalid, text, path_ + std::string(name));
}

std::string FieldReader::ElementPath(std::string_view name, size_t index) const {
  return fmt::format("{}{}.{}.", path_, name, index);
}

std::string ItemPath(const Choices& choices, size_t index) {
  return choices.index_in_field_keys ? fmt::format("{}.", index) : std::string();
}

Result<const json::object*> ItemObject(const Choices& choices, const json::array& items,
                                       size_t index) {
  if (items[index].is_object()) return &items[index].get_object();
  std::string path = ItemPath(choices, index);
  if (path.empty()) return Fail(ErrorKind::kInvalid, kExpectedObject, kWholeBody);
  path.pop_back();
  return Fail(ErrorKind::kInvalid, kExpectedObject, path);
}

Status CheckText(std::string_view text, TextLength length, std::string_view field) {
  if (HasControlCharacters(text)) {
    return Fail(ErrorKind::kInvalid, "must not contain control characters", field);
  }
  const size_t count = CodePoints(text);
  if (count >= length.min && count <= length.max) return {};
  return Fail(ErrorKind::kInvalid,
              fmt::format("must have {} to {} characters", length.min, length.max), field);
}

Status ReadFormFields(const FieldReader& reader, std::optional<std::vector<FormField>>& into) {
  OUBLI_TRY_ASSIGN(const json::array* list, reader.Array("form_fields"));
  if (list == nullptr) return {};
  if (list->size() > kMaxFormFields) return reader.Fault("form_fields", "is too long");
  into.emplace();
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string path = reader.ElementPath("form_fields", i);
    if (!(*list)[i].is_object()) {
      return Fail(ErrorKind::kInvalid, kExpectedObject, path.substr(0, path.size() - 1));
    }
    OUBLI_TRY_ASSIGN(FormField field, ReadFormField((*list)[i].get_object(), path));
    into->push_back(std::move(field));
  }
  return {};
}

void MergeFormFields(const std::vector<FormField>& changes, std::vector<FormField>& into) {
  for (const FormField& change : changes) {
    const auto same = std::ranges::find(into, change.name, &FormField::name);
    if (same == into.end()) {
      into.push_back(change);
    } else {
      *same = change;
    }
  }
}

}  // namespace oubli::dialects::bigcommerce
