// What one erasure costs, the order of its steps, and the races that the order is there for: each
// test here fails when one of the protocol's rules is taken out.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "customers/customers.h"
#include "keys/key_tree.h"
#include "permanence/steady_start.h"

namespace oubli::permanence {
namespace {

using std::chrono::milliseconds;
using storage::DiskOperation;
using storage::Verdict;

// ---- what one erasure does ----

TEST(OneErasure, SyncsTheLogEachJournalAndEachSlotOnceInThatOrder) {
  World world({.slots = 3, .journals = 2, .makes_room = false});
  ASSERT_TRUE(world.Open());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(world.Create()());
  ASSERT_TRUE(world.Erase({0})());
  ASSERT_TRUE(world.Erase({1})());
  for (size_t person = 2; person < 12; ++person) {
    world.disk_.ResetSyncCounts();
    Trace trace(world);
    ASSERT_TRUE(world.Erase({person})());
    const std::vector<Traced> done = trace.Stop();
    std::map<std::string, int64_t> expected{{world.LogPath(), 1}};
    for (int slot = 0; slot < 3; ++slot) expected[world.SlotPath(slot)] = 1;
    for (int journal = 0; journal < 2; ++journal) expected[world.JournalPath(journal)] = 1;
    EXPECT_EQ(world.disk_.SyncCounts(), expected);

    const auto first = [&](DiskOperation::Kind kind, const std::string& path) {
      size_t at = 0;
      while (at < done.size() && (done[at].kind != kind || done[at].path != path)) ++at;
      EXPECT_LT(at, done.size()) << path;
      return at;
    };
    const auto last = [&](DiskOperation::Kind kind, const std::string& path) {
      size_t found = done.size();
      for (size_t at = 0; at < done.size(); ++at) {
        if (done[at].kind == kind && done[at].path == path) found = at;
      }
      EXPECT_LT(found, done.size()) << path;
      return found;
    };
    const size_t log_synced = first(DiskOperation::kSync, world.LogPath());
    EXPECT_LT(last(DiskOperation::kWrite, world.LogPath()), log_synced);
    for (int journal = 0; journal < 2; ++journal) {
      const std::string path = world.JournalPath(journal);
      EXPECT_LT(log_synced, first(DiskOperation::kWrite, path));
      const size_t synced = first(DiskOperation::kSync, path);
      EXPECT_LT(last(DiskOperation::kWrite, path), synced);
      for (int slot = 0; slot < 3; ++slot) {
        EXPECT_LT(synced, first(DiskOperation::kWrite, world.SlotPath(slot)));
      }
    }
    for (int slot = 0; slot < 3; ++slot) {
      EXPECT_LT(last(DiskOperation::kWrite, world.SlotPath(slot)),
                first(DiskOperation::kSync, world.SlotPath(slot)));
    }
    world.CheckCells();
  }
}

TEST(OneErasure, OfManyThatArriveTogetherCostsTheSame) {
  World world({.journals = 2, .makes_room = false});
  ASSERT_TRUE(world.Open());
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(world.Create()());
  ASSERT_TRUE(world.Erase({0})());
  ASSERT_TRUE(world.Erase({1})());
  // The first one keeps the writer busy for as long as the others need to arrive.
  world.SetVerdicts([&](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kSync && operation.path == world.LogPath()
               ? Verdict::kHang
               : Verdict::kPass;
  });
  std::vector<World::Answer> answers{world.Update(11)};
  ASSERT_TRUE(world.disk_.WaitForHanging(1, 5000));
  for (size_t person = 2; person < 10; ++person) answers.push_back(world.Erase({person}));
  world.SetVerdicts(nullptr);
  world.disk_.ResetSyncCounts();
  world.disk_.Release();
  for (const auto& answer : answers) EXPECT_TRUE(answer());
  EXPECT_EQ(world.disk_.SyncCount(world.LogPath()), 2);
  EXPECT_EQ(world.disk_.SyncCount(world.SlotPath(0)), 1);
  EXPECT_EQ(world.disk_.SyncCount(world.SlotPath(1)), 1);
  EXPECT_EQ(world.disk_.SyncCount(world.JournalPath(0)), 1);
  world.CheckCells();
  world.Check(true);
}

// ---- the order of steps ----

// Of a call that has not been waited for.
class Running {
 public:
  explicit Running(World::Answer answer)
      : outcome_(std::async(std::launch::async, std::move(answer))) {}
  bool IsOver(milliseconds within) {
    return outcome_.wait_for(within) == std::future_status::ready;
  }
  bool Succeeds() { return outcome_.get().has_value(); }

