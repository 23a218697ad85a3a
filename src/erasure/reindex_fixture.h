// For the tests of reindexing: customers that are known by words, and copies of a store as a crash
// would leave it.
#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "customers/customers.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"
#include "erasure/reindex.h"
#include "keys/testing/key_places.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::erasure {

// The four values that are looked up by, made from one word; `card` and `username` may be left out.
inline customers::Profile ProfileOf(const std::string& word) {
  customers::Profile profile;
  profile.email = word + "@example.com";
  profile.code = "code-" + word;
  profile.card_number = "card-" + word;
  profile.username = "user-" + word;
  return profile;
}

inline std::string Word(int64_t number) { return "w" + std::to_string(number); }

inline Result<customers::Customer> CreateIn(customers::Store& store,
                                            const customers::Profile& profile) {
  return store.WriteAndWait([&](customers::StoreTransaction& transaction) {
    customers::Customer customer;
    customer.profile = profile;
    return customers::CreateCustomer(transaction, customer);
  });
}

inline Result<Outcome> EraseIn(customers::Store& store, std::vector<int64_t> ids) {
  const auto promise = std::make_shared<std::promise<Result<Outcome>>>();
  Erase(store, customers::OwnerKind::kCustomer, std::move(ids),
        [promise](Result<Outcome> outcome) { promise->set_value(std::move(outcome)); });
  return promise->get_future().get();
}

// The id that each of the four look-ups finds for a word; 0 for nobody, -1 when they disagree.
inline int64_t FoundBy(customers::Store& store, const std::string& word) {
  customers::StoreReader reader = store.Read().value();
  const customers::Profile profile = ProfileOf(word);
  std::set<int64_t> ids;
  for (const auto& found : {customers::FindCustomerByEmail(*reader, profile.email),
                            customers::FindCustomerByCode(*reader, profile.code),
                            customers::FindCustomerByCard(*reader, profile.card_number),
                            customers::FindCustomerByUsername(*reader, profile.username)}) {
    EXPECT_TRUE(found) << word;
    ids.insert(found && *found ? (*found)->head.id : 0);
  }
  return ids.size() == 1 ? *ids.begin() : -1;
}

inline Status RunToTheEnd(customers::Store& store) {
  return Reindex(store, [] { return true; });
}

class ReindexTest : public customers::StoreFixture {
 protected:
  void Fill(int64_t from, int64_t to) {
    ASSERT_TRUE(Write([&](customers::StoreTransaction& transaction) -> Status {
      for (int64_t i = from; i <= to; ++i) {
        customers::Customer customer;
        customer.profile = ProfileOf(Word(i));
        OUBLI_TRY_ASSIGN(const customers::Customer made,
                         customers::CreateCustomer(transaction, customer));
        EXPECT_EQ(made.head.id, i);
      }
      return {};
    }));
  }
  void ExpectAllFound(int64_t from, int64_t to) {
    for (int64_t i = from; i <= to; ++i) ASSERT_EQ(FoundBy(*store_, Word(i)), i);
  }
  ReindexState State() {
    customers::StoreReader reader = store_->Read().value();
    return ReadReindex(*reader).value();
  }
  std::vector<crypto::Key> IndexKeys() {
    customers::StoreReader reader = store_->Read().value();
    return reader->keys().index_keys();
  }
  // A copy of everything, as a crash of the machine would leave it.
  std::filesystem::path CopyAll(const std::string& name) {
    const std::filesystem::path copy = folder_.string() + "-" + name;
    std::filesystem::remove_all(copy);
    std::filesystem::copy(folder_, copy, std::filesystem::copy_options::recursive);
    copies_.push_back(copy);
    return copy;
  }
  Result<std::shared_ptr<customers::Store>> OpenCopy(const std::filesystem::path& folder,
                                                     const std::filesystem::path& places) {
    customers::StoreOptions options;
    options.identity = "sixteen bytes id";
    options.make_file = false;
    options.places = keys::TestPlaces(places);
    return customers::Store::Open(folder / "data/store.db", 1, "abc", threads_, clock_, options);
  }
  void TearDown() override {
    StoreFixture::TearDown();
    for (const auto& copy : copies_) std::filesystem::remove_all(copy);
  }

  // The tokens in a store's file.
  static std::set<std::string> TokensIn(const std::filesystem::path& folder) {
    auto database = storage::OpenSqlite(folder / "data/store.db", {.make_file = false}).value();
    auto connection = database->OpenReader().value();
    auto select = connection->Prepare("SELECT value FROM token").value();
    std::set<std::string> tokens;
    while (select->Step().value()) tokens.emplace(select->Blob(0));
    return tokens;
  }

  std::vector<std::filesystem::path> copies_;
};

}  // namespace oubli::erasure
