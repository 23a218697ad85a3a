#include "storage/testing/simulated_vfs.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "storage/sqlite/sqlite_database.h"

namespace oubli::storage {
namespace {

constexpr char kPath[] = "/data/store.db";

using Items = std::map<int64_t, std::string>;

// Set OUBLI_SEED to the seed that a failed run printed.
uint64_t Seed() {
  const char* given = getenv("OUBLI_SEED");
  const uint64_t seed = given != nullptr ? strtoull(given, nullptr, 10) : std::random_device()();
  fmt::print("seed {}\n", seed);
  return seed;
}

// A machine with one disk and one database; its processes come and go.
class Machine {
 public:
  explicit Machine(bool synced = true) : synced_(synced) { disk_.Put("/data/.id", "1"); }
  ~Machine() { Close(); }

  Status Start() {
    OUBLI_TRY_ASSIGN(database_, OpenSqlite(kPath, {.vfs = vfs_.name()}));
    OUBLI_TRY_ASSIGN(writer_, database_->OpenWriter());
    if (!synced_) OUBLI_TRY(writer_->Execute("PRAGMA synchronous=OFF"));
    return writer_->Execute(
        "CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, body BLOB NOT NULL)");
  }
  void Close() {
    writer_.reset();
    database_.reset();
  }
  void Kill() {
    disk_.Kill();
    Reboot();
  }
  void CutPower(std::mt19937_64& rng) {
    disk_.Crash(rng);
    Reboot();
  }

  // One transaction that makes the table `to`.
  Status Commit(const Items& from, const Items& to) {
    OUBLI_TRY(writer_->BeginWrite());
    Status status = Change(from, to);
    if (status) status = writer_->Commit();
    if (!status) writer_->Rollback();
    return status;
  }

  Result<Items> Read() {
    OUBLI_TRY_ASSIGN(auto reader, database_->OpenReader());
    return ReadWith(*reader);
  }
  static Result<Items> ReadWith(Connection& reader) {
    Items items;
    OUBLI_TRY_ASSIGN(auto select, reader.Prepare("SELECT id, body FROM item"));
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) return items;
      items[select->Int(0)] = std::string(select->Blob(1));
    }
  }
  Result<std::string> IntegrityCheck() {
    OUBLI_TRY_ASSIGN(auto check, writer_->Prepare("PRAGMA integrity_check"));
    OUBLI_TRY(check->Step());
    return std::string(check->Text(0));
  }

  SimulatedDisk& disk() { return disk_; }
  Database& database() { return *database_; }

 private:
  Status Change(const Items& from, const Items& to) {
    for (const auto& [id, body] : from) {
      if (to.contains(id)) continue;
      OUBLI_TRY_ASSIGN(auto remove, writer_->Prepare("DELETE FROM item WHERE id = $1"));
      remove->Bind(1, id);
      OUBLI_TRY(remove->Step());
    }
    for (const auto& [id, body] : to) {
      if (const auto old = from.find(id); old != from.end() && old->second == body) continue;
      OUBLI_TRY_ASSIGN(auto put, writer_->Prepare("INSERT OR REPLACE INTO item VALUES ($1, $2)"));
      put->Bind(1, id).BindBlob(2, body);
      OUBLI_TRY(put->Step());
    }
    return {};
  }
  void Reboot() {
    disk_.SetHook({});
    Close();
    disk_.Restart();
  }

  const bool synced_;
  SimulatedDisk disk_;
  SimulatedVfs vfs_{fmt::format("simulated-{}", ++machines_), disk_};
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> writer_;
  static inline std::atomic<int> machines_{0};
};

Items RandomChange(Items items, std::mt19937_64& rng) {
  for (uint64_t left = 1 + rng() % 4; left > 0; --left) {
    const auto id = static_cast<int64_t>(rng() % 40);
    if (rng() % 4 == 0) {
      items.erase(id);
    } else {
      items[id] = std::string(1 + rng() % 3000, static_cast<char>('a' + rng() % 26));
    }
  }
  return items;
}

