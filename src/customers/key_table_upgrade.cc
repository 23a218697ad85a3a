#include "customers/key_table_upgrade.h"

#include <vector>

#include "base/log.h"
#include "crypto/seal.h"
#include "customers/heads.h"
#include "customers/retoken.h"

namespace oubli::customers {
namespace {

using crypto::Key;
using storage::Connection;

// Owners a transaction.
constexpr int64_t kBatch = 5000;

struct OldTable {
  int64_t epoch = 0;
  Key root;
};

struct OldOwner {
  OwnerKind kind = OwnerKind::kCustomer;
  int64_t id = 0;
  Ordinal ordinal = 0;
  std::string stored_key;
};

Result<std::optional<OldTable>> ReadOldTable(Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT epoch, root FROM key_epoch"));
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  if (select->Blob(1).size() != Key::kSize) {
    return Fail(ErrorKind::kCorrupt, "the store's key epoch has a wrong size");
  }
  return OldTable{select->Int(0), Key::FromBytes(select->Blob(1))};
}

// The data key was sealed with this associated: see docs/formats.md, "The key table before".
std::string PlaceOfKey(int64_t epoch, Ordinal ordinal) {
  std::string place = "data key ";
  place.append(reinterpret_cast<const char*>(&epoch), sizeof epoch);
  place.append(reinterpret_cast<const char*>(&ordinal), sizeof ordinal);
  return place;
}

Result<std::vector<OldOwner>> NextOwners(Connection& connection, int64_t epoch) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare(
                                    "SELECT kind, id, ordinal, stored_key FROM owner WHERE epoch = "
                                    "$1 AND LENGTH(stored_key) > 0 ORDER BY kind, id LIMIT $2"));
  select->Bind(1, epoch).Bind(2, kBatch);
  std::vector<OldOwner> owners;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return owners;
    owners.push_back({static_cast<OwnerKind>(select->Int(0)), select->Int(1), select->Int(2),
                      std::string(select->Blob(3))});
  }
}

Status SealAnew(StoreTransaction& transaction, const OldTable& old, const OldOwner& owner) {
  OUBLI_TRY_ASSIGN(
      const std::pmr::string bytes,
      crypto::OpenLocked(old.root, owner.stored_key, PlaceOfKey(old.epoch, owner.ordinal)));
  if (bytes.size() != Key::kSize) return Fail(ErrorKind::kCorrupt, "a data key has a wrong size");
  const Key key = transaction.keys().Create(owner.ordinal);
  OUBLI_TRY(SealRecordsAnew(transaction.connection(), owner.ordinal, Key::FromBytes(bytes), key));
  OUBLI_TRY_ASSIGN(auto mark, transaction.connection().Prepare(
                                  "UPDATE owner SET stored_key = '', epoch = $4 WHERE epoch = $1 "
                                  "AND kind = $2 AND id = $3"));
  mark->Bind(1, old.epoch)
      .Bind(2, static_cast<int64_t>(owner.kind))
      .Bind(3, owner.id)
      .Bind(4, transaction.keys().epoch());
  OUBLI_TRY(mark->Step());
  if (owner.kind != OwnerKind::kCustomer) return {};
  return RetokenOwner(transaction, owner.kind, owner.id);
}

// True when there may be more.
Result<bool> UpgradeBatch(Store& store, Connection& writer, const OldTable& old) {
  StoreTransaction transaction = store.Begin(writer);
  OUBLI_TRY_ASSIGN(const std::vector<OldOwner> owners, NextOwners(writer, old.epoch));
  for (const OldOwner& owner : owners) OUBLI_TRY(SealAnew(transaction, old, owner));
  return !owners.empty();
}

}  // namespace

Result<bool> UpgradeKeyTable(Store& store, Connection& writer) {
  OUBLI_TRY_ASSIGN(const auto old, ReadOldTable(writer));
  if (!old) return false;
  keys::KeyTree& tree = store.key_tree();
  Log(LogLevel::kWarning, "a store gets its key tree", {{"store", store.number()}});
  bool more = true;
  while (more) {
    OUBLI_TRY(writer.BeginWrite());
    auto batch = UpgradeBatch(store, writer, *old);
    Status done = batch ? tree.BeforeCommit(writer) : Status(Fail(batch.error()));
    if (!done) {
      writer.Rollback();
      tree.RolledBack();
      return Fail(done.error());
    }
    if (done = writer.Commit(); !done) {
      writer.Rollback();
      tree.CommitUnclear();
      return Fail(done.error());
    }
    tree.Committed(false, [](const Status&) {});
    more = *batch;
  }
  Log(LogLevel::kWarning,
      "a store has its key tree: destroy every copy of the data folder that was made before, it "
      "holds keys beside the records",
      {{"store", store.number()}});
  return true;
}

}  // namespace oubli::customers
