// Reads request bodies as the original system does: the lenient JSON of .NET's
// JavaScriptSerializer, with its messages, because clients write it and read them. Contract:
// docs/dialects/hotcakes.md.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/clock.h"
#include "dialects/hotcakes/envelope.h"

namespace oubli::dialects::hotcakes {

struct JavaScriptMember;

struct JavaScriptValue {
  enum class Type { kNull, kBool, kNumber, kString, kDate, kArray, kObject };
  Type type = Type::kNull;
  bool boolean = false;
  std::string text;  // kString; kNumber: the digits as .NET prints them
  UnixMs date = 0;   // kDate: a string that was written as "\/Date(ms)\/"
  std::vector<JavaScriptValue> items;
  std::vector<JavaScriptMember>
      members;  // no name twice; the same name in other case is another one
};

struct JavaScriptMember {
  std::string name;
  JavaScriptValue value;

  bool Is(std::string_view wanted) const;  // in any case of the letters
};

// Beyond JSON it takes single quotes, names without quotes, a name twice (the last value counts)
// and any .NET number. Blank text is null. Limits: 100 levels, 1000 members an object. Never
// throws.
tl::expected<JavaScriptValue, Refusal> ReadJavaScript(std::string_view text);

}  // namespace oubli::dialects::hotcakes
