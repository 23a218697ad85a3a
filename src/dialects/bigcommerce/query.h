// The query string as all calls read it: names with colons, raw or encoded, lists with commas in
// one parameter or in several (contract 1.2, T2).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::dialects::bigcommerce {

// Errors of the reading functions are kInvalid with the parameter's name as field.
class Query {
 public:
  struct Pair {
    std::string name;
    std::string value;
  };

  // At most 1000 parameters. "&&" and a "&" in front make a parameter without a name, as the
  // original has it; one at the end does not. Errors: kInvalid.
  static Result<Query> Parse(std::string_view text);

  // kInvalid, with the original's sentence as text, when a parameter is not among the known ones.
  Status CheckNames(std::span<const std::string_view> known) const;

  // Nothing when there is no such parameter. Twice the same one is an error.
  Result<std::optional<std::string_view>> Single(std::string_view name) const;
  // Distinct, ascending. A parameter without any value adds nothing to the list; an element that is
  // not an integer of 64 bits is an error.
  Result<std::optional<std::vector<int64_t>>> Integers(std::string_view name) const;
  // In order of coming, an empty text included.
  Result<std::optional<std::vector<std::string>>> Texts(std::string_view name) const;

  bool empty() const { return pairs_.empty(); }
  const std::vector<Pair>& pairs() const { return pairs_; }

 private:
  std::vector<Pair> pairs_;
};

}  // namespace oubli::dialects::bigcommerce