// At the n-th change of the disk from now on, `verdict`.
void SetTrap(SimulatedDisk& disk, int64_t in_changes, Verdict verdict) {
  disk.SetHook([at = disk.ChangeCount() + in_changes, verdict](const DiskOperation& operation) {
    return operation.change == at ? verdict : Verdict::kPass;
  });
}

enum class Outcome { kGood, kLost, kDamaged };

// Random transactions and checkpoints; the process dies somewhere in the middle, mostly by a power
// cut; then what was committed must be there, and of the transaction under way all or nothing.
class History {
 public:
  History(uint64_t seed, bool synced) : rng_(seed), machine_(synced) {}

  Outcome Live(int lives) {
    if (!machine_.Start()) return Outcome::kDamaged;
    for (int life = 0; life < lives; ++life) {
      Items attempted = committed_;
      Work(attempted);
      Die();
      if (!machine_.Start()) return Outcome::kDamaged;
      const auto check = machine_.IntegrityCheck();
      if (!check || *check != "ok") return Outcome::kDamaged;
      const auto found = machine_.Read();
      if (!found) return Outcome::kDamaged;
      if (*found != committed_ && *found != attempted) return Outcome::kLost;
      // Makes certain what is readable: a killed process may have written it without a sync.
      committed_ = *found;
      Items next = RandomChange(committed_, rng_);
      next[-1] = std::to_string(life);
      if (!machine_.Commit(committed_, next)) return Outcome::kDamaged;
      committed_ = next;
    }
    return Outcome::kGood;
  }

 private:
  // Until the trap snaps. `attempted` is what the last transaction wanted to make.
  void Work(Items& attempted) {
    constexpr Verdict kVerdicts[] = {Verdict::kKillBefore, Verdict::kKillPartly,
                                     Verdict::kKillAfter};
    SetTrap(machine_.disk(), 1 + static_cast<int64_t>(rng_() % 120), kVerdicts[rng_() % 3]);
    while (machine_.disk().IsAlive(machine_.disk().epoch())) {
      if (rng_() % 6 == 0) (void)machine_.database().Checkpoint(rng_() % 2 == 0);
      attempted = RandomChange(committed_, rng_);
      if (machine_.Commit(committed_, attempted)) committed_ = attempted;
    }
  }
  void Die() {
    if (rng_() % 4 == 0) {
      machine_.Kill();
    } else {
      machine_.CutPower(rng_);
    }
    // A machine without power does not come up again before somebody has looked at the first part.
    if (rng_() % 4 == 0) DieWhileStarting();
  }
  void DieWhileStarting() {
    SetTrap(machine_.disk(), 1 + static_cast<int64_t>(rng_() % 4), Verdict::kKillPartly);
    (void)machine_.Start();
    machine_.CutPower(rng_);
  }

  std::mt19937_64 rng_;
  Machine machine_;
  Items committed_;
};

TEST(SimulatedVfsTest, WhatIsCommittedSurvivesPowerCuts) {
  const uint64_t seed = Seed();
  for (uint64_t round = 0; round < 15; ++round) {
    ASSERT_EQ(History(seed + round, true).Live(8), Outcome::kGood)
        << "OUBLI_SEED=" << seed << ", round " << round;
  }
}

// The control: an engine that does not sync is found out.
TEST(SimulatedVfsTest, WithoutSyncsALossIsFound) {
  const uint64_t seed = Seed();
  for (uint64_t round = 0; round < 50; ++round) {
    if (History(seed + round, false).Live(8) == Outcome::kLost) return;
  }
  ADD_FAILURE() << "no loss was found; OUBLI_SEED=" << seed;
}

