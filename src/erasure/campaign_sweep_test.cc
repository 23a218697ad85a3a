// That the sweep takes away what customers have in a deleted campaign, and nothing else.
#include "erasure/campaign_sweep.h"

#include <future>
#include <thread>

#include "customers/campaigns.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"

namespace oubli::erasure {
namespace {

using customers::Campaign;
using customers::Customer;
using customers::StoreTransaction;

class CampaignSweepTest : public customers::StoreFixture {
 protected:
  static constexpr int kCustomers = 150;  // more than a batch

  void SetUp() override {
    StoreFixture::SetUp();
    ASSERT_TRUE(Write([this](StoreTransaction& transaction) -> Status {
      for (Campaign* campaign : {&gone_, &kept_}) {
        OUBLI_TRY_ASSIGN(*campaign, customers::CreateCampaign(transaction, *campaign));
      }
      for (int i = 0; i < kCustomers; ++i) {
        Customer customer;
        customer.profile.email = "c" + std::to_string(i) + "@example.com";
        OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, customer));
        ids_.push_back(customer.head.id);
        for (const Campaign* campaign : {&gone_, &kept_}) {
          if (campaign == &gone_ && i % 3 == 0) continue;
          customers::Transaction entry;
          entry.campaign_id = campaign->id;
          OUBLI_TRY(customers::PutEnrollment(transaction, customer.head, {campaign->id, 1}));
          OUBLI_TRY(customers::PutTransaction(transaction, customer.head, entry));
          OUBLI_TRY(customers::PutTransaction(transaction, customer.head, entry));
        }
      }
      return {};
    }));
  }
  void Delete() {
    ASSERT_TRUE(Write([this](StoreTransaction& transaction) {
      return customers::DeleteCampaign(transaction, gone_.id);
    }));
  }
  void SweepToTheEnd() {
    ASSERT_TRUE(AttachSweep(*store_));
    store_->writer().WakeBackground();
    for (int i = 0; i < 2000 && store_->writer().busy(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_FALSE(store_->writer().busy());
    EXPECT_EQ(Rows("SELECT COUNT(*) FROM campaign_sweep"), 0);
  }
  int64_t Entries() { return Rows("SELECT COUNT(*) FROM record WHERE kind = 4"); }
  int64_t Enrollments() { return Rows("SELECT COUNT(*) FROM record WHERE kind = 5"); }

  Campaign gone_, kept_;
  std::vector<int64_t> ids_;
};

TEST_F(CampaignSweepTest, TransactionsAndEnrolmentsOfTheCampaignGoAndNoOthers) {
  ASSERT_EQ(Entries(), 500);
  Delete();
  EXPECT_EQ(Entries(), 500) << "the sweep is off";
  customers::StoreReader reader = store_->Read().value();
  const auto head = customers::FindCustomer(*reader, ids_[1]).value()->head;
  EXPECT_EQ(customers::ListTransactions(*reader, head)->size(), 2U) << "not seen all the same";
  EXPECT_EQ(customers::ListEnrollments(*reader, head)->size(), 1U);
  SweepToTheEnd();
  EXPECT_EQ(Entries(), 300);
  EXPECT_EQ(Enrollments(), 150);
  EXPECT_EQ(Count(), kCustomers);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record WHERE kind = 1"), kCustomers);
}

TEST_F(CampaignSweepTest, ItGoesOnAfterARestartAndOneSliceAtATime) {
  Delete();
  int slices = 0;
  while (Rows("SELECT COUNT(*) FROM campaign_sweep") > 0) {
    ASSERT_LT(++slices, 200);
    int budget = 1;
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
      return SweepDeletedCampaigns(transaction, [&] { return budget-- > 0; });
    }));
    if (slices == 2) Reopen();
  }
  EXPECT_GT(slices, 3);
  EXPECT_EQ(Entries(), 300);
  EXPECT_EQ(Enrollments(), 150);
}

TEST_F(CampaignSweepTest, ErasedAndDamagedCustomersAreNoObstacle) {
  Delete();
  std::promise<bool> done;
  Erase(*store_, customers::OwnerKind::kCustomer, {ids_[1]},
        [&](const Result<Outcome>& outcome) { done.set_value(outcome.has_value()); });
  ASSERT_TRUE(done.get_future().get());
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    return transaction.connection().Execute(
        "UPDATE record SET sealed = x'00' WHERE kind = 4 AND ordinal IN (SELECT ordinal FROM owner "
        "WHERE id = " +
        std::to_string(ids_[2]) + ")");
  }));
  SweepToTheEnd();
  EXPECT_EQ(Entries(), 300);
  EXPECT_EQ(Enrollments(), 149);
}

}  // namespace
}  // namespace oubli::erasure
