#include "access/server_file.h"

#include <fmt/core.h>

#include <filesystem>

#include "access/durable_files.h"
#include "crypto/random.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::access {
namespace {

// One step a version, never changed once released.
constexpr std::string_view kSchema[] = {
    R"(CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, last BIGINT NOT NULL){clustered};
INSERT INTO counter (name, last) VALUES ('store', 0);
INSERT INTO counter (name, last) VALUES ('api_key', 0);

CREATE TABLE store (
  number BIGINT NOT NULL PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  identity {blob} NOT NULL,
  file_made BIGINT NOT NULL){clustered};

CREATE TABLE api_key (
  id BIGINT NOT NULL PRIMARY KEY,
  store_number BIGINT NOT NULL,
  dialect BIGINT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  role BIGINT NOT NULL,
  secret_hash {blob} NOT NULL,
  username TEXT NOT NULL,
  password_hash {blob},
  sealed_secret {blob},
  created_at BIGINT NOT NULL){clustered};
CREATE UNIQUE INDEX api_key_secret ON api_key (dialect, secret_hash);
CREATE UNIQUE INDEX api_key_name ON api_key (dialect, name);
CREATE INDEX api_key_store ON api_key (store_number);

CREATE TABLE access_token (
  secret_hash {blob} NOT NULL PRIMARY KEY,
  key_id BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  expires_at BIGINT NOT NULL){clustered};
CREATE INDEX access_token_key ON access_token (key_id, kind, expires_at);
CREATE INDEX access_token_expiry ON access_token (expires_at);

CREATE TABLE store_window (
  store_number BIGINT NOT NULL PRIMARY KEY,
  until BIGINT NOT NULL,
  boot_id TEXT NOT NULL,
  boot_deadline BIGINT NOT NULL,
  seen_at BIGINT NOT NULL){clustered})",
    R"(CREATE TABLE key_place (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  added_at BIGINT NOT NULL){clustered})",
    R"(CREATE TABLE residue_check (
  one BIGINT NOT NULL PRIMARY KEY,
  clean_at BIGINT NOT NULL,
  findings BIGINT NOT NULL){clustered})",
    R"(INSERT INTO counter (name, last) VALUES ('administrator', 0);

CREATE TABLE administrator (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  password_version BIGINT NOT NULL,
  password_hash TEXT NOT NULL,
  superuser BIGINT NOT NULL){clustered};

CREATE TABLE administrator_store (
  administrator_id BIGINT NOT NULL,
  store_number BIGINT NOT NULL,
  PRIMARY KEY (administrator_id, store_number)){clustered})",
    R"(INSERT INTO counter (name, last) VALUES ('webhook', 0);
INSERT INTO counter (name, last) VALUES ('webhook_event', 0);
CREATE TABLE webhook (
  id BIGINT NOT NULL PRIMARY KEY,
  store_number BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  scope TEXT NOT NULL,
  destination_token {blob} NOT NULL,
  sealed_destination {blob} NOT NULL,
  sealed_headers {blob},
  is_active BIGINT NOT NULL,
  is_deactivated BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  after_no BIGINT NOT NULL,
  used_at BIGINT NOT NULL){clustered};
CREATE UNIQUE INDEX webhook_destination ON webhook (key_id, scope, destination_token);
CREATE INDEX webhook_store ON webhook (store_number);
CREATE TABLE webhook_contact (
  key_id BIGINT NOT NULL PRIMARY KEY,
  sealed_emails {blob} NOT NULL){clustered};
CREATE TABLE webhook_event (
  no BIGINT NOT NULL PRIMARY KEY,
  store_number BIGINT NOT NULL,
  hook_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL){clustered};
CREATE INDEX webhook_event_store ON webhook_event (store_number, no))"};

// What is asked often is cached by its owner: SQLite's own cache may be small.
const storage::SqliteOptions kOptions{.writer_cache_kib = 2 * 1024, .reader_cache_kib = 256};

