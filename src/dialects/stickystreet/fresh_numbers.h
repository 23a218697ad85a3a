// Codes and card numbers that the server makes, and generate_card_number (contract, 2.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "customers/store.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

// How to make a card number: so many random digits between two texts of digits.
struct CardPattern {
  int64_t digits = 16;
  std::string prefix;
  std::string suffix;
};

// Nothing when the field `digits` was not sent. Errors: kBadNumber.
Result<std::optional<CardPattern>> ReadCardPattern(const Fields& fields, std::string_view digits);
// Prefix and suffix alone.
Status ReadEnds(const Fields& fields, CardPattern& pattern);

// A random code that nobody has. Codes made from a customer's id begin with 8 (CodeOf()); these do
// not. Errors: kNoIdLeft.
Result<std::string> FreshCode(customers::StoreView& view);
// A card number that nobody has at this moment; nothing keeps it. Errors: kNoIdLeft.
Result<std::string> FreshCard(customers::StoreView& view, const CardPattern& pattern);

}  // namespace oubli::dialects::stickystreet
