#include "customers/customers.h"

#include <fmt/core.h>

#include "base/log.h"
#include "base/text.h"
#include "customers/codec.h"
#include "customers/heads.h"
#include "customers/outbox.h"
#include "customers/records.h"
#include "customers/tokens.h"

namespace oubli::customers {
namespace {

// A made code is this and the id in ten digits. Codes of that form are the server's own: if callers
// could give them, the next customer's made code might be taken already.
constexpr std::string_view kMadeCodeStart = "800000";
constexpr size_t kMadeCodeDigits = 10;

std::string MadeCode(int64_t id) { return fmt::format("{}{:010}", kMadeCodeStart, id); }

// The id in a code of the made form.
std::optional<int64_t> IdOfMadeCode(std::string_view code) {
  if (code.size() != kMadeCodeStart.size() + kMadeCodeDigits) return std::nullopt;
  if (!code.starts_with(kMadeCodeStart) || !IsDigits(code)) return std::nullopt;
  return ParseInt(code.substr(kMadeCodeStart.size()));
}

Status PutProfile(StoreTransaction& transaction, const Customer& customer, const crypto::Key& key) {
  return PutRecord(transaction, customer.head, key, RecordKind::kProfile, 0,
                   Encode(customer.profile));
}

Result<std::optional<Customer>> FindByField(StoreView& view, TokenField field,
                                            std::string_view value) {
  if (value.empty()) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto head, FindByValue(view, field, value));
  if (!head) return std::nullopt;
  return OpenIfLiving(view, *head);
}

Status CheckCode(const Customer& customer) {
  const auto id = IdOfMadeCode(customer.profile.code);
  if (!id || *id == customer.head.id) return {};
  return Fail(ErrorKind::kInvalid, "codes of 16 digits that begin with 800000 are the server's own",
              "code");
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

namespace {

Result<Customer> Open(StoreView& view, const Head& head) {
  Customer customer;
  customer.head = head;
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(head));
  OUBLI_TRY_ASSIGN(auto plain, FindRecord(view, head, key, RecordKind::kProfile, 0));
  if (!plain) return Fail(ErrorKind::kCorrupt, "a customer has no profile record");
  OUBLI_TRY(Decode(*plain, customer.profile));
  return customer;
}

}  // namespace

Result<std::optional<Customer>> OpenIfLiving(StoreView& view, const Head& head) {
  auto customer = Open(view, head);
  // Whoever runs the server has to learn whose records are damaged; the dialects only say that some
  // are.
  if (!customer && customer.error().kind == ErrorKind::kCorrupt) {
    Log(LogLevel::kError, "a customer's records do not open",
        {{"customer", head.id}, {"reason", customer.error().text}});
  }
  if (customer) return *std::move(customer);
  if (customer.error().kind == ErrorKind::kNotFound) return std::nullopt;
  return Fail(customer.error());
}

Result<std::optional<Customer>> FindCustomer(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto head, FindHead(view, OwnerKind::kCustomer, id));
  if (!head) return std::nullopt;
  return OpenIfLiving(view, *head);
}

Result<std::optional<Customer>> FindCustomerByEmail(StoreView& view, std::string_view email) {
  const std::string wanted = NormalizeEmail(email);
  OUBLI_TRY_ASSIGN(auto customer, FindByField(view, TokenField::kEmail, wanted));
  if (customer && NormalizeEmail(customer->profile.email) != wanted) return std::nullopt;
  return customer;
}

Result<std::optional<Head>> FindHeadByCode(StoreView& view, std::string_view code) {
  if (code.empty()) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto head, FindByValue(view, TokenField::kCode, code));
  if (head) return head;
  const auto id = IdOfMadeCode(code);
  if (!id) return std::nullopt;
  OUBLI_TRY_ASSIGN(const auto found, FindHeadAndTokens(view, OwnerKind::kCustomer, *id));
  if (!found || HasTokenOf(found->tokens, TokenField::kCode)) return std::nullopt;
  return found->head;
}

