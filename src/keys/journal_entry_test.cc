#include "keys/journal_entry.h"

#include <gtest/gtest.h>

#include <random>

#include "crypto/checksum.h"
#include "keys/journal_test_entries.h"

namespace oubli::keys {
namespace {

class JournalEntryTest : public testing::Test {
 protected:
  void SetUp() override { crypto::Initialize(); }
};

void PutNumber(std::string& bytes, size_t at, uint64_t value, size_t count) {
  for (size_t i = 0; i < count; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

uint64_t GetNumber(const std::string& bytes, size_t at) {
  uint64_t value = 0;
  for (size_t i = 8; i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

// Makes the checksums right again after somebody has changed what they cover.
void Reseal(std::string& bytes) {
  bytes.replace(96, 32, crypto::Checksum(std::string_view(bytes).substr(0, 96)));
  const size_t end = 128 + GetNumber(bytes, 16);
  if (end > bytes.size() - 32) return;
  bytes.replace(end, 32, crypto::Checksum(std::string_view(bytes).substr(0, end)));
}

TEST_F(JournalEntryTest, EveryKindComesBackAsItWas) {
  for (const JournalEntry& entry : {TestRotation(5), TestFull(5), TestCounters(5),
                                    TestRotation(1, 0, 0), TestFull(9, 40, 9000)}) {
    const std::string bytes = Encoded(entry);
    EXPECT_EQ(bytes.size() % kJournalBlock, 0u);
    const auto decoded = DecodeEntry(kTestStore, bytes);
    ASSERT_TRUE(decoded) << decoded.error().text;
    EXPECT_TRUE(Same(entry, *decoded));
  }
}

TEST_F(JournalEntryTest, PagesMayComeInAnyOrderAndAscendInTheBytes) {
  JournalEntry entry = TestRotation(2, 3);
  const JournalEntry sorted = entry;
  std::swap(entry.pages[0], entry.pages[3]);
  EXPECT_TRUE(Same(sorted, DecodeEntry(kTestStore, Encoded(entry)).value()));
}

TEST_F(JournalEntryTest, TheBytesLieWhereTheTableSays) {
  const JournalEntry entry{kTestLineage, 6, 7, false, 1234, {{"ab", 5}}, {{kRootPage, 3, "xyz"}}};
  const std::string bytes = Encoded(entry);
  std::string head("OUBLJENT\x01\0\0\0\x01\0\0\0\x23\0\0\0\0\0\0\0", 24);
  head += kTestStore + kTestLineage;
  head += std::string("\6\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\xd2\4\0\0\0\0\0\0", 24);
  head += std::string("\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 16);
  EXPECT_EQ(bytes.substr(0, 96), head);
  EXPECT_EQ(bytes.substr(96, 32), crypto::Checksum(head));
  const std::string body(
      "\2\0ab\5\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f\3\0\0\0\0\0\0\0\3\0\0\0xyz", 35);
  EXPECT_EQ(bytes.substr(128, 35), body);
  EXPECT_EQ(bytes.substr(163, 32), crypto::Checksum(bytes.substr(0, 163)));
  EXPECT_EQ(bytes.substr(195), std::string(4096 - 195, '\0'));
}

TEST_F(JournalEntryTest, WhatIsOfNoKindIsNotEncoded) {
  std::vector<JournalEntry> wrong(9, TestRotation(5));
  wrong[0].from_generation = 3;
  wrong[1].pages.pop_back();  // the root page
  wrong[2].pages.clear();
  wrong[3].lineage = "short";
  wrong[4].counters.emplace_back("", 1);
  wrong[5].pages[0].page = wrong[5].pages[1].page;
  wrong[6].generation = 0, wrong[6].from_generation = -1;
  wrong[7].from_generation = 5;  // counters have no pages
  wrong[8].full = true, wrong[8].from_generation = 6;
  for (size_t i = 0; i < wrong.size(); ++i) {
    const auto bytes = EncodeEntry(kTestStore, wrong[i]);
    ASSERT_FALSE(bytes) << i;
    EXPECT_EQ(bytes.error().kind, ErrorKind::kInvalid);
  }
  EXPECT_FALSE(EncodeEntry("short", TestRotation(5)));
}

TEST_F(JournalEntryTest, AnEntryOfAnotherStoreOrANewerFormatIsNotTaken) {
  std::string bytes = Encoded(TestRotation(5));
  EXPECT_EQ(DecodeEntry(kOtherTestStore, bytes).error().kind, ErrorKind::kCorrupt);
  bytes[8] = 2;
  EXPECT_EQ(DecodeEntry(kTestStore, bytes).error().kind, ErrorKind::kCorrupt) << "bad checksum";
  Reseal(bytes);
  EXPECT_EQ(DecodeEntry(kTestStore, bytes).error().kind, ErrorKind::kUnavailable);
}

TEST_F(JournalEntryTest, NoCutAndNoBitFlipIsTakenForAnEntry) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  const std::string bytes = Encoded(TestRotation(5, 10, 900));
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = bytes;
    if (rng() % 4 == 0) {
      damaged.resize(rng() % bytes.size());
    } else {
      for (uint64_t flips = 1 + rng() % 3; flips > 0; --flips) {
        damaged[rng() % damaged.size()] ^= static_cast<char>(1 << rng() % 8);
      }
    }
    const auto decoded = DecodeEntry(kTestStore, damaged);
    ASSERT_EQ(decoded.has_value(), damaged == bytes);
  }
}

// Somebody who can make checksums: the lengths must be refused or bounded all the same.
TEST_F(JournalEntryTest, ForgedEntriesEndInAnErrorOrInAnEntryThatEncodesToTheSameBytes) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  const std::string bytes = Encoded(TestRotation(5, 6, 100));
  constexpr uint64_t kNasty[] = {0,          1,
                                 2,          255,
                                 256,        65535,
                                 65536,      UINT32_MAX,
                                 INT64_MAX,  uint64_t{1} << 63,
                                 UINT64_MAX, UINT64_MAX - 127,
                                 4096,       1 << 24};
  int taken = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string forged = bytes;
    const size_t at = rng() % 2 == 0 ? 12 + rng() % 84 : 128 + rng() % 200;
    const size_t size = size_t{1} << rng() % 4;
    PutNumber(forged, at, rng() % 2 == 0 ? kNasty[rng() % std::size(kNasty)] : rng() % 300, size);
    Reseal(forged);
    const auto decoded = DecodeEntry(kTestStore, forged);
    if (!decoded) continue;
    ++taken;
    // A full entry may name any generation to come from; the rest of the bytes says it all.
    std::string again = Encoded(*decoded);
    forged.replace(84, 4, 4, '\0');
    Reseal(forged);
    ASSERT_EQ(again, forged) << "at " << at;
  }
  EXPECT_GT(taken, 0);
}

TEST_F(JournalEntryTest, TheFileHeaderNamesItsStore) {
  std::string header = EncodeFileHeader(kTestStore);
  EXPECT_EQ(header.size(), static_cast<size_t>(kJournalBlock));
  EXPECT_EQ(header.substr(0, 32), std::string("OUBLJRNL\x01\0\0\0\0\x10\0\0", 16) + kTestStore);
  EXPECT_TRUE(IsFileHeader(kTestStore, header).value());
  EXPECT_EQ(IsFileHeader(kOtherTestStore, header).error().kind, ErrorKind::kCorrupt);
  for (size_t i = 0; i < 64; ++i) {
    std::string damaged = header;
    damaged[i] ^= 4;
    EXPECT_FALSE(IsFileHeader(kTestStore, damaged).value()) << i;
    EXPECT_FALSE(IsFileHeader(kTestStore, std::string_view(header).substr(0, i)).value());
  }
  header[8] = 2;
  header.replace(32, 32, crypto::Checksum(std::string_view(header).substr(0, 32)));
  EXPECT_EQ(IsFileHeader(kTestStore, header).error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace oubli::keys
