// Restore drills: old backups with newer journals, what has to be refused, and a kill at each step.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "access/api_keys.h"
#include "backup/backup_fixture.h"
#include "customers/heads.h"
#include "keys/file_slot.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::backup {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

using People = std::map<int64_t, std::string>;

class RestoreTest : public BackupFixture {
 protected:
  std::string Identity() {
    return FindSet(storage::SystemFiles(), to_).value().manifest.stores.at(0).identity;
  }
  std::string SlotFile(int slot) {
    for (const auto& entry : fs::directory_iterator(data_dir_ + ".roots/" + std::to_string(slot))) {
      if (entry.path().extension() == ".root") return entry.path().string();
    }
    return "";
  }
  // What the slots hold of the store, by number of the slot and of the cell.
  std::vector<keys::RootCells> Cells() {
    std::vector<keys::RootCells> cells;
    for (const char* name : {".roots/1", ".roots/2"}) {
      keys::FileSlot slot(storage::SystemFiles(), data_dir_ + name);
      cells.push_back(slot.Read(Identity()).value());
    }
    return cells;
  }
  void ExpectRefused(const std::string& from, ErrorKind kind, const std::string& words,
                     RestoreOptions options = {}) {
    const size_t set_aside = Siblings(".before-restore-").size();
    const auto refused = RestoreFrom(from, std::move(options));
    ASSERT_FALSE(refused) << "restored though " << words;
    EXPECT_EQ(refused.error().kind, kind) << refused.error().text;
    EXPECT_THAT(refused.error().text, HasSubstr(words));
    EXPECT_TRUE(Siblings(".restoring-").empty());
    EXPECT_EQ(Siblings(".before-restore-").size(), set_aside);
  }
  void MustRestore(const std::string& from, RestoreOptions options = {}) {
    const auto restored = RestoreFrom(from, std::move(options));
    ASSERT_TRUE(restored) << restored.error().text;
    EXPECT_THAT(restored->unfinished, ::testing::IsEmpty());
  }
};

TEST_F(RestoreTest, TheErasedStayErasedAndTheLivingAreWhole) {
  const int64_t ann = Create("ann");
  const int64_t bob = Create("bob");
  const std::string set = BackUp();
  const int64_t cid = Create("cid");
  ASSERT_TRUE(Erase({bob}));
  Close();
  MustRestore(to_);
  EXPECT_EQ(plan_.set_path, set);
  EXPECT_EQ(report().living, 1);
  EXPECT_EQ(report().removed, 1);
  EXPECT_EQ(report().given_up, 1);
  EXPECT_EQ(report().only_in_data, 1);
  EXPECT_EQ(report().damaged, 0);
  Open();
  EXPECT_EQ(Living(), (People{{ann, "ann"}}));
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record"), 3);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record_id"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM token"), 2);
  {
    // Cid's key is gone from the new tree too, though the journal had it.
    customers::StoreReader reader = store_->Read().value();
    EXPECT_TRUE(reader->keys().Find(1));
    EXPECT_EQ(reader->keys().Find(3).error().kind, ErrorKind::kNotFound);
  }
  // Ids go on above everything, those that were given up included.
  EXPECT_GT(Create("dora"), cid + kCounterGap - 1);
  EXPECT_GT(Count("SELECT MAX(ordinal) FROM owner"), kCounterGap);
  EXPECT_TRUE(Erase({ann}));
  EXPECT_EQ(Living().size(), 1U);
}