// The log is moved into the file once it is this long; a commit here adds a few pages.
constexpr int64_t kCheckpointBytes = 1 << 20;

Result<bool> HasApiKeys(storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(auto any, connection.Prepare("SELECT id FROM api_key LIMIT 1"));
  return any->Step();
}

Result<crypto::Key> LoadOrMakeKey(const std::string& path, storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(auto bytes, ReadSmallFile(path, crypto::Key::kSize + 1));
  if (bytes) {
    if (bytes->size() != crypto::Key::kSize) {
      return Fail(ErrorKind::kCorrupt,
                  fmt::format("{} is damaged: it must have {} bytes; restore it from a copy", path,
                              crypto::Key::kSize));
    }
    const crypto::Key key = crypto::Key::FromBytes(*bytes);
    crypto::Wipe(bytes->data(), bytes->size());
    return key;
  }
  // A fresh key would open nothing that the lost one has sealed.
  OUBLI_TRY_ASSIGN(const bool in_use, HasApiKeys(connection));
  if (in_use) {
    return Fail(
        ErrorKind::kCorrupt,
        fmt::format("{} is missing, but API keys sealed with it exist; restore it from a copy",
                    path));
  }
  const crypto::Key key = crypto::Key::Random();
  OUBLI_TRY(WriteWholeFile(path, key.view()));
  return key;
}

}  // namespace

Result<std::unique_ptr<ServerFile>> ServerFile::Open(const std::string& data_dir) {
  crypto::Initialize();
  OUBLI_TRY(MakeFolder(data_dir));
  const std::filesystem::path folder(data_dir);
  std::unique_ptr<ServerFile> file(new ServerFile);
  OUBLI_TRY_ASSIGN(file->database_, storage::OpenSqlite((folder / "server.db").string(), kOptions));
  OUBLI_TRY_ASSIGN(file->connection_, file->database_->OpenWriter());
  OUBLI_TRY(storage::Migrate(*file->database_, *file->connection_, kSchema));
  OUBLI_TRY_ASSIGN(file->sealing_key_,
                   LoadOrMakeKey((folder / "server.key").string(), *file->connection_));
  return file;
}

ServerFile::~ServerFile() = default;

Status ServerFile::Write(const std::function<Status(storage::Connection&)>& run) {
  std::lock_guard lock(mutex_);
  OUBLI_TRY(connection_->BeginWrite());
  Status done = run(*connection_);
  if (done) done = connection_->Commit();
  if (!done) {
    connection_->Rollback();
    return done;
  }
  // Nobody else reads this file, so nothing holds the log. What has been committed stays committed
  // when this fails; the next write tries again.
  if (database_->LogBytes() > kCheckpointBytes) (void)database_->Checkpoint(true);
  return {};
}

Status ServerFile::Read(const std::function<Status(storage::Connection&)>& run) {
  std::lock_guard lock(mutex_);
  OUBLI_TRY(connection_->BeginRead());
  Status done = run(*connection_);
  connection_->Rollback();
  return done;
}

Status ServerFile::CopyTo(const std::string& path) {
  std::lock_guard lock(mutex_);
  return database_->CopyTo(path);
}

Result<int64_t> TakeNumber(storage::Connection& connection, std::string_view counter) {
  OUBLI_TRY_ASSIGN(auto count,
                   connection.Prepare("UPDATE counter SET last = last + 1 WHERE name = $1"));
  count->BindText(1, counter);
  OUBLI_TRY(count->Step());
  OUBLI_TRY_ASSIGN(auto last, connection.Prepare("SELECT last FROM counter WHERE name = $1"));
  last->BindText(1, counter);
  OUBLI_TRY_ASSIGN(const bool found, last->Step());
  if (!found) return Fail(ErrorKind::kCorrupt, "server.db lacks a counter");
  return last->Int(0);
}

}  // namespace oubli::access
