#include "dialects/hotcakes/dotnet_conversion.h"

#include <fmt/core.h>

#include <limits>
#include <utility>

#include "base/date_time.h"
#include "base/text.h"

namespace oubli::dialects::hotcakes {
namespace {

using Type = JavaScriptValue::Type;

std::string_view TypeName(const JavaScriptValue& value) {
  switch (value.type) {
    case Type::kBool:
      return "System.Boolean";
    case Type::kNumber:
      return value.text.find_first_of(".eE") == std::string::npos ? "System.Int32"
                                                                  : "System.Decimal";
    case Type::kDate:
      return "System.DateTime";
    case Type::kObject:
      return "System.Collections.Generic.Dictionary`2[System.String,System.Object]";
    default:
      return "System.String";
  }
}

// .NET's int.Parse takes blanks around and a plus sign.
std::optional<int64_t> ParseInteger(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('+') && IsDigits(text.substr(1))) text.remove_prefix(1);
  return ParseInt(text);
}

}  // namespace

void DotnetConversion::Refuse(std::string description) {
  if (!refusal_) refusal_ = Refusal{std::move(description)};
}

void DotnetConversion::RefuseValue(std::string_view text, std::string_view type) {
  Refuse(fmt::format("{} is not a valid value for {}.", Echo(text), type));
}

void DotnetConversion::RefuseType(const JavaScriptValue& value, std::string_view type) {
  if (value.type == Type::kArray) {
    Refuse(fmt::format("Type '{}' is not supported for deserialization of an array.", type));
  } else {
    Refuse(fmt::format("Cannot convert object of type '{}' to type '{}'", TypeName(value), type));
  }
}

// The text of a value of a simple type, on its way to another simple type.
std::string DotnetConversion::Scalar(const JavaScriptValue& value, std::string_view type) {
  switch (value.type) {
    case Type::kString:
    case Type::kNumber:
      return value.text;
    case Type::kBool:
      return value.boolean ? "True" : "False";
    case Type::kDate:
      return FormatDateTime(value.date);
    case Type::kNull:
      Refuse("Cannot convert null to a value type.");
      return "";
    default:
      RefuseType(value, type);
      return "";
  }
}

std::optional<std::string> DotnetConversion::NullableText(const JavaScriptValue& value,
                                                          std::string_view property) {
  if (value.type == Type::kNull) return std::nullopt;
  std::string text = Scalar(value, "System.String");
  if (HasControlCharacters(text)) Refuse(fmt::format("{} holds a control character.", property));
  return text;
}

std::string DotnetConversion::Text(const JavaScriptValue& value, std::string_view property) {
  return NullableText(value, property).value_or("");
}

bool DotnetConversion::Bool(const JavaScriptValue& value) {
  if (value.type == Type::kBool) return value.boolean;
  const std::string text = Scalar(value, "System.Boolean");
  if (refusal_) return false;
  const std::string_view word = Trim(text);
  if (EqualsIgnoreCase(word, "true")) return true;
  if (!EqualsIgnoreCase(word, "false")) RefuseValue(text, "Boolean");
  return false;
}

int64_t DotnetConversion::Integer(const JavaScriptValue& value, int64_t min, int64_t max,
                                  std::string_view type) {
  const std::string text = Scalar(value, fmt::format("System.{}", type));
  if (refusal_) return 0;
  const auto number = ParseInteger(text);
  if (number && *number >= min && *number <= max) return *number;
  RefuseValue(text, type);
  return 0;
}

int64_t DotnetConversion::Int32(const JavaScriptValue& value) {
  using Limits = std::numeric_limits<int32_t>;
  return Integer(value, Limits::min(), Limits::max(), "Int32");
}

int64_t DotnetConversion::Int64(const JavaScriptValue& value) {
  using Limits = std::numeric_limits<int64_t>;
  return Integer(value, Limits::min(), Limits::max(), "Int64");
}

std::string DotnetConversion::Number(const JavaScriptValue& value, std::string_view type) {
  return Scalar(value, fmt::format("System.{}", type));
}

int64_t DotnetConversion::Enum(const JavaScriptValue& value, std::string_view type,
                               std::span<const EnumName> names) {
  if (value.type == Type::kString) {
    const std::string_view word = Trim(value.text);
    for (const EnumName& known : names) {
      if (EqualsIgnoreCase(known.name, word)) return known.number;
    }
  }
  using Limits = std::numeric_limits<int32_t>;
  return Integer(value, Limits::min(), Limits::max(), type);
}

UnixMs DotnetConversion::Date(const JavaScriptValue& value) {
  if (value.type == Type::kDate) return value.date;
  const std::string text = Scalar(value, "System.DateTime");
  if (refusal_) return 0;
  if (value.type == Type::kString) {
    const std::string_view trimmed = Trim(text);
    if (trimmed.empty()) return kMinDateMs;
    if (const auto date = ParseIso8601(trimmed)) return *date;
  }
  RefuseValue(text, "DateTime");
  return 0;
}

bool DotnetConversion::IsObject(const JavaScriptValue& value, std::string_view type) {
  if (value.type == Type::kObject) return true;
  RefuseType(value, type);
  return false;
}

bool DotnetConversion::IsList(const JavaScriptValue& value, std::string_view type) {
  if (value.type == Type::kArray) return true;
  RefuseType(value, type);
  return false;
}

}  // namespace oubli::dialects::hotcakes