TEST_F(RestoreTest, EveryBackupWithEveryLaterJournal) {
  constexpr int kRounds = 5;
  People all;
  std::vector<std::string> sets;
  std::vector<std::set<int64_t>> in_set;
  std::vector<std::set<int64_t>> living_then;
  std::set<int64_t> living;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < 70; ++i) {  // more than a leaf page holds
      const std::string name = "r" + std::to_string(round) + "n" + std::to_string(i);
      const int64_t id = Create(name);
      all[id] = name;
      living.insert(id);
    }
    sets.push_back(fs::path(BackUp()).filename().string());
    in_set.push_back(living);
    if (round == 2) {
      ASSERT_TRUE(ClearAll());
      living.clear();
      const int64_t id = Create("after");
      all[id] = "after";
      living.insert(id);
      // The journal hears of a create with the next erasure.
      ASSERT_TRUE(Erase({Create("gone")}));
    }
    for (int i = 0; i < 5 && living.size() > 3; ++i) {
      const auto victim =
          std::next(living.begin(), static_cast<int64_t>(crypto::RandomBelow(living.size())));
      ASSERT_TRUE(Erase({*victim}));
      living.erase(victim);
    }
    living_then.push_back(living);
    Close();
    Save("at" + std::to_string(round));
    Open();
  }
  Close();
  for (int now = 0; now < kRounds; ++now) {
    for (int then = 0; then <= now; ++then) {
      for (const bool disk_is_gone : {false, true}) {
        SCOPED_TRACE(testing::Message() << "backup " << then << ", journal " << now
                                        << (disk_is_gone ? ", no data" : ""));
        GoBackTo("at" + std::to_string(now));
        if (disk_is_gone) {
          fs::remove_all(data_dir_);
          fs::remove_all(data_dir_ + ".journal");
          fs::create_directories(data_dir_);
        }
        MustRestore(to_ + "/" + sets[static_cast<size_t>(then)]);
        People expected;
        for (const int64_t id : in_set[static_cast<size_t>(then)]) {
          if (living_then[static_cast<size_t>(now)].contains(id)) expected[id] = all[id];
        }
        const auto given_up =
            static_cast<int64_t>(living_then[static_cast<size_t>(now)].size() - expected.size());
        EXPECT_EQ(report().living, static_cast<int64_t>(expected.size()));
        EXPECT_EQ(report().removed,
                  static_cast<int64_t>(in_set[static_cast<size_t>(then)].size() - expected.size()));
        EXPECT_EQ(report().given_up, given_up);
        EXPECT_EQ(report().only_in_data, disk_is_gone ? -1 : given_up);
        EXPECT_EQ(report().damaged, 0);
        Open();
        EXPECT_EQ(Living(), expected);
        const int64_t next = Create("next");
        EXPECT_GT(next, all.rbegin()->first);
        EXPECT_TRUE(Erase({next}));
        EXPECT_EQ(Living(), expected);
        Close();
      }
    }
  }
}

TEST_F(RestoreTest, TheOldDataIsNoiseAfterwards) {
  Create("ann");
  const std::string set = BackUp();
  Close();
  MustRestore(set);
  const auto old = Siblings(".before-restore-");
  ASSERT_EQ(old.size(), 1U);
  // The control: without the restore it opens.
  fs::rename(data_dir_, world_ + "/new");
  fs::rename(old[0], data_dir_);
  const Status opened = TryOpen();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kCorrupt);
  EXPECT_THAT(opened.error().text, HasSubstr("no root slot"));
  Close();
}

TEST_F(RestoreTest, BackupsOfTheLineageBeforeAreRefused) {
  Create("ann");
  const std::string old = BackUp();
  Close();
  MustRestore(old);
  Open();
  EXPECT_EQ(Living().size(), 1U);
  Close();
  ExpectRefused(old, ErrorKind::kConflict, "a line of the data that a later restore has given up");
  fs::remove_all(data_dir_);
  fs::create_directories(data_dir_);
  ExpectRefused(old, ErrorKind::kConflict, "later restore");
}

TEST_F(RestoreTest, ABackupOfTheNewLineageServes) {
  const int64_t ann = Create("ann");
  Close();
  Open();
  const std::string old = BackUp();
  Close();
  MustRestore(old);
  Open();
  const int64_t bob = Create("bob");
  const std::string fresh = BackUp();
  ASSERT_TRUE(Erase({ann}));
  Close();
  MustRestore(to_);
  EXPECT_EQ(plan_.set_path, fresh);
  Open();
  EXPECT_EQ(Living(), (People{{bob, "bob"}}));
}

