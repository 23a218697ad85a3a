#include "customers/heads.h"

#include "base/check.h"
#include "customers/customers.h"

namespace oubli::customers {
namespace {

Head ReadHead(storage::Statement& row, OwnerKind kind) {
  Head head;
  head.kind = kind;
  head.id = row.Int(0);
  head.ordinal = row.Int(1);
  head.group_id = row.Int(2);
  head.created_at = row.Int(3);
  head.modified_at = row.Int(4);
  return head;
}

}  // namespace

Result<int64_t> NextNumber(StoreTransaction& transaction, std::string_view counter) {
  OUBLI_TRY_ASSIGN(auto next,
                   transaction.connection().Prepare(
                       "INSERT INTO counter (name, value) VALUES ($1, 1) ON CONFLICT (name) "
                       "DO UPDATE SET value = counter.value + 1 RETURNING value"));
  next->BindText(1, counter);
  OUBLI_TRY_ASSIGN(const bool row, next->Step());
  OUBLI_CHECK(row);
  const int64_t number = next->Int(0);
  OUBLI_TRY(next->Step());  // to the end: only then is it done
  return number;
}

Status RaiseCounter(StoreTransaction& transaction, std::string_view counter, int64_t number) {
  OUBLI_TRY_ASSIGN(
      auto raise, transaction.connection().Prepare(
                      "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) "
                      "DO UPDATE SET value = excluded.value WHERE counter.value < excluded.value"));
  raise->BindText(1, counter).Bind(2, number);
  OUBLI_TRY(raise->Step());
  return {};
}

Result<int64_t> ReadCounter(StoreView& view, std::string_view counter) {
  OUBLI_TRY_ASSIGN(auto read,
                   view.connection().Prepare("SELECT value FROM counter WHERE name = $1"));
  read->BindText(1, counter);
  OUBLI_TRY_ASSIGN(const bool found, read->Step());
  return found ? read->Int(0) : 0;
}

Result<std::vector<std::pair<std::string, int64_t>>> ReadCounters(storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT name, value FROM counter"));
  std::vector<std::pair<std::string, int64_t>> counters;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return counters;
    counters.emplace_back(select->Text(0), select->Int(1));
  }
}

Status SetCounter(StoreTransaction& transaction, std::string_view counter, int64_t value) {
  OUBLI_TRY_ASSIGN(auto set, transaction.connection().Prepare(
                                 "INSERT INTO counter (name, value) VALUES ($1, $2) "
                                 "ON CONFLICT (name) DO UPDATE SET value = excluded.value"));
  set->BindText(1, counter).Bind(2, value);
  OUBLI_TRY(set->Step());
  return {};
}

std::string_view IdCounter(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::kCustomer:
      return "customer_id";
    case OwnerKind::kSubscriber:
      return "subscriber_id";
    case OwnerKind::kGuestOrder:
      return "order_id";
    case OwnerKind::kGuestCart:
      return "guest_cart_id";
    case OwnerKind::kKeptOrder:
      return "kept_order_id";
  }
  OUBLI_CHECK(false);
}

std::string_view PopulationCounter(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::kCustomer:
      return "customers living";
    case OwnerKind::kSubscriber:
      return "subscribers living";
    case OwnerKind::kGuestOrder:
      return "guest orders living";
    case OwnerKind::kGuestCart:
      return "guest carts living";
    case OwnerKind::kKeptOrder:
      return "kept orders living";
  }
  OUBLI_CHECK(false);
}

Status AddToPopulation(StoreTransaction& transaction, OwnerKind kind, int64_t difference) {
  OUBLI_TRY_ASSIGN(auto add, transaction.connection().Prepare(
                                 "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT "
                                 "(name) DO UPDATE SET value = counter.value + excluded.value"));
  add->BindText(1, PopulationCounter(kind)).Bind(2, difference);
  OUBLI_TRY(add->Step());
  return {};
}

Status InsertHead(StoreTransaction& transaction, const Head& head, std::string_view tokens) {
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO owner (epoch, kind, id, ordinal, group_id, created_at, "
                       "modified_at, tokens) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"));
  insert->Bind(1, transaction.keys().epoch())
      .Bind(2, static_cast<int64_t>(head.kind))
      .Bind(3, head.id)
      .Bind(4, head.ordinal)
      .Bind(5, head.group_id)
      .Bind(6, head.created_at)
      .Bind(7, head.modified_at)
      .BindBlob(8, tokens);
  OUBLI_TRY(insert->Step());
  transaction.Note(ChangeLog::What::kChanged, head.kind, head.id);
  return AddToPopulation(transaction, head.kind, 1);
}

