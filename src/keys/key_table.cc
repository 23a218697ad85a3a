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
CREATE TABLE data_key (
  ordinal BIGINT NOT NULL PRIMARY KEY,
  sealed {blob} NOT NULL
){clustered};
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

  Result<Key> Find(Ordinal ordinal) override {
    OUBLI_TRY_ASSIGN(auto select,
                     connection_.Prepare("SELECT sealed FROM data_key WHERE ordinal = $1"));
    select->Bind(1, ordinal);
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (!found) return Fail(ErrorKind::kNotFound, "this owner has no key");
    OUBLI_TRY_ASSIGN(std::string bytes,
                     crypto::Open(root_, select->Blob(0), Place(epoch_, ordinal)));
    if (bytes.size() != Key::kSize) return Fail(ErrorKind::kCorrupt, "a data key has a wrong size");
    Key key = Key::FromBytes(bytes);
    crypto::Wipe(bytes.data(), bytes.size());
    return key;
  }

  Result<Key> Create(Ordinal ordinal) override {
    Key key = Key::Random();
    const std::string sealed = crypto::Seal(root_, key.view(), Place(epoch_, ordinal));
    OUBLI_TRY_ASSIGN(auto insert,
                     connection_.Prepare("INSERT INTO data_key (ordinal, sealed) VALUES ($1, $2)"));
    insert->Bind(1, ordinal).BindBlob(2, sealed);
    OUBLI_TRY(insert->Step());
    return key;
  }

  Status Erase(Ordinal ordinal) override {
    OUBLI_TRY_ASSIGN(auto erase, connection_.Prepare("DELETE FROM data_key WHERE ordinal = $1"));
    erase->Bind(1, ordinal);
    OUBLI_TRY(erase->Step());
    return {};
  }

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

  Result<bool> Sweep(Ordinal floor, int64_t max_rows) override {
    OUBLI_TRY_ASSIGN(auto erase,
                     connection_.Prepare("DELETE FROM data_key WHERE ordinal IN (SELECT ordinal "
                                         "FROM data_key WHERE ordinal < $1 ORDER BY ordinal "
                                         "LIMIT $2)"));
    erase->Bind(1, floor).Bind(2, max_rows);
    OUBLI_TRY(erase->Step());
    return erase->Changes() == max_rows;
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
