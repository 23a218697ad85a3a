// A dialect over real stores in a temporary data folder, without sockets: what the dialects' tests
// stand on. Makes the store "abc"; more stores, and keys of the dialect, as a test asks for them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/api_keys.h"
#include "access/server_file.h"
#include "access/stores.h"
#include "access/windows.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/random.h"
#include "customers/store.h"
#include "dialects/dialect.h"
#include "keys/testing/key_places.h"
#include "storage/group_writer.h"
#include "webhooks/hook_service.h"

namespace oubli::dialects::testing {

// A folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "oubli-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Takes every destination but those that a test names, and delivers nothing.
class NoDeliveries final : public webhooks::HookService {
 public:
  void CheckDestination(const std::string& url, std::function<void(Status)> done) override {
    done(url == refused ? Status(Fail(ErrorKind::kInvalid, "is refused", "destination"))
                        : Status());
  }
  std::vector<webhooks::BlockedDomain> BlockedDomains(int64_t /*key_id*/) override {
    return blocked;
  }
  std::string refused;
  std::vector<webhooks::BlockedDomain> blocked;
};

// Everything that a dialect needs, torn down in the reverse order. The clock stands at
// 2026-09-01T10:00:00Z until a test moves it, which it may do while no request is under way.
class DialectWorld {
 public:
  static constexpr UnixMs kStart = 1'788'256'800'000;

  using Make = std::unique_ptr<Dialect> (*)(const Environment&);

  // `search`: the stores' indexes in memory; null for none.
  explicit DialectWorld(Make make, std::shared_ptr<customers::SearchIndexes> search = nullptr) {
    crypto::Initialize();
    auto opened = access::ServerFile::Open(data_dir_);
    if (!opened) throw std::runtime_error("server file: " + opened.error().text);
    file_ = std::move(*opened);
    api_keys_ = std::make_unique<access::ApiKeys>(*file_, clock_);
    windows_ = std::make_unique<access::Windows>(*file_, clock_);
    hooks_ = access::Hooks::Open(*file_, clock_).value();
    api_keys_->OnRevoke([this] { hooks_->Refresh(); });
    threads_ = std::make_unique<storage::WriterThreads>(2);
    // No sweeper: what a dialect shows must not depend on whether the sweep has been by.
    customers::StoreOptions options;
    options.places = keys::TestPlaces(folder_.path());
    options.search = std::move(search);
    stores_ = std::make_unique<access::Stores>(
        *file_, data_dir_, *threads_, clock_,
        [this](const std::shared_ptr<customers::Store>& store) {
          store->SetOutbox(hooks_->ActiveFlag(store->number()), [] {});
        },
        options);
    environment_ = std::make_unique<Environment>(
        Environment{*api_keys_, *stores_, *windows_, clock_, *hooks_, deliveries_});
    dialect_ = make(*environment_);
    CreateStore("abc");
  }

  access::StoreInfo CreateStore(const std::string& handle) {
    auto created = stores_->Create(handle);
    if (!created) throw std::runtime_error("store: " + created.error().text);
    return *created;
  }

  // The fields of a new key by name ("api_key", "client_secret", ...), and its "id".
  std::map<std::string, std::string> CreateKey(const access::NewKey& key) {
    auto created = api_keys_->Create(key);
    if (!created) throw std::runtime_error("key: " + created.error().text);
    std::map<std::string, std::string> fields;
    fields["id"] = std::to_string(created->id);
    for (auto& [name, value] : created->fields) fields[name] = value;
    return fields;
  }

  std::shared_ptr<customers::Store> OpenStore(std::string_view handle) {
    auto found = stores_->Find(handle);
    if (!found) throw std::runtime_error("store: " + found.error().text);
    auto opened = stores_->Open(found->number);
    if (!opened) throw std::runtime_error("store: " + opened.error().text);
    return *opened;
  }

  // Sends one request and waits for its answer; `target` is path and query as on the request line.
  // Returns status 0 when none comes within half a minute.
  http::Response Send(std::string method, std::string_view target,
                      std::vector<http::Header> headers = {}, std::string body = {}) {
    http::Response response = Begin(std::move(method), target, std::move(headers), std::move(body));
    EXPECT_TRUE(response.Collect().has_value()) << "the answer was cut off";
    return response;
  }

  // The same; a body in pieces is not read.
  http::Response Begin(std::string method, std::string_view target,
                       std::vector<http::Header> headers = {}, std::string body = {}) {
    auto request = std::make_shared<http::Request>();
    request->method = std::move(method);
    const size_t question = target.find('?');
    request->path = std::string(target.substr(0, question));
    if (question != std::string_view::npos)
      request->query = std::string(target.substr(question + 1));
    request->headers = std::move(headers);
    request->body = std::move(body);
    request->remote_address = "127.0.0.1";
    request->tls = tls_;
    auto answer = std::make_shared<std::promise<http::Response>>();
    auto future = answer->get_future();
    dialect_->Handle(std::move(request), http::Responder([answer](http::Response response) {
                       answer->set_value(std::move(response));
                     }));
    if (future.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
      ADD_FAILURE() << "no answer";
      http::Response none;
      none.status = 0;
      return none;
    }
    return future.get();
  }

  const Dialect& dialect() const { return *dialect_; }
  const Environment& environment() const { return *environment_; }
  access::ApiKeys& api_keys() { return *api_keys_; }
  access::Windows& windows() { return *windows_; }
  access::Hooks& hooks() { return *hooks_; }
  NoDeliveries& deliveries() { return deliveries_; }
  access::Stores& stores() { return *stores_; }
  ManualClock& clock() { return clock_; }
  const std::string& data_dir() const { return data_dir_; }
  void set_tls(bool tls) { tls_ = tls; }

 private:
  TemporaryFolder folder_;
  const std::string data_dir_ = folder_.path() + "/data";
  ManualClock clock_{kStart};
  bool tls_ = false;
  std::unique_ptr<access::ServerFile> file_;
  std::unique_ptr<access::ApiKeys> api_keys_;
  std::unique_ptr<access::Windows> windows_;
  std::unique_ptr<access::Hooks> hooks_;
  NoDeliveries deliveries_;
  std::unique_ptr<storage::WriterThreads> threads_;
  std::unique_ptr<access::Stores> stores_;
  std::unique_ptr<Environment> environment_;
  std::unique_ptr<Dialect> dialect_;
};

// The value of a header, or "" when the answer has none of that name.
inline std::string HeaderOf(const http::Response& response, std::string_view name) {
  for (const http::Header& header : response.headers) {
    if (EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return "";
}

}  // namespace oubli::dialects::testing
