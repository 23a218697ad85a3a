// A store in a folder of its own, for tests.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "crypto/random.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "customers/store.h"
#include "keys/testing/key_places.h"

namespace oubli::customers {

class StoreFixture : public testing::Test {
 protected:
  void SetUp() override {
    crypto::Initialize();
    std::string folder = testing::TempDir() + "oubli-store-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    Reopen();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  // Opens the store's file again, as after a restart.
  void Reopen() {
    store_.reset();
    StoreOptions options;
    options.identity = "sixteen bytes id";
    options.make_file = !std::filesystem::exists(folder_ / "data/store.db");
    options.places = keys::TestPlaces(folder_);
    options.search = search_indexes_;
    std::filesystem::create_directories(folder_ / "data");
    store_ = Store::Open(folder_ / "data/store.db", 1, "abc", threads_, clock_, options).value();
  }

  template <class Run>
  auto Write(Run run) {
    return store_->WriteAndWait(std::move(run));
  }
  Result<Customer> Create(const std::string& email, const std::string& first_name = "Sally") {
    return Write([&](StoreTransaction& transaction) {
      Customer customer;
      customer.profile.email = email;
      customer.profile.first_name = first_name;
      return CreateCustomer(transaction, customer);
    });
  }
  std::optional<Customer> Find(int64_t id) {
    StoreReader reader = store_->Read().value();
    return FindCustomer(*reader, id).value();
  }
  int64_t Count(OwnerKind kind = OwnerKind::kCustomer) {
    StoreReader reader = store_->Read().value();
    return CountOwners(*reader, kind).value();
  }
  // How many rows a table has, the noise included.
  int64_t Rows(const char* select_count) {
    StoreReader reader = store_->Read().value();
    auto statement = reader->connection().Prepare(select_count).value();
    EXPECT_TRUE(statement->Step().value());
    return statement->Int(0);
  }
  // The bytes of every file of the folder, one after the other.
  std::string AllBytes() {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::ostringstream content;
      content << file.rdbuf();
      bytes += content.str();
    }
    return bytes;
  }

  std::filesystem::path folder_;
  ManualClock clock_{1'700'000'000'000};
  storage::WriterThreads threads_{2};
  std::shared_ptr<SearchIndexes> search_indexes_;  // of the next Reopen(); null: none
  std::shared_ptr<Store> store_;
};

}  // namespace oubli::customers