TEST(SimulatedVfsTest, EveryCommitIsSynced) {
  Machine machine;
  ASSERT_TRUE(machine.Start());
  machine.disk().ResetSyncCounts();
  ASSERT_TRUE(machine.Commit({}, {{1, "a"}}));
  ASSERT_TRUE(machine.Commit({{1, "a"}}, {{1, "b"}}));
  const std::map<std::string, int64_t> log_only = {{std::string(kPath) + "-wal", 2}};
  EXPECT_EQ(machine.disk().SyncCounts(), log_only);
}

// An error at each change of the disk in turn, of each kind: the commit fails or not, and what was
// answered holds after a power cut.
TEST(SimulatedVfsTest, AnErrorAnywhereLosesNothing) {
  std::mt19937_64 rng(7);
  const Items before = {{1, "one"}, {2, std::string(2500, 'x')}};
  const Items after = {{2, std::string(2600, 'y')}, {3, "three"}};
  int failures = 0;
  for (const Verdict verdict :
       {Verdict::kFailBefore, Verdict::kFailPartly, Verdict::kFailAfter, Verdict::kNoSpace}) {
    for (int64_t at = 1; at <= 25; ++at) {
      Machine machine;
      ASSERT_TRUE(machine.Start());
      ASSERT_TRUE(machine.Commit({}, before));
      SetTrap(machine.disk(), at, verdict);
      const bool committed = machine.Commit(before, after).has_value();
      const bool moved = machine.database().Checkpoint(true).has_value();
      failures += (committed ? 0 : 1) + (moved ? 0 : 1);
      machine.disk().SetHook({});
      machine.CutPower(rng);
      ASSERT_TRUE(machine.Start());
      const Items found = machine.Read().value();
      EXPECT_TRUE(found == after || (!committed && found == before)) << "change " << at;
      EXPECT_EQ(machine.IntegrityCheck().value(), "ok");
    }
  }
  EXPECT_GT(failures, 10) << "the faults did not reach the engine";
}

TEST(SimulatedVfsTest, AFailedCommitCanBeTriedAgain) {
  for (const DiskOperation::Kind kind : {DiskOperation::kWrite, DiskOperation::kSync}) {
    Machine machine;
    std::mt19937_64 rng(3);
    ASSERT_TRUE(machine.Start());
    ASSERT_TRUE(machine.Commit({}, {{1, "a"}}));
    machine.disk().SetHook([&](const DiskOperation& operation) {
      return operation.kind == kind ? Verdict::kFailPartly : Verdict::kPass;
    });
    EXPECT_FALSE(machine.Commit({{1, "a"}}, {{1, "b"}}));
    machine.disk().SetHook({});
    ASSERT_TRUE(machine.Commit({{1, "a"}}, {{1, "c"}}));
    machine.CutPower(rng);
    ASSERT_TRUE(machine.Start());
    EXPECT_EQ(machine.Read().value(), (Items{{1, "c"}}));
  }
}

