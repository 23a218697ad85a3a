#include "customers/store.h"

#include "base/log.h"
#include "crypto/random.h"
#include "customers/schema.h"
#include "keys/key_table.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::customers {
namespace {

// Above this the maintenance thread moves the log into the file while writing goes on.
constexpr int64_t kLogBytesToCheckpoint = 256LL * 1024 * 1024;
// A passive checkpoint never catches up with a writer that does not pause, and the log would grow
// for as long as the load lasts. Above this the writer waits for one, after which the log starts
// from its head.
constexpr int64_t kLogBytesToPause = 1024LL * 1024 * 1024;

Result<std::string> ReadIdentity(storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT value FROM store_identity"));
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  return found ? std::string(select->Blob(0)) : std::string();
}

Status CheckIdentity(storage::Connection& connection, const std::string& expected) {
  if (expected.empty()) return {};
  const Result<std::string> identity = ReadIdentity(connection);
  if (identity && *identity == expected) return {};
  return Fail(ErrorKind::kCorrupt, "the store's file is empty, damaged or another store's");
}

Status WriteIdentity(storage::Connection& writer, const std::string& identity) {
  if (identity.empty()) return {};
  OUBLI_TRY_ASSIGN(const std::string there, ReadIdentity(writer));
  if (there == identity) return {};  // made by a call that was cut off
  if (!there.empty()) return CheckIdentity(writer, identity);
  OUBLI_TRY_ASSIGN(auto insert, writer.Prepare("INSERT INTO store_identity (value) VALUES ($1)"));
  insert->BindBlob(1, identity);
  OUBLI_TRY(insert->Step());
  return {};
}

}  // namespace

Result<crypto::Key> StoreView::KeyOf(const Head& owner) {
  if (owner.ordinal != last_ordinal_) {
    OUBLI_TRY_ASSIGN(last_key_, keys_->Find(owner.ordinal, owner.stored_key));
    last_ordinal_ = owner.ordinal;
  }
  return last_key_;
}

Result<std::shared_ptr<Store>> Store::Open(const std::string& path, int64_t number,
                                           std::string handle, storage::WriterThreads& threads,
                                           const Clock& clock, const StoreOptions& options) {
  crypto::Initialize();
  std::shared_ptr<Store> store(new Store(number, std::move(handle), clock));
  OUBLI_TRY_ASSIGN(store->database_,
                   storage::OpenSqlite(path, {.writer_cache_kib = options.writer_cache_kib,
                                              .make_file = options.make_file}));
  OUBLI_TRY_ASSIGN(auto connection, store->database_->OpenWriter());
  if (!options.make_file) OUBLI_TRY(CheckIdentity(*connection, options.identity));
  OUBLI_TRY(storage::Migrate(*store->database_, *connection, StoreSchema()));
  if (options.make_file) OUBLI_TRY(WriteIdentity(*connection, options.identity));
  OUBLI_TRY_ASSIGN(store->keys_, keys::OpenKeyTable(*connection));
  store->readers_ = std::make_unique<storage::ReaderPool>(*store->database_);
  store->writer_ = std::make_unique<storage::GroupWriter>(threads, std::move(connection));
  store->writer_->SetAfterCommit([database = store->database_.get()] {
    if (database->LogBytes() < kLogBytesToPause) return;
    if (const Status done = database->Checkpoint(false); !done) {
      Log(LogLevel::kWarning, "checkpoint failed", {{"reason", done.error().text}});
    }
  });
  return store;
}

Store::~Store() {
  if (!writer_) return;
  writer_->Close();
  readers_->Drop();
  writer_.reset();
}

Result<StoreReader> Store::Read() {
  OUBLI_TRY_ASSIGN(auto lease, readers_->Acquire());
  OUBLI_TRY_ASSIGN(auto keys, keys_->Begin(*lease));
  return StoreReader(std::move(lease), std::move(keys), clock_.NowMs());
}

Result<StoreTransaction> Store::Begin(storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(auto keys, keys_->Begin(connection));
  return StoreTransaction(connection, std::move(keys), clock_.NowMs());
}

Status Store::Checkpoint(bool quiet) {
  const int64_t log_bytes = database_->LogBytes();
  if (log_bytes == 0 || (!quiet && log_bytes < kLogBytesToCheckpoint)) return {};
  return database_->Checkpoint(quiet);
}

}  // namespace oubli::customers