TEST_F(RestoreTest, AGapIsRefused) {
  const int64_t ann = Create("ann");
  const int64_t bob = Create("bob");
  const std::string set = BackUp();
  ASSERT_TRUE(Erase({ann}));
  Close();
  fs::copy(to_ + "/journal", world_ + "/short", fs::copy_options::recursive);
  Open();
  ASSERT_TRUE(Erase({bob}));
  Close();
  fs::remove_all(data_dir_);
  fs::remove_all(data_dir_ + ".journal");
  fs::create_directories(data_dir_);
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
  const int64_t ann = Create("ann");
  const int64_t bob = Create("bob");
  const std::string set = BackUp();
  ASSERT_TRUE(Erase({ann}));
  ASSERT_TRUE(Erase({bob}));
  Close();
  fs::remove_all(data_dir_);
  fs::remove_all(data_dir_ + ".journal");
  fs::create_directories(data_dir_);
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
  fs::remove_all(data_dir_);
  fs::create_directories(data_dir_);
  ExpectRefused(set, ErrorKind::kConflict, "later restore");
}

TEST_F(RestoreTest, DamageInAJournalIsTold) {
  const int64_t ann = Create("ann");
  const int64_t bob = Create("bob");
  const std::string set = BackUp();
  ASSERT_TRUE(Erase({ann}));
  ASSERT_TRUE(Erase({bob}));
  Close();
  for (const auto& entry : fs::directory_iterator(to_ + "/journal")) {
    if (entry.path().extension() != ".journal") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 + 300);
    file.put('x');
  }
  MustRestore(set);  // the local journal is whole
  EXPECT_EQ(report().removed, 2);
  ASSERT_EQ(plan_.problems.size(), 1U);
  EXPECT_THAT(plan_.problems[0], HasSubstr(to_ + "/journal"));
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
  const int64_t ann = Create("ann");
  const int64_t bob = Create("bob");
  const std::string set = BackUp();
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
  fs::remove_all(data_dir_);
  fs::create_directories(data_dir_);
  ExpectRefused(set, ErrorKind::kConflict, "these slots are old copies", options);
  ExpectRefused(later, ErrorKind::kConflict, "older than the backup", options);
}

TEST_F(RestoreTest, OneGoodSlotIsEnoughToReadWith) {
  const int64_t ann = Create("ann");
  const std::string set = BackUp();
  const int64_t bob = Create("bob");
  ASSERT_TRUE(Erase({bob}));
  Close();
  Save("good");
  {
    // Torn: the cell of the root that counts.
    std::fstream file(SlotFile(1), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file << "torn";
    file.seekp(4096 + 100);
    file << "torn";
  }
  MustRestore(set);
  Open();
  EXPECT_EQ(Living(), (People{{ann, "ann"}}));
  Close();
  EXPECT_EQ(Cells()[0][0]->generation, Cells()[1][0]->generation) << "it is written again";

  GoBackTo("good");
  fs::rename(data_dir_ + ".roots/2", world_ + "/unmounted");
  const auto restored = RestoreFrom(set);
  ASSERT_TRUE(restored) << restored.error().text;
  EXPECT_THAT(plan_.missing_slots, ::testing::ElementsAre(data_dir_ + ".roots/2"));
  EXPECT_THAT(restored->unfinished, ::testing::SizeIs(1));
  Open();
  EXPECT_EQ(Living(), (People{{ann, "ann"}}));
  EXPECT_FALSE(Erase({ann})) << "the slot that is missing may hold the old root";
  Close();
  fs::rename(world_ + "/unmounted", data_dir_ + ".roots/2");
  Open();
  EXPECT_TRUE(Erase({ann}));
}

TEST_F(RestoreTest, ANewMachineWithTheSlotsElsewhere) {
  const int64_t ann = Create("ann");
  BackUp();
  Close();
  fs::rename(to_, world_ + "/moved");
  fs::rename(data_dir_ + ".roots", world_ + "/my-roots");
  fs::remove_all(data_dir_);
  fs::remove_all(data_dir_ + ".journal");
  fs::create_directories(data_dir_);
  ExpectRefused(world_ + "/moved", ErrorKind::kUnavailable, "--roots");
  RestoreOptions options;
  options.roots = {world_ + "/my-roots"};
  MustRestore(world_ + "/moved", options);
  Open();
  EXPECT_EQ(Living(), (People{{ann, "ann"}}));
  EXPECT_TRUE(Erase({ann})) << "no place is missing";
  std::set<std::string> paths;
  for (const auto& place : custody_->List()) paths.insert(place.path);
  EXPECT_EQ(paths, (std::set<std::string>{world_ + "/my-roots/1", world_ + "/my-roots/2",
                                          data_dir_ + ".journal", world_ + "/moved/journal"}));
}

TEST_F(RestoreTest, ADamagedRecordIsReportedAndKept) {
  const int64_t ann = Create("ann");
  const int64_t bob = Create("bob");
  ASSERT_TRUE(store_->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
    // An address of Ann's, and Bob's profile.
    return transaction.connection().Execute(
        "UPDATE record SET sealed = zeroblob(60) WHERE (ordinal = 1 AND kind = 2) OR (ordinal = 2 "
        "AND kind = 1)");
  }));
  const std::string set = BackUp();
  Close();
  MustRestore(set);
  EXPECT_EQ(report().living, 2);
  EXPECT_EQ(report().removed, 0);
  EXPECT_EQ(report().damaged, 3) << "two records, and Bob's tokens";
  EXPECT_THAT(report().damage[0], HasSubstr("of kind 2 of the owner with ordinal 1"));
  Open();
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record"), 6);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record WHERE sealed = zeroblob(60)"), 2);
  customers::StoreReader reader = store_->Read().value();
  EXPECT_TRUE(FindCustomer(*reader, ann).value());
  EXPECT_EQ(FindCustomer(*reader, bob).error().kind, ErrorKind::kCorrupt);
  EXPECT_TRUE(Erase({bob})) << "damaged, and erasable all the same";
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

