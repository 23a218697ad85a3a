// What a fault or a kill leaves unfinished is finished by itself, though nobody erases again.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "keys/key_tree.h"
#include "permanence/steady_start.h"

namespace oubli::permanence {
namespace {

using storage::DiskOperation;
using storage::Verdict;

constexpr int64_t kLookEveryMs = 30'000;

// Asks as the server's maintenance does, until `is_so`.
bool Eventually(World& world, const std::function<bool()>& is_so) {
  for (int i = 0; i < 2000; ++i) {
    world.store_->FinishErasures();
    while (world.store_->writer().busy()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

// ---- after a restart ----

// Killed at the `at`-th change of an erasure. The next process only opens the store and finishes.
void KillAndFinish(size_t at, Verdict verdict) {
  World world({.journals = 2, .makes_room = false}, SteadyStart().files, SteadyStart().people);
  world.disk_.SetSyncErrorsLose(false);
  ASSERT_TRUE(world.Open());
  ASSERT_TRUE(world.Erase({0})());
  const int64_t generation = world.store_->key_tree().generation();
  std::atomic<size_t> seen{0};
  world.SetVerdicts([&](const DiskOperation& operation) {
    return operation.IsChange() && seen++ == at ? verdict : Verdict::kPass;
  });
  EXPECT_FALSE(world.Erase({1})());
  world.Kill();
  ASSERT_TRUE(world.Open());
  const int64_t committed = world.store_->key_tree().generation();
  ASSERT_TRUE(world.FinishErasures());
  EXPECT_EQ(world.store_->key_tree().generation(), committed) << "no rotation is needed for it";
  world.CheckCells();
  for (int journal = 0; journal < 2; ++journal) {
    EXPECT_EQ(world.JournalGeneration(journal), committed);
  }
  world.Check(true);
  // It has not been hidden only: one power cut later it is so too.
  Rng rng(at);
  world.CutPower(rng);
  ASSERT_TRUE(world.Open());
  world.Check(false);
  if (committed > generation) {
    EXPECT_EQ(world.store_->key_tree().generation(), committed);
  }
}

TEST(AfterAKill, AnErasureIsFinishedThoughNobodyErasesAgain) {
  size_t count = 0;
  {
    World world({.journals = 2, .makes_room = false}, SteadyStart().files, SteadyStart().people);
    ASSERT_TRUE(world.Open());
    ASSERT_TRUE(world.Erase({0})());
    Trace trace(world);
    ASSERT_TRUE(world.Erase({1})());
    count = trace.Stop().size();
  }
  ASSERT_GT(count, 8u);
  for (size_t at = 0; at < count && !testing::Test::HasFailure(); ++at) {
    for (const Verdict verdict :
         {Verdict::kKillBefore, Verdict::kKillPartly, Verdict::kKillAfter}) {
      // The last one of all is behind everything: the answer may be on its way already.
      if (at + 1 == count && verdict == Verdict::kKillAfter) continue;
      SCOPED_TRACE("killed at change " + std::to_string(at) + ", verdict " +
                   std::to_string(static_cast<int>(verdict)));
      KillAndFinish(at, verdict);
    }
  }
}

// Ten thousand stores are opened at start: one without a reason costs no synced write.
TEST(AfterARestart, AStoreThatWasClosedInOrderTouchesNoSlot) {
  World world({.journals = 2, .makes_room = false}, SteadyStart().files, SteadyStart().people);
  ASSERT_TRUE(world.Open());
  ASSERT_TRUE(world.Erase({0})());
  ASSERT_TRUE(world.Reopen());
  EXPECT_FALSE(world.store_->key_tree().NeedsAttention());
  Trace trace(world);
  ASSERT_TRUE(world.FinishErasures());
  EXPECT_TRUE(trace.Stop().empty());
  // And one that has never rotated has nothing that could be unfinished, however it ended.
  World fresh;
  ASSERT_TRUE(fresh.Open());
  ASSERT_TRUE(fresh.Create()());
  fresh.Kill();
  ASSERT_TRUE(fresh.Open());
  EXPECT_FALSE(fresh.store_->key_tree().NeedsAttention());
}

// As a command does that only reads.
TEST(AfterAKill, AStoreThatIsOnlyOpenedTouchesNoSlot) {
  World world({.journals = 2, .makes_room = false}, SteadyStart().files, SteadyStart().people);
  ASSERT_TRUE(world.Open());
  ASSERT_TRUE(world.Erase({0})());
  world.SetVerdicts([&](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kSync && operation.path == world.SlotPath(1)
               ? Verdict::kKillBefore
               : Verdict::kPass;
  });
  EXPECT_FALSE(world.Erase({1})());
  world.Kill();
  std::atomic<int> touched{0};
  world.SetVerdicts([&](const DiskOperation& operation) {
    if (operation.IsChange() && world.IsSlot(operation.path)) ++touched;
    return Verdict::kPass;
  });
  ASSERT_TRUE(world.Open());
  EXPECT_TRUE(world.store_->key_tree().NeedsAttention());
  world.Check(false);
  EXPECT_TRUE(world.Create()());
  EXPECT_EQ(touched, 0);
}

// ---- while something is pending ----

// What is tried again writes only one of the two cells: a slot that has come back as a new file
// lacks the other one.
TEST(AfterARetry, ASlotThatLostItsFileMeanwhileGetsBothRoots) {
  for (const bool journal_fails : {false, true}) {
    SCOPED_TRACE(journal_fails ? "the journal fails" : "the slot fails");
    World world({.journals = 2, .makes_room = false}, SteadyStart().files, SteadyStart().people);
    ASSERT_TRUE(world.Open());
    ASSERT_TRUE(world.Erase({0})());
    const std::string path = journal_fails ? world.JournalPath(0) : world.SlotPath(1);
    world.SetVerdicts([path](const DiskOperation& operation) {
      return operation.kind == DiskOperation::kWrite && operation.path == path
                 ? Verdict::kFailBefore
                 : Verdict::kPass;
    });
    EXPECT_FALSE(world.Erase({1})());
    world.disk_.Lose(world.SlotPath(1));
    world.SetVerdicts(nullptr);
    ASSERT_TRUE(world.FinishErasures());
    world.CheckCells();
    world.Check(true);
    // The other slot may go now.
    world.Close();
    world.disk_.Lose(world.SlotPath(0));
    ASSERT_TRUE(world.Open());
    world.Check(false);
  }
}

// ---- journals that are not waited for ----

TEST(SlowJournals, OneThatFellBehindIsCompletedWhenItsDeviceAnswersAgain) {
  World world({.journals = 1, .slow_journals = 1});
  ASSERT_TRUE(world.Open());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.Create()());
  ASSERT_TRUE(world.Erase({0})());
  world.AdvanceClock(kLookEveryMs);
  ASSERT_TRUE(Eventually(world, [&] { return world.JournalGeneration(1) == 2; }))
      << "it has never had a journal of this store, and gets one";
  std::atomic<int> tried{0};
  world.SetVerdicts([&](const DiskOperation& operation) {
    if (operation.kind != DiskOperation::kWrite || operation.path != world.JournalPath(1)) {
      return Verdict::kPass;
    }
    ++tried;
    return Verdict::kFailBefore;
  });
  ASSERT_TRUE(world.Erase({1})()) << "nobody waits for it";
  ASSERT_TRUE(world.Erase({2})());
  // While it goes on failing it is tried once in thirty seconds.
  for (int look = 0; look < 3; ++look) {
    world.AdvanceClock(kLookEveryMs);
    // The look, what it leads to, and nothing on its way any more: asking for the size waits for
    // what was asked before.
    for (int round = 0; round < 3; ++round) {
      world.store_->FinishErasures();
      static_cast<void>(world.store_->key_tree().JournalsAreLarge());
      ASSERT_TRUE(Eventually(world, [] { return true; }));
      static_cast<void>(world.store_->key_tree().JournalsAreLarge());
    }
    const int once = tried;
    world.AdvanceClock(kLookEveryMs - 1);
    for (int i = 0; i < 20; ++i) {
      world.store_->FinishErasures();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(tried, once);
  }
  world.SetVerdicts(nullptr);
  EXPECT_EQ(world.JournalGeneration(1), 2);
  const int64_t committed = world.store_->key_tree().generation();
  world.AdvanceClock(1);
  EXPECT_TRUE(Eventually(world, [&] { return world.JournalGeneration(1) == committed; }));
  EXPECT_EQ(world.JournalGeneration(0), committed);
  // And goes on from there.
  ASSERT_TRUE(world.Erase({3})());
  EXPECT_TRUE(Eventually(world, [&] { return world.JournalGeneration(1) == committed + 1; }));
}

// One that is waited for, whose file is gone, is completed before an erasure needs it.
TEST(SlowJournals, OneThatIsWaitedForIsCompletedToo) {
  World world({.journals = 2, .makes_room = false}, SteadyStart().files, SteadyStart().people);
  ASSERT_TRUE(world.Open());
  ASSERT_TRUE(world.Erase({0})());
  world.disk_.Lose(world.JournalPath(1));
  world.AdvanceClock(kLookEveryMs);
  const int64_t committed = world.store_->key_tree().generation();
  EXPECT_TRUE(Eventually(world, [&] { return world.JournalGeneration(1) == committed; }));
  EXPECT_EQ(world.store_->key_tree().generation(), committed);
  EXPECT_TRUE(world.Erase({1})());
}

}  // namespace
}  // namespace oubli::permanence
