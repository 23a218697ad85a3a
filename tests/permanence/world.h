// One store on a disk that can lose power, and a model of what it has promised: the tests of
// permanence drive it, break it, and compare.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "customers/store.h"
#include "storage/testing/simulated_disk.h"
#include "storage/testing/simulated_vfs.h"

namespace oubli::permanence {

inline constexpr std::string_view kIdentity = "sixteen bytes id";
// In every personal value, so that no file may ever hold it in clear.
inline constexpr std::string_view kCanary = "Canary";

using Rng = std::mt19937_64;
using Files = std::map<std::string, std::string>;  // bytes by path

// From the environment: the long forms of the tests are run with larger numbers.
int64_t Setting(const char* name, int64_t otherwise);
// SEED, or a random one; printed, so that a failure can be repeated.
uint64_t Seed(const char* test);

// What the store has promised of one customer.
struct Person {
  // Uncertain: an operation on it was not acknowledged, and may have happened or not.
  enum Fate { kLiving, kGone, kUncertain };
  Fate fate = kUncertain;
  int64_t id = 0;  // 0: not known, as its create was not acknowledged
  customers::Ordinal ordinal = 0;
  std::string email;
  std::set<std::string> names;        // one of them is the first name
  std::map<std::string, bool> lines;  // of the addresses; whether it is certain
};

struct WorldOptions {
  int slots = 2;
  int journals = 1;
  int slow_journals = 0;                       // more of them, which are not waited for
  std::chrono::milliseconds deadline{20'000};  // of slots and journals
  bool makes_room = true;                      // JournalsOptions
  std::chrono::milliseconds retry{5};          // of what is pending
  int writer_cache_kib = 1024;
  size_t key_cache_bytes = 8 * 1024 * 1024;
  bool sweep = false;
};

class World {
 public:
  using Verdicts = std::function<storage::Verdict(const storage::DiskOperation&)>;
  // Waits for an operation's answer, and tells the model.
  using Answer = std::function<Status()>;

  explicit World(const WorldOptions& options = {});
  // As another one was: its files, and what it had promised.
  World(const WorldOptions& options, const Files& files, std::vector<Person> people);
  ~World();

  // ---- the process ----

  Status Open();
  void Close();  // in good order
  Status Reopen();
  void Kill();              // kill -9: what was written stays
  void CutPower(Rng& rng);  // what was not synced may be lost, torn or reordered

  // ---- operations; the ones that return an Answer have been submitted ----

  Answer Create();
  Answer Update(size_t person);
  Answer AddAddress(size_t person, size_t bytes = 0);
  Answer Erase(const std::vector<size_t>& persons, int unknown_ids = 0);
  Answer ClearAll();
  // Lets the sweep run until there is nothing left to sweep.
  void Sweep();
  // Lets ordinals begin further on, so that the tree grows.
  Status JumpOrdinals(int64_t by);
  void AdvanceClock(int64_t ms) { clock_.Advance(ms); }
  // Up to where that journal leads; 0: no journal.
  int64_t JournalGeneration(int journal);
  // Until nothing is pending any more; false when that takes too long.
  bool FinishErasures(int timeout_ms = 5000);
  // Erases somebody unknown until that is acknowledged: from then on everybody who is not shown is
  // gone for ever. As gtest failures.
  void Acknowledge();

  // ---- what must be true, as gtest failures ----

  // The store shows exactly what was promised, and what is uncertain whole or not at all. `settle`:
  // what it shows of those is certain from now on (something that came later was acknowledged).
  void Check(bool settle);
  // Nothing older than the committed root is in any slot, on the device or in its cache. Holds
  // whenever an erasure is acknowledged.
  void CheckCells();
  // No file holds a canary, and none but slots a root.
  void CheckRawBytes();
  std::set<int64_t> LivingIds();

  // ---- the disk ----

  // Of data folder and journals.
  Files CopyWithoutSlots() const;
  Files CopyOfSlots() const;
  bool IsSlot(const std::string& path) const;
  std::string SlotFolder(int slot) const;
  std::string SlotPath(int slot) const;  // the store's file
  std::string JournalPath(int journal) const;
  std::string LogPath() const;  // the write-ahead log
  void SetVerdicts(Verdicts verdicts);
  std::vector<size_t> Living() const;
  std::set<customers::Ordinal> Ordinals(Person::Fate fate) const;  // as far as they are known

  const WorldOptions options_;
  storage::SimulatedDisk disk_;
  std::vector<Person> people_;
  std::shared_ptr<customers::Store> store_;

 private:
  Status MakePlaces(keys::KeyPlaces& places);
  void NoteRoots();
  void CheckPerson(customers::StoreView& view, Person& person, bool settle);
  using Submit = std::function<void(std::function<void(Status)>)>;
  Answer StartErasing(std::vector<size_t> persons, const Submit& submit);

  storage::SimulatedVfs vfs_;
  ManualClock clock_{1'700'000'000'000};
  storage::WriterThreads threads_{2};
  bool made_ = false;
  bool is_swept_ = false;  // since Open()
  int64_t values_ = 0;
  std::mutex people_mutex_;  // held while an Answer tells the model
  std::mutex mutex_;
  Verdicts verdicts_;
  std::map<std::string, int64_t> roots_;  // every root that was seen in a slot, and its generation
};

}  // namespace oubli::permanence
