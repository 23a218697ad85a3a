// A restore that is killed with SIGKILL at each of its steps.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backup/restore_fixture.h"

namespace oubli::backup {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class RestoreKilledTest : public RestoreTest {
 protected:
  // Runs a restore in a process that is killed at the step of that number. False when it has fewer.
  bool KilledAt(const std::string& set, int number) {
    const pid_t child = fork();
    if (child == 0) {
      int left = number;
      RestoreOptions options;
      options.at_step = [&](std::string_view) {
        if (left-- == 0) ::raise(SIGKILL);
      };
      (void)RestoreFrom(set, std::move(options));
      _exit(0);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
  }
  void SetUp() override {
    ann_ = Create("ann");
    bob_ = Create("bob");
    set_ = fs::path(BackUp()).filename().string();
    cid_ = Create("cid");
    EXPECT_TRUE(Erase({bob_}));
    Close();
    Save("start");
  }
  void ExpectOneLineage() {
    std::set<std::string> lineages;
    for (const auto& cells : Cells()) {
      for (const auto& cell : cells) {
        if (cell) lineages.insert(cell->lineage);
      }
    }
    EXPECT_EQ(lineages.size(), 1U);
  }

  int64_t ann_ = 0, bob_ = 0, cid_ = 0;
  std::string set_;
};

TEST_F(RestoreKilledTest, TheServerGoesOnWithTheOldDataOrTheNew) {
  const People old_people = {{ann_, "ann"}, {cid_, "cid"}};
  const People new_people = {{ann_, "ann"}};
  bool was_old = false;
  bool was_new = false;
  int step = 0;
  for (;; ++step) {
    SCOPED_TRACE(testing::Message() << "killed at step " << step);
    GoBackTo("start");
    if (!KilledAt(to_ + "/" + set_, step)) break;
    Open();
    const People living = Living();
    EXPECT_TRUE(living == old_people || living == new_people);
    // The new data is never followed by the old one.
    was_old |= living == old_people;
    was_new |= living == new_people;
    EXPECT_EQ(was_new, living == new_people);
    EXPECT_EQ(Siblings(".before-restore-").size(), was_new ? 1U : 0U);
    EXPECT_TRUE(Erase({Create("dora")}));
    EXPECT_EQ(Living(), living);
    Close();
    ExpectOneLineage();
    EXPECT_TRUE(Siblings(".restoring-").empty());
    EXPECT_FALSE(fs::exists(data_dir_ + "/restore.unfinished"));
    // And everything after another start.
    Open();
    EXPECT_EQ(Living(), living);
    Close();
  }
  EXPECT_GE(step, 8);
  EXPECT_TRUE(was_old && was_new);
}

TEST_F(RestoreKilledTest, TheNextRestoreCompletesIt) {
  for (int step = 0;; ++step) {
    SCOPED_TRACE(testing::Message() << "killed at step " << step);
    GoBackTo("start");
    if (!KilledAt(to_ + "/" + set_, step)) break;
    // The new data has the mark until all is done; the old data has none.
    const bool was_exchanged =
        fs::exists(data_dir_ + "/restore.unfinished") || !Siblings(".before-restore-").empty();
    const auto restored = RestoreFrom(to_ + "/" + set_);
    if (!was_exchanged) {
      ASSERT_TRUE(restored) << restored.error().text;
    } else {
      ASSERT_FALSE(restored);  // it had been done
      EXPECT_THAT(restored.error().text, HasSubstr("later restore"));
    }
    Open();
    EXPECT_EQ(Living(), (People{{ann_, "ann"}}));
    EXPECT_TRUE(Erase({ann_}));
    Close();
    ExpectOneLineage();
    EXPECT_TRUE(Siblings(".restoring-").empty());
  }
}

TEST_F(RestoreKilledTest, TwiceAndThenTheServer) {
  for (int first = 0;; ++first) {
    GoBackTo("start");
    if (!KilledAt(to_ + "/" + set_, first)) break;
    for (int second = 0; second < 9; ++second) {
      SCOPED_TRACE(testing::Message() << "killed at step " << first << ", then at " << second);
      GoBackTo("start");
      ASSERT_TRUE(KilledAt(to_ + "/" + set_, first));
      (void)KilledAt(to_ + "/" + set_, second);
      Open();
      const People living = Living();
      EXPECT_TRUE(living == (People{{ann_, "ann"}, {cid_, "cid"}}) ||
                  living == (People{{ann_, "ann"}}));
      Close();
    }
  }
}

TEST_F(RestoreKilledTest, TwiceInARow) {
  for (int first = 0;; ++first) {
    GoBackTo("start");
    if (!KilledAt(to_ + "/" + set_, first)) break;
    for (int second = 0; second < 9; second += 2) {
      SCOPED_TRACE(testing::Message() << "killed at step " << first << ", then at " << second);
      GoBackTo("start");
      ASSERT_TRUE(KilledAt(to_ + "/" + set_, first));
      (void)KilledAt(to_ + "/" + set_, second);
      const auto restored = RestoreFrom(to_ + "/" + set_);
      if (!restored) {
        EXPECT_THAT(restored.error().text, HasSubstr("later restore"));
      }
      Open();
      EXPECT_EQ(Living(), (People{{ann_, "ann"}}));
      Close();
    }
  }
}

}  // namespace
}  // namespace oubli::backup
