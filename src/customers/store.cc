#include "customers/store.h"

#include <chrono>
#include <thread>

#include "base/check.h"
#include "base/log.h"
#include "crypto/random.h"
#include "customers/commit_watch.h"
#include "customers/heads.h"
#include "customers/key_table_upgrade.h"
#include "customers/schema.h"
#include "customers/search_index.h"
#include "keys/tree_rows.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::customers {
namespace {

// Above this the maintenance thread moves the log into the file while writing goes on.
constexpr int64_t kLogBytesToCheckpoint = 256LL * 1024 * 1024;
// A passive checkpoint never catches up with a writer that does not pause, and the log would grow
// for as long as the load lasts. Above this the writer waits for one, after which the log starts
// from its head.
constexpr int64_t kLogBytesToPause = 1024LL * 1024 * 1024;

// More than a page of any list.
constexpr size_t kKeysOfView = 1024;
// Of a snapshot and its keys, which belong together but for moments.
constexpr int kReadTries = 2000;

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
  if (const auto kept = keys_of_.find(owner.ordinal); kept != keys_of_.end()) return kept->second;
  OUBLI_TRY_ASSIGN(const crypto::Key key, keys_->Find(owner.ordinal));
  if (keys_of_.size() >= kKeysOfView) keys_of_.clear();
  keys_of_.emplace(owner.ordinal, key);
  return key;
}

Store::Store(int64_t number, std::string handle, const Clock& clock)
    : number_(number), handle_(std::move(handle)), clock_(clock) {}

Result<std::shared_ptr<Store>> Store::Open(const std::string& path, int64_t number,
                                           std::string handle, storage::WriterThreads& threads,
                                           const Clock& clock, const StoreOptions& options) {
  crypto::Initialize();
  std::shared_ptr<Store> store(new Store(number, std::move(handle), clock));
  OUBLI_TRY_ASSIGN(store->database_,
                   storage::OpenSqlite(path, {.writer_cache_kib = options.writer_cache_kib,
                                              .make_file = options.make_file,
                                              .write_log_again = true,
                                              .vfs = options.vfs}));
  OUBLI_TRY_ASSIGN(auto connection, store->database_->OpenWriter());
  if (!options.make_file) OUBLI_TRY(CheckIdentity(*connection, options.identity));
  OUBLI_TRY(storage::Migrate(*store->database_, *connection, StoreSchema(), kSchemaWithKeyTree));
  if (options.make_file) OUBLI_TRY(WriteIdentity(*connection, options.identity));
  OUBLI_TRY(store->OpenKeys(*connection, options));
  OUBLI_TRY_ASSIGN(const int64_t version, storage::SchemaVersion(*connection));
  bool had_keys = false;
  if (version == static_cast<int64_t>(kSchemaWithKeyTree)) {
    OUBLI_TRY_ASSIGN(had_keys, UpgradeKeyTable(*store, *connection));
  }
  OUBLI_TRY(storage::Migrate(*store->database_, *connection, StoreSchema()));
  // Rows of the earlier keys may have left traces in the gaps of pages.
  if (had_keys) OUBLI_TRY(connection->Execute("VACUUM"));
  OUBLI_TRY(LoadSettings(*connection, store->settings_));
  store->readers_ = std::make_unique<storage::ReaderPool>(*store->database_);
  store->writer_ = std::make_unique<storage::GroupWriter>(threads, std::move(connection));
  store->writer_->SetParticipant(store->keys_.get());
  if (options.search) {
    store->search_ = std::make_unique<SearchIndex>(*store, clock, options.search);
    store->watch_ = std::make_unique<CommitWatch>(*store->keys_, *store->search_);
    store->writer_->SetParticipant(store->watch_.get());
  }
  store->writer_->SetAfterCommit([database = store->database_.get(), raw = store.get()] {
    if (std::exchange(raw->events_noted_, false)) raw->outbox_noted_();
    if (database->LogBytes() < kLogBytesToPause) return;
    if (const Status done = database->Checkpoint(false); !done) {
      Log(LogLevel::kWarning, "checkpoint failed", {{"reason", done.error().text}});
    }
  });
  return store;
}

Status Store::OpenKeys(storage::Connection& connection, const StoreOptions& options) {
  OUBLI_CHECK(options.places.slots != nullptr && options.places.journals != nullptr);
  keys::KeyTreeOptions tree;
  tree.store_identity = options.identity;
  tree.places = options.places;
  tree.cache_bytes = options.key_cache_bytes;
  // The last one who closes a store leaves no log.
  tree.closed_in_order = !database_->HadLogAtOpen();
  tree.clock = &clock_;
  tree.counters = ReadCounters;
  OUBLI_TRY_ASSIGN(
      keys_, keys::KeyTree::Open(
                 connection, [this] { return database_->OpenSmallReader(); }, std::move(tree)));
  return {};
}

Store::~Store() {
  if (!writer_) return;
  writer_->Close();
  search_.reset();  // it reads until then
  readers_->Drop();
  writer_.reset();
}

Result<StoreReader> Store::Read() {
  for (int tries = 1;; ++tries) {
    OUBLI_TRY_ASSIGN(auto lease, readers_->Acquire());
    auto keys = keys_->BeginRead(*lease);
    if (keys) return StoreReader(std::move(lease), *std::move(keys), clock_.NowMs(), search_.get());
    // A rotation came between the snapshot and the look at its keys.
    if (keys.error().kind != ErrorKind::kConflict) return Fail(keys.error());
    if (tries == kReadTries) return Fail(ErrorKind::kUnavailable, keys.error().text);
    if (tries > 1) std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

StoreTransaction Store::Begin(storage::Connection& connection) {
  const bool wanted = outbox_wanted_ != nullptr && outbox_wanted_->load();
  return {connection, keys_->BeginWrite(connection), clock_.NowMs(),
          wanted ? &events_noted_ : nullptr, watch_ ? &watch_->changes() : nullptr};
}

void Store::FinishErasures() {
  keys_->RetryIfDue();
  keys_->LookAtJournals();
  if (!keys_->NeedsAttention() && !keys_->JournalsAreBehind()) return;
  // While a device is slow they would queue up.
  if (finishing_.exchange(true)) return;
  // A group that erases nobody is begun like one that does, and that finishes what was left.
  WriteErasing(
      [this](StoreTransaction& transaction) {
        return keys_->HealJournals(transaction.connection());
      },
      [this](const Status&) { finishing_ = false; });
}

void Store::CompactJournals() {
  if (!keys_->JournalsAreLarge()) return;
  Write(
      [this](StoreTransaction& transaction) {
        return keys_->CompactJournals(transaction.connection());
      },
      [](const Status&) {});
}

Status Store::Checkpoint(bool quiet) {
  const int64_t log_bytes = database_->LogBytes();
  if (log_bytes == 0 || (!quiet && log_bytes < kLogBytesToCheckpoint)) return {};
  return database_->Checkpoint(quiet);
}

}  // namespace oubli::customers
