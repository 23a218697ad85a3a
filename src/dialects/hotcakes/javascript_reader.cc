#include "dialects/hotcakes/javascript_reader.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/date_time.h"
#include "base/text.h"

namespace oubli::dialects::hotcakes {
namespace {

using Type = JavaScriptValue::Type;

constexpr int kMaxDepth = 100;
constexpr size_t kMaxMembers = 1000;
constexpr size_t kMaxItems = 10'000;
constexpr size_t kMaxDecimalDigits = 28;
constexpr std::string_view kInvalidObject = "Invalid object passed in, ':' or '}' expected.";

bool IsBlankCharacter(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsTokenByte(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
         c == '_' || c == '+' || static_cast<unsigned char>(c) >= 0x80;
}

// How .NET counts: a character outside the basic plane is two.
size_t Utf16Units(std::string_view text) {
  size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

// "-007" -> "-7", "+1.50" -> "1.50": .NET's decimal keeps its scale. Nothing when it is no plain
// number.
std::optional<std::string> PlainNumber(std::string_view token) {
  const bool negative = token.starts_with('-');
  if (negative || token.starts_with('+')) token.remove_prefix(1);
  const size_t point = token.find('.');
  std::string_view whole = token.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : token.substr(point + 1);
  if (whole.empty() && fraction.empty()) return std::nullopt;
  if (!whole.empty() && !IsDigits(whole)) return std::nullopt;
  if (!fraction.empty() && !IsDigits(fraction)) return std::nullopt;
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  if (whole.size() + fraction.size() > kMaxDecimalDigits) return std::nullopt;
  std::string number = negative ? "-" : "";
  number += whole.empty() ? "0" : whole;
  if (!fraction.empty()) number.append(".").append(fraction);
  if (number.find_first_not_of("-0.") == std::string::npos && negative) number.erase(0, 1);
  return number;
}

std::optional<std::string> AnyNumber(std::string_view token) {
  if (auto plain = PlainNumber(token)) return plain;
  if (token.starts_with('+')) token.remove_prefix(1);
  if (token.empty() || !(IsDigit(token[0]) || token[0] == '-' || token[0] == '.'))
    return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error != std::errc() || end != token.data() + token.size() || !std::isfinite(value))
    return std::nullopt;
  if (std::abs(value) < 1e15 && value == std::floor(value))
    return std::to_string(static_cast<int64_t>(value));
  return fmt::format("{}", value);
}

// One pass over the text, following the original's steps, since its messages tell how far it came.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  tl::expected<JavaScriptValue, Refusal> Run() {
    JavaScriptValue value;
    if (Value(value, 0) && Next() != kEnd) FailPrimitive(text_.substr(pos_));
    if (refusal_) return tl::unexpected(std::move(*refusal_));
    return value;
  }

 private:
  static constexpr char32_t kEnd = 0;  // a NUL in the text ends up as an error either way

  // The next character that is not blank, consumed; kEnd at the end.
  char32_t Next() {
    while (pos_ < text_.size()) {
      before_ = pos_;
      const char32_t c = NextCodePoint(text_, pos_);
      if (!IsBlankCharacter(c)) return c == kEnd ? kBadCodePoint : c;
    }
    before_ = pos_;
    return kEnd;
  }
  void StepBack() { pos_ = before_; }

  bool Fail(std::string description) {
    if (!refusal_) refusal_ = Refusal{std::move(description)};
    return false;
  }
  bool FailHere(std::string_view message) {
    return Fail(
        fmt::format("{} ({}): {}", message, Utf16Units(text_.substr(0, pos_)), Echo(text_)));
  }
  bool FailPrimitive(std::string_view token) {
    return Fail(fmt::format("Invalid JSON primitive: {}.", Echo(token)));
  }

  bool Value(JavaScriptValue& value, int depth) {
    if (++depth > kMaxDepth) return FailHere("RecursionLimit exceeded.");
    const char32_t c = Next();
    if (c == kEnd) return true;  // null
    StepBack();
    if (c == '"' && Date(value)) return !refusal_;
    if (c == '{') return Object(value, depth);
    if (c == '[') return Array(value, depth);
    if (c == '"' || c == '\'') {
      value.type = Type::kString;
      return String(value.text);
    }
    return Primitive(value);
  }

  bool Array(JavaScriptValue& value, int depth) {
    value.type = Type::kArray;
    ++pos_;
    bool expect_more = false;
    char32_t c;
    while ((c = Next()) != kEnd && c != ']') {
      StepBack();
      if (value.items.size() >= kMaxItems) return FailHere("Invalid array passed in, too long.");
      if (!Value(value.items.emplace_back(), depth)) return false;
      expect_more = false;
      c = Next();
      if (c == ']') break;
      expect_more = true;
      if (c != ',') return FailHere("Invalid array passed in, ',' expected.");
    }
    if (expect_more) return FailHere("Invalid array passed in, extra trailing ','.");
    if (c != ']') return FailHere("Invalid array passed in, ']' expected.");
    return true;
  }

  bool Object(JavaScriptValue& value, int depth) {
    value.type = Type::kObject;
    ++pos_;
    bool first = true;
    char32_t c;
    while ((c = Next()) != kEnd) {
      StepBack();
      if (c == ':') return FailHere("Invalid object passed in, member name expected.");
      std::string name;
      if (c != '}') {
        if (!MemberName(name)) return false;
        if (Next() != ':') return FailHere(kInvalidObject);
      } else if (first) {
        c = Next();
        break;
      }
      // After a trailing comma the original reads a value where the brace is, and fails there.
      first = false;
      JavaScriptValue member;
      if (!Value(member, depth)) return false;
      if (!SetMember(value, std::move(name), std::move(member))) return false;
      c = Next();
      if (c == '}') break;
      if (c != ',') return FailHere(kInvalidObject);
    }
    if (c != '}') return FailHere(kInvalidObject);
    return true;
  }

