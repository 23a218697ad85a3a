#include "dialects/webcommander/fields.h"

#include <boost/json/array.hpp>

#include "base/json.h"
#include "base/text.h"

namespace oubli::dialects::webcommander {

Parsed<boost::json::object> ParseObject(std::string_view body, bool may_be_empty) {
  if (may_be_empty && Trim(body).empty()) return boost::json::object();
  auto parsed = ParseJson(body);
  if (!parsed || !parsed->is_object()) {
    return tl::unexpected(InvalidRequest("the body must be a JSON object"));
  }
  return std::move(parsed->get_object());
}

const boost::json::value* FieldReader::Find(std::string_view name) const {
  const boost::json::value* found = problem_ ? nullptr : FindMember(from_, name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

void FieldReader::Fail(std::string_view name, std::string_view code, std::string_view message) {
  Adopt(ValidationFailed(prefix_ + std::string(name), code, message));
}

void FieldReader::Adopt(std::optional<ApiError> problem) {
  if (!problem_) problem_ = std::move(problem);
}

std::optional<std::string> FieldReader::Text(std::string_view name, TextRule rule) {
  const boost::json::value* found = Find(name);
  if (found == nullptr) return std::nullopt;
  const auto text = AsString(*found);
  if (!text) {
    Fail(name, "invalid_value", "must be a string");
    return std::nullopt;
  }
  if (auto problem = CheckText(prefix_ + std::string(name), *text, rule)) {
    Adopt(std::move(problem));
    return std::nullopt;
  }
  return std::string(*text);
}

std::optional<int64_t> FieldReader::Int(std::string_view name, int64_t min) {
  const boost::json::value* found = Find(name);
  if (found == nullptr) return std::nullopt;
  const auto number = AsInt(*found);
  if (!number) {
    Fail(name, "invalid_value", "must be an integer");
  } else if (*number < min) {
    Fail(name, "out_of_range", "must be at least " + std::to_string(min));
  } else {
    return number;
  }
  return std::nullopt;
}

std::optional<bool> FieldReader::Bool(std::string_view name) {
  const boost::json::value* found = Find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_bool()) return found->get_bool();
  Fail(name, "invalid_boolean", "must be true or false");
  return std::nullopt;
}

std::optional<Decimal> FieldReader::Amount(std::string_view name) {
  const boost::json::value* found = Find(name);
  if (found == nullptr) return std::nullopt;
  const auto amount = AsDecimal(*found);
  if (!amount) {
    Fail(name, "invalid_value", "must be a number with at most six decimals");
  } else if (*amount < Decimal()) {
    Fail(name, "out_of_range", "must not be negative");
  } else {
    return amount;
  }
  return std::nullopt;
}

std::optional<std::string> FieldReader::Word(std::string_view name,
                                             std::initializer_list<const char*> words) {
  const auto text = Text(name);
  if (!text) return std::nullopt;
  std::string allowed = "must be one of ";
  for (const char* word : words) {
    if (EqualsIgnoreCase(*text, word)) return word;
    if (word != *words.begin()) allowed += ", ";
    allowed += word;
  }
  Fail(name, "invalid_enum", allowed);
  return std::nullopt;
}

const boost::json::object* FieldReader::Object(std::string_view name) {
  const boost::json::value* found = Find(name);
  if (found == nullptr) return nullptr;
  if (found->is_object()) return &found->get_object();
  Fail(name, "invalid_value", "must be an object");
  return nullptr;
}

const boost::json::array* FieldReader::Array(std::string_view name, size_t max) {
  const boost::json::value* found = Find(name);
  if (found == nullptr) return nullptr;
  if (!found->is_array()) {
    Fail(name, "invalid_value", "must be an array");
  } else if (found->get_array().size() > max) {
    Fail(name, "too_long", "at most " + std::to_string(max) + " entries");
  } else {
    return &found->get_array();
  }
  return nullptr;
}

}  // namespace oubli::dialects::webcommander
