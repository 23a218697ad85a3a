// Every fault of the protocol, by itself and twice in a row.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "keys/key_tree.h"
#include "permanence/attacker.h"
#include "permanence/loot_checks.h"
#include "permanence/steady_start.h"

namespace oubli::permanence {
namespace {

using std::chrono::milliseconds;
using storage::DiskOperation;
using storage::Verdict;

// ---- faults at every operation ----

class Fault {
 public:
  Fault(uint64_t seed, bool steady)
      : rng_(seed), world_({.journals = 2}, SteadyStart().files, SteadyStart().people) {
    Copy();
    EXPECT_TRUE(world_.Open());
    if (steady) {
      EXPECT_TRUE(world_.Erase({0})());
    }
  }
  World& world() { return world_; }

  std::vector<Traced> TraceErasure() {
    Trace trace(world_);
    EXPECT_TRUE(world_.Erase({1})());
    return trace.Stop();
  }

  // Fails the `at`-th change of an erasure, and `times` - 1 more of the same kind to the same file.
  void Run(size_t at, const Traced& victim, Verdict verdict, int times, bool errors_lose) {
    world_.disk_.SetSyncErrorsLose(errors_lose);
    auto seen = std::make_shared<std::atomic<int64_t>>(0);
    auto failed = std::make_shared<std::atomic<int>>(0);
    auto database_failed = std::make_shared<std::atomic<bool>>(false);
    world_.SetVerdicts([=](const DiskOperation& operation) {
      if (!operation.IsChange()) return Verdict::kPass;
      const bool is_it = ++*seen == static_cast<int64_t>(at + 1);
      const bool again = *failed > 0 && *failed < times && operation.kind == victim.kind &&
                         operation.path == victim.path;
      if (!is_it && !again) return Verdict::kPass;
      ++*failed;
      if (operation.path.starts_with("/world/data")) *database_failed = true;
      return verdict;
    });
    // In one group, so that a fault of the erasure's shows what it does to others.
    const auto erase = world_.Erase({1});
    const auto create = world_.Create();
    const bool erased = erase().has_value();
    const bool created = create().has_value();
    if (erased) world_.CheckCells();
    if (!*database_failed) {
      EXPECT_TRUE(created) << "who only creates needs no slot and no journal";
    }
    Copy();
    // Asked again: not acknowledged before it is so.
    if (world_.Erase({1})()) world_.CheckCells();
    // Reads go on.
    EXPECT_TRUE(world_.store_->Read());
    Finish(errors_lose);
  }

  // An error of a sync that loses is not survived by any database when the process ends then; and
  // not by the tests of SQLite either.
  void Finish(bool errors_lose) {
    if (!errors_lose && rng_() % 2 == 0) {
      world_.CutPower(rng_);
      const Status opened = world_.Open();
      ASSERT_TRUE(opened) << opened.error().text;
      world_.Check(false);
    }
    world_.SetVerdicts(nullptr);
    world_.Acknowledge();
    world_.Check(true);
    EXPECT_TRUE(world_.Erase({1, 2})());
    world_.CheckCells();
    world_.Check(true);
    Attack();
    // What was acknowledged after all this lasts.
    world_.CutPower(rng_);
    const Status opened = world_.Open();
    ASSERT_TRUE(opened) << opened.error().text;
    world_.Check(false);
    Attack();
  }

  void Copy() { attacker_.AddCopy(world_.CopyWithoutSlots()); }
  void Attack() {
    Attacker attacker = attacker_;
    attacker.AddCopy(world_.CopyWithoutSlots());
    attacker.AddSlots(world_.CopyOfSlots());
    const auto loot = attacker.Attack();
    ExpectErasedUnreadable(world_, loot);
    ExpectLivingReadable(world_, loot);
  }

