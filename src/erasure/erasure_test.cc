#include <future>
#include <map>
#include <random>
#include <set>

#include "customers/attribute_definitions.h"
#include "customers/heads.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"

namespace oubli::erasure {
namespace {

using customers::Address;
using customers::Customer;
using customers::Head;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreTransaction;

class ErasureTest : public customers::StoreFixture {
 protected:
  Result<Outcome> EraseNow(std::vector<int64_t> ids, OwnerKind kind = OwnerKind::kCustomer) {
    std::promise<Result<Outcome>> promise;
    Erase(*store_, kind, std::move(ids),
          [&](Result<Outcome> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }
  Status ClearNow(bool allowed = true) {
    std::promise<Status> promise;
    ClearAll(
        *store_, [allowed] { return allowed; },
        [&](Status status) { promise.set_value(std::move(status)); });
    return promise.get_future().get();
  }
  // A record of every declared kind, so that a new kind without a case here fails the test.
  void AttachEverything(const Head& owner) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
      for (const auto& rule : customers::RecordKinds()) {
        if (rule.one_an_owner) continue;
        for (int i = 0; i < 3; ++i) {
          OUBLI_TRY_ASSIGN(const int64_t id, customers::NextNumber(transaction, "test"));
          OUBLI_TRY(customers::PutRecord(transaction, owner, key, rule.kind, id, "\x01"));
        }
      }
      return {};
    }));
  }
  void SweepToTheEnd() {
    // Once for a store that is open: its writer may be in the middle of the work.
    if (swept_.lock() != store_) {
      ASSERT_TRUE(AttachSweep(*store_));
      swept_ = store_;
    }
    store_->writer().WakeBackground();
    for (int i = 0; i < 1000 && store_->writer().busy(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_FALSE(store_->writer().busy());
    EXPECT_EQ(store_->sweep_backlog(), 0);
  }
  int64_t RecordRows() { return Rows("SELECT COUNT(*) FROM record"); }
  int64_t RecordIdRows() { return Rows("SELECT COUNT(*) FROM record_id"); }

 private:
  std::weak_ptr<customers::Store> swept_;
};

TEST_F(ErasureTest, AnErasedCustomerIsGoneAtOnceAndItsNeighboursStay) {
  const Head first = Create("a@example.com")->head;
  const Head second = Create("b@example.com")->head;
  AttachEverything(first);
  AttachEverything(second);
  EXPECT_EQ(EraseNow({first.id}).value().erased, std::vector<int64_t>{first.id});
  EXPECT_FALSE(Find(first.id));
  EXPECT_TRUE(Find(second.id));
  EXPECT_EQ(Count(), 1);
  customers::StoreReader reader = store_->Read().value();
  EXPECT_FALSE(customers::FindCustomerByEmail(*reader, "a@example.com").value());
  EXPECT_FALSE(customers::FindCustomerByCode(*reader, "8000000000000001").value());
  EXPECT_FALSE(customers::FindHead(*reader, OwnerKind::kCustomer, first.id).value());
  for (const auto& rule : customers::RecordKinds()) {
    int seen = 0;
    ASSERT_TRUE(
        customers::ForEachRecordOwner(*reader, rule.kind, 0, [&](int64_t, const Head& head) {
          EXPECT_EQ(head.id, second.id);
          ++seen;
          return true;
        }));
    EXPECT_EQ(seen, rule.found_by_id ? 3 : 0) << rule.name;
  }
}

TEST_F(ErasureTest, TheSweepRemovesEveryRecordOfTheErasedAndNothingElse) {
  const Head first = Create("a@example.com")->head;
  const Head second = Create("b@example.com")->head;
  AttachEverything(first);
  const int64_t records_of_one = RecordRows() - 1;
  AttachEverything(second);
  ASSERT_TRUE(EraseNow({first.id}));
  EXPECT_EQ(RecordRows(), 2 * records_of_one) << "the sweep is off";
  SweepToTheEnd();
  EXPECT_EQ(RecordRows(), records_of_one);
  EXPECT_GT(RecordIdRows(), 0);
  ASSERT_TRUE(EraseNow({second.id}));
  SweepToTheEnd();
  EXPECT_EQ(RecordRows(), 0);
  EXPECT_EQ(RecordIdRows(), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM token"), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner"), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM sweep"), 0);
}

TEST_F(ErasureTest, ASweepGoesOnAfterARestart) {
  const Head owner = Create("a@example.com")->head;
  AttachEverything(owner);
  ASSERT_TRUE(EraseNow({owner.id}));
  Reopen();
  EXPECT_FALSE(Find(owner.id));
  EXPECT_GT(RecordRows(), 0);
  SweepToTheEnd();
  EXPECT_EQ(RecordRows(), 0);
}

TEST_F(ErasureTest, UnknownIdsRepeatsAndAnEmptyListEraseNobodyElse) {
  ASSERT_TRUE(Create("a@example.com"));
  ASSERT_TRUE(Create("b@example.com"));
  EXPECT_TRUE(EraseNow({})->erased.empty());
  EXPECT_TRUE(EraseNow({99, -1, 0, INT64_MAX})->erased.empty());
  EXPECT_EQ(Count(), 2);
  EXPECT_EQ(EraseNow({1, 1, 99, 1})->erased, std::vector<int64_t>{1});
  EXPECT_TRUE(EraseNow({1})->erased.empty());
  EXPECT_EQ(Count(), 1);
}

TEST_F(ErasureTest, WhatTheCallerChoseMayComeAgainButNoOrdinalDoes) {
  const Head former = Create("a@example.com")->head;
  AttachEverything(former);
  ASSERT_TRUE(EraseNow({former.id}));
  const Customer again = Write([&](StoreTransaction& transaction) {
                           Customer customer;
                           customer.head.id = former.id;
                           customer.profile.email = "a@example.com";
                           return customers::CreateCustomer(transaction, customer);
                         }).value();
  EXPECT_EQ(again.head.id, former.id);
  EXPECT_GT(again.head.ordinal, former.ordinal);
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
    return customers::PutAddress(transaction, again.head, Address());
  }));
  SweepToTheEnd();
  EXPECT_EQ(RecordRows(), 2) << "the new profile and address stay";
  customers::StoreReader reader = store_->Read().value();
  EXPECT_EQ(customers::ListAddresses(*reader, again.head).value().size(), 1u);
}

