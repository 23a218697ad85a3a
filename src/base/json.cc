#include "base/json.h"

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cmath>
#include <exception>

#include "base/text.h"

namespace oubli {
namespace {

namespace json = boost::json;

constexpr size_t kMaxDepth = 32;

// Boost.JSON reads 1e999 as infinity, which no JSON can say.
bool IsFinite(const json::value& value) {
  if (const double* number = value.if_double()) return std::isfinite(*number);
  if (const json::array* array = value.if_array()) {
    for (const json::value& element : *array) {
      if (!IsFinite(element)) return false;
    }
  } else if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) {
      if (!IsFinite(member.value())) return false;
    }
  }
  return true;
}

}  // namespace

Result<json::value> ParseJson(std::string_view text) try {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return Fail(ErrorKind::kInvalid, error.message());
  if (!IsFinite(value)) return Fail(ErrorKind::kInvalid, "number out of range");
  return value;
} catch (const std::exception&) {
  // Out of memory, or a length beyond Boost.JSON's own limits.
  return Fail(ErrorKind::kInvalid, "too large");
}

const json::value* FindMember(const json::object& object, std::string_view name) {
  return object.if_contains(json::string_view(name.data(), name.size()));
}

const json::value* FindMemberIgnoreCase(const json::object& object, std::string_view name) {
  const json::value* found = nullptr;
  for (const auto& member : object) {
    if (EqualsIgnoreCase({member.key().data(), member.key().size()}, name)) found = &member.value();
  }
  return found;
}

std::optional<std::string_view> AsString(const json::value& value) {
  const json::string* text = value.if_string();
  if (text == nullptr) return std::nullopt;
  return std::string_view(text->data(), text->size());
}

std::optional<int64_t> AsInt(const json::value& value) {
  if (const int64_t* number = value.if_int64()) return *number;
  const double* number = value.if_double();
  // 2^63 is exact as a double; the largest int64_t is not.
  if (number == nullptr || *number < -0x1p63 || *number >= 0x1p63 ||
      *number != std::floor(*number)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(*number);
}

std::optional<Decimal> AsDecimal(const json::value& value) {
  if (const double* number = value.if_double()) return Decimal::FromDouble(*number);
  const int64_t* number = value.if_int64();
  constexpr int64_t kMaxWhole = INT64_MAX / Decimal::kOne;
  if (number == nullptr || *number > kMaxWhole || *number < -kMaxWhole) return std::nullopt;
  return Decimal::FromInt(*number);
}

void WriteJson(JsonWriter& writer, const json::value& value) {
  char digits[32];
  switch (value.kind()) {
    case json::kind::null:
      writer.Null();
      return;
    case json::kind::bool_:
      writer.Bool(value.get_bool());
      return;
    case json::kind::int64:
      writer.Int(value.get_int64());
      return;
    case json::kind::uint64: {
      const auto end = std::to_chars(digits, digits + sizeof digits, value.get_uint64()).ptr;
      writer.Raw({digits, end});
      return;
    }
    case json::kind::double_: {
      const auto end = std::to_chars(digits, digits + sizeof digits, value.get_double()).ptr;
      writer.Raw({digits, end});
      return;
    }
    case json::kind::string:
      writer.String(*AsString(value));
      return;
    case json::kind::array:
      writer.BeginArray();
      for (const json::value& element : value.get_array()) WriteJson(writer, element);
      writer.EndArray();
      return;
    case json::kind::object:
      writer.BeginObject();
      for (const auto& member : value.get_object()) {
        writer.Key({member.key().data(), member.key().size()});
        WriteJson(writer, member.value());
      }
      writer.EndObject();
      return;
  }
}

}  // namespace oubli
