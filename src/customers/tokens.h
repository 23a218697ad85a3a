// Blind-index tokens: exact look-up of a few fields without storing their values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// Few, since each costs an erasure a page.
// The numbers are stored.
enum class TokenField : char {
  kEmail = 1,
  kCode = 2,
  kCardNumber = 3,
  kUsername = 4,
  // A field of its own, so that a subscriber and a customer may share an address. Its token is made
  // from the customer's one, so that the one leads to the other while neither is opened.
  kSubscriberEmail = 5,
};
// Those that owners of a kind are found by.
std::span<const TokenField> TokenFieldsOf(OwnerKind kind);
inline constexpr size_t kTokenBytes = 16;

// As Error::field names it: "email", "code", "card_number", "username", "subscriber_email".
std::string_view TokenFieldName(TokenField field);

// The list that the head row of an owner of a kind with this profile has under one index key.
std::string TokenListOf(const crypto::Key& index_key, OwnerKind kind, const Profile& profile);

bool HasTokenOf(std::string_view token_list, TokenField field);
// The token of a field in a list, or "".
std::string_view TokenOf(std::string_view token_list, TokenField field);
// The token of a customer's e-mail address under one index key, and what a subscriber of the same
// address has under that key.
std::string EmailToken(const crypto::Key& index_key, std::string_view normalized_email);
std::string SubscriberToken(const crypto::Key& index_key, std::string_view email_token);

// The living owner that the token of a value leads to; while a reindex is under way also by the
// token under the earlier key. The caller still compares the value itself. REQUIRES: the value is
// normalised.
Result<std::optional<Head>> FindByValue(StoreView& view, TokenField field, std::string_view value);
// The living owner that a token itself leads to.
Result<std::optional<Head>> FindByToken(StoreView& view, std::string_view token);

// Replaces the rows of `old_tokens`, what the head row had, by those of the profile, and returns
// their list for the head row: so an owner whose records are damaged can still be erased
// completely. Errors: kConflict, with the field of a value that somebody else has.
Result<std::string> ReplaceTokens(StoreTransaction& transaction, const Head& head,
                                  std::string_view old_tokens, const Profile& profile);
Status DeleteTokens(StoreTransaction& transaction, std::string_view token_list);

}  // namespace oubli::customers
