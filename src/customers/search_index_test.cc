// The index in memory follows the store. (What it forgets: erasure/search_forgets_test.cc.)
#include "customers/search_index.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "customers/heads.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

using std::chrono::milliseconds;
using Ids = std::vector<int64_t>;

class SearchIndexTest : public StoreFixture {
 protected:
  void SetUp() override {
    search_indexes_ = std::make_shared<SearchIndexes>(SearchOptions{});
    StoreFixture::SetUp();
  }

  void ReopenWith(const SearchOptions& options) {
    store_.reset();
    search_indexes_ = std::make_shared<SearchIndexes>(options);
    Reopen();
  }

  SearchIndex& Index() {
    StoreReader reader = store_->Read().value();
    return *reader->search();
  }
  // The ids of those whose name holds a text; nothing without an index.
  std::optional<Ids> Like(const std::string& part) {
    search::Filter filter;
    filter.names_like = {part};
    search::Window window;
    window.limit = 1000;
    const auto found = Index().Find(filter, {}, window);
    if (!found) return std::nullopt;
    Ids ids;
    for (const search::Place& place : found->rows) ids.push_back(place.id);
    EXPECT_EQ(found->total, static_cast<int64_t>(ids.size()));
    return ids;
  }
  // Waits until the thread of the indexes has done something, or fails.
  template <class Condition>
  static void Await(Condition condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(5));
    EXPECT_TRUE(condition());
  }
};

TEST_F(SearchIndexTest, IsBuiltAtFirstUseAndFollowsEveryCommit) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Create("c" + std::to_string(i) + "@x.org", i % 2 == 0 ? "Anna" : "Bert"));
  }
  EXPECT_EQ(search_indexes_->builds(), 0);
  EXPECT_EQ(search_indexes_->bytes(), 0);
  EXPECT_EQ(Like("anna")->size(), 10U);
  EXPECT_EQ(search_indexes_->builds(), 1);
  EXPECT_GT(search_indexes_->bytes(), 0);

  const int64_t made = Create("late@x.org", "ANNALENA")->head.id;
  EXPECT_EQ(Like("anna")->back(), made);
  Customer customer = *Find(made);
  customer.profile.first_name = "Zoe";
  ASSERT_TRUE(
      Write([&](StoreTransaction& transaction) { return UpdateCustomer(transaction, customer); }));
  EXPECT_EQ(Like("anna")->size(), 10U);
  EXPECT_EQ(Like("zoe"), Ids{made});
  EXPECT_EQ(search_indexes_->builds(), 1);
  EXPECT_EQ(search_indexes_->answers(), 4);
  EXPECT_EQ(search_indexes_->scans(), 0);
}

TEST_F(SearchIndexTest, ACommandThatFailsChangesNothing) {
  const int64_t id = Create("a@x.org", "Anna")->head.id;
  ASSERT_EQ(Like("anna"), Ids{id});
  const auto failed = Write([&](StoreTransaction& transaction) -> Status {
    OUBLI_TRY(CreateCustomer(transaction, Customer()));
    transaction.Note(ChangeLog::What::kErased, OwnerKind::kCustomer, id);
    transaction.Note(ChangeLog::What::kAllErased);
    return Fail(ErrorKind::kInvalid, "no");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(Like("anna"), Ids{id});
  EXPECT_EQ(Like("")->size(), 1U);
  // It was not put in anew: it was never forgotten.
  EXPECT_EQ(search_indexes_->builds(), 1);
}

TEST_F(SearchIndexTest, WhatACommandNotedGoesAloneWhenOthersOfItsGroupStay) {
  std::vector<std::promise<Status>> done(3);
  for (size_t i = 0; i < done.size(); ++i) {
    store_->Write(
        [i](StoreTransaction& transaction) -> Status {
          Customer customer;
          customer.profile.first_name = "Group" + std::to_string(i);
          OUBLI_TRY(CreateCustomer(transaction, customer));
          if (i == 1) return Fail(ErrorKind::kInvalid, "no");
          return {};
        },
        [&done, i](const Status& outcome) { done[i].set_value(outcome); });
  }
  EXPECT_TRUE(done[0].get_future().get());
  EXPECT_FALSE(done[1].get_future().get());
  EXPECT_TRUE(done[2].get_future().get());
  EXPECT_EQ(Like("group")->size(), 2U);
  EXPECT_TRUE(Like("group1")->empty());
}

TEST_F(SearchIndexTest, OverItsRoomThereIsNone) {
  const std::string name = "Sally" + std::string(95, 'y');
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Create("c" + std::to_string(i) + "@x.org", name));
  ReopenWith({.max_bytes = 1000});  // fewer than the customers' number asks for
  EXPECT_EQ(Like("sally"), std::nullopt);
  EXPECT_EQ(search_indexes_->bytes(), 0);
  ReopenWith({.max_bytes = 50 * 70});  // it shows while it is built
  EXPECT_EQ(Like("sally"), std::nullopt);
  EXPECT_EQ(search_indexes_->bytes(), 0);
  EXPECT_EQ(search_indexes_->scans(), 1);
  EXPECT_EQ(search_indexes_->builds(), 0);
}

TEST_F(SearchIndexTest, GrownOverItsRoomItIsDroppedAndTriedAgainLater) {
  ReopenWith({.max_bytes = 2000});
  ASSERT_TRUE(Create("c@x.org"));
  EXPECT_EQ(Like("sally")->size(), 1U);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Create("c" + std::to_string(i) + "@x.org"));
  EXPECT_EQ(Like("sally"), std::nullopt);
  EXPECT_EQ(search_indexes_->bytes(), 0);
  EXPECT_EQ(Like("sally"), std::nullopt);
  EXPECT_EQ(search_indexes_->builds(), 1);
}