Result<std::optional<Customer>> FindCustomerByCode(StoreView& view, std::string_view code) {
  OUBLI_TRY_ASSIGN(const auto head, FindHeadByCode(view, code));
  if (!head) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto customer, OpenIfLiving(view, *head));
  if (customer && CodeOf(*customer) != code) return std::nullopt;
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
    auto customer = OpenIfLiving(view, head);
    if (!customer) {
      failed = Fail(customer.error());
      return false;
    }
    return !*customer || visit(**customer);
  }));
  return failed;
}

Result<Customer> CreateCustomer(StoreTransaction& transaction, Customer customer) {
  customer.head.kind = OwnerKind::kCustomer;
  OUBLI_TRY(StartHead(transaction, customer.head));
  OUBLI_TRY(CheckCode(customer));
  OUBLI_TRY_ASSIGN(const std::string tokens,
                   ReplaceTokens(transaction, customer.head, "", customer.profile));
  const crypto::Key key = transaction.keys().Create(customer.head.ordinal);
  OUBLI_TRY(InsertHead(transaction, customer.head, tokens));
  OUBLI_TRY(PutProfile(transaction, customer, key));
  OUBLI_TRY(NoteEvent(transaction, {EventKind::kCustomerCreated, customer.head.id}));
  return customer;
}

namespace {

// What an update changes is told; one that changes nothing, or form fields alone, is not (those are
// told of with the customer's creation only).
Status NoteUpdate(StoreTransaction& transaction, const Head& old_head, const Customer& updated,
                  const crypto::Key& key) {
  OUBLI_TRY_ASSIGN(const auto plain,
                   FindRecord(transaction, old_head, key, RecordKind::kProfile, 0));
  Profile old;
  if (plain) OUBLI_TRY(Decode(*plain, old));
  old.form_fields = updated.profile.form_fields;
  const int64_t id = updated.head.id;
  const bool same =
      plain && old_head.group_id == updated.head.group_id && Encode(old) == Encode(updated.profile);
  if (same) return {};
  OUBLI_TRY(NoteEvent(transaction, {EventKind::kCustomerUpdated, id}));
  if (!plain || old.channel_ids == updated.profile.channel_ids) return {};
  return NoteEvent(transaction,
                   {EventKind::kLoginAccessUpdated, id, 0, updated.profile.channel_ids});
}

}  // namespace

Result<Customer> UpdateCustomer(StoreTransaction& transaction, Customer customer) {
  OUBLI_TRY_ASSIGN(auto stored,
                   FindHeadAndTokens(transaction, OwnerKind::kCustomer, customer.head.id));
  if (!stored || stored->head.ordinal != customer.head.ordinal) {
    return Fail(ErrorKind::kNotFound, "no such customer");
  }
  OUBLI_TRY(CheckCode(customer));
  OUBLI_TRY_ASSIGN(const std::string tokens,
                   ReplaceTokens(transaction, stored->head, stored->tokens, customer.profile));
  customer.head.created_at = stored->head.created_at;
  customer.head.modified_at = transaction.now_ms();
  OUBLI_TRY(UpdateHead(transaction, customer.head, tokens));
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(customer.head));
  if (transaction.notes_events()) OUBLI_TRY(NoteUpdate(transaction, stored->head, customer, key));
  OUBLI_TRY(PutProfile(transaction, customer, key));
  return customer;
}

Result<Head> CreateOwner(StoreTransaction& transaction, OwnerKind kind, int64_t id,
                         UnixMs created_at) {
  Head head;
  head.kind = kind;
  head.id = id;
  head.created_at = created_at;
  OUBLI_TRY(StartHead(transaction, head));
  transaction.keys().Create(head.ordinal);
  OUBLI_TRY(InsertHead(transaction, head, ""));
  return head;
}

}  // namespace oubli::customers
