#include "customers/customers.h"

#include <fmt/core.h>

#include "base/text.h"
#include "customers/codec.h"
#include "customers/heads.h"
#include "customers/records.h"
#include "customers/tokens.h"

namespace oubli::customers {
namespace {

constexpr char kMadeCodeMark = '8';
constexpr size_t kMadeCodeDigits = 15;

std::string MadeCode(int64_t id) { return fmt::format("{}{:015}", kMadeCodeMark, id); }

// The id in a code of the made form.
std::optional<int64_t> IdOfMadeCode(std::string_view code) {
  if (code.size() != kMadeCodeDigits + 1 || code[0] != kMadeCodeMark) return std::nullopt;
  if (!IsDigits(code)) return std::nullopt;
  return ParseInt(code.substr(1));
}

Status PutProfile(StoreTransaction& transaction, const Customer& customer, const crypto::Key& key) {
  return PutRecord(transaction, customer.head, key, RecordKind::kProfile, 0,
                   Encode(customer.profile));
}

Result<std::optional<Customer>> FindByField(StoreView& view, TokenField field,
                                            std::string_view value) {
  if (value.empty()) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto head, FindByToken(view, MakeToken(view, field, value)));
  if (!head) return std::nullopt;
  OUBLI_TRY_ASSIGN(Customer customer, OpenCustomer(view, *head));
  return customer;
}

// That no two customers answer to one code: neither a given code that is somebody's made one, nor a
// made one that was given to somebody.
Status CheckCode(StoreTransaction& transaction, const Customer& customer) {
  if (customer.profile.code.empty()) {
    OUBLI_TRY_ASSIGN(auto taken, FindByToken(transaction, MakeToken(transaction, TokenField::kCode,
                                                                    MadeCode(customer.head.id))));
    if (taken) return Fail(ErrorKind::kConflict, "already in use", "code");
    return {};
  }
  const auto id = IdOfMadeCode(customer.profile.code);
  if (!id || *id == customer.head.id) return {};
  OUBLI_TRY_ASSIGN(auto other, FindCustomer(transaction, *id));
  if (other && other->profile.code.empty()) {
    return Fail(ErrorKind::kConflict, "already in use", "code");
  }
  return {};
}

Status TakeId(StoreTransaction& transaction, Head& head) {
  const std::string_view counter = IdCounter(head.kind);
  if (head.id == 0) {
    OUBLI_TRY_ASSIGN(head.id, NextNumber(transaction, counter));
    return {};
  }
  if (head.id < 0) return Fail(ErrorKind::kInvalid, "an id must be a positive number", "id");
  OUBLI_TRY_ASSIGN(auto taken, FindHead(transaction, head.kind, head.id));
  if (taken) return Fail(ErrorKind::kConflict, "already in use", "id");
  return RaiseCounter(transaction, counter, head.id);
}

Status StartHead(StoreTransaction& transaction, Head& head) {
  OUBLI_TRY(TakeId(transaction, head));
  OUBLI_TRY_ASSIGN(head.ordinal, NextNumber(transaction, kOrdinalCounter));
  if (head.created_at == 0) head.created_at = transaction.now_ms();
  if (head.modified_at == 0) head.modified_at = head.created_at;
  return {};
}

}  // namespace

std::string NormalizeEmail(std::string_view email) { return FoldCase(Trim(email)); }

std::string CodeOf(const Customer& customer) {
  return customer.profile.code.empty() ? MadeCode(customer.head.id) : customer.profile.code;
}

Result<Customer> OpenCustomer(StoreView& view, const Head& head) {
  Customer customer;
  customer.head = head;
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(head.ordinal));
  OUBLI_TRY_ASSIGN(auto plain, FindRecord(view, head, key, RecordKind::kProfile, 0));
  if (!plain) return Fail(ErrorKind::kCorrupt, "a customer has no profile record");
  OUBLI_TRY(Decode(*plain, customer.profile));
  return customer;
}

Result<std::optional<Customer>> FindCustomer(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto head, FindHead(view, OwnerKind::kCustomer, id));
  if (!head) return std::nullopt;
  OUBLI_TRY_ASSIGN(Customer customer, OpenCustomer(view, *head));
  return customer;
}

