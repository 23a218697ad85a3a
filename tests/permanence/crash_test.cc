// Crash everywhere: the process is killed, or the power cut, at every operation on the disk, and
// again during the recovery. What was acknowledged holds, and nobody is half erased.
#include <gtest/gtest.h>

#include <atomic>

#include "keys/key_tree.h"
#include "permanence/attacker.h"
#include "permanence/loot_checks.h"

namespace oubli::permanence {
namespace {

using storage::DiskOperation;
using storage::Verdict;

constexpr Verdict kKills[] = {Verdict::kKillBefore, Verdict::kKillPartly, Verdict::kKillAfter};

// A store in its steady state with some customers, made once.
struct Start {
  Files files;
  std::vector<Person> people;
};

const Start& SteadyStart() {
  static const Start start = [] {
    World world({.journals = 2});
    EXPECT_TRUE(world.Open());
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(world.Create()());
    for (size_t i = 0; i < 6; ++i) EXPECT_TRUE(world.AddAddress(i)());
    EXPECT_TRUE(world.Erase({7})());
    EXPECT_TRUE(world.JumpOrdinals(120));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(world.Create()());
    return Start{world.disk_.Snapshot(), world.people_};
  }();
  return start;
}

using Script = std::function<void(World&, const std::function<void()>& between)>;

// Everything that a store does. Goes on after an error, as callers do.
void FixedScript(World& world, const std::function<void()>& between) {
  if (!world.Open()) return;
  const auto do_it = [&](const World::Answer& answer) {
    const Status done = answer();
    between();
    return done.has_value();
  };
  if (!do_it(world.Create())) return;
  if (!do_it(world.Erase({0}))) return;
  if (!do_it(world.Update(1))) return;
  if (!do_it(world.Erase({2}))) return;
  if (!do_it(world.AddAddress(3))) return;
  if (!do_it(world.Erase({}, 1))) return;
  if (!do_it(world.Erase({3, 8}))) return;
  if (!world.store_->Checkpoint(true)) return;
  if (!do_it(world.Create())) return;
  if (!do_it(world.Erase({4}))) return;
  {
    const auto first = world.Create();
    const auto second = world.Erase({5});
    const auto third = world.Update(6);
    const bool all[] = {do_it(first), do_it(second), do_it(third)};
    if (!all[0] || !all[1] || !all[2]) return;
  }
  if (!do_it(world.ClearAll())) return;
  if (!do_it(world.Create())) return;
  world.Close();
}

class Crash {
 public:
  Crash(uint64_t seed, const WorldOptions& options)
      : rng_(seed), world_(options, SteadyStart().files, SteadyStart().people) {
    // A power cut after an error of a sync that lost something is another test's.
    world_.disk_.SetSyncErrorsLose(false);
  }

  // Counts the operations that the script makes when nothing happens.
  int64_t Count(const Script& script) {
    const int64_t before = world_.disk_.ChangeCount();
    script(world_, [] {});
    return world_.disk_.ChangeCount() - before;
  }

  void Run(const Script& script, int64_t at, Verdict kill) {
    Copy();
    KillAt(at, kill);
    script(world_, [this] {
      if (rng_() % 4 == 0) Copy();
    });
    Copy();
    Stop();
    Recover();
    if (testing::Test::HasFailure()) return;
    world_.Check(false);
    world_.CheckRawBytes();
    const auto living = world_.LivingIds();
    ASSERT_TRUE(world_.Reopen());
    EXPECT_EQ(world_.LivingIds(), living) << "opening again changes something";
    world_.Check(false);
    Retry();
  }

 private:
  void Copy() { attacker_.AddCopy(world_.CopyWithoutSlots()); }

  void KillAt(int64_t at, Verdict kill) {
    auto left = std::make_shared<std::atomic<int64_t>>(at);
    world_.SetVerdicts([left, kill](const DiskOperation& operation) {
      return operation.IsChange() && --*left == 0 ? kill : Verdict::kPass;
    });
  }

  void Stop() {
    if (rng_() % 3 == 0) {
      world_.Kill();
    } else {
      world_.CutPower(rng_);
    }
  }

  // With perhaps another crash, or two, in the middle of it.
  void Recover() {
    for (int crashes = 0; crashes < 2 && rng_() % 2 == 0; ++crashes) {
      KillAt(1 + static_cast<int64_t>(rng_() % 25), kKills[rng_() % 3]);
      if (world_.Open()) {
        world_.Check(false);
        world_.store_->FinishErasures();
        if (rng_() % 2 == 0) static_cast<void>(world_.Erase({}, 1)());
      }
      Copy();
      Stop();
    }
    const Status opened = world_.Open();
    ASSERT_TRUE(opened) << opened.error().text;
  }

