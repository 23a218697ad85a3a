#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>

#include "customers/codec.h"
#include "customers/customers.h"
#include "customers/heads.h"
#include "customers/records.h"
#include "customers/tokens.h"
#include "customers/wish_list.h"
#include "doctor/store_check.h"

namespace oubli::doctor {
namespace {

using customers::Head;
using customers::kOwnerKinds;
using customers::OwnerKind;
using customers::RecordKind;
using keys::Ordinal;

constexpr size_t kTokenEntry = 1 + customers::kTokenBytes;
// Ids above are made from a reference by the import, not counted.
constexpr int64_t kCountedIds = int64_t{1} << 52;

std::string_view OwnerName(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::kCustomer:
      return "customer";
    case OwnerKind::kSubscriber:
      return "subscriber";
    case OwnerKind::kGuestOrder:
      return "guest order";
    case OwnerKind::kGuestCart:
      return "guest cart";
    case OwnerKind::kKeptOrder:
      return "kept order";
  }
  return "owner of an unknown kind";
}

std::string NameOf(const Head& head) {
  return fmt::format("{} {} (ordinal {})", OwnerName(head.kind), head.id, head.ordinal);
}

bool NamesToken(std::string_view list, std::string_view value) {
  for (size_t at = 0; at + kTokenEntry <= list.size(); at += kTokenEntry) {
    if (list.substr(at + 1, customers::kTokenBytes) == value) return true;
  }
  return false;
}

// The same entries, in any order.
bool SameTokens(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t at = 0; at < a.size(); at += kTokenEntry) {
    if (!NamesToken(b, a.substr(at + 1, customers::kTokenBytes))) return false;
  }
  return true;
}

template <class T>
Status DecodesAs(std::string_view plain) {
  T record;
  return customers::Decode(plain, record);
}

Status Decodes(RecordKind kind, std::string_view plain) {
  switch (kind) {
    case RecordKind::kProfile:
      return DecodesAs<customers::Profile>(plain);
    case RecordKind::kAddress:
      return DecodesAs<customers::Address>(plain);
    case RecordKind::kAttributeValue:
      return DecodesAs<customers::AttributeValue>(plain);
    case RecordKind::kTransaction:
      return DecodesAs<customers::Transaction>(plain);
    case RecordKind::kEnrollment:
      return DecodesAs<customers::Enrollment>(plain);
    case RecordKind::kOrder:
      return DecodesAs<customers::Order>(plain);
    case RecordKind::kShopperProfile:
      return DecodesAs<customers::ShopperProfile>(plain);
    case RecordKind::kSegmentMembership:
      return DecodesAs<customers::SegmentMembership>(plain);
    case RecordKind::kKeptOrder:
      return DecodesAs<customers::KeptOrder>(plain);
    case RecordKind::kConsent:
      return DecodesAs<customers::Consent>(plain);
    case RecordKind::kMetafield:
      return DecodesAs<customers::Metafield>(plain);
    case RecordKind::kPaymentInstrument:
      return DecodesAs<customers::PaymentInstrument>(plain);
    case RecordKind::kCart:
      return DecodesAs<customers::Cart>(plain);
    case RecordKind::kCouponAssignment:
      return DecodesAs<customers::CouponAssignment>(plain);
    case RecordKind::kCreditAdjustment:
      return DecodesAs<customers::CreditAdjustment>(plain);
    case RecordKind::kOrderDetails:
      return DecodesAs<customers::OrderDetails>(plain);
    case RecordKind::kWishListItem:
      return DecodesAs<customers::WishListItem>(plain);
  }
  return {};
}

// The counter that ids of a kind come from; empty where they come from elsewhere.
std::string_view CounterOf(RecordKind kind) {
  switch (kind) {
    case RecordKind::kAddress:
      return "address_id";
    case RecordKind::kAttributeValue:
      return "attribute_value_id";
    case RecordKind::kTransaction:
      return "transaction_id";
    case RecordKind::kOrder:
      return "order_id";
    case RecordKind::kMetafield:
      return "metafield_id";
    case RecordKind::kPaymentInstrument:
      return "payment_instrument_id";
    case RecordKind::kCreditAdjustment:
      return "credit_adjustment_id";
    case RecordKind::kWishListItem:
      return customers::kWishListItemCounter;
    case RecordKind::kCart:
    case RecordKind::kCouponAssignment:
    case RecordKind::kOrderDetails:
    case RecordKind::kProfile:
    case RecordKind::kEnrollment:
    case RecordKind::kShopperProfile:
    case RecordKind::kSegmentMembership:
    case RecordKind::kKeptOrder:
    case RecordKind::kConsent:
      break;
  }
  return "";
}

