// Reading the values that several calls share: whole numbers, amounts, ids of campaigns, custom
// fields.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/model.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

// One currency for all stores, until stores have one of their own.
inline constexpr std::string_view kCurrency = "USD";
inline constexpr std::string_view kGlyph = "$";
inline constexpr std::string_view kNoDate = "0000-00-00";

// Whether a campaign counts money; else points or pieces.
bool CountsMoney(const customers::Campaign& campaign);
// As the campaign counts: money with two decimals, points as they are.
std::string FormatAmount(const customers::Campaign& campaign, Decimal amount);

// "9.95" or "9,95", at most two decimals, at least 0.01. Errors: the contract's texts for amounts.
Result<Decimal> ReadMoney(std::string_view text);
// Points or money to begin with: like ReadMoney(), but zero is right too.
Result<Decimal> ReadStartAmount(std::string_view text);
// A ratio or another number that is not negative, a decimal comma allowed. Errors: kBadNumber.
Result<Decimal> ReadNumber(std::string_view text);
// A whole number from `least` to `most`; `absent` when the text is empty. Errors: kBadNumber.
Result<int64_t> ReadWhole(std::string_view text, int64_t least, int64_t most, int64_t absent);

// A code or card number. What customer_delete takes for more than one customer cannot be part of
// one, else it could never be deleted. Errors: kBadCode.
Result<std::string> ReadIdentity(std::string_view text);
// A day, YYYY-MM-DD; "" for none, which is also written 0000-00-00. Errors: kBadDate.
Result<std::string> ReadDay(std::string_view text);

// custom_field_1 to custom_field_99, by number. Errors: kOptionNotAllowed for another number.
Result<std::map<int64_t, std::string>> ReadCustomFields(const Fields& fields);

// The id in a text. Errors: kCampaignNotValid.
Result<int64_t> ReadCampaignId(std::string_view text);
// Active or not. Errors: kCampaignNotValid.
Result<customers::Campaign> FindAnyCampaign(customers::StoreView& view, int64_t id);
// Errors: kCampaignNotValid for one that is not there or not active.
Result<customers::Campaign> FindActiveCampaign(customers::StoreView& view, int64_t id);

// The customer whom `code`, or without it `card_number`, names. Errors: kNotFound.
Result<customers::Customer> FindNamed(customers::StoreView& view, std::string_view code,
                                      std::string_view card_number);
// The address behind street1 to country: the primary one, else the first of the address book;
// nothing when the customer has neither.
Result<std::optional<customers::Address>> FindShownAddress(customers::StoreView& view,
                                                           const customers::Head& owner);

}  // namespace oubli::dialects::stickystreet