Status UpdateHead(StoreTransaction& transaction, const Head& head, std::string_view tokens) {
  OUBLI_TRY_ASSIGN(auto update, transaction.connection().Prepare(
                                    "UPDATE owner SET group_id = $4, modified_at = $5, tokens = $6 "
                                    "WHERE epoch = $1 AND kind = $2 AND id = $3"));
  update->Bind(1, transaction.keys().epoch())
      .Bind(2, static_cast<int64_t>(head.kind))
      .Bind(3, head.id)
      .Bind(4, head.group_id)
      .Bind(5, head.modified_at)
      .BindBlob(6, tokens);
  OUBLI_TRY(update->Step());
  transaction.Note(ChangeLog::What::kChanged, head.kind, head.id);
  return {};
}

Status UpdateTokens(StoreTransaction& transaction, const Head& head, std::string_view tokens) {
  OUBLI_TRY_ASSIGN(auto update,
                   transaction.connection().Prepare("UPDATE owner SET tokens = $4 "
                                                    "WHERE epoch = $1 AND kind = $2 AND id = $3"));
  update->Bind(1, transaction.keys().epoch())
      .Bind(2, static_cast<int64_t>(head.kind))
      .Bind(3, head.id)
      .BindBlob(4, tokens);
  OUBLI_TRY(update->Step());
  return {};
}

Result<int64_t> MoveGroupMembers(StoreTransaction& transaction, int64_t from_group,
                                 int64_t to_group) {
  std::vector<int64_t> members;
  {
    OUBLI_TRY_ASSIGN(auto select,
                     transaction.connection().Prepare(
                         "SELECT id FROM owner WHERE epoch = $1 AND kind = $2 AND group_id = $3"));
    select->Bind(1, transaction.keys().epoch());
    select->Bind(2, static_cast<int64_t>(OwnerKind::kCustomer)).Bind(3, from_group);
    while (true) {
      OUBLI_TRY_ASSIGN(const bool more, select->Step());
      if (!more) break;
      members.push_back(select->Int(0));
    }
  }
  OUBLI_TRY_ASSIGN(auto move, transaction.connection().Prepare(
                                  "UPDATE owner SET group_id = $4, modified_at = $5 "
                                  "WHERE epoch = $1 AND kind = $2 AND group_id = $3"));
  move->Bind(1, transaction.keys().epoch())
      .Bind(2, static_cast<int64_t>(OwnerKind::kCustomer))
      .Bind(3, from_group)
      .Bind(4, to_group)
      .Bind(5, transaction.now_ms());
  OUBLI_TRY(move->Step());
  for (const int64_t id : members) {
    transaction.Note(ChangeLog::What::kChanged, OwnerKind::kCustomer, id);
  }
  return move->Changes();
}

Result<std::optional<HeadAndTokens>> FindHeadAndTokens(StoreView& view, OwnerKind kind,
                                                       int64_t id) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare(
                       "SELECT id, ordinal, group_id, created_at, modified_at, tokens FROM owner "
                       "WHERE epoch = $1 AND kind = $2 AND id = $3"));
  select->Bind(1, view.keys().epoch()).Bind(2, static_cast<int64_t>(kind)).Bind(3, id);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  return HeadAndTokens{ReadHead(*select, kind), std::string(select->Blob(5))};
}

Result<std::optional<Head>> FindHead(StoreView& view, OwnerKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(auto found, FindHeadAndTokens(view, kind, id));
  if (!found) return std::nullopt;
  return found->head;
}

Status ForEachHead(StoreView& view, OwnerKind kind, int64_t after_id,
                   const std::function<bool(const Head&)>& visit) {
  OUBLI_TRY_ASSIGN(
      auto select,
      view.connection().Prepare("SELECT id, ordinal, group_id, created_at, modified_at FROM owner "
                                "WHERE epoch = $1 AND kind = $2 AND id > $3 ORDER BY id"));
  select->Bind(1, view.keys().epoch()).Bind(2, static_cast<int64_t>(kind)).Bind(3, after_id);
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row || !visit(ReadHead(*select, kind))) return {};
  }
}

Result<int64_t> CountOwners(StoreView& view, OwnerKind kind) {
  return ReadCounter(view, PopulationCounter(kind));
}

Result<std::optional<DeletedHead>> DeleteHead(StoreTransaction& transaction, OwnerKind kind,
                                              int64_t id) {
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM owner WHERE epoch = $1 AND kind = $2 AND id = $3 "
                                   "RETURNING ordinal, tokens"));
  erase->Bind(1, transaction.keys().epoch()).Bind(2, static_cast<int64_t>(kind)).Bind(3, id);
  OUBLI_TRY_ASSIGN(const bool found, erase->Step());
  if (!found) return std::nullopt;
  DeletedHead deleted{erase->Int(0), std::string(erase->Blob(1))};
  OUBLI_TRY(erase->Step());  // to the end: only then is it done
  transaction.Note(ChangeLog::What::kErased, kind, id);
  return deleted;
}

}  // namespace oubli::customers
