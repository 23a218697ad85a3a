// What erasures leave in the outbox.
#include "customers/outbox.h"

#include <future>
#include <thread>

#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"

namespace oubli::erasure {
namespace {

using customers::EventKind;
using customers::OutboxRow;
using customers::OwnerKind;
using customers::StoreTransaction;

class ErasureOutboxTest : public customers::StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    store_->SetOutbox(wanted_, [] {});
    ASSERT_TRUE(AttachSweep(*store_));
    for (const char* email : {"a@example.com", "b@example.com", "c@example.com"}) {
      ASSERT_TRUE(Create(email));
    }
    *wanted_ = true;
  }
  Result<Outcome> EraseNow(std::vector<int64_t> ids, OwnerKind kind = OwnerKind::kCustomer) {
    std::promise<Result<Outcome>> promise;
    Erase(*store_, kind, std::move(ids),
          [&](Result<Outcome> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }
  Status ClearNow() {
    std::promise<Status> promise;
    ClearAll(
        *store_, [] { return true; }, [&](Status status) { promise.set_value(std::move(status)); });
    return promise.get_future().get();
  }
  void WaitForSweep() {
    for (int i = 0; i < 2000 && (store_->sweep_backlog() > 0 || store_->writer().busy()); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_EQ(store_->sweep_backlog(), 0);
  }
  // The customers told to be gone, and when.
  std::vector<std::pair<int64_t, UnixMs>> Gone() {
    customers::StoreReader reader = store_->Read().value();
    std::vector<std::pair<int64_t, UnixMs>> gone;
    const auto rows = customers::ReadEvents(*reader, 0, INT64_MAX, 1000).value();
    for (const OutboxRow& row : rows) {
      if (row.event.kind == EventKind::kCustomerDeleted) {
        gone.emplace_back(row.event.customer_id, row.created_at);
      }
    }
    return gone;
  }
  using List = std::vector<std::pair<int64_t, UnixMs>>;

  std::shared_ptr<std::atomic<bool>> wanted_ = std::make_shared<std::atomic<bool>>(false);
};

TEST_F(ErasureOutboxTest, TheErasedAreNotedAndNobodyElse) {
  ASSERT_TRUE(EraseNow({1, 3, 3, 99}));
  const UnixMs now = clock_.NowMs();
  EXPECT_EQ(Gone(), (List{{1, now}, {3, now}}));
  ASSERT_TRUE(EraseNow({1}));
  EXPECT_EQ(Gone().size(), 2U);
  const auto guest = Write([](StoreTransaction& transaction) {
    return customers::CreateOwner(transaction, OwnerKind::kSubscriber, 0);
  });
  ASSERT_TRUE(EraseNow({guest->id}, OwnerKind::kSubscriber));
  EXPECT_EQ(Gone().size(), 2U);
}

TEST_F(ErasureOutboxTest, NothingIsNotedWhileNobodyWantsIt) {
  *wanted_ = false;
  ASSERT_TRUE(EraseNow({1}));
  ASSERT_TRUE(ClearNow());
  WaitForSweep();
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM outbox"), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM outbox_cleared"), 0);
}

TEST_F(ErasureOutboxTest, AClearAllIsToldOfByTheSweep) {
  ASSERT_TRUE(EraseNow({2}));
  clock_.Advance(5000);
  const UnixMs cleared = clock_.NowMs();
  ASSERT_TRUE(ClearNow());
  clock_.Advance(5000);
  WaitForSweep();
  EXPECT_EQ(Gone(), (List{{2, cleared - 5000}, {1, cleared}, {3, cleared}}));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM outbox_cleared"), 0);
}

// The sweep is stopped between the clear-all and what it has to tell of it.
TEST_F(ErasureOutboxTest, AClearAllIsToldOfAfterARestart) {
  // A slice that does nothing: the sweep itself is attached at the next start.
  class Idle final : public storage::BackgroundWork {
    Result<bool> Slice(storage::Connection&, const std::function<bool()>&) override {
      return false;
    }
    void Committed() override {}
    void Failed() override {}
  };
  WaitForSweep();
  store_->writer().SetBackground(std::make_unique<Idle>());
  ASSERT_TRUE(ClearNow());
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM outbox_cleared"), 1);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM outbox"), 0);
  // Somebody gets the id of one who is gone, before the sweep comes by: that one must not be told
  // to be gone.
  ASSERT_TRUE(Write([](StoreTransaction& transaction) {
    customers::Customer customer;
    customer.head.id = 2;
    return customers::CreateCustomer(transaction, customer);
  }));
  Reopen();
  store_->SetOutbox(wanted_, [] {});
  ASSERT_TRUE(AttachSweep(*store_));
  WaitForSweep();
  EXPECT_EQ(Gone(), (List{{1, clock_.NowMs()}, {3, clock_.NowMs()}}));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM outbox_cleared"), 0);
  EXPECT_TRUE(Find(2));
}

}  // namespace
}  // namespace oubli::erasure
