#include "base/json_writer.h"

#include <array>
#include <charconv>

#include "base/check.h"

namespace oubli {
namespace {

// The bytes at which a run of plain text has to stop. 0xC2 and 0xE2 begin the few longer characters
// that are escaped, and many that are not.
constexpr std::array<bool, 256> MakeStops(std::string_view more) {
  std::array<bool, 256> stops{};
  for (size_t i = 0; i < 0x20; ++i) stops[i] = true;
  for (char c : more) stops[static_cast<unsigned char>(c)] = true;
  return stops;
}
constexpr auto kJsonStops = MakeStops("\"\\\xE2");
constexpr auto kHotcakesStops = MakeStops("\"\\'<>&\xC2\xE2");

void AppendHexEscape(std::string& out, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  const char escape[] = {'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 15]};
  out.append(escape, sizeof escape);
}

// Appends the escape of the character at `rest`'s front and returns how many bytes it stands for; 0
// when that character needs none.
size_t AppendEscape(std::string& out, std::string_view rest) {
  const char c = rest.front();
  switch (c) {
    case '"':
      out += "\\\"";
      return 1;
    case '\\':
      out += "\\\\";
      return 1;
    case '\b':
      out += "\\b";
      return 1;
    case '\f':
      out += "\\f";
      return 1;
    case '\n':
      out += "\\n";
      return 1;
    case '\r':
      out += "\\r";
      return 1;
    case '\t':
      out += "\\t";
      return 1;
    case '\xC2':
      if (!rest.starts_with("\xC2\x85")) return 0;
      AppendHexEscape(out, 0x85);
      return 2;
    case '\xE2':
      if (!rest.starts_with("\xE2\x80\xA8") && !rest.starts_with("\xE2\x80\xA9")) return 0;
      out += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
      return 3;
    default:
      AppendHexEscape(out, static_cast<unsigned char>(c));
      return 1;
  }
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text, JsonWriter::Style style) {
  const auto& stops = style == JsonWriter::Style::kHotcakes ? kHotcakesStops : kJsonStops;
  out += '"';
  size_t run = 0;  // where the plain text begins that is not appended yet
  size_t pos = 0;
  while (pos < text.size()) {
    if (!stops[static_cast<unsigned char>(text[pos])]) {
      ++pos;
      continue;
    }
    out.append(text, run, pos - run);
    run = pos;
    const size_t escaped = AppendEscape(out, text.substr(pos));
    run += escaped;
    pos += escaped == 0 ? 1 : escaped;
  }
  out.append(text, run, text.size() - run);
  out += '"';
}

void JsonWriter::Indent() {
  out_ += '\n';
  out_.append(has_elements_.size() * 4, ' ');
}

void JsonWriter::BeforeValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_elements_.empty()) return;
  if (has_elements_.back()) out_ += ',';
  has_elements_.back() = true;
  if (style_ == Style::kPretty) Indent();
}

void JsonWriter::Open(char bracket) {
  BeforeValue();
  out_ += bracket;
  has_elements_.push_back(false);
}

void JsonWriter::Close(char bracket) {
  OUBLI_CHECK(!has_elements_.empty() && !after_key_);
  const bool had_elements = has_elements_.back();
  has_elements_.pop_back();
  if (had_elements && style_ == Style::kPretty) Indent();
  out_ += bracket;
}

JsonWriter& JsonWriter::BeginObject() {
  Open('{');
  return *this;
}

JsonWriter& JsonWriter::EndObject() {
  Close('}');
  return *this;
}

JsonWriter& JsonWriter::BeginArray() {
  Open('[');
  return *this;
}

JsonWriter& JsonWriter::EndArray() {
  Close(']');
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  OUBLI_CHECK(!has_elements_.empty() && !after_key_);
  BeforeValue();
  AppendJsonString(out_, name, style_);
  out_ += ':';
  if (style_ == Style::kPretty) out_ += ' ';
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  BeforeValue();
  AppendJsonString(out_, text, style_);
  return *this;
}

JsonWriter& JsonWriter::Int(int64_t number) {
  BeforeValue();
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out_.append(digits, end);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  BeforeValue();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Null() {
  BeforeValue();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::Raw(std::string_view json) {
  BeforeValue();
  out_ += json;
  return *this;
}

}  // namespace oubli
