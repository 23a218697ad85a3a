// The ways in which a server may answer the customers' list, for tests that must come to the same
// in all of them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "customers/search_index.h"
#include "customers/store.h"

namespace oubli::dialects::bigcommerce {

enum class IndexMode { kOff, kOn, kOverItsRoom, kDroppedNowAndThen };

inline std::string NameOf(IndexMode mode) {
  switch (mode) {
    case IndexMode::kOff:
      return "Off";
    case IndexMode::kOn:
      return "On";
    case IndexMode::kOverItsRoom:
      return "OverItsRoom";
    case IndexMode::kDroppedNowAndThen:
      return "DroppedNowAndThen";
  }
  return "";
}

inline std::shared_ptr<customers::SearchIndexes> IndexesOf(IndexMode mode) {
  if (mode == IndexMode::kOff) return nullptr;
  customers::SearchOptions options;
  if (mode == IndexMode::kOverItsRoom) options.max_bytes = 10'000;
  return std::make_shared<customers::SearchIndexes>(options);
}

// So that a mode is what it says.
inline void CheckWhoAnswered(IndexMode mode, const customers::SearchIndexes* indexes) {
  if (mode == IndexMode::kOff) return;
  const bool by_index = mode != IndexMode::kOverItsRoom;
  EXPECT_EQ(indexes->answers() > 0, by_index);
  EXPECT_EQ(indexes->scans() > 0, !by_index);
  if (mode == IndexMode::kOn) {
    EXPECT_EQ(indexes->builds(), 1);
  }
  if (mode == IndexMode::kDroppedNowAndThen) {
    EXPECT_GT(indexes->builds(), 1);
  }
}

inline void DropIndex(customers::Store& store) {
  auto reader = store.Read();
  if (reader && (*reader)->search() != nullptr) (*reader)->search()->Drop();
}

}  // namespace oubli::dialects::bigcommerce