TEST_F(RestoreTest, WhoWasErasedBeforeTheBackupAndNotSweptGoesToo) {
  Create("ann");
  // What an erasure leaves until the sweep comes by, and a row that nobody can account for.
  ASSERT_TRUE(store_->WriteAndWait([&](customers::StoreTransaction& transaction) {
    return transaction.connection().Execute(
        "INSERT INTO sweep VALUES (1000, 77); INSERT INTO sweep VALUES (1001, -5);"
        "INSERT INTO record VALUES (77, 2, 500, zeroblob(60));"
        "INSERT INTO record VALUES (78, 2, 501, zeroblob(60))");
  }));
  const std::string set = BackUp();
  Close();
  MustRestore(set);
  EXPECT_EQ(report().damaged, 1);
  EXPECT_THAT(report().damage[0], HasSubstr("record 501"));
  Open();
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record WHERE ordinal = 77"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record WHERE ordinal = 78"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM sweep"), 0);
}

TEST_F(RestoreTest, PermissionsOfThenAreNotOfToday) {
  Create("ann");
  access::ApiKeys api_keys(*file_, clock_);
  const auto insert_window = [&] {
    return file_->Write([&](storage::Connection& connection) {
      return connection.Execute("INSERT INTO store_window VALUES (1, 9999999999999, 'b', 1, 1)");
    });
  };
  access::NewKey key;
  key.store = "abc";
  const auto kept = api_keys.Create(key);
  const auto revoked = api_keys.Create(key);
  ASSERT_TRUE(kept && revoked);
  ASSERT_TRUE(insert_window());
  const std::string set = BackUp();
  ASSERT_TRUE(api_keys.Revoke("abc", revoked->id));
  const access::StoreInfo later = stores_->Create("later").value();
  Close();
  MustRestore(set);
  EXPECT_EQ(plan_.revoked_keys, 1);
  ASSERT_EQ(plan_.lost_stores.size(), 1U);
  EXPECT_EQ(plan_.lost_stores[0].handle, "later");
  EXPECT_EQ(plan_.lost_stores[0].owners, 0);
  Open();
  int64_t rows = 0;
  ASSERT_TRUE(file_->Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto count, connection.Prepare("SELECT (SELECT COUNT(*) FROM api_key) * 10 + "
                                                    "(SELECT COUNT(*) FROM store_window)"));
    OUBLI_TRY(count->Step());
    rows = count->Int(0);
    return {};
  }));
  EXPECT_EQ(rows, 10);
  EXPECT_GT(stores_->Create("next").value().number, later.number);
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

// ---- kill -9 ----

