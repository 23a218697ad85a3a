// Prints JSON byte for byte as a contract asks: member order as called, numbers as given.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oubli {

// Appends to a string of the caller's. The caller opens and closes in the right order; a member of
// an object is Key() and then one value. Texts are valid UTF-8; what is not gets through as it is.
//
// Each style escapes U+2028 and U+2029 too, so that the JSON is also safe JavaScript (JSONP). '/'
// and other non-ASCII text stay as they are.
class JsonWriter {
 public:
  enum class Style {
    kCompact,
    kPretty,    // line breaks and four blanks a level, as PHP's JSON_PRETTY_PRINT
    kHotcakes,  // compact, escaped as JavaScriptSerializer does: ' < > & U+0085 U+2028 U+2029 too
  };

  explicit JsonWriter(std::string& out, Style style = Style::kCompact) : out_(out), style_(style) {}

  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view name);
  JsonWriter& String(std::string_view text);
  JsonWriter& Int(int64_t number);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  JsonWriter& Raw(std::string_view json);  // one finished value: a decimal, a stored fragment

  JsonWriter& Member(std::string_view name, std::string_view text) {
    return Key(name).String(text);
  }
  JsonWriter& Member(std::string_view name, const char* text) { return Key(name).String(text); }
  JsonWriter& Member(std::string_view name, bool value) { return Key(name).Bool(value); }
  template <std::integral T>
  requires(!std::same_as<T, bool>) JsonWriter& Member(std::string_view name, T number) {
    return Key(name).Int(static_cast<int64_t>(number));
  }

 private:
  void BeforeValue();
  void Indent();
  void Open(char bracket);
  void Close(char bracket);

  std::string& out_;
  Style style_;
  bool after_key_ = false;
  std::vector<bool> has_elements_;  // a level each
};

// `text` in quotes, escaped.
void AppendJsonString(std::string& out, std::string_view text,
                      JsonWriter::Style style = JsonWriter::Style::kCompact);

}  // namespace oubli