TEST_F(ErasureTest, EveryKindOfOwnerIsErasedTheSameWay) {
  for (const OwnerKind kind : {OwnerKind::kSubscriber, OwnerKind::kGuestOrder,
                               OwnerKind::kGuestCart, OwnerKind::kKeptOrder}) {
    const Head owner = Write([kind](StoreTransaction& transaction) {
                         return customers::CreateOwner(transaction, kind, 0);
                       }).value();
    AttachEverything(owner);
    EXPECT_EQ(Count(kind), 1);
    EXPECT_TRUE(EraseNow({owner.id}, OwnerKind::kCustomer)->erased.empty());
    EXPECT_EQ(EraseNow({owner.id}, kind)->erased.size(), 1u);
    EXPECT_EQ(Count(kind), 0);
  }
  SweepToTheEnd();
  EXPECT_EQ(RecordRows(), 0);
}

TEST_F(ErasureTest, WhatChangesAndErasesIsOneCommit) {
  const Head first = Create("a@example.com")->head;
  const auto run = [&](std::function<Result<std::optional<Head>>(StoreTransaction&)> change) {
    std::promise<Result<Outcome>> promise;
    ChangeAndErase(*store_, std::move(change),
                   [&](Result<Outcome> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  };
  const auto make = [](StoreTransaction& transaction) {
    return customers::CreateOwner(transaction, OwnerKind::kGuestOrder, 0);
  };
  // It fails behind a write: nothing of it stays.
  const auto failed = run([&](StoreTransaction& transaction) -> Result<std::optional<Head>> {
    OUBLI_TRY(make(transaction));
    return Fail(ErrorKind::kInvalid, "no");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kInvalid);
  EXPECT_TRUE(Find(first.id));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner"), 1);
  const auto nobody = run([&](StoreTransaction& transaction) -> Result<std::optional<Head>> {
    OUBLI_TRY(make(transaction));
    return std::nullopt;
  });
  ASSERT_TRUE(nobody);
  EXPECT_TRUE(nobody->erased.empty());
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner"), 2);
  const auto erased = run([&](StoreTransaction& transaction) -> Result<std::optional<Head>> {
    OUBLI_TRY(make(transaction));
    return first;
  });
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->erased, std::vector<int64_t>{first.id});
  EXPECT_FALSE(Find(first.id));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner"), 2) << "two guests";
}

TEST_F(ErasureTest, ClearAllRemovesEverybodyAndNothingElse) {
  for (int i = 0; i < 20; ++i) {
    AttachEverything(Create("c" + std::to_string(i) + "@example.com")->head);
  }
  ASSERT_TRUE(Write([](StoreTransaction& transaction) -> Status {
    OUBLI_TRY(customers::CreateOwner(transaction, OwnerKind::kSubscriber, 0));
    OUBLI_TRY(customers::EnsureGroup(transaction, "VIP"));
    OUBLI_TRY(customers::EnsureAttributeDefinition(transaction, "Hat"));
    OUBLI_TRY(customers::EnsureCampaign(transaction, "Points"));
    return customers::WriteSetting(transaction, "name", "value");
  }));
  ASSERT_TRUE(EraseNow({3}));
  EXPECT_EQ(ClearNow(false).error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(Count(), 19);
  ASSERT_TRUE(ClearNow());
  EXPECT_EQ(Count(), 0);
  EXPECT_EQ(Count(OwnerKind::kSubscriber), 0);
  {
    customers::StoreReader reader = store_->Read().value();
    ASSERT_TRUE(customers::ForEachHead(*reader, OwnerKind::kCustomer, 0, [](const Head&) {
      ADD_FAILURE() << "somebody is left";
      return false;
    }));
    EXPECT_FALSE(customers::FindCustomerByEmail(*reader, "c5@example.com").value());
    EXPECT_EQ(customers::ListGroups(*reader)->size(), 1u);
    EXPECT_EQ(customers::ListAttributeDefinitions(*reader)->size(), 1u);
    EXPECT_EQ(customers::ListCampaigns(*reader)->size(), 1u);
    EXPECT_EQ(customers::ReadSetting(*reader, "name").value(), "value");
  }
  // Old ids and e-mails may come again before the sweep has been there; counters go on.
  const Customer fresh = Create("c5@example.com").value();
  EXPECT_EQ(fresh.head.id, 21);
  ASSERT_TRUE(ClearNow());
  ASSERT_TRUE(ClearNow());
  const Customer last = Create("c5@example.com").value();
  SweepToTheEnd();
  EXPECT_EQ(RecordRows(), 1);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner"), 1);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM token"), 1);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_id"), 0);
  EXPECT_EQ(Find(last.head.id)->profile.email, "c5@example.com");
}

// The old pages of a large store are many: a request must not wait for all of them.
TEST_F(ErasureTest, ASweepOfOldKeyPagesStopsWhenItIsToldToAndGoesOnThere) {
  constexpr int kCustomers = 4000;
  ASSERT_TRUE(Write([](StoreTransaction& transaction) -> Status {
    for (int i = 0; i < kCustomers; ++i) {
      OUBLI_TRY(customers::CreateCustomer(transaction, Customer()));
    }
    return {};
  }));
  const auto pages = [this] { return Rows("SELECT COUNT(*) FROM key_page"); };
  const int64_t old_pages = pages();
  ASSERT_GT(old_pages, 60);
  ASSERT_TRUE(ClearNow());
  const Customer last = Create("a@example.com").value();
  const int64_t listed = Rows("SELECT COUNT(*) FROM sweep");
  ASSERT_EQ(listed, 1);
  const auto sweep = MakeSweep(*store_);
  // One step a slice; the third one fails when it is committed.
  int64_t before = pages();
  for (int slice = 1; Rows("SELECT COUNT(*) FROM sweep") > 0; ++slice) {
    ASSERT_LT(slice, 40) << "it does not come to an end";
    const bool fails = slice == 3;
    int may = 1;
    const auto done = Write([&](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(const bool more,
                       sweep->Slice(transaction.connection(), [&may] { return may-- > 0; }));
      EXPECT_TRUE(more) << "the owners of the earlier epoch are left";
      if (fails) return Fail(ErrorKind::kUnavailable, "the commit fails");
      return {};
    });
    EXPECT_EQ(done.has_value(), !fails);
    fails ? sweep->Failed() : sweep->Committed();
    const int64_t left = pages();
    EXPECT_LE(before - left, old_pages / 3) << "far more than a step";
    before = left;
  }
  EXPECT_LE(before, 3) << "all old pages are gone, and the new ones stay";
  EXPECT_EQ(Find(last.head.id)->profile.email, "a@example.com");
  SweepToTheEnd();
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner"), 1);
  Reopen();
  EXPECT_EQ(Find(last.head.id)->profile.email, "a@example.com");
}

TEST_F(ErasureTest, AnOwnerWhoseRecordsAreDamagedIsStillErasedCompletely) {
  ASSERT_TRUE(Create("a@example.com"));
  ASSERT_TRUE(Write([](StoreTransaction& transaction) {
    return transaction.connection().Execute("UPDATE record SET sealed = x'00'");
  }));
  EXPECT_EQ(EraseNow({1})->erased.size(), 1u);
  SweepToTheEnd();
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM token"), 0);
  EXPECT_TRUE(Create("a@example.com"));
}

// Random creates, updates, erasures and clear-alls from several threads, each thread on e-mails of
// its own, compared with a map for each thread.
TEST_F(ErasureTest, RandomOperationsFromSeveralThreadsAgreeWithAModel) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  ASSERT_TRUE(AttachSweep(*store_));
  constexpr int kThreads = 4;
  std::vector<std::map<int64_t, std::string>> models(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + static_cast<unsigned>(t));
      auto& model = models[static_cast<size_t>(t)];
      for (int step = 0; step < 400; ++step) {
        const std::string name = std::to_string(random());
        if (model.empty() || random() % 3 != 0) {
          const auto made = Create(std::to_string(t) + "-" + std::to_string(step) + "@e.com", name);
          ASSERT_TRUE(made);
          model[made->head.id] = name;
        } else {
          auto it = model.begin();
          std::advance(it, static_cast<long>(random() % model.size()));
          EXPECT_EQ(Find(it->first)->profile.first_name, it->second);
          EXPECT_EQ(EraseNow({it->first})->erased.size(), 1u);
          EXPECT_FALSE(Find(it->first));
          model.erase(it);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::map<int64_t, std::string> all;
  for (const auto& model : models) all.insert(model.begin(), model.end());
  EXPECT_EQ(Count(), static_cast<int64_t>(all.size()));
  customers::StoreReader reader = store_->Read().value();
  std::map<int64_t, std::string> stored;
  ASSERT_TRUE(customers::ForEachCustomer(*reader, 0, [&](const Customer& customer) {
    stored[customer.head.id] = customer.profile.first_name;
    return true;
  }));
  EXPECT_EQ(stored, all);
}

}  // namespace
}  // namespace oubli::erasure