Result<std::optional<Customer>> FindCustomerByEmail(StoreView& view, std::string_view email) {
  const std::string wanted = NormalizeEmail(email);
  OUBLI_TRY_ASSIGN(auto customer, FindByField(view, TokenField::kEmail, wanted));
  if (customer && NormalizeEmail(customer->profile.email) != wanted) return std::nullopt;
  return customer;
}

Result<std::optional<Customer>> FindCustomerByCode(StoreView& view, std::string_view code) {
  OUBLI_TRY_ASSIGN(auto customer, FindByField(view, TokenField::kCode, code));
  if (customer && customer->profile.code == code) return customer;
  const auto id = IdOfMadeCode(code);
  if (!id) return std::nullopt;
  OUBLI_TRY_ASSIGN(customer, FindCustomer(view, *id));
  if (customer && !customer->profile.code.empty()) return std::nullopt;
  return customer;
}

Result<std::optional<Customer>> FindCustomerByCard(StoreView& view, std::string_view card_number) {
  OUBLI_TRY_ASSIGN(auto customer, FindByField(view, TokenField::kCardNumber, card_number));
  if (customer && customer->profile.card_number != card_number) return std::nullopt;
  return customer;
}

Result<std::optional<Customer>> FindCustomerByUsername(StoreView& view, std::string_view username) {
  OUBLI_TRY_ASSIGN(auto customer, FindByField(view, TokenField::kUsername, username));
  if (customer && customer->profile.username != username) return std::nullopt;
  return customer;
}

Status ForEachCustomer(StoreView& view, int64_t after_id,
                       const std::function<bool(const Customer&)>& visit) {
  Status failed;
  OUBLI_TRY(ForEachHead(view, OwnerKind::kCustomer, after_id, [&](const Head& head) {
    auto customer = OpenCustomer(view, head);
    if (!customer) {
      failed = Fail(customer.error());
      return false;
    }
    return visit(*customer);
  }));
  return failed;
}

Result<Customer> CreateCustomer(StoreTransaction& transaction, Customer customer) {
  customer.head.kind = OwnerKind::kCustomer;
  OUBLI_TRY(StartHead(transaction, customer.head));
  OUBLI_TRY(CheckCode(transaction, customer));
  const std::string tokens = TokenList(transaction, customer.profile);
  OUBLI_TRY(ReplaceTokens(transaction, customer.head, "", customer.profile, tokens));
  OUBLI_TRY(InsertHead(transaction, customer.head, tokens));
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.keys().Create(customer.head.ordinal));
  OUBLI_TRY(PutProfile(transaction, customer, key));
  return customer;
}

Result<Customer> UpdateCustomer(StoreTransaction& transaction, Customer customer) {
  OUBLI_TRY_ASSIGN(auto stored,
                   FindHeadAndTokens(transaction, OwnerKind::kCustomer, customer.head.id));
  if (!stored || stored->head.ordinal != customer.head.ordinal) {
    return Fail(ErrorKind::kNotFound, "no such customer");
  }
  OUBLI_TRY(CheckCode(transaction, customer));
  const std::string tokens = TokenList(transaction, customer.profile);
  OUBLI_TRY(ReplaceTokens(transaction, stored->head, stored->tokens, customer.profile, tokens));
  customer.head.created_at = stored->head.created_at;
  customer.head.modified_at = transaction.now_ms();
  OUBLI_TRY(UpdateHead(transaction, customer.head, tokens));
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(customer.head.ordinal));
  OUBLI_TRY(PutProfile(transaction, customer, key));
  return customer;
}

Result<Head> CreateOwner(StoreTransaction& transaction, OwnerKind kind, int64_t id) {
  Head head;
  head.kind = kind;
  head.id = id;
  OUBLI_TRY(StartHead(transaction, head));
  OUBLI_TRY(InsertHead(transaction, head, ""));
  OUBLI_TRY(transaction.keys().Create(head.ordinal));
  return head;
}

}  // namespace oubli::customers
