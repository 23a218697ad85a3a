// Blind-index tokens: exact look-up of a few fields without storing their values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// Few, since each costs an erasure a page.
// The numbers are stored.
enum class TokenField : char { kEmail = 1, kCode = 2, kCardNumber = 3, kUsername = 4 };
inline constexpr TokenField kTokenFields[] = {TokenField::kEmail, TokenField::kCode,
                                              TokenField::kCardNumber, TokenField::kUsername};
inline constexpr size_t kTokenBytes = 16;

// As Error::field names it: "email", "code", "card_number", "username".
std::string_view TokenFieldName(TokenField field);

// The token of a value under the index key of this transaction. REQUIRES: the value is normalised.
std::string MakeToken(StoreView& view, TokenField field, std::string_view value);

// The tokens of a profile, one after the other: what the head row keeps, so that an owner whose
// records are damaged can still be erased completely.
std::string TokenList(StoreView& view, const Profile& profile);
bool HasTokenOf(std::string_view token_list, TokenField field);

// The living owner that a token leads to. The caller still compares the value itself.
Result<std::optional<Head>> FindByToken(StoreView& view, std::string_view token);

// Changes the rows from one list to another. Errors: kConflict, with the field of a token that
// somebody else has.
Status ReplaceTokens(StoreTransaction& transaction, const Head& head, std::string_view old_tokens,
                     std::string_view new_tokens);
Status DeleteTokens(StoreTransaction& transaction, std::string_view token_list);

}  // namespace oubli::customers
