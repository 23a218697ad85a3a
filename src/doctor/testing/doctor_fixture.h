// A server's data in a folder of its own, for this module's tests: one store with customers of
// everything, whose files a test may damage.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "access/key_custody.h"
#include "crypto/random.h"
#include "customers/customers.h"
#include "customers/heads.h"
#include "doctor/canaries.h"
#include "doctor/subject.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::doctor {

class DoctorFixture : public testing::Test {
 protected:
  void SetUp() override {
    crypto::Initialize();
    std::string folder = testing::TempDir() + "oubli-doctor-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    data_dir_ = folder + "/data";
    Open();
    ASSERT_TRUE(stores_->Create("demo"));
    OpenStore();
  }
  void TearDown() override {
    Close();
    std::filesystem::remove_all(folder_);
  }
  void Open() {
    file_ = access::ServerFile::Open(data_dir_).value();
    custody_ = access::KeyCustody::Open(*file_, data_dir_, clock_).value();
    customers::StoreOptions options;
    options.places = custody_->places();
    const auto attach = [this](const std::shared_ptr<customers::Store>& store) {
      if (!sweeps_) return;
      EXPECT_TRUE(erasure::AttachSweep(*store));
    };
    stores_ =
        std::make_unique<access::Stores>(*file_, data_dir_, threads_, clock_, attach, options);
    subject_.emplace(Subject{*file_, *stores_, *custody_, clock_, data_dir_});
  }
  void OpenStore() { store_ = stores_->Open(1).value(); }
  void Close() {
    store_.reset();
    subject_.reset();
    stores_.reset();
    custody_.reset();
    file_.reset();
  }
  void Restart() {
    Close();
    Open();
  }

  customers::Head Create(const std::string& name) {
    return store_
        ->WriteAndWait([&](customers::StoreTransaction& transaction) -> Result<customers::Head> {
          customers::Customer customer;
          customer.profile = CanaryProfile(name);
          OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, std::move(customer)));
          for (const auto& rule : customers::RecordKinds()) {
            if (rule.kind == customers::RecordKind::kProfile) continue;  // there already
            OUBLI_TRY(PutCanaryRecord(transaction, customer.head, rule.kind, name));
          }
          return customer.head;
        })
        .value();
  }
  void Erase(std::vector<int64_t> ids) {
    std::promise<Status> promise;
    erasure::Erase(*store_, customers::OwnerKind::kCustomer, std::move(ids),
                   [&](const Result<erasure::Outcome>& outcome) {
                     promise.set_value(outcome ? Status() : Status(Fail(outcome.error())));
                   });
    ASSERT_TRUE(promise.get_future().get());
  }
  void ClearAll() {
    std::promise<Status> promise;
    erasure::ClearAll(
        *store_, [] { return true; }, [&](const Status& status) { promise.set_value(status); });
    ASSERT_TRUE(promise.get_future().get());
  }
  int64_t Living(customers::OwnerKind kind = customers::OwnerKind::kCustomer) {
    auto reader = store_->Read().value();
    return customers::CountOwners(*reader, kind).value();
  }

  std::string StorePath() const { return data_dir_ + "/stores/1.db"; }
  // Behind the store's back.
  void Sql(const std::string& text) {
    auto database = storage::OpenSqlite(StorePath()).value();
    ASSERT_TRUE(database->OpenWriter().value()->Execute(text)) << text;
  }
  static std::string ReadFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
  }
  static void WriteFile(const std::filesystem::path& path, const std::string& bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  // The one file with that ending in a folder.
  static std::filesystem::path FileIn(const std::filesystem::path& folder,
                                      const std::string& extension) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == extension) return entry.path();
    }
    ADD_FAILURE() << "no " << extension << " in " << folder;
    return {};
  }

  bool sweeps_ = false;
  std::filesystem::path folder_;
  std::string data_dir_;
  ManualClock clock_{1'700'000'000'000};
  storage::WriterThreads threads_{2};
  std::unique_ptr<access::ServerFile> file_;
  std::unique_ptr<access::KeyCustody> custody_;
  std::unique_ptr<access::Stores> stores_;
  std::shared_ptr<customers::Store> store_;
  std::optional<Subject> subject_;
};

}  // namespace oubli::doctor