TEST_F(SearchIndexTest, ARecordThatDoesNotOpenRefusesItForAWhile) {
  const int64_t id = Create("a@x.org")->head.id;
  const Customer whole = *Find(id);
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
    return PutRecord(transaction, whole.head, *transaction.KeyOf(whole.head), RecordKind::kProfile,
                     0, "\xff not a profile");
  }));
  EXPECT_EQ(Like("sally"), std::nullopt);
  ASSERT_TRUE(
      Write([&](StoreTransaction& transaction) { return UpdateCustomer(transaction, whole); }));
  EXPECT_EQ(Like("sally"), std::nullopt);
  clock_.Advance(301'000);
  EXPECT_EQ(Like("sally"), Ids{id});
}

TEST_F(SearchIndexTest, UnusedItIsDropped) {
  const int64_t id = Create("a@x.org")->head.id;
  EXPECT_EQ(Like("sally"), Ids{id});
  clock_.Advance(599'000);
  search_indexes_->Wake();
  EXPECT_EQ(Like("sally"), Ids{id});
  clock_.Advance(600'000);
  search_indexes_->Wake();
  Await([&] { return search_indexes_->bytes() == 0; });
  EXPECT_EQ(search_indexes_->builds(), 1);
  EXPECT_EQ(Like("sally"), Ids{id});
  EXPECT_EQ(search_indexes_->builds(), 2);
}

// Customers that are made and changed while the slices are read are in it when it is ready.
TEST_F(SearchIndexTest, WritingGoesOnWhileItIsBuilt) {
  Ids ids;
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    for (int i = 0; i < 4000; ++i) {
      Customer customer;
      customer.profile.first_name = "Before";
      OUBLI_TRY_ASSIGN(const Customer made, CreateCustomer(transaction, customer));
      ids.push_back(made.head.id);
    }
    return {};
  }));
  std::atomic<bool> stop = false;
  size_t changed = 0;
  std::thread writer([&] {
    for (; !stop; ++changed) {
      Customer customer = *Find(ids[changed * 37 % ids.size()]);
      customer.profile.first_name = "After";
      EXPECT_TRUE(Write(
          [&](StoreTransaction& transaction) { return UpdateCustomer(transaction, customer); }));
      EXPECT_TRUE(Create("", "After"));
    }
  });
  for (int round = 0; round < 5; ++round) {
    Index().Drop();
    search::Window window;
    window.limit = 1;
    ASSERT_GE(Index().Find({}, {}, window)->total, static_cast<int64_t>(ids.size()));
  }
  stop = true;
  writer.join();
  search::Filter filter;
  search::Window window;
  window.limit = 1;
  filter.names_like = {"before"};
  EXPECT_EQ(Index().Find(filter, {}, window)->total, static_cast<int64_t>(ids.size() - changed));
  filter.names_like = {"after"};
  EXPECT_EQ(Index().Find(filter, {}, window)->total, static_cast<int64_t>(2 * changed));
}

TEST_F(SearchIndexTest, WithoutOneNothingIsKept) {
  store_.reset();
  search_indexes_.reset();
  Reopen();
  ASSERT_TRUE(Create("a@x.org"));
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(reader->search(), nullptr);
}

}  // namespace
}  // namespace oubli::customers
