#include "customers/tokens.h"

#include "base/check.h"
#include "crypto/secret_hash.h"
#include "customers/customers.h"

namespace oubli::customers {
namespace {

std::string ValueOf(const Profile& profile, TokenField field) {
  switch (field) {
    case TokenField::kEmail:
    case TokenField::kSubscriberEmail:
      return NormalizeEmail(profile.email);
    case TokenField::kCode:
      return profile.code;
    case TokenField::kCardNumber:
      return profile.card_number;
    case TokenField::kUsername:
      return profile.username;
  }
  OUBLI_CHECK(false);
}

// An entry of a token list: the field's number and the token.
constexpr size_t kEntryBytes = 1 + kTokenBytes;

bool Contains(std::string_view list, std::string_view entry) {
  for (size_t at = 0; at + kEntryBytes <= list.size(); at += kEntryBytes) {
    if (list.substr(at, kEntryBytes) == entry) return true;
  }
  return false;
}

struct TokenRow {
  Ordinal ordinal = 0;
  OwnerKind kind = OwnerKind::kCustomer;
  int64_t owner_id = 0;
};

Result<std::optional<TokenRow>> FindRow(StoreView& view, std::string_view token) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare("SELECT ordinal, owner_kind, owner_id "
                                                          "FROM token WHERE value = $1"));
  select->BindBlob(1, token);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  return TokenRow{select->Int(0), static_cast<OwnerKind>(select->Int(1)), select->Int(2)};
}

Status InsertRow(StoreTransaction& transaction, const Head& head, std::string_view token) {
  OUBLI_TRY_ASSIGN(auto insert, transaction.connection().Prepare(
                                    "INSERT INTO token (value, ordinal, owner_kind, owner_id) "
                                    "VALUES ($1, $2, $3, $4)"));
  insert->BindBlob(1, token)
      .Bind(2, head.ordinal)
      .Bind(3, static_cast<int64_t>(head.kind))
      .Bind(4, head.id);
  OUBLI_TRY(insert->Step());
  return {};
}

std::string MakeToken(const crypto::Key& key, TokenField field, std::string_view value) {
  if (field == TokenField::kSubscriberEmail) return SubscriberToken(key, EmailToken(key, value));
  return crypto::BlindToken(key, TokenFieldName(field), value);
}

}  // namespace

std::string_view TokenFieldName(TokenField field) {
  switch (field) {
    case TokenField::kEmail:
      return "email";
    case TokenField::kCode:
      return "code";
    case TokenField::kCardNumber:
      return "card_number";
    case TokenField::kUsername:
      return "username";
    case TokenField::kSubscriberEmail:
      return "subscriber_email";
  }
  OUBLI_CHECK(false);
}

std::span<const TokenField> TokenFieldsOf(OwnerKind kind) {
  static constexpr TokenField kCustomers[] = {TokenField::kEmail, TokenField::kCode,
                                              TokenField::kCardNumber, TokenField::kUsername};
  static constexpr TokenField kSubscribers[] = {TokenField::kSubscriberEmail};
  if (kind == OwnerKind::kCustomer) return kCustomers;
  if (kind == OwnerKind::kSubscriber) return kSubscribers;
  return {};
}

std::string EmailToken(const crypto::Key& index_key, std::string_view normalized_email) {
  return crypto::BlindToken(index_key, TokenFieldName(TokenField::kEmail), normalized_email);
}

std::string SubscriberToken(const crypto::Key& index_key, std::string_view email_token) {
  return crypto::BlindToken(index_key, TokenFieldName(TokenField::kSubscriberEmail), email_token);
}

std::string TokenListOf(const crypto::Key& index_key, OwnerKind kind, const Profile& profile) {
  std::string list;
  for (const TokenField field : TokenFieldsOf(kind)) {
    const std::string value = ValueOf(profile, field);
    if (!value.empty()) list += static_cast<char>(field) + MakeToken(index_key, field, value);
  }
  return list;
}

bool HasTokenOf(std::string_view token_list, TokenField field) {
  return !TokenOf(token_list, field).empty();
}

std::string_view TokenOf(std::string_view token_list, TokenField field) {
  for (size_t at = 0; at + kEntryBytes <= token_list.size(); at += kEntryBytes) {
    if (token_list[at] == static_cast<char>(field)) return token_list.substr(at + 1, kTokenBytes);
  }
  return {};
}

Result<std::optional<Head>> FindByToken(StoreView& view, std::string_view token) {
  OUBLI_TRY_ASSIGN(auto row, FindRow(view, token));
  if (!row) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto head, FindHead(view, row->kind, row->owner_id));
  if (!head || head->ordinal != row->ordinal) return std::nullopt;
  return head;
}

Result<std::optional<Head>> FindByValue(StoreView& view, TokenField field, std::string_view value) {
  for (const crypto::Key& key : view.keys().index_keys()) {
    OUBLI_TRY_ASSIGN(auto head, FindByToken(view, MakeToken(key, field, value)));
    if (head) return head;
  }
  return std::nullopt;
}

Result<std::string> ReplaceTokens(StoreTransaction& transaction, const Head& head,
                                  std::string_view old_tokens, const Profile& profile) {
  const std::vector<crypto::Key>& keys = transaction.keys().index_keys();
  std::string list;
  for (const TokenField field : TokenFieldsOf(head.kind)) {
    const std::string value = ValueOf(profile, field);
    if (value.empty()) continue;
    const std::string token = MakeToken(keys.front(), field, value);
    const std::string entry = static_cast<char>(field) + token;
    list += entry;
    if (Contains(old_tokens, entry)) continue;
    for (const crypto::Key& key : keys) {
      OUBLI_TRY_ASSIGN(auto row, FindRow(transaction, MakeToken(key, field, value)));
      if (row && row->ordinal != head.ordinal) {
        return Fail(ErrorKind::kConflict, "already in use", TokenFieldName(field));
      }
    }
    OUBLI_TRY(InsertRow(transaction, head, token));
  }
  std::string gone;
  for (size_t at = 0; at + kEntryBytes <= old_tokens.size(); at += kEntryBytes) {
    const std::string_view entry = old_tokens.substr(at, kEntryBytes);
    if (!Contains(list, entry)) gone += entry;
  }
  OUBLI_TRY(DeleteTokens(transaction, gone));
  return list;
}

Status DeleteTokens(StoreTransaction& transaction, std::string_view token_list) {
  if (token_list.empty()) return {};
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare("DELETE FROM token WHERE value = $1"));
  for (size_t at = 0; at + kEntryBytes <= token_list.size(); at += kEntryBytes) {
    erase->Reset();
    erase->BindBlob(1, token_list.substr(at + 1, kTokenBytes));
    OUBLI_TRY(erase->Step());
  }
  return {};
}

}  // namespace oubli::customers
