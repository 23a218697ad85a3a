#include "keys/journal_chain.h"

#include <gtest/gtest.h>

#include <random>

#include "crypto/checksum.h"
#include "keys/journal_folder.h"
#include "keys/journal_test_entries.h"
#include "storage/testing/simulated_disk.h"

namespace oubli::keys {
namespace {

using storage::SimulatedDisk;

const std::string kChainFolder = "/mnt/a";

class Collector final : public ChainVisitor {
 public:
  Status Visit(const JournalHead& head, JournalBody& body) override {
    JournalEntry entry{head.lineage, head.from_generation, head.generation,
                       head.kind == JournalEntryKind::kFull, head.time_ms};
    OUBLI_TRY_ASSIGN(entry.counters, body.Counters());
    while (true) {
      OUBLI_TRY_ASSIGN(auto page, body.NextPage());
      if (!page) break;
      entry.pages.push_back(std::move(*page));
    }
    entries.push_back(std::move(entry));
    return {};
  }
  std::vector<JournalEntry> entries;
};

class JournalChainTest : public testing::Test {
 protected:
  void SetUp() override { crypto::Initialize(); }

  // A file of these entries, one behind the other, whether they follow or not.
  void Put(const std::vector<JournalEntry>& entries, const std::string& rest = "") {
    std::string bytes = EncodeFileHeader(kTestStore);
    places_.clear();
    for (const JournalEntry& entry : entries) {
      places_.push_back(bytes.size());
      bytes += Encoded(entry);
    }
    disk_.Put(path_, bytes + rest);
  }
  ChainReport Read(Collector* collector = nullptr) {
    Collector own;
    auto report = ReadChain(disk_, kChainFolder, kTestStore, collector ? *collector : own);
    EXPECT_TRUE(report) << report.error().text;
    return report.value_or(ChainReport());
  }
  static JournalEntry OtherLineage(JournalEntry entry) {
    entry.lineage = kOtherTestLineage;
    return entry;
  }

