#include "doctor/doctor.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <thread>

#include "backup/backup_set.h"
#include "doctor/testing/doctor_fixture.h"

namespace oubli::doctor {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DoctorTest : public DoctorFixture {
 protected:
  Report Look() { return Examine(*subject_).value(); }
  static std::set<std::string> Codes(const Report& report, Level level) {
    std::set<std::string> codes;
    for (const Finding& finding : report.findings) {
      if (finding.level == level) codes.insert(finding.code);
    }
    return codes;
  }
  std::set<std::string> Errors() { return Codes(Look(), Level::kError); }
  static std::string Texts(const Report& report) {
    std::string texts;
    for (const Finding& finding : report.findings) {
      if (finding.level == Level::kError) texts += finding.code + ": " + finding.text + "\n";
    }
    return texts;
  }
  std::filesystem::path Slot(int number) const {
    return FileIn(data_dir_ + ".roots/" + std::to_string(number), ".root");
  }
  std::filesystem::path Journal() const { return FileIn(data_dir_ + ".journal", ".journal"); }
  static void Tear(const std::filesystem::path& path, size_t at) {
    std::string bytes = ReadFile(path);
    ASSERT_LT(at, bytes.size());
    bytes[at] = static_cast<char>(~bytes[at]);
    WriteFile(path, bytes);
  }
  size_t CurrentCell() const { return keys::CellOf(store_->key_tree().generation()) * 4096; }
};

TEST_F(DoctorTest, AHealthyStoreHasNoErrorsThroughItsWholeLife) {
  const auto kinds = static_cast<int64_t>(customers::RecordKinds().size());
  EXPECT_THAT(Texts(Look()), IsEmpty()) << "new and empty";
  for (int i = 0; i < 130; ++i) Create("c" + std::to_string(i) + "-");
  ASSERT_TRUE(store_->WriteAndWait([](customers::StoreTransaction& transaction) {
    return customers::CreateOwner(transaction, customers::OwnerKind::kGuestCart, 0);
  }));
  Report report = Look();
  EXPECT_THAT(Texts(report), IsEmpty());
  ASSERT_EQ(report.stores.size(), 1U);
  EXPECT_EQ(report.stores[0].counts.owners, 131);
  EXPECT_EQ(report.stores[0].counts.records, 130 * kinds);
  EXPECT_EQ(report.stores[0].counts.waiting, 0);
  EXPECT_GE(report.stores[0].counts.key_pages, 3);

  Erase({1, 2, 3, 70, 130});
  report = Look();
  EXPECT_THAT(Texts(report), IsEmpty()) << "noise waits for the sweep";
  EXPECT_EQ(report.stores[0].counts.owners, 126);
  EXPECT_EQ(report.stores[0].counts.waiting, 5 * kinds);
  EXPECT_EQ(report.stores[0].generation, 2);

  ClearAll();
  Create("again-");
  report = Look();
  EXPECT_THAT(Texts(report), IsEmpty()) << "after a clear-all";
  EXPECT_EQ(report.stores[0].counts.owners, 1);
  sweeps_ = true;
  Restart();
  OpenStore();
  for (int i = 0; i < 1000 && store_->writer().busy(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  report = Look();
  EXPECT_THAT(Texts(report), IsEmpty()) << "swept";
  EXPECT_EQ(report.stores[0].counts.waiting, 0);
  EXPECT_EQ(report.stores[0].counts.records, kinds);
}

struct Damage {
  const char* name;
  const char* sql;
  const char* code;
};

class DamageTest : public DoctorTest, public testing::WithParamInterface<Damage> {};

TEST_P(DamageTest, IsFound) {
  Create("a-");
  Create("b-");
  ASSERT_THAT(Texts(Look()), IsEmpty());
  Sql(GetParam().sql);
  EXPECT_THAT(Errors(), Contains(GetParam().code)) << Texts(Look());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DamageTest,
    testing::Values(
        Damage{"RecordMoved", "UPDATE record SET id = 77 WHERE ordinal = 1 AND kind = 4",
               "record-unreadable"},
        Damage{"RecordOfNobody", "UPDATE record SET ordinal = 99 WHERE ordinal = 1 AND kind = 5",
               "record-orphan"},
        Damage{"RecordOfUnknownKind", "INSERT INTO record VALUES (1, 99, 1, x'00')", "record-kind"},
        Damage{"ProfileTwice", "INSERT INTO record VALUES (1, 1, 5, x'00')", "record-twice"},
        Damage{"ProfileGone", "DELETE FROM record WHERE ordinal = 1 AND kind = 1",
               "profile-missing"},
        Damage{"TokenGone", "DELETE FROM token WHERE value = (SELECT MIN(value) FROM token)",
               "token-missing"},
        Damage{"TokenAdded", "INSERT INTO token VALUES (randomblob(16), 1, 1, 1)", "token-orphan"},
        Damage{"TokenOfNobody", "INSERT INTO token VALUES (randomblob(16), 9, 1, 9)",
               "token-orphan"},
        Damage{"TokenListEmptied", "UPDATE owner SET tokens = x'' WHERE id = 1", "token-wrong"},
        Damage{"TokenListCut", "UPDATE owner SET tokens = substr(tokens, 1, 20) WHERE id = 1",
               "token-list"},
        Damage{"RecordIdGone", "DELETE FROM record_id WHERE kind = 2 AND ordinal = 1",
               "record-id-missing"},
        Damage{"RecordIdAdded", "INSERT INTO record_id VALUES (2, 500, 1, 1, 1)",
               "record-id-orphan"},
        Damage{"HeadGone", "DELETE FROM owner WHERE id = 1", "key-without-owner"},
        Damage{"HeadAdded",
               "INSERT INTO owner (epoch, kind, id, ordinal, group_id, created_at, modified_at, "
               "tokens) VALUES (1, 2, 1, 3, 0, 0, 0, x'')",
               "owner-without-key"},
        Damage{"HeadTwice", "UPDATE owner SET ordinal = 2 WHERE id = 1", "ordinal-twice"},
        Damage{"HeadOfUnknownKind", "UPDATE owner SET kind = 9 WHERE id = 1", "owner-unknown"},
        Damage{"HeadOnTheSweepsList", "INSERT INTO sweep VALUES (1, 1)", "owner-swept"},
        Damage{"OrdinalCounter", "UPDATE counter SET value = 1 WHERE name = 'ordinal'", "counter"},
        Damage{"IdCounter", "UPDATE counter SET value = 1 WHERE name = 'customer_id'", "counter"},
        Damage{"RecordCounter", "UPDATE counter SET value = 1 WHERE name = 'address_id'",
               "counter"},
        Damage{"Population", "UPDATE counter SET value = 7 WHERE name = 'customers living'",
               "population"},
        Damage{"KeyPageGone", "DELETE FROM key_page", "key-page"},
        Damage{"KeyPageDamaged", "UPDATE key_page SET sealed = zeroblob(length(sealed))",
               "key-page"},
        Damage{"KeyPageFromTheFuture", "UPDATE key_root SET version = 1", "key-page"}),
    [](const testing::TestParamInfo<Damage>& test) { return test.param.name; });

TEST_F(DoctorTest, OneFlippedByteOfARecordIsFound) {
  Create("a-");
  auto database = storage::OpenSqlite(StorePath()).value();
  auto writer = database->OpenWriter().value();
  std::string sealed;
  {
    auto select = writer->Prepare("SELECT sealed FROM record WHERE kind = 2").value();
    ASSERT_TRUE(select->Step().value());
    sealed = select->Blob(0);
  }
  sealed[sealed.size() / 2] = static_cast<char>(sealed[sealed.size() / 2] ^ 1);
  auto update = writer->Prepare("UPDATE record SET sealed = $1 WHERE kind = 2").value();
  update->BindBlob(1, sealed);
  ASSERT_TRUE(update->Step());
  const Report report = Look();
  EXPECT_EQ(Codes(report, Level::kError), std::set<std::string>{"record-unreadable"});
  EXPECT_THAT(Texts(report), HasSubstr("address record 1 of ordinal 1"));
}

TEST_F(DoctorTest, AnOlderVersionOfAKeyPageIsFound) {
  Create("a-");
  Sql("CREATE TABLE kept AS SELECT * FROM key_page");
  const std::string put_back =
      "UPDATE key_page SET version = (SELECT version FROM kept), sealed = (SELECT sealed FROM "
      "kept)";
  Create("b-");
  Sql(put_back);
  EXPECT_THAT(Errors(), Contains("owner-without-key")) << "from before a create";
  Erase({1});
  EXPECT_THAT(Texts(Look()), Not(HasSubstr("key-page"))) << "written anew by the erasure";
  Sql(put_back);
  EXPECT_THAT(Errors(), Contains("key-page")) << "from before an erasure";
}

TEST_F(DoctorTest, TornAndOldCellsAreFound) {
  Create("a-");
  Create("b-");
  Create("c-");
  const std::string before = ReadFile(Slot(1));
  Erase({1});
  const std::string after = ReadFile(Slot(1));
  ASSERT_THAT(Texts(Look()), IsEmpty());
  Tear(Slot(1), CurrentCell() + 70);
  EXPECT_THAT(Errors(), Contains("cell-wrong"));
  WriteFile(Slot(1), after);
  Tear(Slot(1), 4096 - CurrentCell() + 70);
  EXPECT_THAT(Codes(Look(), Level::kWarning), Contains("cell-torn"));
  WriteFile(Slot(1), before);
  const auto errors = Errors();
  EXPECT_THAT(errors, Contains("cell-old")) << "the slot still has the root of before";
  // Each erasure writes one of the two cells.
  Erase({2});
  Erase({3});
  EXPECT_THAT(Texts(Look()), IsEmpty());
}

TEST_F(DoctorTest, ACutOrDamagedJournalIsFound) {
  Create("a-");
  Create("b-");
  Create("c-");
  Erase({1});
  Erase({2});
  const auto journal = Journal();
  const std::string whole = ReadFile(journal);
  ASSERT_THAT(Texts(Look()), IsEmpty());
  size_t last = whole.rfind("OUBLJENT");
  ASSERT_NE(last, std::string::npos);
  WriteFile(journal, whole.substr(0, last));
  EXPECT_THAT(Errors(), Contains("journal-behind"));
  std::string damaged = whole;
  const size_t middle = whole.rfind("OUBLJENT", last - 1);
  damaged[middle + 200] = static_cast<char>(~damaged[middle + 200]);
  WriteFile(journal, damaged);
  EXPECT_THAT(Errors(), Contains("journal-damaged"));
  std::filesystem::remove(journal);
  EXPECT_THAT(Errors(), Contains("journal-unreadable"));
}

TEST_F(DoctorTest, OpenModesAreFound) {
  Create("a-");
  ASSERT_EQ(chmod(StorePath().c_str(), 0640), 0);
  EXPECT_THAT(Errors(), Contains("mode"));
  ASSERT_EQ(chmod(StorePath().c_str(), 0600), 0);
  ASSERT_EQ(chmod(Slot(2).c_str(), 0604), 0);
  EXPECT_THAT(Errors(), Contains("mode"));
  ASSERT_EQ(chmod(Slot(2).c_str(), 0600), 0);
  ASSERT_EQ(chmod((data_dir_ + ".roots/1").c_str(), 0720), 0);
  EXPECT_THAT(Errors(), Contains("mode"));
  ASSERT_EQ(chmod((data_dir_ + ".roots/1").c_str(), 0755), 0);
  EXPECT_THAT(Errors(), IsEmpty());
  EXPECT_THAT(Codes(Look(), Level::kWarning), Contains("mode"));
}

TEST_F(DoctorTest, AMissingSlotAndOneDeviceAreTold) {
  EXPECT_THAT(Codes(Look(), Level::kWarning), Contains("slots-one-device"));
  Close();
  std::filesystem::rename(data_dir_ + ".roots/2", folder_ / "away");
  Open();
  OpenStore();
  EXPECT_THAT(Errors(), Contains("place-missing"));
  EXPECT_THAT(Codes(Look(), Level::kWarning), Contains("slot-single"));
}

TEST_F(DoctorTest, AStoreThatDoesNotOpenIsAFindingAndTheOthersAreExamined) {
  ASSERT_TRUE(stores_->Create("other"));
  const size_t cell = CurrentCell();
  const auto identity = store_->key_tree().store_identity();
  std::string name;
  for (const char c : identity) name += fmt::format("{:02x}", static_cast<unsigned char>(c));
  Close();
  for (const char* slot : {"1", "2"}) {
    Tear(data_dir_ + ".roots/" + slot + "/" + name + ".root", cell + 70);
  }
  Open();
  const Report report = Look();
  EXPECT_EQ(Codes(report, Level::kError), std::set<std::string>{"store-closed"});
  ASSERT_EQ(report.stores.size(), 1U);
  EXPECT_EQ(report.stores[0].handle, "other");
}

TEST_F(DoctorTest, BackupsAreOpenedByThePresentRootOrNot) {
  const std::string folder = (folder_ / "backups").string();
  std::filesystem::create_directories(folder);
  Create("a-");
  Create("b-");
  backup::Manifest manifest;
  backup::CopiedStore copied;
  copied.number = 1;
  copied.handle = "demo";
  copied.identity = store_->key_tree().store_identity();
  copied.lineage = store_->key_tree().root()->lineage;
  copied.generation = store_->key_tree().generation();
  manifest.stores.push_back(copied);
  ASSERT_TRUE(custody_->AddJournal(folder + "/journal"));
  WriteFile(folder + "/good/manifest.json", backup::EncodeManifest(manifest));
  manifest.stores[0].lineage = std::string(16, 'x');
  WriteFile(folder + "/restored/manifest.json", backup::EncodeManifest(manifest));
  WriteFile(folder + "/bad/manifest.json", "{");

  for (const bool erased : {false, true}) {
    if (erased) Erase({1});
    const Report report = Look();
    ASSERT_EQ(report.backups.size(), 2U);
    EXPECT_TRUE(report.backups[0].opens) << report.backups[0].why;
    EXPECT_FALSE(report.backups[1].opens);
    EXPECT_THAT(Codes(report, Level::kWarning), Contains("backup-closed"));
    EXPECT_THAT(Codes(report, Level::kWarning), Contains("backup-manifest"));
    EXPECT_THAT(Codes(report, Level::kWarning), Contains("no-copy"));
  }
}

TEST_F(DoctorTest, NothingPersonalIsTold) {
  Create("SecretName-");
  Sql("UPDATE record SET sealed = zeroblob(50); DELETE FROM token; UPDATE counter SET value = 0");
  const std::string json = ToJson(Look());
  EXPECT_THAT(json, HasSubstr("\"errors\":"));
  EXPECT_THAT(json, Not(HasSubstr("SecretName")));
  EXPECT_THAT(json, Not(HasSubstr("secretname")));
}

TEST_F(DoctorTest, AStoppingServerEndsIt) {
  subject_->keep_going = [] { return false; };
  EXPECT_EQ(Examine(*subject_).error().kind, ErrorKind::kUnavailable);
}

TEST_F(DoctorTest, SwapAndHibernationAreToldUnlessEncrypted) {
  const Machine machine{(folder_ / "proc").string(), (folder_ / "sys").string()};
  const auto codes = [&] {
    Findings findings;
    CheckMemory(machine, findings);
    std::set<std::string> found;
    for (const Finding& finding : findings.Take()) found.insert(finding.code);
    return found;
  };
  WriteFile(folder_ / "sys/power/state", "freeze mem disk\n");
  WriteFile(folder_ / "proc/swaps", "Filename Type Size Used Priority\n");
  EXPECT_THAT(codes(), Not(Contains("swap")));
  EXPECT_THAT(codes(), Not(Contains("hibernation")));
  WriteFile(folder_ / "proc/swaps",
            "Filename Type Size Used Priority\n/dev/dm-7 partition 1 0 -2\n/dev/zram0 x 1 0 5\n");
  EXPECT_THAT(codes(), Contains("swap"));
  EXPECT_THAT(codes(), Contains("hibernation"));
  WriteFile(folder_ / "sys/class/block/dm-7/dm/uuid", "CRYPT-LUKS2-abc\n");
  EXPECT_THAT(codes(), Not(Contains("swap")));
}

TEST(FileSystems, ThoseThatKeepOldBlocksAreKnown) {
  EXPECT_TRUE(FileSystemOf(0x9123683E).keeps_old);
  EXPECT_TRUE(FileSystemOf(0x794C7630).keeps_old);
  EXPECT_TRUE(FileSystemOf(0x01021994).is_volatile);
  EXPECT_TRUE(FileSystemOf(0x6969).is_elsewhere);
  EXPECT_THAT(FileSystemOf(0xEF53).name, IsEmpty()) << "ext4";
}

TEST(FindingList, IsBoundedAndInOrder) {
  Findings findings;
  findings.Note("small", "n");
  for (int i = 0; i < 25; ++i) findings.Error("big", std::to_string(i));
  const auto list = findings.Take();
  ASSERT_EQ(list.size(), 12U);
  EXPECT_EQ(list[0].text, "0");
  EXPECT_EQ(list[10].text, "and 15 more of the same kind");
  EXPECT_EQ(list[11].code, "small");
}

}  // namespace
}  // namespace oubli::doctor
