// Old snapshots: whoever holds every copy ever made of the data folder and of the journals, and
// every current key, reads nobody who was erased, and everybody who lives.
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "keys/key_tree.h"
#include "permanence/attacker.h"
#include "permanence/loot_checks.h"

namespace oubli::permanence {
namespace {

using storage::DiskOperation;
using storage::Verdict;

class History {
 public:
  History(uint64_t seed, const WorldOptions& options) : rng_(seed), world_(options) {}

  void Run(int64_t steps) {
    ASSERT_TRUE(world_.Open());
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(world_.Create()());
    // At least ten copies, spread over the history.
    const int64_t every = std::max<int64_t>(1, steps / 14);
    for (int64_t step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      if (step % every == every / 2) Copy();
      Step();
      if (step % (steps / 4 + 1) == steps / 4) Prove();
    }
    Copy();
    world_.Acknowledge();
    world_.Check(true);
    Prove();
    Control();
    EXPECT_GE(copies_, 10);
  }

  int64_t copies() const { return copies_; }
  size_t erased_read_by_control() const { return erased_read_; }
  size_t erased() const { return gone_; }

 private:
  uint64_t Below(uint64_t limit) { return rng_() % limit; }
  std::optional<size_t> Somebody() {
    const auto living = world_.Living();
    if (living.empty()) return std::nullopt;
    return living[Below(living.size())];
  }

  void Copy(bool in_doubt = false) {
    const Files files = world_.CopyWithoutSlots();
    attacker_files_.emplace_back(files, in_doubt);
    control_.AddCopy(files, in_doubt);
    control_.AddSlots(world_.CopyOfSlots());
    for (const size_t person : world_.Living()) seen_living_.insert(world_.people_[person].ordinal);
    ++copies_;
  }

  // Any operation, submitted and not waited for.
  World::Answer Begin() {
    const auto somebody = Somebody();
    const uint64_t what = Below(20);
    if (what < 6 || !somebody) return world_.Create();
    if (what < 9) return world_.Update(*somebody);
    if (what < 12) return world_.AddAddress(*somebody, Below(4) == 0 ? 3000 : Below(100));
    if (what < 16) return world_.Erase({*somebody});
    if (what < 18) {
      std::vector<size_t> some;
      for (const size_t person : world_.Living()) {
        if (Below(6) == 0) some.push_back(person);
      }
      return world_.Erase(some, static_cast<int>(Below(3)));
    }
    if (what < 19) return world_.Erase({}, 1);
    return Below(3) == 0 ? world_.ClearAll() : world_.Erase({*somebody});
  }

