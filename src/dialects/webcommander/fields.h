// Reading the members of a JSON body one by one, with this dialect's errors.
#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "dialects/webcommander/errors.h"
#include "dialects/webcommander/text_rules.h"

namespace oubli::dialects::webcommander {

// The body as an object; an empty one counts as {} where `may_be_empty`.
Parsed<boost::json::object> ParseObject(std::string_view body, bool may_be_empty = false);

// Keeps the first thing that is wrong, and reads nothing more from then on: a caller asks once, at
// the end. A member that is null counts as not there. Refers to `from`, which must outlive it.
class FieldReader {
 public:
  // `prefix` stands before the names in errors: "addresses[0].".
  explicit FieldReader(const boost::json::object& from, std::string prefix = {})
      : from_(from), prefix_(std::move(prefix)) {}

  std::optional<std::string> Text(std::string_view name, TextRule rule = {});
  std::optional<int64_t> Int(std::string_view name, int64_t min);
  std::optional<bool> Bool(std::string_view name);
  std::optional<Decimal> Amount(std::string_view name);  // not negative
  // One of `words`, in any case; as it stands there.
  std::optional<std::string> Word(std::string_view name, std::initializer_list<const char*> words);
  const boost::json::object* Object(std::string_view name);
  const boost::json::array* Array(std::string_view name, size_t max);
  const boost::json::value* Find(std::string_view name) const;  // nullptr for null too

  void Fail(std::string_view name, std::string_view code, std::string_view message);
  void Adopt(std::optional<ApiError> problem);
  const std::string& prefix() const { return prefix_; }
  const std::optional<ApiError>& problem() const { return problem_; }

 private:
  const boost::json::object& from_;
  std::string prefix_;
  std::optional<ApiError> problem_;
};

}  // namespace oubli::dialects::webcommander
