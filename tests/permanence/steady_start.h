// A store that the tests begin with, and what an operation of the test does to its disk.
#pragma once

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "permanence/world.h"

namespace oubli::permanence {

// What an operation of the test does to the disk.
struct Traced {
  storage::DiskOperation::Kind kind;
  std::string path;
};

class Trace {
 public:
  explicit Trace(World& world) : world_(world) {
    world.SetVerdicts([this](const storage::DiskOperation& operation) {
      const std::lock_guard lock(mutex_);
      if (operation.IsChange()) trace_.push_back({operation.kind, operation.path});
      return storage::Verdict::kPass;
    });
  }
  std::vector<Traced> Stop() {
    world_.SetVerdicts(nullptr);
    const std::lock_guard lock(mutex_);
    return trace_;
  }

 private:
  World& world_;
  std::mutex mutex_;
  std::vector<Traced> trace_;
};

struct Start {
  Files files;
  std::vector<Person> people;
};

// Eight customers, the last one erased already.
inline const Start& SteadyStart() {
  static const Start start = [] {
    World world({.journals = 2});
    EXPECT_TRUE(world.Open());
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(world.Create()());
    EXPECT_TRUE(world.Erase({7})());
    return Start{world.disk_.Snapshot(), world.people_};
  }();
  return start;
}

}  // namespace oubli::permanence