 private:
  Rng rng_;
  World world_;
  Attacker attacker_;
};

class FaultAnywhere : public testing::TestWithParam<bool> {};

TEST_P(FaultAnywhere, LosesNobodyAndUndoesNothing) {
  const bool steady = GetParam();
  const uint64_t seed = Seed("FaultAnywhere");
  const int64_t rounds = Setting("ROUNDS", 1);
  const std::vector<Traced> trace = Fault(seed, steady).TraceErasure();
  ASSERT_GT(trace.size(), 8u);
  int64_t faults = 0;
  for (int64_t round = 0; round < rounds && !HasFailure(); ++round) {
    for (size_t at = 0; at < trace.size() && !HasFailure(); ++at) {
      for (const Verdict verdict :
           {Verdict::kFailBefore, Verdict::kFailPartly, Verdict::kFailAfter, Verdict::kNoSpace}) {
        const uint64_t of_fault = seed + static_cast<uint64_t>(round) * 1'000'000 + at * 10 +
                                  static_cast<uint64_t>(verdict);
        Rng rng(of_fault);
        const int times = 1 + static_cast<int>(rng() % 2);
        SCOPED_TRACE("operation " + std::to_string(at) + " on " + trace[at].path + ", verdict " +
                     std::to_string(static_cast<int>(verdict)) + ", " + std::to_string(times) +
                     " times, seed " + std::to_string(of_fault));
        Fault(of_fault, steady).Run(at, trace[at], verdict, times, rng() % 2 == 0);
        ++faults;
      }
    }
  }
  printf("%lld faults at %zu operations\n", static_cast<long long>(faults), trace.size());
}

INSTANTIATE_TEST_SUITE_P(SteadyOrJustOpened, FaultAnywhere, testing::Bool());

TEST(DiskFull, FromAnyOperationOnRefusesAndLosesNothing) {
  const size_t count = Fault(1, false).TraceErasure().size();
  for (size_t at = 0; at < count && !HasFailure(); ++at) {
    SCOPED_TRACE("full at operation " + std::to_string(at));
    Fault fault(at, false);
    World& world = fault.world();
    std::atomic<size_t> seen{0};
    world.SetVerdicts([&](const DiskOperation& operation) {
      if (operation.IsChange() && seen++ == at) world.disk_.SetFull(true);
      return Verdict::kPass;
    });
    if (world.Erase({1})()) world.CheckCells();
    static_cast<void>(world.Create()());
    static_cast<void>(world.Erase({2})());
    world.Check(false);
    world.disk_.SetFull(false);
    fault.Finish(false);
  }
}

// ---- slots ----

// Cell 0 or 1 of a slot, torn in the middle.
void Tear(World& world, int slot, size_t cell) {
  std::string bytes = *world.disk_.CopyOf(world.SlotPath(slot));
  for (size_t i = 2048; i < 4096; ++i) bytes[cell * 4096 + i] ^= 0x5a;
  world.disk_.Put(world.SlotPath(slot), bytes);
}

TEST(Slots, TornCellsAreRepairedBeforeTheNextSuccess) {
  for (int torn = 1; torn < 16; ++torn) {
    SCOPED_TRACE("torn cells " + std::to_string(torn));
    Fault fault(static_cast<uint64_t>(torn), true);
    World& world = fault.world();
    const int64_t generation = world.store_->key_tree().generation();
    world.Close();
    int current = 0;
    for (int number = 0; number < 4; ++number) {
      if ((torn >> number & 1) == 0) continue;
      const auto cell = static_cast<size_t>(number & 1);
      Tear(world, number / 2, cell);
      if (cell == keys::CellOf(generation)) ++current;
    }
    const Status opened = world.Open();
    EXPECT_EQ(opened.has_value(), current < 2) << "without any root there is no store";
    if (!opened) {
      EXPECT_EQ(opened.error().kind, ErrorKind::kCorrupt);
      continue;
    }
    world.Check(false);
    world.Acknowledge();
    fault.Finish(false);
  }
}

TEST(Slots, OneThatIsBehindOrMissingIsRepairedBeforeTheNextSuccess) {
  for (int erasures = 0; erasures < 4; ++erasures) {
    for (const bool sync_fails : {false, true}) {
      SCOPED_TRACE(std::to_string(erasures) +
                   " behind, the first sync of the repair fails: " + std::to_string(sync_fails));
      Fault fault(static_cast<uint64_t>(erasures), true);
      World& world = fault.world();
      const std::string behind = *world.disk_.CopyOf(world.SlotPath(1));
      for (int i = 0; i < erasures; ++i) EXPECT_TRUE(world.Erase({static_cast<size_t>(3 + i)})());
      world.Close();
      if (erasures == 0) {
        world.disk_.Lose(world.SlotPath(1));
      } else {
        world.disk_.Put(world.SlotPath(1), behind);
      }
      ASSERT_TRUE(world.Open());
      std::atomic<bool> failed{!sync_fails};
      world.SetVerdicts([&](const DiskOperation& operation) {
        const bool is_it = operation.kind == DiskOperation::kSync &&
                           operation.path == world.SlotPath(1) && !failed.exchange(true);
        return is_it ? Verdict::kFailBefore : Verdict::kPass;
      });
      EXPECT_EQ(world.Erase({1})().has_value(), !sync_fails);
      world.Check(false);
      world.Acknowledge();
      fault.Finish(true);
    }
  }
}

// A folder that may be read and not written any more: its disk was mounted again after an error, or
// somebody has made the files immutable.
TEST(Slots, OneThatIsReadOnlyStopsErasuresAloneAndIsWrittenAsSoonAsItMayBe) {
  for (const bool steady : {true, false}) {
    for (const bool opens : {false, true}) {
      SCOPED_TRACE(std::string(steady ? "steady" : "just opened") +
                   (opens ? ", each write is refused" : ", opening to write is refused"));
      Fault fault(7, steady);
      World& world = fault.world();
      const auto make_read_only = [&] {
        world.SetVerdicts([&world, opens](const DiskOperation& operation) {
          if (!operation.path.starts_with(world.SlotFolder(1))) return Verdict::kPass;
          const bool refused = operation.IsChange() || (operation.to_write && !opens);
          return refused ? Verdict::kFailBefore : Verdict::kPass;
        });
      };
      make_read_only();
      EXPECT_FALSE(world.Erase({1})()) << "the slot still has the old root";
      EXPECT_FALSE(world.Erase({1})());
      EXPECT_FALSE(world.Erase({}, 1)());
      EXPECT_TRUE(world.Create()());
      EXPECT_TRUE(world.Update(4)());
      world.Check(false);
      // A restart does not help it, and does no harm.
      world.SetVerdicts(nullptr);
      world.Close();
      make_read_only();
      ASSERT_TRUE(world.Open());
      EXPECT_FALSE(world.Erase({}, 1)());
      // Of a slot that could not be prepared, nothing has been committed.
      EXPECT_EQ(world.FinishErasures(50), !steady);
      EXPECT_TRUE(world.Create()());
      world.Check(false);
      world.SetVerdicts(nullptr);
      ASSERT_TRUE(world.FinishErasures()) << "nobody has to ask for it";
      if (steady) world.CheckCells();
      world.Acknowledge();
      EXPECT_TRUE(world.Erase({1})());
      world.CheckCells();
      fault.Finish(false);
    }
  }
}

// ---- hanging ----

struct Hang {
  const char* what;
  std::string path;
  DiskOperation::Kind kind;
  bool steady;
};

TEST(Hanging, ASlotOrJournalStopsErasuresAloneAndIsFinishedLater) {
  const WorldOptions options{.journals = 2, .deadline = milliseconds(150)};
  World names(options);
  std::vector<Hang> all;
  for (const bool steady : {true, false}) {
    for (const auto kind : {DiskOperation::kWrite, DiskOperation::kSync}) {
      all.push_back({"slot", names.SlotPath(1), kind, steady});
      all.push_back({"journal", names.JournalPath(0), kind, steady});
    }
  }
  for (const Hang& hang : all) {
    SCOPED_TRACE(std::string(hang.what) + ", kind " + std::to_string(hang.kind) +
                 (hang.steady ? ", steady" : ", just opened"));
    World world(options, SteadyStart().files, SteadyStart().people);
    ASSERT_TRUE(world.Open());
    if (hang.steady) {
      ASSERT_TRUE(world.Erase({0})());
    }
    for (int twice = 0; twice < 2; ++twice) {
      std::atomic<bool> hung{false};
      world.SetVerdicts([&](const DiskOperation& operation) {
        const bool is_it = operation.kind == hang.kind && operation.path == hang.path;
        return is_it && !hung.exchange(true) ? Verdict::kHang : Verdict::kPass;
      });
      const size_t victim = static_cast<size_t>(1 + twice);
      EXPECT_FALSE(world.Erase({victim})()) << "nothing is acknowledged while one hangs";
      ASSERT_TRUE(world.disk_.WaitForHanging(1, 1000));
      EXPECT_FALSE(world.Erase({victim})()) << "perhaps hidden already, and not gone";
      EXPECT_FALSE(world.Erase({}, 1)());
      EXPECT_TRUE(world.Create()());
      EXPECT_TRUE(world.Update(4)());
      world.Check(false);
      world.SetVerdicts(nullptr);
      world.disk_.Release();
      world.Acknowledge();
      EXPECT_TRUE(world.Erase({victim})());
      world.CheckCells();
      world.Check(true);
    }
  }
}

TEST(Hanging, ClosingDoesNotWaitForASlotThatHangs) {
  World world({.journals = 2, .deadline = milliseconds(150)}, SteadyStart().files,
              SteadyStart().people);
  ASSERT_TRUE(world.Open());
  ASSERT_TRUE(world.Erase({0})());
  world.SetVerdicts([&](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kSync && operation.path == world.SlotPath(0)
               ? Verdict::kHang
               : Verdict::kPass;
  });
  const auto erase = world.Erase({1});
  const auto start = std::chrono::steady_clock::now();
  world.Close();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_FALSE(erase());
  Rng rng(1);
  world.CutPower(rng);  // also ends what hangs
  ASSERT_TRUE(world.Open());
  world.Check(false);
  world.Acknowledge();
  world.Check(true);
}

}  // namespace
}  // namespace oubli::permanence