class RowCheck {
 public:
  RowCheck(const Subject& subject, TreeView& tree, const OrdinalSet& in_use, Findings& findings,
           StoreCounts& counts)
      : subject_(subject),
        view_(tree.view()),
        in_use_(in_use),
        findings_(findings),
        counts_(counts) {}

  Status Run() {
    OUBLI_TRY(Waiting());
    OUBLI_TRY(Heads());
    OUBLI_TRY(Tokens());
    OUBLI_TRY(Records());
    OUBLI_TRY(RecordIds());
    KeysWithoutOwner();
    return Counters();
  }

 private:
  Result<storage::StatementHandle> Prepare(const char* sql) {
    return view_.connection().Prepare(sql);
  }
  Result<bool> Next(storage::Statement& rows) {
    if ((++steps_ & 1023) == 0) OUBLI_TRY(subject_.CheckGoing());
    return rows.Step();
  }
  void Raise(std::string_view counter, int64_t number) {
    int64_t& highest = highest_[std::string(counter)];
    highest = std::max(highest, number);
  }

  Status Waiting();
  Status Heads();
  Status CheckHead(const Head& head, std::string_view tokens);
  Status CheckTokenRows(const Head& head, std::string_view tokens);
  Status CheckProfile(const Head& head, std::string_view tokens);
  Status Tokens();
  Status Records();
  Status CheckRecord(Ordinal ordinal, int64_t kind, int64_t id, std::string_view sealed);
  Status CheckOpens(Ordinal ordinal, RecordKind kind, int64_t id, std::string_view sealed);
  Status CheckListed(Ordinal ordinal, RecordKind kind, int64_t id);
  Status RecordIds();
  void KeysWithoutOwner();
  Status Counters();

  const Subject& subject_;
  customers::StoreView& view_;
  const OrdinalSet& in_use_;
  Findings& findings_;
  StoreCounts& counts_;
  OrdinalSet living_;
  OrdinalSet listed_;                       // on the sweep's list
  OrdinalSet earlier_;                      // of the epochs before the present one
  std::map<std::string, int64_t> highest_;  // by counter
  std::map<OwnerKind, int64_t> population_;
  int64_t steps_ = 0;
  Ordinal key_of_ = -1;  // whose key is the next one; nobody: erased meanwhile
  std::optional<crypto::Key> key_;
};

Status RowCheck::Waiting() {
  OUBLI_TRY_ASSIGN(auto listed, Prepare("SELECT ordinal FROM sweep"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, Next(*listed));
    if (!row) break;
    if (listed->Int(0) > 0) listed_.Insert(listed->Int(0));
  }
  OUBLI_TRY_ASSIGN(auto earlier, Prepare("SELECT ordinal FROM owner WHERE epoch < $1"));
  earlier->Bind(1, view_.keys().epoch());
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, Next(*earlier));
    if (!row) return {};
    earlier_.Insert(earlier->Int(0));
    Raise(customers::kOrdinalCounter, earlier->Int(0));
  }
}

Status RowCheck::Heads() {
  OUBLI_TRY_ASSIGN(auto select,
                   Prepare("SELECT epoch, kind, id, ordinal, tokens FROM owner WHERE epoch >= $1"));
  const int64_t epoch = view_.keys().epoch();
  select->Bind(1, epoch);
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, Next(*select));
    if (!row) return {};
    Head head;
    head.kind = static_cast<OwnerKind>(select->Int(1));
    head.id = select->Int(2);
    head.ordinal = select->Int(3);
    if (select->Int(0) != epoch ||
        std::ranges::find(kOwnerKinds, head.kind) == std::end(kOwnerKinds)) {
      findings_.Error("owner-unknown",
                      fmt::format("{} has an epoch or a kind that there is not: restore from a "
                                  "backup",
                                  NameOf(head)));
      continue;
    }
    OUBLI_TRY(CheckHead(head, select->Blob(4)));
  }
}

Status RowCheck::CheckHead(const Head& head, std::string_view tokens) {
  ++counts_.owners;
  ++population_[head.kind];
  Raise(customers::kOrdinalCounter, head.ordinal);
  Raise(customers::IdCounter(head.kind), head.id);
  if (!living_.Insert(head.ordinal)) {
    findings_.Error("ordinal-twice",
                    fmt::format("{} shares its ordinal with somebody else: erase one of them and "
                                "create it anew",
                                NameOf(head)));
  }
  if (listed_.Contains(head.ordinal)) {
    findings_.Error("owner-swept", fmt::format("{} is living and on the sweep's list: stop the "
                                               "server and restore from a backup",
                                               NameOf(head)));
  }
  if (!in_use_.Contains(head.ordinal)) {
    findings_.Error("owner-without-key",
                    fmt::format("{} has no key in the key tree, so its records cannot be read: "
                                "erase it, or restore from a backup",
                                NameOf(head)));
  }
  OUBLI_TRY(CheckTokenRows(head, tokens));
  if (customers::TokenFieldsOf(head.kind).empty() || !in_use_.Contains(head.ordinal)) return {};
  return CheckProfile(head, tokens);
}

