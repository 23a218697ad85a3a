// What a restore refuses, with nothing changed.
#include <fstream>

#include "backup/restore_fixture.h"
#include "keys/journal_chain.h"

namespace oubli::backup {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

TEST_F(RestoreTest, BackupsOfTheLineageBeforeAreRefused) {
  Create("ann");
  const std::string old = BackUp();
  Close();
  MustRestore(old);
  Open();
  EXPECT_EQ(Living().size(), 1U);
  Close();
  ExpectRefused(old, ErrorKind::kConflict, "a line of the data that a later restore has given up");
  LoseData();
  ExpectRefused(old, ErrorKind::kConflict, "later restore");
}

TEST_F(RestoreTest, AGapIsRefused) {
  const auto [ann, bob, set] = BackUpAnnAndBob();
  ASSERT_TRUE(Erase({ann}));
  Close();
  fs::copy(to_ + "/journal", world_ + "/short", fs::copy_options::recursive);
  Open();
  ASSERT_TRUE(Erase({bob}));
  Close();
  LoseDataAndItsJournal();
  fs::rename(to_ + "/journal", world_ + "/whole");
  ExpectRefused(set, ErrorKind::kConflict, "the backup is at generation 1");
  fs::copy(world_ + "/short", to_ + "/journal", fs::copy_options::recursive);
  ExpectRefused(set, ErrorKind::kConflict, "lacks what leads from generation 2 to 3");
  ExpectRefused(set, ErrorKind::kConflict, "(looked in " + to_ + "/journal)");
  // The same with the whole journal named by hand.
  RestoreOptions options;
  options.journal = world_ + "/whole";
  const auto restored = RestoreFrom(set, options);
  ASSERT_TRUE(restored) << restored.error().text;
  // Both copies have one id: it is not taken for two destinations.
  EXPECT_THAT(restored->unfinished, ::testing::ElementsAre(HasSubstr("a copy of another one")));
  EXPECT_EQ(report().removed, 2);
  Open();
  EXPECT_TRUE(Living().empty());
}

// Where the entries of a journal begin.
class Positions final : public keys::ChainVisitor {
 public:
  Status Visit(const keys::JournalHead& head, keys::JournalBody&) override {
    positions.push_back(next_);
    next_ += head.Size();
    return {};
  }
  std::vector<int64_t> positions;

 private:
  int64_t next_ = keys::kJournalBlock;
};

TEST_F(RestoreTest, AMissingEntryInTheMiddleIsRefused) {
  const auto [ann, bob, set] = BackUpAnnAndBob();
  ASSERT_TRUE(Erase({ann}));
  ASSERT_TRUE(Erase({bob}));
  Close();
  LoseDataAndItsJournal();
  Positions visitor;
  ASSERT_TRUE(keys::ReadChain(storage::SystemFiles(), to_ + "/journal", Identity(), visitor));
  ASSERT_EQ(visitor.positions.size(), 3U);
  {
    std::fstream file(keys::JournalPath(to_ + "/journal", Identity()),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(visitor.positions[1] + 300);
    file << "rot";
  }
  // The root page is there, in the last entry, and Ann's erasure is not.
  ExpectRefused(set, ErrorKind::kConflict, "lacks what leads from generation 1 to 2");
}

TEST_F(RestoreTest, ASlotThatWasLeftBehindDoesNotBringTheOldLineBack) {
  const int64_t ann = Create("ann");
  const std::string set = BackUp();
  Close();
  fs::copy(data_dir_ + ".roots/2", world_ + "/left-behind", fs::copy_options::recursive);
  MustRestore(set);
  Open();
  ASSERT_TRUE(Erase({ann}));
  Close();
  fs::remove_all(data_dir_ + ".roots/2");
  fs::rename(world_ + "/left-behind", data_dir_ + ".roots/2");
  ExpectRefused(set, ErrorKind::kConflict, "later restore");
  LoseData();
  ExpectRefused(set, ErrorKind::kConflict, "later restore");
}

TEST_F(RestoreTest, WrongRootsAreRefused) {
  Create("ann");
  const std::string set = BackUp();
  Close();
  Save("good");
  {
    keys::RootCell cell;
    for (const char* name : {".roots/1", ".roots/2"}) {
      keys::FileSlot slot(storage::SystemFiles(), data_dir_ + name);
      const keys::RootCells cells = slot.Read(Identity()).value();
      cell.lineage = cells[1]->lineage;
      cell.generation = 1;
      cell.root = crypto::Key::Random();
      ASSERT_TRUE(slot.Write(Identity(), cell));
    }
  }
  ExpectRefused(set, ErrorKind::kCorrupt, "does not open the root page");
  GoBackTo("good");
  fs::remove(SlotFile(1));
  fs::remove(SlotFile(2));
  ExpectRefused(set, ErrorKind::kNotFound, "holds a root of it");
  fs::remove_all(data_dir_ + ".roots");
  ExpectRefused(set, ErrorKind::kUnavailable, "no root slot is there");
}

TEST_F(RestoreTest, OldCopiesOfSlotsAreRefused) {
  const auto [ann, bob, set] = BackUpAnnAndBob();
  ASSERT_TRUE(Erase({ann}));
  Close();
  fs::copy(data_dir_ + ".roots", world_ + "/old-roots", fs::copy_options::recursive);
  Open();
  ASSERT_TRUE(Erase({bob}));
  const std::string later = BackUp();
  Close();
  RestoreOptions options;
  options.roots = {world_ + "/old-roots"};
  ExpectRefused(set, ErrorKind::kConflict, "these slots are old copies", options);
  LoseData();
  ExpectRefused(set, ErrorKind::kConflict, "these slots are old copies", options);
  ExpectRefused(later, ErrorKind::kConflict, "older than the backup", options);
}

TEST_F(RestoreTest, ADamagedSetIsRefused) {
  Create("ann");
  const std::string set = BackUp();
  Close();
  {
    std::ofstream file(set + "/stores/1.db", std::ios::app);
    file << "x";
  }
  ExpectRefused(set, ErrorKind::kCorrupt, "stores/1.db");
  fs::remove(set + "/manifest.json");
  ExpectRefused(set, ErrorKind::kNotFound, "no complete backup");
  ExpectRefused(world_ + "/none", ErrorKind::kNotFound, "no folder");
}

TEST_F(RestoreTest, AFailingSlotChangesNothing) {
  const int64_t ann = Create("ann");
  const std::string set = BackUp();
  Close();
  // A folder in the place of the file: it cannot be written.
  const std::string file = SlotFile(2);
  fs::rename(file, file + ".kept");
  fs::create_directory(file);
  const auto refused = RestoreFrom(set);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable) << refused.error().text;
  EXPECT_TRUE(Siblings(".restoring-").empty());
  fs::remove(file);
  fs::rename(file + ".kept", file);
  Open();
  EXPECT_EQ(Living(), (People{{ann, "ann"}}));
  EXPECT_TRUE(Erase({ann}));
}

}  // namespace
}  // namespace oubli::backup