  // Whoever was not told of success asks again; when that is acknowledged, they are really gone.
  void Retry() {
    std::vector<size_t> again;
    for (size_t i = 0; i < world_.people_.size(); ++i) {
      if (world_.people_[i].fate == Person::kUncertain && world_.people_[i].id != 0) {
        again.push_back(i);
      }
    }
    const Status erased = world_.Erase(again, 1)();
    ASSERT_TRUE(erased) << erased.error().text;
    world_.CheckCells();
    world_.Check(true);
    ASSERT_TRUE(world_.Create()());
    world_.Check(true);
    Copy();
    attacker_.AddSlots(world_.CopyOfSlots());
    const auto loot = attacker_.Attack();
    ExpectErasedUnreadable(world_, loot);
    ExpectLivingReadable(world_, loot);
  }

  Rng rng_;
  World world_;
  Attacker attacker_;
};

// A script of random operations.
Script RandomScript(uint64_t seed) {
  return [seed](World& world, const std::function<void()>& between) {
    Rng rng(seed);
    if (!world.Open()) return;
    for (int step = 0; step < 12; ++step) {
      const auto living = world.Living();
      const uint64_t what = living.empty() ? 0 : rng() % 12;
      const size_t somebody = living.empty() ? 0 : living[rng() % living.size()];
      std::vector<World::Answer> answers;
      for (uint64_t i = rng() % 3 == 0 ? 3 : 1; i > 0; --i) {
        if (what < 3 || i == 3) {
          answers.push_back(world.Create());
        } else if (what < 5) {
          answers.push_back(world.Update(somebody));
        } else if (what < 6) {
          answers.push_back(world.AddAddress(somebody, rng() % 3 == 0 ? 2500 : 0));
        } else if (what < 10) {
          answers.push_back(world.Erase({somebody}, static_cast<int>(rng() % 2)));
        } else if (what < 11 && rng() % 3 == 0) {
          answers.push_back(world.ClearAll());
        } else {
          static_cast<void>(world.store_->Checkpoint(true));
        }
      }
      bool failed = false;
      for (const auto& answer : answers) failed |= !answer();
      between();
      if (failed) return;
    }
    world.Close();
  };
}

TEST(CrashEverywhere, AtEveryOperationOfAFixedScript) {
  const uint64_t seed = Seed("CrashEverywhere");
  const int64_t rounds = Setting("ROUNDS", 1);
  const int64_t count = Crash(seed, {}).Count(FixedScript);
  ASSERT_GT(count, 60);
  int64_t points = 0;
  for (int64_t round = 0; round < rounds && !HasFailure(); ++round) {
    for (int64_t at = 1; at <= count && !HasFailure(); ++at) {
      const uint64_t of_point = seed + static_cast<uint64_t>(round * 100'000 + at);
      const Verdict kill = kKills[of_point % 3];
      SCOPED_TRACE("operation " + std::to_string(at) + ", kill " +
                   std::to_string(static_cast<int>(kill)) + ", seed " + std::to_string(of_point));
      Crash(of_point, {}).Run(FixedScript, at, kill);
      ++points;
    }
  }
  printf("%lld crashes at %lld operations\n", static_cast<long long>(points),
         static_cast<long long>(count));
}

TEST(CrashEverywhere, AnywhereInRandomScripts) {
  const uint64_t seed = Seed("CrashEverywhere");
  const int64_t rounds = Setting("ROUNDS", 1) * 80;
  for (int64_t round = 0; round < rounds && !HasFailure(); ++round) {
    const uint64_t of_round = seed + static_cast<uint64_t>(round);
    SCOPED_TRACE("SEED=" + std::to_string(of_round) + " ROUNDS=1");
    Rng rng(of_round);
    WorldOptions options;
    options.writer_cache_kib = rng() % 2 == 0 ? 16 : 1024;
    options.key_cache_bytes = rng() % 2 == 0 ? 1 : 8 * 1024 * 1024;
    options.journals = rng() % 2 == 0 ? 1 : 2;
    Crash(of_round, options)
        .Run(RandomScript(of_round), 1 + static_cast<int64_t>(rng() % 150), kKills[rng() % 3]);
  }
}

// From an empty disk: what was cut off is made at the next start.
TEST(CrashEverywhere, WhileTheStoreIsMade) {
  const uint64_t seed = Seed("CrashEverywhere");
  Rng rng(seed);
  for (int64_t at = 1; at < 200 && !HasFailure(); at += 1 + static_cast<int64_t>(rng() % 2)) {
    SCOPED_TRACE("operation " + std::to_string(at) + ", SEED=" + std::to_string(seed));
    World world;
    world.disk_.SetSyncErrorsLose(false);
    std::atomic<int64_t> left{at};
    world.SetVerdicts([&](const DiskOperation& operation) {
      return operation.IsChange() && --left == 0 ? Verdict::kKillAfter : Verdict::kPass;
    });
    bool done = false;
    if (world.Open()) done = world.Create()() && world.Erase({}, 1)();
    if (rng() % 3 == 0) {
      world.Kill();
    } else {
      world.CutPower(rng);
    }
    const Status opened = world.Open();
    ASSERT_TRUE(opened) << opened.error().text;
    world.Check(false);
    ASSERT_TRUE(world.Create()());
    ASSERT_TRUE(world.Erase({world.people_.size() - 1})());
    world.CheckCells();
    world.Check(true);
    if (done) break;
  }
}

}  // namespace
}  // namespace oubli::permanence
