// For tests of power cuts: the folders of a BackupFixture on a disk that tells what a cut would
// leave of them at every operation, SQLite's included.
#pragma once

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "backup/restore_fixture.h"
#include "storage/testing/mirrored_disk.h"
#include "storage/testing/mirrored_vfs.h"

namespace oubli::backup {

class PowerFixture : public RestoreTest {
 protected:
  // What is on the disk after a kill or a power cut at some moment.
  struct Left {
    enum Kind { kKilled, kAllLost, kSomeLost };  // of what was not durable
    Kind kind = kKilled;
    std::string where;
    int phase = 0;  // phase_ at that moment
    std::set<std::string> folders;
    std::map<std::string, const std::string*> files;  // in pool_
  };

  PowerFixture() {
    const char* given = getenv("OUBLI_SEED");
    seed_ = given != nullptr ? strtoull(given, nullptr, 10) : std::random_device()();
    rng_.seed(seed_);
  }
  // From here on all goes through the mirrored disk. REQUIRES: closed.
  void StartMirror() {
    mirror_ = std::make_unique<storage::MirroredDisk>(disk_, world_);
    vfs_ = std::make_unique<storage::MirroredVfs>(*mirror_);
    system_ = mirror_.get();
  }
  void TearDown() override {
    Close();
    disk_.SetHook({});
    vfs_.reset();
    system_ = &storage::SystemFiles();
  }

  // Until StopWatching(): what a kill and power cuts would leave before each change.
  void Watch() {
    disk_.SetHook([this](const storage::DiskOperation& operation) {
      if (operation.IsChange()) {
        Collect(fmt::format("{}, before operation {} (kind {}) on {}", Phase(), operation.change,
                            static_cast<int>(operation.kind), operation.path));
      }
      return storage::Verdict::kPass;
    });
  }
  void StopWatching() {
    Collect(Phase() + ", at its end");
    disk_.SetHook({});
  }
  // What was seen since the last call, oldest first, each once of its kind.
  std::vector<Left> TakeLeft() {
    seen_.clear();
    return std::exchange(left_, {});
  }
  // The disk becomes that. REQUIRES: closed.
  void GoTo(const storage::DiskTree& tree) { mirror_->Load(tree); }
  void GoTo(const Left& left) {
    storage::DiskTree tree{left.folders, {}};
    for (const auto& [path, bytes] : left.files) tree.files[path] = *bytes;
    GoTo(tree);
  }
  // The next process, after the hook has killed one. What was not durable still is not. REQUIRES:
  // closed.
  void StartAgainAfterKill() {
    disk_.Restart();
    mirror_->Follow();
  }

  // A slow machine or a missing place may end an erasure with an error that promises nothing.
  bool EraseInTheEnd(int64_t id) {
    for (int tries = 0; tries < 200; ++tries) {
      if (Erase({id})) return true;
      store_->FinishErasures();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  std::string Phase() const { return fmt::format("seed {}, phase {}", seed_, phase_.load()); }

  uint64_t seed_ = 0;
  std::mt19937_64 rng_;
  storage::SimulatedDisk disk_;
  std::unique_ptr<storage::MirroredDisk> mirror_;
  std::unique_ptr<storage::MirroredVfs> vfs_;
  std::atomic<int> phase_ = 0;

 private:
  void Collect(const std::string& where) {
    const std::lock_guard lock(mutex_);
    Add(Left::kKilled, where, disk_.Tree());
    Add(Left::kAllLost, where, disk_.TreeAfterCrash(nullptr));
    Add(Left::kSomeLost, where, disk_.TreeAfterCrash(&rng_));
  }
  void Add(Left::Kind kind, const std::string& where, storage::DiskTree tree) {
    Left left{kind, where, phase_, std::move(tree.folders), {}};
    for (auto& [path, bytes] : tree.files) {
      left.files[path] = &*pool_.insert(std::move(bytes)).first;
    }
    if (seen_.insert({left.phase, kind, left.folders, left.files}).second) {
      left_.push_back(std::move(left));
    }
  }

  std::mutex mutex_;
  std::vector<Left> left_;
  std::unordered_set<std::string> pool_;
  std::set<
      std::tuple<int, Left::Kind, std::set<std::string>, std::map<std::string, const std::string*>>>
      seen_;
};

}  // namespace oubli::backup