Status RowCheck::CheckTokenRows(const Head& head, std::string_view tokens) {
  if (tokens.size() % kTokenEntry != 0) {
    findings_.Error("token-list", fmt::format("{} has a damaged list of tokens: save the customer "
                                              "once more, or run oubli reindex",
                                              NameOf(head)));
    return {};
  }
  OUBLI_TRY_ASSIGN(auto select,
                   Prepare("SELECT ordinal, owner_kind, owner_id FROM token WHERE value = $1"));
  for (size_t at = 0; at < tokens.size(); at += kTokenEntry) {
    select->Reset();
    select->BindBlob(1, tokens.substr(at + 1, customers::kTokenBytes));
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (found && select->Int(0) == head.ordinal &&
        select->Int(1) == static_cast<int64_t>(head.kind) && select->Int(2) == head.id) {
      continue;
    }
    findings_.Error("token-missing",
                    fmt::format("{} is not found by one of its values: its token is {}; run oubli "
                                "reindex",
                                NameOf(head), found ? "somebody else's" : "missing"));
  }
  return {};
}

Status RowCheck::CheckProfile(const Head& head, std::string_view tokens) {
  const auto key = view_.KeyOf(head);
  if (!key && key.error().kind == ErrorKind::kNotFound) return {};
  if (!key) return Fail(key.error());
  const auto plain = customers::FindRecord(view_, head, *key, RecordKind::kProfile, 0);
  // What does not open is found again among the records.
  if (!plain && plain.error().kind == ErrorKind::kCorrupt) return {};
  if (!plain) return Fail(plain.error());
  if (!*plain) {
    findings_.Error("profile-missing", fmt::format("{} has no profile record: erase it, or restore "
                                                   "from a backup",
                                                   NameOf(head)));
    return {};
  }
  customers::Profile profile;
  if (!customers::Decode(**plain, profile)) return {};
  for (const crypto::Key& index_key : view_.keys().index_keys()) {
    if (SameTokens(tokens, customers::TokenListOf(index_key, head.kind, profile))) return {};
  }
  findings_.Error("token-wrong",
                  fmt::format("{} has tokens that are not those of its values: run oubli reindex",
                              NameOf(head)));
  return {};
}

Status RowCheck::Tokens() {
  OUBLI_TRY_ASSIGN(auto select,
                   Prepare("SELECT t.value, t.ordinal, t.owner_kind, t.owner_id, o.ordinal, "
                           "o.tokens FROM token t LEFT JOIN owner o ON o.epoch = $1 AND o.kind = "
                           "t.owner_kind AND o.id = t.owner_id"));
  select->Bind(1, view_.keys().epoch());
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, Next(*select));
    if (!row) return {};
    ++counts_.tokens;
    const Ordinal ordinal = select->Int(1);
    if (!select->IsNull(4) && select->Int(4) == ordinal &&
        NamesToken(select->Blob(5), select->Blob(0))) {
      continue;
    }
    if (earlier_.Contains(ordinal)) continue;  // goes with its owner, by the sweep
    const Head named{static_cast<OwnerKind>(select->Int(2)), select->Int(3), ordinal};
    findings_.Error("token-orphan",
                    fmt::format("a token names {}, who {}: run oubli reindex", NameOf(named),
                                living_.Contains(ordinal) ? "does not list it" : "does not live"));
  }
}

Status RowCheck::Records() {
  OUBLI_TRY_ASSIGN(
      auto select,
      Prepare("SELECT ordinal, kind, id, sealed FROM record ORDER BY ordinal, kind, id"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, Next(*select));
    if (!row) return {};
    ++counts_.records;
    OUBLI_TRY(CheckRecord(select->Int(0), select->Int(1), select->Int(2), select->Blob(3)));
  }
}

Status RowCheck::CheckRecord(Ordinal ordinal, int64_t kind, int64_t id, std::string_view sealed) {
  Raise(customers::kOrdinalCounter, ordinal);
  const customers::RecordKindRule* const rule = customers::FindRecordKind(kind);
  if (rule == nullptr) {
    findings_.Error("record-kind",
                    fmt::format("ordinal {} has a record of kind {}, which is not declared: it was "
                                "not written by this version; use the newer one",
                                ordinal, kind));
    return {};
  }
  if (!living_.Contains(ordinal)) {
    if (listed_.Contains(ordinal) || earlier_.Contains(ordinal)) {
      ++counts_.waiting;
      return {};
    }
    findings_.Error("record-orphan",
                    fmt::format("the {} record {} of ordinal {} is nobody's, and not on the "
                                "sweep's list: restore from a backup",
                                rule->name, id, ordinal));
    return {};
  }
  if (id < kCountedIds && !CounterOf(rule->kind).empty()) Raise(CounterOf(rule->kind), id);
  if (rule->one_an_owner && id != 0) {
    findings_.Error("record-twice", fmt::format("ordinal {} has more than one {} record: restore "
                                                "from a backup",
                                                ordinal, rule->name));
  }
  if (in_use_.Contains(ordinal)) OUBLI_TRY(CheckOpens(ordinal, rule->kind, id, sealed));
  return rule->found_by_id ? CheckListed(ordinal, rule->kind, id) : Status();
}

