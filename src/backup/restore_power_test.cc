// A restore that ends at any of its operations, by a kill or by a power cut that loses, tears and
// reorders what was not synced: afterwards there is the old data or the restored data, whole.
#include "backup/power_fixture.h"
#include "customers/customers.h"

namespace oubli::backup {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class RestorePowerTest : public PowerFixture {
 protected:
  void SetUp() override {
    const int64_t ann = Create("ann");
    bob_ = Create("bob");
    set_ = BackUp();
    const int64_t cid = Create("cid");
    EXPECT_TRUE(Erase({bob_}));
    Close();
    old_ = {{ann, "ann"}, {cid, "cid"}};
    new_ = {{ann, "ann"}};
    StartMirror();
  }
  // What a server finds, and that it can go on with it. `guest`: who may be there too.
  People OpenAndCheck(const std::string& guest = "") {
    const Status opened = TryOpen();
    EXPECT_TRUE(opened) << opened.error().text;
    if (!opened) return {};
    const People all = Living();
    People living = all;
    std::erase_if(living, [&](const auto& person) { return person.second == guest; });
    EXPECT_TRUE(living == old_ || living == new_);
    {
      customers::StoreReader reader = store_->Read().value();
      const auto bob = FindCustomer(*reader, bob_);
      EXPECT_TRUE(bob && !*bob);
    }
    EXPECT_TRUE(EraseInTheEnd(Create("dora")));
    EXPECT_EQ(Living(), all);
    Close();
    std::set<std::string> lineages;
    for (const auto& cells : Cells()) {
      for (const auto& cell : cells) {
        if (cell) lineages.insert(cell->lineage);
      }
    }
    EXPECT_EQ(lineages.size(), 1U);
    EXPECT_EQ(Siblings(".restoring-"), std::vector<std::string>());
    // The data of before is there, and nothing else is taken for it.
    EXPECT_EQ(Siblings(".before-restore-").empty(), living == old_);
    EXPECT_FALSE(fs::exists(data_dir_ + "/restore.unfinished"));
    return living;
  }

  // The restore that comes is killed before the exchange (0) or before a change behind it.
  void KillAtChangeFromExchange(int number) {
    behind_ = -1;
    disk_.SetHook([this, number](const storage::DiskOperation& operation) {
      const bool is_next = behind_ >= 0 && operation.IsChange();
      if (is_next || operation.kind == storage::DiskOperation::kExchange) ++behind_;
      return behind_ == number ? storage::Verdict::kKillBefore : storage::Verdict::kPass;
    });
  }

  std::atomic<int> behind_ = -1;
  int64_t bob_ = 0;
  std::string set_;
  People old_, new_;
};

TEST_F(RestorePowerTest, TheServerFindsTheOldDataOrTheNew) {
  Watch();
  const auto restored = RestoreFrom(set_);
  StopWatching();
  ASSERT_TRUE(restored) << restored.error().text;
  std::map<Left::Kind, int> olds;
  std::map<Left::Kind, int> news;
  for (const Left& left : TakeLeft()) {
    SCOPED_TRACE(left.where);
    GoTo(left);
    const People living = OpenAndCheck();
    ++(living == old_ ? olds : news)[left.kind];
    // What has once been put in place stays there. By chance any moment's exchange may be lost.
    EXPECT_TRUE(left.kind == Left::kSomeLost || living == new_ || news[left.kind] == 0);
    ASSERT_FALSE(HasFailure());
  }
  // At every operation, and not at a few.
  EXPECT_GT(olds[Left::kKilled], 30);
  EXPECT_GT(news[Left::kKilled], 3);
  // Until the exchange is synced a power cut undoes it.
  EXPECT_GT(news[Left::kKilled], news[Left::kAllLost]);
  EXPECT_GT(news[Left::kAllLost], 0);
}

TEST_F(RestorePowerTest, TheNextRestoreCompletesIt) {
  Watch();
  const auto restored = RestoreFrom(set_);
  StopWatching();
  ASSERT_TRUE(restored) << restored.error().text;
  int refused = 0;
  for (const Left& left : TakeLeft()) {
    if (left.kind != Left::kKilled && rng_() % 2 == 0) continue;  // for time's sake
    SCOPED_TRACE(left.where);
    GoTo(left);
    if (const auto again = RestoreFrom(set_); !again) {
      EXPECT_THAT(again.error().text, HasSubstr("later restore"));
      ++refused;
    }
    EXPECT_EQ(OpenAndCheck(), new_);
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(refused, 0) << "it had been done";
}

// The exchange is readable and not durable when the next server comes: were the old root destroyed
// before that is certain, a cut would leave the old folder and no root that opens it. And what a
// restore without an exchange has left is removed by then, of which a cut may undo any part.
TEST_F(RestorePowerTest, AKillAndThenAPowerCutUnderTheNextServer) {
  const storage::DiskTree start = disk_.Tree();
  int number = 0;
  for (;; ++number) {
    SCOPED_TRACE(testing::Message() << "killed before change " << number << " from the exchange");
    GoTo(start);
    KillAtChangeFromExchange(number);
    (void)RestoreFrom(set_);
    disk_.SetHook({});
    if (disk_.IsAlive(disk_.epoch())) break;
    StartAgainAfterKill();
    const People& expected = number == 0 ? old_ : new_;
    phase_ = 0;
    Watch();
    ASSERT_TRUE(TryOpen());
    EXPECT_EQ(Living(), expected);
    EXPECT_TRUE(EraseInTheEnd(Create("eve")));
    phase_ = 1;  // answered: from here on there is no way back
    StopWatching();
    Close();
    for (const Left& left : TakeLeft()) {
      if (left.kind == Left::kKilled) continue;
      if (left.kind == Left::kSomeLost && rng_() % 4 != 0) continue;  // for time's sake
      SCOPED_TRACE(left.where);
      GoTo(left);
      const People living = OpenAndCheck(left.phase == 0 ? "eve" : "");
      EXPECT_TRUE(living == expected || (living == old_ && left.phase == 0));
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_GT(number, 5);
}

TEST_F(RestorePowerTest, AnErrorOfTheDeviceAtAnyOperation) {
  const storage::DiskTree start = disk_.Tree();
  int refused = 0;
  int done = 0;
  for (int64_t number = 1;; ++number) {
    SCOPED_TRACE(testing::Message() << "change " << number << " fails");
    GoTo(start);
    const int64_t at = disk_.ChangeCount() + number;
    disk_.SetHook([&](const storage::DiskOperation& operation) {
      return operation.change == at ? storage::Verdict::kFailBefore : storage::Verdict::kPass;
    });
    const auto restored = RestoreFrom(set_);
    disk_.SetHook({});
    if (disk_.ChangeCount() < at) break;
    ++(restored ? done : refused);
    if (!restored) {
      EXPECT_EQ(restored.error().kind, ErrorKind::kUnavailable) << restored.error().text;
    }
    if (number % 2 == 0) {  // for time's sake one or the other
      EXPECT_EQ(OpenAndCheck(), restored ? new_ : old_);
      EXPECT_TRUE(restored || RestoreFrom(set_));
    } else if (!restored) {
      MustRestore(set_);
    }
    EXPECT_EQ(OpenAndCheck(), new_);
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(refused, 30);
  EXPECT_GT(done, 5);
}

}  // namespace
}  // namespace oubli::backup