  void Step() {
    switch (Below(16)) {
      case 0:
        return Faulty();
      case 1:
        return Together();
      case 2:
        if (Below(2) == 0) return void(world_.store_->Checkpoint(true));
        return world_.Sweep();
      case 3:
        if (Below(2) == 0) {
          ASSERT_TRUE(world_.Reopen());
        } else {
          world_.Kill();
          ASSERT_TRUE(world_.Open());
        }
        return;
      case 4:
        EXPECT_TRUE(
            world_.JumpOrdinals(static_cast<int64_t>(Below(Below(4) == 0 ? 300'000 : 100))));
        return;
      default: {
        const Status done = Begin()();
        EXPECT_TRUE(done) << done.error().text;
        world_.CheckCells();
        if (Below(4) == 0) world_.CheckRawBytes();
      }
    }
  }

  // Several that may share a commit.
  void Together() {
    std::vector<World::Answer> answers;
    const uint64_t count = 2 + Below(6);
    const bool with_clear = Below(8) == 0;
    for (uint64_t i = 0; i < count; ++i) {
      answers.push_back(with_clear && Below(2) == 0 ? world_.ClearAll() : Begin());
    }
    for (const auto& answer : answers) static_cast<void>(answer());
    ASSERT_TRUE(world_.FinishErasures());
    world_.Check(true);
  }

  // An attempt that fails, at any write of any kind of file; then things go on.
  void Faulty() {
    static constexpr Verdict kFaults[] = {Verdict::kFailBefore, Verdict::kFailPartly,
                                          Verdict::kFailAfter, Verdict::kNoSpace};
    const Verdict fault = kFaults[Below(4)];
    static constexpr std::string_view kWhere[] = {"/world/data", "/world/journal", "/world/roots",
                                                  "/world"};
    const std::string_view where = kWhere[Below(4)];
    const auto skip = static_cast<int64_t>(Below(where == "/world" ? 20 : 6));
    const auto times = static_cast<int64_t>(1 + Below(3));
    std::atomic<int64_t> count{0};
    world_.disk_.SetSyncErrorsLose(Below(2) == 0);
    world_.SetVerdicts([&](const DiskOperation& operation) {
      if (!operation.IsChange() || !operation.path.starts_with(where)) return Verdict::kPass;
      const int64_t number = count++;
      return number >= skip && number < skip + times ? fault : Verdict::kPass;
    });
    for (int i = 0; i < 2; ++i) static_cast<void>(Begin()());
    Copy(true);
    world_.SetVerdicts(nullptr);
    // The next commit takes the place of one that failed in the log.
    EXPECT_TRUE(world_.FinishErasures());
    EXPECT_TRUE(world_.Create()());
    world_.Acknowledge();
    world_.Check(true);
  }

  void Prove() {
    world_.Acknowledge();
    world_.Check(true);
    world_.CheckRawBytes();
    Attacker attacker(true);
    for (const auto& [files, in_doubt] : attacker_files_) attacker.AddCopy(files, in_doubt);
    attacker.AddCopy(world_.CopyWithoutSlots());
    attacker.AddSlots(world_.CopyOfSlots());
    const auto loot = attacker.Attack();
    const auto living = world_.Ordinals(Person::kLiving);
    ExpectErasedUnreadable(world_, loot);
    for (const auto& [ordinal, opened] : loot) {
      if (!living.contains(ordinal)) continue;
      EXPECT_EQ(opened.committed_opened, opened.committed) << "a living customer is not readable";
    }
    for (const int64_t ordinal : living) EXPECT_GT(loot.count(ordinal), 0u);
  }

  // The same attacker, with the cells of the time of each copy.
  void Control() {
    const auto loot = control_.Attack();
    const auto living = world_.Ordinals(Person::kLiving);
    for (const int64_t ordinal : seen_living_) {
      if (living.contains(ordinal)) continue;
      ++gone_;
      const auto found = loot.find(ordinal);
      if (found != loot.end() && found->second.opened > 0) ++erased_read_;
    }
    EXPECT_GT(gone_, 0u) << "the test is void: nobody was erased after a copy";
    EXPECT_EQ(erased_read_, gone_) << "the test is void: the control does not read the erased";
    CheckKeysInClear(control_.keys());
  }

  // None of all the keys there ever were lies anywhere in clear.
  void CheckKeysInClear(const std::set<std::string>& keys) {
    std::set<std::string> starts;
    for (const std::string& key : keys) starts.insert(key.substr(0, 8));
    for (const auto& [path, bytes] : world_.CopyWithoutSlots()) {
      for (size_t at = 0; at + 8 <= bytes.size(); ++at) {
        if (bytes[at] == '\0') continue;
        if (starts.contains(bytes.substr(at, 8))) ADD_FAILURE() << "a key in clear in " << path;
      }
    }
  }

  Rng rng_;
  World world_;
  std::vector<std::pair<Files, bool>> attacker_files_;  // and whether in doubt
  Attacker control_;
  std::set<int64_t> seen_living_;
  int64_t copies_ = 0;
  size_t gone_ = 0;
  size_t erased_read_ = 0;
};

TEST(OldSnapshots, NobodyErasedIsReadableFromThemAndEverybodyLivingIs) {
  const uint64_t seed = Seed("OldSnapshots");
  const int64_t rounds = Setting("ROUNDS", 3);
  const int64_t steps = Setting("STEPS", 150);
  for (int64_t round = 0; round < rounds && !HasFailure(); ++round) {
    const uint64_t of_round = seed + static_cast<uint64_t>(round);
    SCOPED_TRACE("SEED=" + std::to_string(of_round));
    Rng rng(of_round);
    WorldOptions options;
    // A small cache of the database writes pages to the log before the commit, also of attempts
    // that fail; one of keys makes every page be read again.
    options.writer_cache_kib = rng() % 2 == 0 ? 16 : 1024;
    options.key_cache_bytes = rng() % 2 == 0 ? 1 : 8 * 1024 * 1024;
    options.sweep = rng() % 2 == 0;
    History history(of_round, options);
    history.Run(steps);
    printf("round %lld: %lld copies, the control read %zu of %zu erased\n",
           static_cast<long long>(round), static_cast<long long>(history.copies()),
           history.erased_read_by_control(), history.erased());
  }
}

}  // namespace
}  // namespace oubli::permanence
