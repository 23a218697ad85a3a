// Entries of a key journal for tests.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "crypto/random.h"
#include "keys/journal_entry.h"

namespace oubli::keys {

inline const std::string kTestStore = "0123456789abcdef";
inline const std::string kOtherTestStore = "fedcba9876543210";
inline const std::string kTestLineage = "lineage number 1";
inline const std::string kOtherTestLineage = "lineage number 2";

inline std::vector<JournalPage> TestPages(int count, size_t size) {
  std::vector<JournalPage> pages;
  for (int i = 0; i < count; ++i) pages.push_back({i, i + 7, crypto::RandomBytes(size)});
  pages.push_back({kRootPage, 100, crypto::RandomBytes(size)});
  return pages;
}

inline JournalEntry TestRotation(int64_t generation, int pages = 2, size_t size = 300) {
  return {kTestLineage,
          generation - 1,
          generation,
          false,
          1'700'000'000'000,
          {{"ordinal", generation * 10}, {"job", -1}},
          TestPages(pages, size)};
}

inline JournalEntry TestFull(int64_t generation, int pages = 3, size_t size = 300) {
  JournalEntry entry = TestRotation(generation, pages, size);
  entry.full = true;
  return entry;
}

inline JournalEntry TestCounters(int64_t generation) {
  return {kTestLineage, generation, generation, false, 0, {{"ordinal", 99}}, {}};
}

inline std::string Encoded(const JournalEntry& entry, const std::string& store = kTestStore) {
  Result<std::string> bytes = EncodeEntry(store, entry);
  EXPECT_TRUE(bytes) << bytes.error().text;
  return bytes.value_or("");
}

inline bool Same(const JournalEntry& a, const JournalEntry& b) {
  const auto same_page = [](const JournalPage& x, const JournalPage& y) {
    return x.page == y.page && x.version == y.version && x.sealed == y.sealed;
  };
  return a.lineage == b.lineage && a.from_generation == b.from_generation &&
         a.generation == b.generation && a.full == b.full && a.time_ms == b.time_ms &&
         a.counters == b.counters &&
         std::equal(a.pages.begin(), a.pages.end(), b.pages.begin(), b.pages.end(), same_page);
}

}  // namespace oubli::keys