TEST(SimulatedVfsTest, AFullDiskRefusesAndTheDatabaseGoesOn) {
  Machine machine;
  ASSERT_TRUE(machine.Start());
  ASSERT_TRUE(machine.Commit({}, {{1, "a"}}));
  machine.disk().SetFull(true);
  const Status refused = machine.Commit({{1, "a"}}, {{1, "a"}, {2, std::string(5000, 'b')}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(machine.Read().value(), (Items{{1, "a"}}));
  machine.disk().SetFull(false);
  EXPECT_TRUE(machine.Commit({{1, "a"}}, {{2, "b"}}));
  EXPECT_EQ(machine.Read().value(), (Items{{2, "b"}}));
}

// Killed between the write of a commit and its sync: the next process reads what a power cut may
// still take away. Who acts on it must make it certain first.
TEST(SimulatedVfsTest, KillKeepsACommitThatIsNotDurable) {
  const auto found_after = [](bool power_cut, uint64_t seed) {
    std::mt19937_64 rng(seed);
    Machine machine;
    EXPECT_TRUE(machine.Start());
    EXPECT_TRUE(machine.Commit({}, {{1, "a"}}));
    machine.disk().SetHook([](const DiskOperation& operation) {
      return operation.kind == DiskOperation::kSync ? Verdict::kKillBefore : Verdict::kPass;
    });
    EXPECT_FALSE(machine.Commit({{1, "a"}}, {{1, "b"}}));
    machine.Kill();
    if (power_cut) machine.CutPower(rng);
    EXPECT_TRUE(machine.Start());
    return machine.Read().value().at(1);
  };
  EXPECT_EQ(found_after(false, 0), "b");
  std::string found;
  for (uint64_t seed = 0; seed < 20; ++seed) found += found_after(true, seed);
  EXPECT_NE(found.find('a'), std::string::npos) << found;
  EXPECT_NE(found.find('b'), std::string::npos) << found;
}

TEST(SimulatedVfsTest, ADeadProcessHoldsNothing) {
  Machine machine;
  ASSERT_TRUE(machine.Start());
  auto reader = machine.database().OpenReader().value();
  ASSERT_TRUE(reader->BeginRead());
  ASSERT_TRUE(Machine::ReadWith(*reader));
  machine.disk().Kill();
  EXPECT_FALSE(machine.Commit({}, {{1, "a"}}));
  EXPECT_FALSE(machine.database().OpenReader());
  reader.reset();
  machine.Kill();
  ASSERT_TRUE(machine.Start());
  ASSERT_TRUE(machine.Commit({}, {{1, "a"}}));
  EXPECT_TRUE(machine.database().Checkpoint(true)) << "no reader of the past holds the log";
}

// Readers, a writer and a checkpointer at once, until they are killed: readers see whole
// transactions only.
TEST(SimulatedVfsTest, SeveralThreadsWorkUntilTheyAreKilled) {
  Machine machine;
  ASSERT_TRUE(machine.Start());
  Items state = {{1, "0"}, {2, "0"}};
  ASSERT_TRUE(machine.Commit({}, state));
  std::atomic<int> reads{0};
  std::atomic<int> torn{0};
  const auto read = [&] {
    auto reader = machine.database().OpenReader();
    while (reader) {
      const auto items = Machine::ReadWith(**reader);
      if (!items) return;
      if (items->at(1) != items->at(2)) ++torn;
      ++reads;
    }
  };
  std::thread first(read);
  std::thread second(read);
  std::thread mover([&] {
    while (machine.disk().IsAlive(1)) (void)machine.database().Checkpoint(reads % 2 == 0);
  });
  int commits = 0;
  for (; commits < 200 || reads < 50; ++commits) {
    const Items next = {{1, std::to_string(commits)}, {2, std::to_string(commits)}};
    ASSERT_TRUE(machine.Commit(state, next));
    state = next;
  }
  machine.disk().Kill();
  first.join();
  second.join();
  mover.join();
  EXPECT_EQ(torn, 0);
  machine.Kill();
  ASSERT_TRUE(machine.Start());
  EXPECT_EQ(machine.Read().value(), state);
}

TEST(SimulatedVfsTest, AnUnknownVfsIsAnError) {
  EXPECT_EQ(OpenSqlite(kPath, {.vfs = "no such"}).error().kind, ErrorKind::kUnavailable);
}

TEST(SimulatedVfsTest, AMissingFileIsMadeOnlyWhenAllowed) {
  SimulatedDisk disk;
  disk.Put("/data/.id", "1");
  const SimulatedVfs vfs("simulated-missing", disk);
  const auto refused = OpenSqlite(kPath, {.make_file = false, .vfs = vfs.name()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(disk.AllFiles(), std::vector<std::string>{"/data/.id"});
  EXPECT_TRUE(OpenSqlite(kPath, {.vfs = vfs.name()}));
  EXPECT_TRUE(OpenSqlite(kPath, {.make_file = false, .vfs = vfs.name()}));
}

}  // namespace
}  // namespace oubli::storage
