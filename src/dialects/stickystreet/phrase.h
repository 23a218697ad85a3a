// The phrase of customer_find (contract, 2.6): a comma is OR, a blank is AND and binds tighter.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/stickystreet/list_query.h"

namespace oubli::dialects::stickystreet {

class Phrase {
 public:
  // Errors: kNoData when there is no word.
  static Result<Phrase> Parse(std::string_view text);
  // Each word of one of the alternatives is part of some value, without regard to case.
  bool Fits(const Row& fields, const std::map<int64_t, std::string>& custom_fields) const;

 private:
  std::vector<std::vector<std::string>> alternatives_;  // in lower case
};

}  // namespace oubli::dialects::stickystreet
