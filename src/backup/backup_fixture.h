// For this module's tests: a data folder with a store, customers with records, root slots and
// journals beside it, and backups of it, which can be closed, killed, copied and restored.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "access/key_custody.h"
#include "access/server_file.h"
#include "access/stores.h"
#include "backup/backups.h"
#include "backup/restore.h"
#include "crypto/random.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"

namespace oubli::backup {

class BackupFixture : public testing::Test {
 protected:
  BackupFixture() {
    crypto::Initialize();
    std::string folder = testing::TempDir() + "oubli-backup-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    top_ = folder;
    world_ = top_ + "/w";
    data_dir_ = world_ + "/data";
    to_ = world_ + "/backups";
    std::filesystem::create_directories(to_);
    Open();
    info_ = stores_->Create("abc").value();
    store_ = stores_->Open(info_.number).value();
  }
  ~BackupFixture() override {
    Close();
    std::filesystem::remove_all(top_);
  }

  // As a server does at start and end. No thread is left behind Close().
  Status TryOpen(access::KeyCustodyOptions options = {}) {
    options.files = system_;
    OUBLI_TRY(CompleteRestore(data_dir_, clock_, *system_));
    threads_ = std::make_unique<storage::WriterThreads>(2);
    OUBLI_TRY_ASSIGN(file_, access::ServerFile::Open(data_dir_));
    OUBLI_TRY_ASSIGN(custody_, access::KeyCustody::Open(*file_, data_dir_, clock_, options));
    customers::StoreOptions store_options;
    store_options.places = custody_->places();
    stores_ = std::make_unique<access::Stores>(
        *file_, data_dir_, *threads_, clock_,
        [sweeps = sweeps_](const std::shared_ptr<customers::Store>& store) {
          if (!sweeps) return;
          EXPECT_TRUE(erasure::AttachSweep(*store));
        },
        store_options);
    backups_ = std::make_unique<Backups>(*file_, *stores_, *custody_, data_dir_, clock_, *system_);
    if (stores_->List().empty()) return {};
    OUBLI_TRY_ASSIGN(store_, stores_->Open(stores_->List().front().number));
    return {};
  }
  void Open() {
    const Status opened = TryOpen();
    ASSERT_TRUE(opened) << opened.error().text;
  }
  void Close() {
    backups_.reset();
    store_.reset();
    stores_.reset();
    custody_.reset();
    file_.reset();
    threads_.reset();
  }

  // A customer with records of several kinds. Returns the id.
  int64_t Create(const std::string& name) {
    const auto created = store_->WriteAndWait(
        [&](customers::StoreTransaction& transaction) -> Result<customers::Customer> {
          customers::Customer customer;
          customer.profile.email = name + "@example.com";
          customer.profile.first_name = name;
          customer.profile.code = "code-" + name;
          OUBLI_TRY_ASSIGN(customer, CreateCustomer(transaction, std::move(customer)));
          customers::Address address;
          address.city = "City of " + name;
          OUBLI_TRY(PutAddress(transaction, customer.head, address));
          OUBLI_TRY(PutTransaction(transaction, customer.head, {}));
          return customer;
        });
    EXPECT_TRUE(created) << created.error().text;
    return created ? created->head.id : 0;
  }
  Status Erase(std::vector<int64_t> ids) {
    std::promise<Status> done;
    erasure::Erase(*store_, customers::OwnerKind::kCustomer, std::move(ids),
                   [&](Result<erasure::Outcome> outcome) {
                     done.set_value(outcome ? Status() : Status(Fail(outcome.error())));
                   });
    return done.get_future().get();
  }
  Status ClearAll() {
    std::promise<Status> done;
    erasure::ClearAll(
        *store_, [] { return true; }, [&](const Status& status) { done.set_value(status); });
    return done.get_future().get();
  }

  // Names by id of all who can be read, with all that belongs to them; a broken one fails the test.
  std::map<int64_t, std::string> Living() {
    std::map<int64_t, std::string> living;
    customers::StoreReader reader = store_->Read().value();
    const Status visited = ForEachCustomer(*reader, 0, [&](const customers::Customer& customer) {
      const std::string& name = customer.profile.first_name;
      living[customer.head.id] = name;
      const auto addresses = ListAddresses(*reader, customer.head);
      EXPECT_TRUE(addresses && addresses->size() == 1 &&
                  addresses->front().city == "City of " + name)
          << name;
      const auto transactions = ListTransactions(*reader, customer.head);
      EXPECT_TRUE(transactions && transactions->size() == 1) << name;
      for (const auto& found : {FindCustomerByEmail(*reader, name + "@example.com"),
                                FindCustomerByCode(*reader, "code-" + name)}) {
        EXPECT_TRUE(found && *found && (*found)->head.id == customer.head.id) << name;
      }
      return true;
    });
    EXPECT_TRUE(visited);
    EXPECT_EQ(CountOwners(*reader, customers::OwnerKind::kCustomer).value(),
              static_cast<int64_t>(living.size()));
    return living;
  }
  int64_t Count(const char* select_count) {
    customers::StoreReader reader = store_->Read().value();
    auto statement = reader->connection().Prepare(select_count).value();
    EXPECT_TRUE(statement->Step().value());
    return statement->Int(0);
  }

  Result<std::string> TryBackUp(const std::string& to) {
    OUBLI_TRY_ASSIGN(const BegunBackup begun, backups_->Begin(to));
    for (const auto& store : begun.stores) OUBLI_TRY(backups_->CopyStore(begun.id, store.number));
    OUBLI_TRY_ASSIGN(const FinishedBackup finished, backups_->Finish(begun.id));
    return finished.path;
  }
  std::string BackUp() {
    clock_.Advance(1000);
    const auto path = TryBackUp(to_);
    EXPECT_TRUE(path) << path.error().text;
    return path.value_or("");
  }

  // REQUIRES: closed.
  Result<RestoreOutcome> RestoreFrom(const std::string& from, RestoreOptions options = {}) {
    clock_.Advance(1000);
    options.data_dir = data_dir_;
    options.from = from;
    options.clock = &clock_;
    options.files = system_;
    OUBLI_TRY_ASSIGN(const auto restore, Restore::Prepare(std::move(options)));
    plan_ = restore->plan();
    return restore->Apply();
  }
  const StoreReport& report() const { return plan_.stores.at(0).report; }

  // Copies of everything (data, slots, journals, backups), to go back to. REQUIRES: closed.
  void Save(const std::string& name) {
    std::filesystem::copy(world_, top_ + "/" + name, std::filesystem::copy_options::recursive);
  }
  void GoBackTo(const std::string& name) {
    std::filesystem::remove_all(world_);
    std::filesystem::copy(top_ + "/" + name, world_, std::filesystem::copy_options::recursive);
  }
  std::vector<std::string> Siblings(const std::string& part) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(world_)) {
      const std::string name = entry.path().filename().string();
      if (name.find(part) != std::string::npos) found.push_back(entry.path().string());
    }
    return found;
  }

  std::string top_;
  std::string world_;
  std::string data_dir_;
  std::string to_;
  ManualClock clock_{1'700'000'000'000};
  storage::Files* system_ = &storage::SystemFiles();
  bool sweeps_ = true;  // of what is opened from now on
  std::unique_ptr<storage::WriterThreads> threads_;
  std::unique_ptr<access::ServerFile> file_;
  std::unique_ptr<access::KeyCustody> custody_;
  std::unique_ptr<access::Stores> stores_;
  std::unique_ptr<Backups> backups_;
  access::StoreInfo info_;
  std::shared_ptr<customers::Store> store_;
  RestorePlan plan_;
};

}  // namespace oubli::backup