Status RowCheck::CheckOpens(Ordinal ordinal, RecordKind kind, int64_t id, std::string_view sealed) {
  if (key_of_ != ordinal) {
    key_of_ = ordinal;
    key_.reset();
    Head head;
    head.ordinal = ordinal;
    auto key = view_.KeyOf(head);
    if (!key && key.error().kind != ErrorKind::kNotFound) return Fail(key.error());
    if (key) key_ = *std::move(key);
  }
  if (!key_) return {};
  const auto plain = customers::OpenRecord(*key_, ordinal, kind, id, sealed);
  if (plain && Decodes(kind, *plain)) return {};
  findings_.Error("record-unreadable",
                  fmt::format("the {} record {} of ordinal {} {}: restore from a backup",
                              customers::FindRecordKind(static_cast<int64_t>(kind))->name, id,
                              ordinal, plain ? "has a damaged form" : "does not open"));
  return {};
}

Status RowCheck::CheckListed(Ordinal ordinal, RecordKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select,
                   Prepare("SELECT ordinal FROM record_id WHERE kind = $1 AND id = $2"));
  select->Bind(1, static_cast<int64_t>(kind)).Bind(2, id);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (found && select->Int(0) == ordinal) return {};
  findings_.Error(
      "record-id-missing",
      fmt::format("the {} record {} of ordinal {} is not found by its id ({}): save it once more",
                  customers::FindRecordKind(static_cast<int64_t>(kind))->name, id, ordinal,
                  found ? "somebody else has it" : "no row names it"));
  return {};
}

Status RowCheck::RecordIds() {
  OUBLI_TRY_ASSIGN(
      auto select,
      Prepare("SELECT i.kind, i.id, i.ordinal, r.ordinal, o.ordinal FROM record_id i LEFT JOIN "
              "record r ON r.ordinal = i.ordinal AND r.kind = i.kind AND r.id = i.id LEFT JOIN "
              "owner o ON o.epoch = $1 AND o.kind = i.owner_kind AND o.id = i.owner_id"));
  select->Bind(1, view_.keys().epoch());
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, Next(*select));
    if (!row) return {};
    const Ordinal ordinal = select->Int(2);
    if (listed_.Contains(ordinal) || earlier_.Contains(ordinal)) continue;
    const bool there = !select->IsNull(3);
    if (there && !select->IsNull(4) && select->Int(4) == ordinal) continue;
    findings_.Error("record-id-orphan",
                    fmt::format("the id {} of kind {} leads to ordinal {}, which {}: restore from "
                                "a backup",
                                select->Int(1), select->Int(0), ordinal,
                                there ? "is not its owner" : "has no such record"));
  }
}

void RowCheck::KeysWithoutOwner() {
  in_use_.ForEach([&](Ordinal ordinal) {
    Raise(customers::kOrdinalCounter, ordinal);
    if (!living_.Contains(ordinal)) {
      findings_.Error("key-without-owner",
                      fmt::format("the key tree has a key of ordinal {}, which is nobody's: what "
                                  "copies hold of it can still be read; restore from a backup",
                                  ordinal));
    }
    return true;
  });
}

Status RowCheck::Counters() {
  for (const auto& [counter, highest] : highest_) {
    OUBLI_TRY_ASSIGN(const int64_t value, customers::ReadCounter(view_, counter));
    if (value >= highest) continue;
    findings_.Error("counter", fmt::format("the counter {} stands at {}, but {} is in use: numbers "
                                           "would be given twice; restore from a backup",
                                           counter, value, highest));
  }
  for (const OwnerKind kind : kOwnerKinds) {
    OUBLI_TRY_ASSIGN(const int64_t stored, customers::CountOwners(view_, kind));
    if (stored == population_[kind]) continue;
    findings_.Error("population",
                    fmt::format("the stored count of living owners of kind {} is {}, but there are "
                                "{}: restore from a backup",
                                OwnerName(kind), stored, population_[kind]));
  }
  return {};
}

}  // namespace

Status CheckRows(const Subject& subject, TreeView& tree, const OrdinalSet& in_use,
                 Findings& findings, StoreCounts& counts) {
  OUBLI_TRY(RowCheck(subject, tree, in_use, findings, counts).Run());
  return CheckSegments(tree.view(), findings);
}

}  // namespace oubli::doctor
