#include "keys/key_table.h"

#include <string>

#include "base/check.h"
#include "crypto/seal.h"

namespace oubli::keys {

const std::string_view kKeyTableDdl = R"sql(
CREATE TABLE key_epoch (
  epoch BIGINT NOT NULL PRIMARY KEY,
  root {blob} NOT NULL,
  index_key {blob} NOT NULL
);
)sql";

namespace {

using crypto::Key;
using storage::Connection;

std::string Place(int64_t epoch, Ordinal ordinal) {
  std::string place = "data key ";
  place.append(reinterpret_cast<const char*>(&epoch), sizeof epoch);
  place.append(reinterpret_cast<const char*>(&ordinal), sizeof ordinal);
  return place;
}

Status InsertEpoch(Connection& writer, int64_t epoch, const Key& root, const Key& index_key) {
  OUBLI_TRY_ASSIGN(auto insert, writer.Prepare("INSERT INTO key_epoch (epoch, root, index_key) "
                                               "VALUES ($1, $2, $3)"));
  insert->Bind(1, epoch).BindBlob(2, root.view()).BindBlob(3, index_key.view());
  OUBLI_TRY(insert->Step());
  return {};
}

class TableSession final : public KeySession {
 public:
  TableSession(Connection& connection, int64_t epoch, const Key& root, const Key& index_key)
      : connection_(connection), epoch_(epoch), root_(root), index_key_(index_key) {}

  int64_t epoch() const override { return epoch_; }
  const Key& index_key() const override { return index_key_; }

  Result<Key> Find(Ordinal ordinal, std::string_view stored) override {
    if (stored.empty()) return Fail(ErrorKind::kNotFound, "this owner has no key");
    OUBLI_TRY_ASSIGN(std::string bytes, crypto::Open(root_, stored, Place(epoch_, ordinal)));
    if (bytes.size() != Key::kSize) return Fail(ErrorKind::kCorrupt, "a data key has a wrong size");
    Key key = Key::FromBytes(bytes);
    crypto::Wipe(bytes.data(), bytes.size());
    return key;
  }

  Result<NewKey> Create(Ordinal ordinal) override {
    NewKey made{Key::Random(), {}};
    made.stored = crypto::Seal(root_, made.key.view(), Place(epoch_, ordinal));
    return made;
  }

  // The key goes with the head row.
  Status Erase(Ordinal) override { return {}; }

  Status EraseAll() override {
    {
      OUBLI_TRY_ASSIGN(auto erase, connection_.Prepare("DELETE FROM key_epoch"));
      OUBLI_TRY(erase->Step());
    }
    ++epoch_;
    root_ = Key::Random();
    index_key_ = Key::Random();
    return InsertEpoch(connection_, epoch_, root_, index_key_);
  }

 private:
  Connection& connection_;
  int64_t epoch_;
  Key root_;
  Key index_key_;
};

class KeyTable final : public DataKeys {
 public:
  Result<std::unique_ptr<KeySession>> Begin(Connection& connection) const override {
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT epoch, root, index_key FROM key_epoch"));
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (!found) return Fail(ErrorKind::kCorrupt, "the store has no key epoch");
    if (select->Blob(1).size() != Key::kSize || select->Blob(2).size() != Key::kSize) {
      return Fail(ErrorKind::kCorrupt, "the store's key epoch has a wrong size");
    }
    return std::make_unique<TableSession>(connection, select->Int(0),
                                          Key::FromBytes(select->Blob(1)),
                                          Key::FromBytes(select->Blob(2)));
  }
};

Status EnsureEpoch(Connection& writer) {
  OUBLI_TRY_ASSIGN(auto select, writer.Prepare("SELECT epoch FROM key_epoch"));
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  return found ? Status() : InsertEpoch(writer, 1, Key::Random(), Key::Random());
}

}  // namespace

Result<std::unique_ptr<DataKeys>> OpenKeyTable(Connection& writer) {
  OUBLI_TRY(writer.BeginWrite());
  Status done = EnsureEpoch(writer);
  if (done) done = writer.Commit();
  if (!done) {
    writer.Rollback();
    return Fail(done.error());
  }
  return std::make_unique<KeyTable>();
}

}  // namespace oubli::keys