class RestoreKilledTest : public RestoreTest {
 protected:
  // Runs a restore in a process that is killed at the step of that number. False when it has fewer.
  bool KilledAt(const std::string& set, int number) {
    const pid_t child = fork();
    if (child == 0) {
      int left = number;
      RestoreOptions options;
      options.at_step = [&](std::string_view) {
        if (left-- == 0) ::raise(SIGKILL);
      };
      (void)RestoreFrom(set, std::move(options));
      _exit(0);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
  }
  void SetUp() override {
    ann_ = Create("ann");
    bob_ = Create("bob");
    set_ = fs::path(BackUp()).filename().string();
    cid_ = Create("cid");
    EXPECT_TRUE(Erase({bob_}));
    Close();
    Save("start");
  }
  void ExpectOneLineage() {
    std::set<std::string> lineages;
    for (const auto& cells : Cells()) {
      for (const auto& cell : cells) {
        if (cell) lineages.insert(cell->lineage);
      }
    }
    EXPECT_EQ(lineages.size(), 1U);
  }

  int64_t ann_ = 0, bob_ = 0, cid_ = 0;
  std::string set_;
};

TEST_F(RestoreKilledTest, TheServerGoesOnWithTheOldDataOrTheNew) {
  const People old_people = {{ann_, "ann"}, {cid_, "cid"}};
  const People new_people = {{ann_, "ann"}};
  bool was_old = false;
  bool was_new = false;
  int step = 0;
  for (;; ++step) {
    SCOPED_TRACE(testing::Message() << "killed at step " << step);
    GoBackTo("start");
    if (!KilledAt(to_ + "/" + set_, step)) break;
    Open();
    const People living = Living();
    EXPECT_TRUE(living == old_people || living == new_people);
    // The new data is never followed by the old one.
    was_old |= living == old_people;
    was_new |= living == new_people;
    EXPECT_EQ(was_new, living == new_people);
    EXPECT_EQ(Siblings(".before-restore-").size(), was_new ? 1U : 0U);
    EXPECT_TRUE(Erase({Create("dora")}));
    EXPECT_EQ(Living(), living);
    Close();
    ExpectOneLineage();
    EXPECT_TRUE(Siblings(".restoring-").empty());
    EXPECT_FALSE(fs::exists(data_dir_ + "/restore.unfinished"));
    // And everything after another start.
    Open();
    EXPECT_EQ(Living(), living);
    Close();
  }
  EXPECT_GE(step, 8);
  EXPECT_TRUE(was_old && was_new);
}

TEST_F(RestoreKilledTest, TheNextRestoreCompletesIt) {
  for (int step = 0;; ++step) {
    SCOPED_TRACE(testing::Message() << "killed at step " << step);
    GoBackTo("start");
    if (!KilledAt(to_ + "/" + set_, step)) break;
    const auto cells = Cells();
    const bool old_root_is_there = [&] {
      for (const auto& slot : cells) {
        if (!slot[0] || slot[0]->generation != 2) return false;
      }
      return true;
    }();
    const auto restored = RestoreFrom(to_ + "/" + set_);
    if (old_root_is_there) {
      ASSERT_TRUE(restored) << restored.error().text;
    } else {
      ASSERT_FALSE(restored);  // it had been done
      EXPECT_THAT(restored.error().text, HasSubstr("later restore"));
    }
    Open();
    EXPECT_EQ(Living(), (People{{ann_, "ann"}}));
    EXPECT_TRUE(Erase({ann_}));
    Close();
    ExpectOneLineage();
    EXPECT_TRUE(Siblings(".restoring-").empty());
  }
}

TEST_F(RestoreKilledTest, TwiceInARow) {
  for (int first = 0;; ++first) {
    GoBackTo("start");
    if (!KilledAt(to_ + "/" + set_, first)) break;
    for (int second = 0; second < 9; second += 2) {
      SCOPED_TRACE(testing::Message() << "killed at step " << first << ", then at " << second);
      GoBackTo("start");
      ASSERT_TRUE(KilledAt(to_ + "/" + set_, first));
      (void)KilledAt(to_ + "/" + set_, second);
      const auto restored = RestoreFrom(to_ + "/" + set_);
      if (!restored) {
        EXPECT_THAT(restored.error().text, HasSubstr("later restore"));
      }
      Open();
      EXPECT_EQ(Living(), (People{{ann_, "ann"}}));
      Close();
    }
  }
}

}  // namespace
}  // namespace oubli::backup