 private:
  std::future<Status> outcome_;
};

// P5 of the rotation in flight: the next one's commit has to wait for it, and so has whoever asks
// for somebody who is hidden already, or unknown.
TEST(Rotations, NothingIsCommittedOrAcknowledgedBeforeTheOldRootIsGone) {
  for (const bool fails : {false, true}) {
    SCOPED_TRACE(fails ? "the slot fails" : "the slot is slow");
    World world({.journals = 2}, SteadyStart().files, SteadyStart().people);
    ASSERT_TRUE(world.Open());
    ASSERT_TRUE(world.Erase({0})());
    std::atomic<bool> waiting{false};
    std::promise<void> gate;
    auto open = gate.get_future().share();
    world.SetVerdicts([&, open](const DiskOperation& operation) {
      if (operation.kind != DiskOperation::kSync || operation.path != world.SlotPath(0) ||
          waiting.exchange(true)) {
        return Verdict::kPass;
      }
      open.wait();
      return fails ? Verdict::kFailBefore : Verdict::kPass;
    });
    Running first(world.Erase({1}));
    while (!waiting) std::this_thread::sleep_for(milliseconds(1));
    const int64_t commits = world.disk_.SyncCount(world.LogPath());
    Running unknown(world.Erase({}, 1));
    Running hidden(world.Erase({1}));
    EXPECT_FALSE(unknown.IsOver(milliseconds(60)));
    EXPECT_FALSE(hidden.IsOver(milliseconds(0)));
    Running second(world.Erase({2}));
    EXPECT_FALSE(second.IsOver(milliseconds(60)));
    EXPECT_EQ(world.disk_.SyncCount(world.LogPath()), commits) << "the next one is committed";
    EXPECT_FALSE(first.IsOver(milliseconds(0)));
    gate.set_value();
    EXPECT_EQ(first.Succeeds(), !fails);
    EXPECT_EQ(unknown.Succeeds(), !fails);
    EXPECT_EQ(hidden.Succeeds(), !fails);
    EXPECT_EQ(second.Succeeds(), !fails);
    world.SetVerdicts(nullptr);
    world.Acknowledge();
    world.Check(true);
  }
}

// The rotation in flight fails when somebody unknown has been asked for and has come as far as the
// commit: that is no success either.
TEST(Rotations, WhoeverCommitsWhileTheOneInFlightFailsIsNotAcknowledged) {
  WorldOptions options{.journals = 2};
  options.retry = std::chrono::seconds(60);
  World world(options, SteadyStart().files, SteadyStart().people);
  ASSERT_TRUE(world.Open());
  ASSERT_TRUE(world.Erase({0})());
  std::promise<void> fail;
  std::promise<void> gather;
  std::promise<void> commit;
  auto may_fail = fail.get_future().share();
  auto may_gather = gather.get_future().share();
  auto may_commit = commit.get_future().share();
  std::atomic<int> slot_syncs{0};
  std::atomic<int> log_syncs{0};
  world.SetVerdicts([&, may_fail, may_gather, may_commit](const DiskOperation& operation) {
    if (operation.kind != DiskOperation::kSync) return Verdict::kPass;
    if (operation.path == world.SlotPath(0) && slot_syncs++ == 0) {
      may_fail.wait();
      return Verdict::kFailBefore;
    }
    if (operation.path != world.LogPath()) return Verdict::kPass;
    const int number = ++log_syncs;
    if (number == 2) may_gather.wait();
    if (number == 3) may_commit.wait();
    return Verdict::kPass;
  });
  Running first(world.Erase({1}));
  while (slot_syncs == 0) std::this_thread::sleep_for(milliseconds(1));
  Running earlier(world.Update(4));
  while (log_syncs < 2) std::this_thread::sleep_for(milliseconds(1));
  // These two share a group, which begins while the rotation is in flight.
  Running update(world.Update(3));
  Running unknown(world.Erase({}, 1));
  gather.set_value();
  while (log_syncs < 3) std::this_thread::sleep_for(milliseconds(1));
  fail.set_value();
  EXPECT_FALSE(first.Succeeds());
  commit.set_value();
  EXPECT_TRUE(earlier.Succeeds());
  EXPECT_TRUE(update.Succeeds());
  EXPECT_FALSE(unknown.Succeeds());
}

// After a kill -9 between the write and the sync of a commit the next process reads a generation
// that a power cut takes away again: its predecessor's root must not be destroyed before it is
// certain.
TEST(Rotations, ARecoveryMakesTheGenerationCertainFirst) {
  for (uint64_t seed = 0; seed < 16 && !testing::Test::HasFailure(); ++seed) {
    World world({.journals = 2}, SteadyStart().files, SteadyStart().people);
    world.disk_.SetSyncErrorsLose(false);
    ASSERT_TRUE(world.Open());
    ASSERT_TRUE(world.Erase({0})());
    const int64_t generation = world.store_->key_tree().generation();
    world.SetVerdicts([&](const DiskOperation& operation) {
      return operation.kind == DiskOperation::kSync && operation.path == world.LogPath()
                 ? Verdict::kKillBefore
                 : Verdict::kPass;
    });
    EXPECT_FALSE(world.Erase({1})());
    world.Kill();
    ASSERT_TRUE(world.Open());
    EXPECT_EQ(world.store_->key_tree().generation(), generation + 1);
    if (seed % 2 == 0) {
      world.Acknowledge();
    } else {
      ASSERT_TRUE(world.FinishErasures());
    }
    Rng rng(seed);
    world.CutPower(rng);
    const Status opened = world.Open();
    ASSERT_TRUE(opened) << opened.error().text;
    world.Check(false);
    if (seed % 2 == 0) {
      EXPECT_EQ(world.store_->key_tree().generation(), generation + 1);
    }
  }
}

// And so it commits something of its own, synced, before it touches a slot.
TEST(Rotations, TheFirstErasureOfAProcessSyncsTheDatabaseBeforeAnySlot) {
  World world({.journals = 2}, SteadyStart().files, SteadyStart().people);
  ASSERT_TRUE(world.Open());
  Trace trace(world);
  ASSERT_TRUE(world.Erase({}, 1)());
  bool is_synced = false;
  for (const Traced& operation : trace.Stop()) {
    if (operation.kind == DiskOperation::kSync && operation.path == world.LogPath()) {
      is_synced = true;
    }
    if (operation.kind == DiskOperation::kWrite && world.IsSlot(operation.path)) {
      EXPECT_TRUE(is_synced) << "a root is overwritten while the generation is not certain";
    }
  }
  EXPECT_TRUE(is_synced);
}

// Two clear-alls in one group begin two epochs: who was created between them is gone, who was
// created behind them lives.
TEST(Rotations, TwoClearAllsMayShareACommit) {
  World world;
  ASSERT_TRUE(world.Open());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.Create()());
  ASSERT_TRUE(world.Erase({0})());
  std::atomic<bool> hung{false};
  world.SetVerdicts([&](const DiskOperation& operation) {
    const bool is_it = operation.kind == DiskOperation::kSync && operation.path == world.LogPath();
    return is_it && !hung.exchange(true) ? Verdict::kHang : Verdict::kPass;
  });
  std::vector<World::Answer> answers{world.Update(1)};
  ASSERT_TRUE(world.disk_.WaitForHanging(1, 5000));
  answers.push_back(world.ClearAll());
  answers.push_back(world.Create());
  answers.push_back(world.ClearAll());
  answers.push_back(world.Create());
  world.SetVerdicts(nullptr);
  world.disk_.Release();
  for (const auto& answer : answers) EXPECT_TRUE(answer());
  world.Check(true);
  EXPECT_EQ(world.LivingIds().size(), 1u);
  ASSERT_TRUE(world.Reopen());
  world.Check(false);
}

// The next rotation takes the root that the one in flight is writing. When that fails and is tried
// again at once, with another root, what was sealed under the first must not be committed.
TEST(Rotations, ARetryNeverCommitsUnderARootThatIsInNoSlot) {
  WorldOptions options;
  options.retry = milliseconds(0);
  World world(options);
  ASSERT_TRUE(world.Open());
  for (int i = 0; i < 130; ++i) ASSERT_TRUE(world.Create()());
  ASSERT_TRUE(world.Erase({0})());
  std::atomic<bool> stop{false};
  // Many, so that the writer's thread is slow to see that the one in flight has failed.
  std::vector<std::thread> retries;
  for (int i = 0; i < 4; ++i) {
    retries.emplace_back([&] {
      while (!stop) world.store_->key_tree().RetryIfDue();
    });
  }
  for (size_t person = 1; person < 120 && !testing::Test::HasFailure(); person += 3) {
    std::atomic<int> syncs{0};
    world.SetVerdicts([&](const DiskOperation& operation) {
      if (operation.kind != DiskOperation::kSync || operation.path != world.SlotPath(1)) {
        return Verdict::kPass;
      }
      if (syncs++ > 0) return Verdict::kPass;
      std::this_thread::sleep_for(milliseconds(5));  // the next one comes as far as its commit
      return Verdict::kFailBefore;
    });
    const auto first = world.Erase({person});
    std::this_thread::sleep_for(milliseconds(2));
    const auto second = world.Erase({person + 1});
    EXPECT_FALSE(first());
    if (second()) world.CheckCells();
    world.SetVerdicts(nullptr);
    Status third;
    for (int tries = 0; tries < 1000; ++tries) {
      if (third = world.Erase({person + 2})(); third) break;
      std::this_thread::sleep_for(milliseconds(1));
    }
    EXPECT_TRUE(third);
    if (person % 30 != 1) continue;
    world.Check(true);
  }
  stop = true;
  for (auto& thread : retries) thread.join();
  world.Acknowledge();
  ASSERT_TRUE(world.Reopen());
  world.Check(false);
}

// ---- keys in memory ----

// A reader that loads a page while a create writes a newer version must not put the older one where
// the writer takes it from: the created customer's key would be lost with the next create.
TEST(LiveKeys, AReaderThatIsLateHidesNoKeyFromTheWriter) {
  for (int reads = 0; reads < 12 && !testing::Test::HasFailure(); ++reads) {
    SCOPED_TRACE("late at read " + std::to_string(reads));
    WorldOptions options;
    options.key_cache_bytes = 1;  // one page
    World world(options);
    ASSERT_TRUE(world.Open());
    ASSERT_TRUE(world.Create()());
    ASSERT_TRUE(world.JumpOrdinals(100));
    ASSERT_TRUE(world.Create()());
    ASSERT_TRUE(world.Update(0)());  // the other leaf is in the cache
    std::atomic<int> left{reads};
    std::atomic<bool> hung{false};
    std::thread::id late;
    std::mutex mutex;
    world.SetVerdicts([&](const DiskOperation& operation) {
      {
        const std::lock_guard lock(mutex);
        if (std::this_thread::get_id() != late) return Verdict::kPass;
      }
      if (operation.kind != DiskOperation::kRead || left-- > 0) return Verdict::kPass;
      return hung.exchange(true) ? Verdict::kPass : Verdict::kHang;
    });
    auto reader = world.store_->Read();
    ASSERT_TRUE(reader);
    std::thread thread([&] {
      {
        const std::lock_guard lock(mutex);
        late = std::this_thread::get_id();
      }
      EXPECT_TRUE((*reader)->keys().Find(world.people_[1].ordinal));
    });
    const bool hangs = world.disk_.WaitForHanging(1, 300);
    EXPECT_TRUE(world.Create()());
    EXPECT_TRUE(world.Update(0)());
    world.SetVerdicts(nullptr);
    world.disk_.Release();
    thread.join();
    EXPECT_TRUE(world.Create()());
    world.Check(false);
    if (!hangs) break;  // so many reads there are not
  }
}

// Whoever has been told of a create may read it at once, however slow the thread is that told.
TEST(LiveKeys, ACreateThatWasAcknowledgedIsReadableAtOnce) {
  World world;
  ASSERT_TRUE(world.Open());
  ASSERT_TRUE(world.Create()());
  world.SetVerdicts([&](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kSync ? Verdict::kHang : Verdict::kPass;
  });
  const auto first = world.Update(0);
  ASSERT_TRUE(world.disk_.WaitForHanging(1, 5000));
  // These two share a commit.
  const auto create = world.Create();
  std::promise<void> slow;
  world.store_->Write([](customers::StoreTransaction&) { return Status(); },
                      [&](const Status&) {
                        std::this_thread::sleep_for(milliseconds(400));
                        slow.set_value();
                      });
  world.SetVerdicts(nullptr);
  world.disk_.Release();
  EXPECT_TRUE(first());
  EXPECT_TRUE(create());
  world.Check(false);
  slow.get_future().get();
}

}  // namespace
}  // namespace oubli::permanence
