#include "customers/records.h"

#include "crypto/seal.h"
#include "customers/customers.h"

namespace oubli::customers {
namespace {

// The row's identity, bound into the seal: a record that is moved to another row does not open
// there.
std::string Place(Ordinal ordinal, RecordKind kind, int64_t id) {
  std::string place = "record ";
  const auto append = [&place](int64_t number) {
    place.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  append(ordinal);
  append(static_cast<int64_t>(kind));
  append(id);
  return place;
}

Status PutRecordId(StoreTransaction& transaction, const Head& owner, RecordKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO record_id (kind, id, ordinal, owner_kind, owner_id) "
                       "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, id) DO NOTHING"));
  insert->Bind(1, static_cast<int64_t>(kind))
      .Bind(2, id)
      .Bind(3, owner.ordinal)
      .Bind(4, static_cast<int64_t>(owner.kind))
      .Bind(5, owner.id);
  OUBLI_TRY(insert->Step());
  return {};
}

struct OwnerRef {
  Ordinal ordinal = 0;
  OwnerKind kind = OwnerKind::kCustomer;
  int64_t id = 0;
};

// The living head that a record_id row names; the row of a former owner leads nowhere.
Result<std::optional<Head>> LivingOwner(StoreView& view, const OwnerRef& ref) {
  OUBLI_TRY_ASSIGN(auto head, FindHead(view, ref.kind, ref.id));
  if (!head || head->ordinal != ref.ordinal) return std::nullopt;
  return head;
}

}  // namespace

std::string SealRecord(const crypto::Key& key, Ordinal ordinal, RecordKind kind, int64_t id,
                       std::string_view plain) {
  return crypto::Seal(key, plain, Place(ordinal, kind, id));
}

Result<std::string> OpenRecord(const crypto::Key& key, Ordinal ordinal, RecordKind kind, int64_t id,
                               std::string_view sealed) {
  return crypto::Open(key, sealed, Place(ordinal, kind, id));
}

Status PutRecord(StoreTransaction& transaction, const Head& owner, const crypto::Key& key,
                 RecordKind kind, int64_t id, std::string_view plain) {
  const RecordKindRule* rule = FindRecordKind(static_cast<int64_t>(kind));
  if (rule == nullptr || (rule->one_an_owner && id != 0)) {
    return Fail(ErrorKind::kInvalid, "a record of a kind that is not declared");
  }
  const std::string sealed = SealRecord(key, owner.ordinal, kind, id, plain);
  {
    OUBLI_TRY_ASSIGN(auto put,
                     transaction.connection().Prepare(
                         "INSERT INTO record (ordinal, kind, id, sealed) VALUES ($1, $2, $3, $4) "
                         "ON CONFLICT (ordinal, kind, id) DO UPDATE SET sealed = excluded.sealed"));
    put->Bind(1, owner.ordinal).Bind(2, static_cast<int64_t>(kind)).Bind(3, id).BindBlob(4, sealed);
    OUBLI_TRY(put->Step());
  }
  return rule->found_by_id ? PutRecordId(transaction, owner, kind, id) : Status();
}

Result<std::optional<std::string>> FindRecord(StoreView& view, const Head& owner,
                                              const crypto::Key& key, RecordKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT sealed FROM record WHERE ordinal = $1 AND "
                                             "kind = $2 AND id = $3"));
  select->Bind(1, owner.ordinal).Bind(2, static_cast<int64_t>(kind)).Bind(3, id);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  OUBLI_TRY_ASSIGN(std::string plain, OpenRecord(key, owner.ordinal, kind, id, select->Blob(0)));
  return plain;
}

Status ForEachRecord(StoreView& view, const Head& owner, const crypto::Key& key, RecordKind kind,
                     const std::function<Status(int64_t id, std::string_view plain)>& visit) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, sealed FROM record WHERE ordinal = $1 AND "
                                             "kind = $2 ORDER BY id"));
  select->Bind(1, owner.ordinal).Bind(2, static_cast<int64_t>(kind));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return {};
    const int64_t id = select->Int(0);
    OUBLI_TRY_ASSIGN(const std::string plain,
                     OpenRecord(key, owner.ordinal, kind, id, select->Blob(1)));
    OUBLI_TRY(visit(id, plain));
  }
}

Result<bool> DeleteRecord(StoreTransaction& transaction, const Head& owner, RecordKind kind,
                          int64_t id) {
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare(
                       "DELETE FROM record WHERE ordinal = $1 AND kind = $2 AND id = $3"));
  erase->Bind(1, owner.ordinal).Bind(2, static_cast<int64_t>(kind)).Bind(3, id);
  OUBLI_TRY(erase->Step());
  if (erase->Changes() == 0) return false;
  OUBLI_TRY_ASSIGN(auto unlist, transaction.connection().Prepare(
                                    "DELETE FROM record_id WHERE kind = $1 AND id = $2 "
                                    "AND ordinal = $3"));
  unlist->Bind(1, static_cast<int64_t>(kind)).Bind(2, id).Bind(3, owner.ordinal);
  OUBLI_TRY(unlist->Step());
  return true;
}

Result<std::optional<Head>> FindRecordOwner(StoreView& view, RecordKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT ordinal, owner_kind, owner_id FROM record_id "
                                             "WHERE kind = $1 AND id = $2"));
  select->Bind(1, static_cast<int64_t>(kind)).Bind(2, id);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  return LivingOwner(view,
                     {select->Int(0), static_cast<OwnerKind>(select->Int(1)), select->Int(2)});
}

namespace {

// `sql` selects id, ordinal, owner_kind and owner_id by kind and a bound of the ids.
Status VisitRecordOwners(StoreView& view, const char* sql, RecordKind kind, int64_t bound,
                         const std::function<bool(int64_t id, const Head& owner)>& visit) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(sql));
  select->Bind(1, static_cast<int64_t>(kind)).Bind(2, bound);
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return {};
    OUBLI_TRY_ASSIGN(auto owner,
                     LivingOwner(view, {select->Int(1), static_cast<OwnerKind>(select->Int(2)),
                                        select->Int(3)}));
    if (owner && !visit(select->Int(0), *owner)) return {};
  }
}

}  // namespace

Status ForEachRecordOwner(StoreView& view, RecordKind kind, int64_t after_id,
                          const std::function<bool(int64_t id, const Head& owner)>& visit) {
  return VisitRecordOwners(view,
                           "SELECT id, ordinal, owner_kind, owner_id FROM record_id "
                           "WHERE kind = $1 AND id > $2 ORDER BY id",
                           kind, after_id, visit);
}

Status ForEachRecordOwnerBackwards(
    StoreView& view, RecordKind kind, int64_t before_id,
    const std::function<bool(int64_t id, const Head& owner)>& visit) {
  return VisitRecordOwners(view,
                           "SELECT id, ordinal, owner_kind, owner_id FROM record_id "
                           "WHERE kind = $1 AND id < $2 ORDER BY id DESC",
                           kind, before_id, visit);
}

}  // namespace oubli::customers