  SimulatedDisk disk_;
  const std::string path_ = JournalPath(kChainFolder, kTestStore);
  std::vector<size_t> places_;
};

TEST_F(JournalChainTest, EveryEntryIsSeenAsItWas) {
  const std::vector<JournalEntry> entries = {TestFull(1), TestRotation(2, 100, 9000),
                                             TestCounters(2), TestRotation(3), TestFull(3)};
  Put(entries, std::string(300'000, '\0'));
  Collector collector;
  const ChainReport report = Read(&collector);
  ASSERT_EQ(collector.entries.size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_TRUE(Same(collector.entries[i], entries[i]));
  EXPECT_TRUE(report.findings.empty());
  ASSERT_EQ(report.runs.size(), 1u);
  EXPECT_EQ(report.runs[0].first, 1);
  EXPECT_EQ(report.runs[0].last, 3);
  EXPECT_EQ(report.runs[0].full, (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(report.entries, 5);
}

TEST_F(JournalChainTest, ALargeEntryIsReadInPiecesOfBoundedSize) {
  Put({TestFull(1, 2000, 4000)});
  int64_t largest = 0;
  disk_.SetHook([&](const storage::DiskOperation& operation) {
    if (operation.kind == storage::DiskOperation::kRead)
      largest = std::max(largest, operation.size);
    return storage::Verdict::kPass;
  });
  Collector collector;
  Read(&collector);
  disk_.SetHook({});
  EXPECT_EQ(collector.entries.at(0).pages.size(), 2001u);
  EXPECT_LE(largest, 256 * 1024);
}

TEST_F(JournalChainTest, NoJournalAndAForeignOneAreErrors) {
  EXPECT_EQ(ReadChain(disk_, kChainFolder, kTestStore).error().kind, ErrorKind::kNotFound);
  disk_.Put(path_, EncodeFileHeader(kOtherTestStore));
  EXPECT_EQ(ReadChain(disk_, kChainFolder, kTestStore).error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(ReadChain(disk_, kChainFolder, "x").error().kind, ErrorKind::kInvalid);
}

TEST_F(JournalChainTest, AnErrorOfTheVisitorEndsTheReading) {
  class Refusing final : public ChainVisitor {
   public:
    Status Visit(const JournalHead&, JournalBody&) override {
      ++visits;
      return Fail(ErrorKind::kTooMany, "enough");
    }
    int visits = 0;
  };
  Put({TestFull(1), TestRotation(2)});
  Refusing visitor;
  EXPECT_EQ(ReadChain(disk_, kChainFolder, kTestStore, visitor).error().kind, ErrorKind::kTooMany);
  EXPECT_EQ(visitor.visits, 1);
}

TEST_F(JournalChainTest, DamageInTheMiddleIsToldAndWhatIsBehindItIsRead) {
  const std::vector<JournalEntry> entries = {TestFull(1), TestRotation(2, 20, 4000),
                                             TestRotation(3), TestFull(4), TestRotation(5)};
  for (const size_t at : {size_t{3}, size_t{20}, size_t{100}, size_t{5000}}) {
    SCOPED_TRACE(at);
    Put(entries);
    std::string bytes = disk_.CopyOf(path_).value();
    bytes[places_[1] + at] ^= 1;
    disk_.Put(path_, bytes);
    Collector collector;
    const ChainReport report = Read(&collector);
    EXPECT_EQ(collector.entries.size(), 4u);
    EXPECT_TRUE(report.Has(ChainFinding::kDamaged));
    EXPECT_TRUE(report.Has(ChainFinding::kGap));
    EXPECT_EQ(report.CheckSound().error().kind, ErrorKind::kCorrupt);
    EXPECT_EQ(report.findings[0].position, static_cast<int64_t>(places_[1]));
    EXPECT_EQ(report.findings[1].before, 1);
    EXPECT_EQ(report.findings[1].after, 2);
    EXPECT_TRUE(CheckCoverage(report.runs, kTestLineage, 1, 5)) << "by the full entry";
    EXPECT_TRUE(CheckCoverage(report.runs, kTestLineage, 2, 3));
    const Status gap = CheckCoverage(report.runs, kTestLineage, 1, 3);
    EXPECT_EQ(gap.error().text, "the key journal lacks what leads from generation 1 to 2");
  }
}

TEST_F(JournalChainTest, GapsAndLineagesAreToldWithTheirGenerations) {
  Put({TestFull(1), TestRotation(4), TestFull(9), OtherLineage(TestFull(3)),
       OtherLineage(TestRotation(4))});
  const ChainReport report = Read();
  ASSERT_EQ(report.findings.size(), 3u);
  EXPECT_EQ(report.findings[0].kind, ChainFinding::kGap);
  EXPECT_EQ(report.findings[0].before, 1);
  EXPECT_EQ(report.findings[0].after, 3);
  EXPECT_EQ(report.findings[1].kind, ChainFinding::kHealedGap);
  EXPECT_EQ(report.findings[1].before, 4);
  EXPECT_EQ(report.findings[1].after, 9);
  EXPECT_EQ(report.findings[2].kind, ChainFinding::kLineageChange);
  EXPECT_NE(report.CheckSound().error().text.find("generation 1 is followed by 3"),
            std::string::npos);
  EXPECT_TRUE(CheckCoverage(report.runs, kOtherTestLineage, 2, 4));
  EXPECT_FALSE(CheckCoverage(report.runs, kOtherTestLineage, 4, 9)) << "of the lineage before";
}

TEST_F(JournalChainTest, CoverageAsksForEveryGenerationBetween) {
  const std::vector<JournalRun> runs = {{kTestLineage, 10, 20, {}}, {kTestLineage, 25, 40, {30}}};
  const auto covers = [&](int64_t backup, int64_t wanted) {
    return CheckCoverage(runs, kTestLineage, backup, wanted).has_value();
  };
  EXPECT_TRUE(covers(10, 20));
  EXPECT_TRUE(covers(12, 15)) << "entries behind the wanted one do not matter";
  EXPECT_FALSE(covers(9, 20));
  EXPECT_FALSE(covers(10, 21));
  EXPECT_FALSE(covers(10, 29)) << "the full entry lies behind";
  EXPECT_TRUE(covers(10, 30));
  EXPECT_TRUE(covers(3, 35));
  EXPECT_TRUE(covers(25, 29));
  EXPECT_FALSE(covers(24, 29));
  EXPECT_FALSE(covers(31, 41));
  EXPECT_TRUE(covers(50, 50)) << "nothing is needed";
  EXPECT_EQ(CheckCoverage(runs, kTestLineage, 12, 29).error().text,
            "the key journal lacks what leads from generation 20 to 25");
  EXPECT_EQ(CheckCoverage(runs, kTestLineage, 5, 41).error().text,
            "the key journal lacks what leads from generation 40 to 41");
  EXPECT_EQ(CheckCoverage(runs, kTestLineage, 5, 4).error().kind, ErrorKind::kInvalid);
  const std::vector<JournalRun> two_folders = {{kTestLineage, 15, 30, {}}, runs[0]};
  EXPECT_TRUE(CheckCoverage(two_folders, kTestLineage, 10, 30)) << "one goes on where one ends";
}

TEST_F(JournalChainTest, WhateverHappensToAFileOnlyEntriesThatWereWrittenAreSeen) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  std::vector<JournalEntry> entries = {TestFull(1)};
  for (int64_t generation = 2; generation < 12; ++generation) {
    entries.push_back(TestRotation(generation, static_cast<int>(rng() % 30), 500));
  }
  Put(entries, std::string(20'000, '\0'));
  const std::string bytes = disk_.CopyOf(path_).value();
  for (int round = 0; round < 400; ++round) {
    std::string damaged = bytes;
    for (uint64_t hits = 1 + rng() % 4; hits > 0; --hits) {
      const size_t at = rng() % damaged.size();
      const size_t block = at / 4096 * 4096;
      switch (rng() % 4) {
        case 0:
          damaged.resize(std::max<size_t>(at, 1));
          break;
        case 1:
          damaged[at] ^= static_cast<char>(1 << rng() % 8);
          break;
        case 2:
          damaged.replace(block, 4096, 4096, '\0');
          break;
        default:
          damaged.replace(block, 4096, bytes, rng() % bytes.size() / 4096 * 4096, 4096);
      }
    }
    disk_.Put(path_, damaged);
    Collector collector;
    const ChainReport report = Read(&collector);
    for (const JournalEntry& entry : collector.entries) {
      ASSERT_TRUE(Same(entry, entries[static_cast<size_t>(entry.generation) - 1]));
    }
    // What was not hit is seen, in order.
    ASSERT_EQ(report.entries, static_cast<int64_t>(collector.entries.size()));
    JournalFolder folder(disk_, kChainFolder);
    if (round == 0) {
      ASSERT_TRUE(folder.SetUp());
    }
    const auto tail = folder.Tail(kTestStore);
    ASSERT_TRUE(tail) << tail.error().text;
    ASSERT_EQ(tail->has_value(), !collector.entries.empty());
    if (*tail) {
      ASSERT_EQ((*tail)->generation, collector.entries.back().generation);
    }
  }
}

// Heads with right checksums whose lengths overlap: looking for entries must not take for ever.
TEST_F(JournalChainTest, AForgedFileEndsInAnErrorSoon) {
  const std::string entry = Encoded(TestRotation(2));
  std::string bytes = EncodeFileHeader(kTestStore);
  constexpr int kBlocks = 3000;
  for (int i = 0; i < kBlocks; ++i) {
    std::string head = entry.substr(0, 4096);
    const uint64_t body = static_cast<uint64_t>(kBlocks - i) * 4096 - 160;
    for (size_t k = 0; k < 8; ++k) head[16 + k] = static_cast<char>(body >> (8 * k));
    head.replace(96, 32, crypto::Checksum(std::string_view(head).substr(0, 96)));
    bytes += head;
  }
  disk_.Put(path_, bytes);
  EXPECT_EQ(ReadChain(disk_, kChainFolder, kTestStore).error().kind, ErrorKind::kCorrupt);
  JournalFolder folder(disk_, kChainFolder);
  ASSERT_TRUE(folder.SetUp());
  EXPECT_FALSE(folder.Append(kTestStore, entry));
}

}  // namespace
}  // namespace oubli::keys