  bool SetMember(JavaScriptValue& object, std::string name, JavaScriptValue member) {
    for (JavaScriptMember& known : object.members) {
      if (known.name == name) {
        known.value = std::move(member);
        return true;
      }
    }
    if (object.members.size() == kMaxMembers)
      return Fail("Operation is not valid due to the current state of the object.");
    object.members.push_back({std::move(name), std::move(member)});
    return true;
  }

  bool MemberName(std::string& name) {
    const char32_t c = Next();
    StepBack();
    if (c == '"' || c == '\'') return String(name);
    name = Token();
    return true;
  }

  std::string_view Token() {
    const size_t begin = pos_;
    while (pos_ < text_.size() && IsTokenByte(text_[pos_])) {
      size_t next = pos_;
      if (IsBlankCharacter(NextCodePoint(text_, next))) break;
      pos_ = next;
    }
    return text_.substr(begin, pos_ - begin);
  }

  bool Primitive(JavaScriptValue& value) {
    const std::string_view token = Token();
    if (token == "null") return true;
    if (token == "true" || token == "false") {
      value.type = Type::kBool;
      value.boolean = token == "true";
      return true;
    }
    auto number = AnyNumber(token);
    if (!number) return FailPrimitive(token);
    value.type = Type::kNumber;
    value.text = std::move(*number);
    return true;
  }

  // "\/Date(ms)\/", also with a letter or an offset behind the number, which do not count. False,
  // and nothing is consumed, when it is another string.
  bool Date(JavaScriptValue& value) {
    constexpr std::string_view kBefore = "\"\\/Date(", kAfter = ")\\/\"";
    std::string_view rest = text_.substr(pos_);
    if (!rest.starts_with(kBefore)) return false;
    rest.remove_prefix(kBefore.size());
    size_t length = rest.starts_with('-') ? 1 : 0;
    while (length < rest.size() && IsDigit(rest[length])) ++length;
    const auto ms = ParseInt(rest.substr(0, length));
    if (!ms) return false;
    rest.remove_prefix(length);
    if (rest.size() >= 5 && (rest[0] == '+' || rest[0] == '-') && IsDigits(rest.substr(1, 4))) {
      rest.remove_prefix(5);
    } else if (!rest.empty() && ((rest[0] | 0x20) >= 'a' && (rest[0] | 0x20) <= 'z')) {
      rest.remove_prefix(1);
    }
    if (!rest.starts_with(kAfter)) return false;
    pos_ = text_.size() - rest.size() + kAfter.size();
    value.type = Type::kDate;
    value.date = *ms;
    if (*ms < kMinDateMs || *ms > kMaxDateMs) {
      Fail(
          "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.\r\n"
          "Parameter name: ticks");
    }
    return true;
  }

  bool String(std::string& out) {
    const char quote = text_[pos_++];
    while (pos_ < text_.size()) {
      const char c = text_[pos_++];
      if (c == quote) {
        EndSurrogate(out);
        return true;
      }
      if (c != '\\') {
        EndSurrogate(out);
        out += c;
      } else if (pos_ < text_.size() && !Escape(text_[pos_++], out)) {
        return false;
      }
    }
    return FailHere("Unterminated string passed in.");
  }

  bool Escape(char c, std::string& out) {
    constexpr std::string_view kNames = "\"'/\\bfnrt", kMeanings = "\"'/\\\b\f\n\r\t";
    if (c == 'u') return UnicodeEscape(out);
    const size_t known = kNames.find(c);
    if (known == std::string_view::npos) return FailHere("Unrecognized escape sequence.");
    EndSurrogate(out);
    out += kMeanings[known];
    return true;
  }

  bool UnicodeEscape(std::string& out) {
    const std::string_view digits = text_.substr(pos_, 4);
    uint32_t unit = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() < 4 || error != std::errc() || end != digits.data() + 4)
      return Fail("Input string was not in a correct format.");
    pos_ += 4;
    if (unit >= 0xDC00 && unit <= 0xDFFF && high_surrogate_ != 0) {
      AppendUtf8(out, 0x10000 + ((high_surrogate_ - 0xD800) << 10) + (unit - 0xDC00));
      high_surrogate_ = 0;
      return true;
    }
    EndSurrogate(out);
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high_surrogate_ = unit;
    } else {
      AppendUtf8(out, unit >= 0xDC00 && unit <= 0xDFFF ? U'\uFFFD' : unit);
    }
    return true;
  }

  // Half a pair that nothing completed.
  void EndSurrogate(std::string& out) {
    if (std::exchange(high_surrogate_, 0) != 0) AppendUtf8(out, U'\uFFFD');
  }

  const std::string_view text_;
  size_t pos_ = 0;
  size_t before_ = 0;  // where the last character that Next() gave begins
  uint32_t high_surrogate_ = 0;
  std::optional<Refusal> refusal_;
};

}  // namespace

bool JavaScriptMember::Is(std::string_view wanted) const { return EqualsIgnoreCase(name, wanted); }

tl::expected<JavaScriptValue, Refusal> ReadJavaScript(std::string_view text) {
  if (!IsValidUtf8(text)) return tl::unexpected(Refusal{"The request body is not valid UTF-8."});
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return Reader(text).Run();
}

}  // namespace oubli::dialects::hotcakes
