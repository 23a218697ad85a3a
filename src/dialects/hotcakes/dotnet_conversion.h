// What a caller wrote, converted to the type of the property it is for, with .NET's leniency and
// words.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dialects/hotcakes/javascript_reader.h"

namespace oubli::dialects::hotcakes {

// The first failure stays; after it the functions give defaults that nobody should use.
class DotnetConversion {
 public:
  struct EnumName {
    std::string_view name;
    int64_t number;
  };

  // A number or bool becomes its text. Refuses control characters other than tab, LF and CR, by the
  // name of `property`. Null stays null.
  std::optional<std::string> NullableText(const JavaScriptValue& value, std::string_view property);
  // The same; null is "".
  std::string Text(const JavaScriptValue& value, std::string_view property);
  bool Bool(const JavaScriptValue& value);
  int64_t Int32(const JavaScriptValue& value);
  int64_t Int64(const JavaScriptValue& value);
  // A number or the text of one, not looked at further; `type` is .NET's name ("Decimal").
  std::string Number(const JavaScriptValue& value, std::string_view type);
  // By number, whether named or not, or by name without regard to case.
  int64_t Enum(const JavaScriptValue& value, std::string_view type,
               std::span<const EnumName> names);
  // "\/Date(ms)\/" or ISO 8601; "" is year 1.
  UnixMs Date(const JavaScriptValue& value);
  // False, and a failure, when `value` is no object (no list) for the .NET type `type`.
  bool IsObject(const JavaScriptValue& value, std::string_view type);
  bool IsList(const JavaScriptValue& value, std::string_view type);

  void Refuse(std::string description);
  const std::optional<Refusal>& refusal() const { return refusal_; }

 private:
  std::string Scalar(const JavaScriptValue& value, std::string_view type);
  void RefuseValue(std::string_view text, std::string_view type);
  void RefuseType(const JavaScriptValue& value, std::string_view type);
  int64_t Integer(const JavaScriptValue& value, int64_t min, int64_t max, std::string_view type);

  std::optional<Refusal> refusal_;
};

}  // namespace oubli::dialects::hotcakes
