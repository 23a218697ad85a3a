// Every error text of this dialect, in one place, and which failure gets which. Texts of the vendor
// first (contract, section 6), then ours for what it has no known text for. Clients show a text,
// they never compare it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace oubli::dialects::stickystreet {

inline constexpr std::string_view kNoCredentials = "You didn't enter a username and/or password!";
inline constexpr std::string_view kMissingUsername = "Missing username";
inline constexpr std::string_view kNoPermission = "User does not have permission";
inline constexpr std::string_view kOtherAccount =
    "User does not have permission to access the account affected";
inline constexpr std::string_view kActionUndefined = "Action Undefined";
inline constexpr std::string_view kOptionNotAllowed = "Non-allowed option submitted.";
inline constexpr std::string_view kNoSuchCustomer = "No customer matches data provided.";
inline constexpr std::string_view kNotRegistered = "Customer is not yet registered";
inline constexpr std::string_view kNotUnique = "Not Unique";
inline constexpr std::string_view kUsernameTaken = "The username is already in use.";
inline constexpr std::string_view kBadPin = "A PIN must be 4 or 5 numbers only";
inline constexpr std::string_view kBadNumber = "Not a valid number.";
inline constexpr std::string_view kBadDate = "Not a valid date.";
inline constexpr std::string_view kNoIdLeft = "Error generating ID. Please try again.";
inline constexpr std::string_view kCampaignNotValid = "Campaign not valid or deactivated.";
inline constexpr std::string_view kBadCampaign = "Error with campaign ID/name/type";
inline constexpr std::string_view kBadPromo = "Error with campaign promotion parameters";
inline constexpr std::string_view kBadItem = "Error with BuyX campaign item parameters";
inline constexpr std::string_view kBadReward = "Error with campaign reward parameters";
inline constexpr std::string_view kBadMoney = "Not a valid monetary amount.";
inline constexpr std::string_view kRewardTooHigh =
    "The reward level selected exceeds the available balance";
inline constexpr std::string_view kAmountTooHigh =
    "The amount entered exceeds the available balance";
inline constexpr std::string_view kNothingToRedeem = "Nothing was requested to be redeemed";
inline constexpr std::string_view kSeveralCustomers =
    "More than one customer matches data provided.";
inline constexpr std::string_view kNoPasswordSent = "No password provided";
inline constexpr std::string_view kNoPinSent = "No PIN provided";
inline constexpr std::string_view kNoPasswordStored =
    "There is no recorded password for this customer";
inline constexpr std::string_view kNoPinStored = "No PIN exists in the record";
inline constexpr std::string_view kPinsDiffer = "PINs do not match";
inline constexpr std::string_view kOwnersOnly = "Only account owners can access this information";
inline constexpr std::string_view kNoOtherUsers = "No other users are found.";
inline constexpr std::string_view kBadDelimiter = "Invalid delimiter";
inline constexpr std::string_view kNoData = "No data was given";
inline constexpr std::string_view kBadAmount = "The amount entered is not valid";
inline constexpr std::string_view kAmountBelowOne = "The amount entered needs to be at least 1";
inline constexpr std::string_view kAmountBelowCent = "The amount entered must be at least 0.01";

inline constexpr std::string_view kMethodNotAllowed = "Only POST and GET are supported";
inline constexpr std::string_view kGetIsOff = "GET is switched off: send POST";
inline constexpr std::string_view kGivenTwice = "A parameter was given more than once";
inline constexpr std::string_view kMissingCode = "Missing code";
inline constexpr std::string_view kOneCustomerOnly = "Only one customer can be deleted at a time";
inline constexpr std::string_view kBadCode =
    "A code or card number cannot hold a comma, an asterisk or a percent sign";
inline constexpr std::string_view kNoSuchTransaction = "No transaction matches data provided.";
inline constexpr std::string_view kNoSuchUser = "No user matches data provided.";
inline constexpr std::string_view kBadToken = "The token is not valid or has run out";
inline constexpr std::string_view kTooManyRows = "A batch can have 1000 rows at most";
inline constexpr std::string_view kTooManyOfThem = "There are too many of them already";
inline constexpr std::string_view kTryAgain =
    "The request cannot be done now. Nothing has changed. Please try again later.";
inline constexpr std::string_view kDamaged =
    "The request cannot be done: stored data is damaged. Nothing has changed.";

// A refusal with one of the texts above.
inline auto Refuse(std::string_view text) { return Fail(ErrorKind::kInvalid, text); }

// What a client is told of an error of the domain or of Refuse().
std::string TextOf(const Error& error);

}  // namespace oubli::dialects::stickystreet
