#include "doctor/residue.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>
#include <thread>

#include "customers/codec.h"
#include "customers/definitions.h"
#include "customers/outbox_progress.h"
#include "doctor/key_hunt.h"
#include "doctor/old_pages.h"
#include "doctor/residue_record.h"
#include "doctor/testing/doctor_fixture.h"

namespace oubli::doctor {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using customers::Head;
using customers::OwnerKind;

constexpr int64_t kCanaries = 6;

class ResidueTest : public DoctorFixture {
 protected:
  ResidueReport Check(const ResidueOptions& options = {}) {
    return CheckResidue(*subject_, options).value();
  }
  std::string Also() {
    const std::string folder = (folder_ / "also").string();
    std::filesystem::create_directories(folder);
    return folder;
  }
  // Calls `act` with the name of a canary while it is living.
  void WhenPlanted(std::function<void(const std::string& name)> act) {
    subject_->keep_going = [this, act = std::move(act), done = false]() mutable {
      if (done) return true;
      auto reader = store_->Read().value();
      EXPECT_TRUE(customers::ForEachCustomer(*reader, 0, [&](const customers::Customer& customer) {
        if (!customer.profile.email.ends_with("@residue.invalid")) return true;
        done = true;
        act(customer.profile.first_name);
        return false;
      }));
      return true;
    };
  }
};

TEST_F(ResidueTest, AHealthyServerIsCleanAndKeepsNoCanary) {
  const Head real = Create("real-");
  const ResidueReport report = Check();
  EXPECT_EQ(report.verdict(), Verdict::kClean) << ToJson(report);
  ASSERT_THAT(report.stores, SizeIs(1));
  EXPECT_EQ(report.stores[0].planted, kCanaries);
  EXPECT_EQ(report.stores[0].erased, kCanaries);
  EXPECT_GT(report.stores[0].pages_tried, 4);
  EXPECT_GE(report.after.files, 4);
  EXPECT_GT(report.after.bytes, 0);
  EXPECT_EQ(Living(), 1);
  for (const OwnerKind kind : {OwnerKind::kSubscriber, OwnerKind::kGuestOrder,
                               OwnerKind::kGuestCart, OwnerKind::kKeptOrder}) {
    EXPECT_EQ(Living(kind), 0);
  }
  auto reader = store_->Read().value();
  EXPECT_TRUE(customers::FindCustomer(*reader, real.id).value());
  EXPECT_THAT(NotedCanaries(*store_).value(), IsEmpty());
  EXPECT_EQ(ReadResidueRecord(*file_)->clean_at, clock_.NowMs());
}

TEST_F(ResidueTest, NobodyIsToldOfCanaries) {
  store_->SetOutbox(std::make_shared<std::atomic<bool>>(true), [] {});
  Create("real-");
  const auto events = [&] {
    auto reader = store_->Read().value();
    return customers::ReadEvents(*reader, 0, INT64_MAX, 1000)->size();
  };
  const size_t before = events();
  EXPECT_GT(before, 0U);
  EXPECT_EQ(Check().verdict(), Verdict::kClean);
  EXPECT_EQ(events(), before);
  Erase({1});
  EXPECT_EQ(events(), before + 1);
}

TEST_F(ResidueTest, ACanaryInClearIsFoundInTheDataFolderAndInOthers) {
  for (const std::string& folder : {data_dir_, Also()}) {
    const std::string leak = folder + "/leak.txt";
    WhenPlanted([&](const std::string& name) { WriteFile(leak, "name=" + name + "\n"); });
    const ResidueReport report = Check({.also = {Also()}});
    EXPECT_EQ(report.verdict(), Verdict::kResidue);
    ASSERT_THAT(report.after.hits, SizeIs(1)) << ToJson(report);
    EXPECT_THAT(report.after.hits[0].path, EndsWith("leak.txt"));
    EXPECT_EQ(report.after.hits[0].offset, 5);
    EXPECT_EQ(ReadResidueRecord(*file_)->findings, 1);
    EXPECT_EQ(ReadResidueRecord(*file_)->clean_at, 0);
    std::filesystem::remove(leak);
  }
  subject_->keep_going = [] { return true; };
  EXPECT_EQ(Check().verdict(), Verdict::kClean);
  EXPECT_EQ(ReadResidueRecord(*file_)->findings, 0);
}

TEST_F(ResidueTest, ANormalisedCanaryInTheLogIsFound) {
  subject_->log_file = (folder_ / "log" / "oubli.log").string();
  WhenPlanted([&](const std::string& name) {
    WriteFile(subject_->log_file, "x" + customers::NormalizeEmail(name));
  });
  const ResidueReport report = Check();
  ASSERT_THAT(report.after.hits, SizeIs(1));
  EXPECT_EQ(report.after.hits[0].offset, 1);
}

TEST_F(ResidueTest, LeftoversOfARunThatWasCutOffAreErased) {
  ASSERT_THAT(PlantCanaries(*store_, CanaryMark(), 1).value(), SizeIs(kCanaries));
  EXPECT_EQ(Living(), 2);
  Restart();
  OpenStore();
  const ResidueReport report = Check();
  EXPECT_EQ(report.stores[0].leftovers, kCanaries);
  EXPECT_EQ(report.verdict(), Verdict::kClean) << ToJson(report);
  EXPECT_EQ(Living(), 0);
}

TEST_F(ResidueTest, WhoHasTheIdOfAFormerCanaryIsNotErased) {
  const auto canaries = PlantCanaries(*store_, CanaryMark(), 1).value();
  ASSERT_EQ(canaries[0].kind, OwnerKind::kCustomer);
  Erase({canaries[0].id});
  ASSERT_TRUE(store_->WriteAndWait([&](customers::StoreTransaction& transaction) {
    customers::Customer customer;
    customer.head.id = canaries[0].id;
    customer.profile.email = "real@example.com";
    return customers::CreateCustomer(transaction, customer);
  }));
  EXPECT_EQ(Check().verdict(), Verdict::kClean);
  EXPECT_EQ(Living(), 1);
  auto reader = store_->Read().value();
  EXPECT_TRUE(customers::FindCustomerByEmail(*reader, "real@example.com").value());
}

TEST_F(ResidueTest, AStoppingServerLeavesNoCanary) {
  WhenPlanted([](const std::string&) {});
  auto planted = subject_->keep_going;
  int calls = 0;
  subject_->keep_going = [&] { return ++calls < 2; };
  const ResidueReport report = Check();
  EXPECT_EQ(report.verdict(), Verdict::kUnchecked);
  EXPECT_THAT(report.problem, HasSubstr("stops"));
  EXPECT_EQ(report.stores[0].erased, kCanaries);
  EXPECT_EQ(Living(), 0);
  EXPECT_EQ(ReadResidueRecord(*file_)->clean_at, 0);
}

TEST_F(ResidueTest, OneCheckAtATime) {
  std::optional<ErrorKind> second;
  WhenPlanted([&](const std::string&) {
    std::thread([&] { second = CheckResidue(*subject_, {}).error().kind; }).join();
  });
  EXPECT_EQ(Check().verdict(), Verdict::kClean);
  EXPECT_EQ(second, ErrorKind::kConflict);
}

TEST_F(ResidueTest, AStoreOrAFolderThatIsNotThereIsToldBeforeAnythingIsPlanted) {
  EXPECT_EQ(CheckResidue(*subject_, {.store = "nobody"}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(CheckResidue(*subject_, {.also = {"/nowhere"}}).error().kind, ErrorKind::kInvalid);
  auto reader = store_->Read().value();
  EXPECT_EQ(customers::ReadCounter(*reader, customers::kOrdinalCounter).value(), 0);
}

TEST_F(ResidueTest, ACleanCheckOfOneStoreSaysNothingOfTheOthers) {
  ASSERT_TRUE(stores_->Create("other"));
  const ResidueReport report = Check({.store = "other"});
  ASSERT_THAT(report.stores, SizeIs(1));
  EXPECT_EQ(report.stores[0].handle, "other");
  EXPECT_EQ(report.verdict(), Verdict::kClean);
  EXPECT_EQ(ReadResidueRecord(*file_)->clean_at, 0);
  EXPECT_THAT(Check().stores, SizeIs(2));
}

// ---- old key pages ----

// What CheckResidue() does, with the old roots kept: it finds everybody, so it can fail.
TEST_F(ResidueTest, WithTheOldRootTheSameWalkFindsEveryKey) {
  const std::vector<Head> victims = {Create("a-"), Create("b-")};
  Create("c-");
  auto& slots = *custody_->places().slots;
  std::set<keys::Ordinal> ordinals = {victims[0].ordinal, victims[1].ordinal};
  OldCopy copy;
  std::vector<crypto::Key> old_roots;
  {
    TreeView tree = TreeView::Take(*store_).value();
    copy = CopyAside(tree, victims).value();
    old_roots = ReadSlotRoots(tree, slots).keys;
  }
  Erase({victims[0].id, victims[1].id});
  TreeView tree = TreeView::Take(*store_).value();
  const SlotRoots now = ReadSlotRoots(tree, slots);
  EXPECT_TRUE(now.settled);
  const auto found = [&](std::vector<crypto::Key> roots) {
    KeyHunt hunt(tree, std::move(roots), ordinals);
    do {
      for (const auto& page : copy.pages) EXPECT_TRUE(hunt.Try(page));
    } while (hunt.TakeNews());
    size_t opening = 0;
    for (const auto& [ordinal, keys] : hunt.found()) {
      if (OpensSomething(copy, ordinal, keys)) ++opening;
    }
    EXPECT_EQ(hunt.erased_found().size(), opening);
    return opening;
  };
  EXPECT_EQ(found(now.keys), 0U);
  EXPECT_EQ(found(old_roots), 2U);
}

TEST_F(ResidueTest, ASlotThatKeptTheOldRootIsResidue) {
  Create("a-");
  const auto slot = FileIn(data_dir_ + ".roots/1", ".root");
  std::string kept;
  WhenPlanted([&](const std::string&) { kept = ReadFile(slot); });
  // Put back behind the erasure, when the files are read for the second time.
  auto planted = subject_->keep_going;
  subject_->keep_going = [&, planted] {
    planted();
    if (!kept.empty() && Living() == 1) WriteFile(slot, kept);
    return true;
  };
  const ResidueReport report = Check();
  EXPECT_EQ(report.verdict(), Verdict::kResidue);
  EXPECT_EQ(report.stores[0].canary_keys, kCanaries) << ToJson(report);
  EXPECT_GT(report.stores[0].old_roots, 0);
}

TEST_F(ResidueTest, ACopyOfASlotIsResidueAndIsTriedWithTheJournal) {
  const Head gone = Create("a-");
  Create("b-");
  const std::string copy = ReadFile(FileIn(data_dir_ + ".roots/1", ".root"));
  Erase({gone.id});
  // In an archive, at whatever place, and torn behind the root itself.
  WriteFile(Also() + "/disk.image", "x" + copy.substr(0, 2 * 4096 - 100));
  const ResidueReport report = Check({.also = {Also()}});
  EXPECT_EQ(report.verdict(), Verdict::kResidue);
  ASSERT_THAT(report.stores[0].root_copies, SizeIs(1)) << ToJson(report);
  EXPECT_THAT(report.stores[0].root_copies[0].path, EndsWith("disk.image"));
  EXPECT_EQ(report.stores[0].root_copies[0].offset, 4096 + 1);  // the first generation's cell
  // With what the journal keeps the old root gives the key of who was erased, and the root of a
  // moment ago those of the canaries.
  EXPECT_EQ(report.stores[0].erased_keys, 1);
  EXPECT_EQ(report.stores[0].canary_keys, 0);
  WriteFile(Also() + "/disk.image", ReadFile(FileIn(data_dir_ + ".roots/1", ".root")));
  EXPECT_EQ(Check({.also = {Also()}}).stores[0].canary_keys, kCanaries);
}

// The journal has been made shorter since, and the log has not been moved into the file: what was
// there before the erasure lies in the log's frames alone.
TEST_F(ResidueTest, WhatTheLogStillHoldsIsTriedToo) {
  const Head gone = Create("a-");
  Create("b-");
  const std::string slot = ReadFile(FileIn(data_dir_ + ".roots/1", ".root"));
  Erase({gone.id});
  {
    auto reader = store_->Read().value();
    keys::KeyTree& tree = store_->key_tree();
    auto entry = std::make_shared<const std::string>(tree.FullEntry(reader->connection()).value());
    ASSERT_TRUE(custody_->places().journals->StartAfresh(tree.store_identity(), entry));
  }
  WriteFile(Also() + "/slot", slot);
  const ResidueReport report = Check({.also = {Also()}});
  EXPECT_EQ(report.verdict(), Verdict::kResidue);
  EXPECT_EQ(report.stores[0].erased_keys, 1) << ToJson(report);
}

TEST_F(ResidueTest, TheSlotsThemselvesAreNoCopies) {
  Create("a-");
  const ResidueReport report = Check({.also = {data_dir_ + ".roots"}});
  EXPECT_EQ(report.verdict(), Verdict::kClean) << ToJson(report);
}

// A leaf page under the present key in which somebody erased is still in use: what a page would
// look like that an erasure forgot to give a new key.
TEST_F(ResidueTest, APageThatWasNotReKeyedIsFoundInACopyOfTheFile) {
  const Head gone = Create("a-");
  // The canaries shall lie on another page: their own erasure gives theirs a new key.
  for (int i = 0; i < 70; ++i) Create("c" + std::to_string(i) + "-");
  Erase({gone.id});
  const std::string also = Also();
  {
    auto database = storage::OpenSqlite(also + "/copy.db").value();
    auto writer = database->OpenWriter().value();
    ASSERT_TRUE(writer->Execute(
        "CREATE TABLE store_identity (value BLOB); CREATE TABLE key_page (page INTEGER PRIMARY "
        "KEY, version BIGINT, sealed BLOB); CREATE TABLE key_root (version BIGINT, root BLOB)"));
    TreeView tree = TreeView::Take(*store_).value();
    const keys::PageId leaf = tree.root().shape.LeafOf(gone.ordinal);
    keys::KeyPage page = *tree.Page(leaf).value();
    page.Put(tree.root().shape.SlotOf(gone.ordinal), crypto::Key::Random());
    page.version = 1;
    const std::string sealed =
        keys::SealPage(page, leaf, *tree.KeyOf(leaf).value(), tree.identity());
    auto identity = writer->Prepare("INSERT INTO store_identity VALUES ($1)").value();
    identity->BindBlob(1, tree.identity());
    ASSERT_TRUE(identity->Step());
    auto insert = writer->Prepare("INSERT INTO key_page VALUES ($1, 1, $2)").value();
    insert->Bind(1, leaf).BindBlob(2, sealed);
    ASSERT_TRUE(insert->Step());
    // With its log beside it, as when somebody copied the files of a running server.
    std::filesystem::create_directories(also + "/raw");
    std::filesystem::copy_file(also + "/copy.db", also + "/raw/copy.db");
    std::filesystem::copy_file(also + "/copy.db-wal", also + "/raw/copy.db-wal");
  }
  for (const std::string& folder : {also, also + "/raw"}) {
    const ResidueReport report = Check({.also = {folder}});
    EXPECT_EQ(report.verdict(), Verdict::kResidue) << ToJson(report);
    EXPECT_EQ(report.stores[0].erased_keys, 1);
    EXPECT_EQ(report.stores[0].canary_keys, 0);
  }
}

TEST_F(ResidueTest, CopiesOfFilesAndJournalsAreTried) {
  Create("a-");
  const int64_t few = Check().stores[0].pages_tried;
  Erase({1});
  const std::string also = Also();
  std::filesystem::copy(data_dir_ + "/stores", also + "/stores");
  std::filesystem::copy(data_dir_ + ".journal", also + "/old.journal");
  const ResidueReport report = Check({.also = {also}});
  EXPECT_EQ(report.verdict(), Verdict::kClean) << ToJson(report);
  EXPECT_GT(report.stores[0].pages_tried, few + 4);
  // Nothing is left beside the copies.
  EXPECT_FALSE(std::filesystem::exists(also + "/stores/1.db-journal"));
}

TEST_F(ResidueTest, ADatabaseThatCannotBeReadLeavesTheCheckUnfinished) {
  const std::string also = Also();
  std::string bytes = ReadFile(StorePath());
  for (size_t i = 100; i < bytes.size(); ++i) bytes[i] = static_cast<char>(0x5a);
  WriteFile(also + "/damaged.db", bytes);
  WriteFile(also + "/none.db", "no database at all, but of the same ending; and long enough to be");
  const ResidueReport report = Check({.also = {also}});
  EXPECT_EQ(report.verdict(), Verdict::kUnchecked);
  ASSERT_THAT(report.unreadable, SizeIs(1)) << ToJson(report);
  EXPECT_THAT(report.unreadable[0], EndsWith("damaged.db"));
}

// ---- canaries ----

TEST_F(ResidueTest, EveryDeclaredKindOfRecordIsPlantedForEveryOwner) {
  const auto canaries = PlantCanaries(*store_, CanaryMark(), 1).value();
  auto reader = store_->Read().value();
  for (const Head& canary : canaries) {
    for (const auto& rule : customers::RecordKinds()) {
      auto count = reader->connection()
                       .Prepare("SELECT COUNT(*) FROM record WHERE ordinal = $1 AND kind = $2")
                       .value();
      count->Bind(1, canary.ordinal).Bind(2, static_cast<int64_t>(rule.kind));
      ASSERT_TRUE(count->Step().value());
      EXPECT_GT(count->Int(0), 0) << rule.name << " has no canary writer";
    }
  }
}

// The tags of the fields in sealed bytes, and what lies in them.
std::map<uint64_t, std::string> FieldsOf(std::string_view record) {
  std::map<uint64_t, std::string> fields;
  record.remove_prefix(1);
  const auto number = [&record] {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(record[0]);
      record.remove_prefix(1);
      value |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
  };
  while (!record.empty()) {
    const uint64_t tag = number();
    const uint64_t length = number();
    fields[tag] += record.substr(0, length);
    record.remove_prefix(length);
  }
  return fields;
}

// Every field that the codec knows, by asking it, is in the canary's record.
template <class T>
void ExpectEveryField(const T& canary) {
  const auto fields = FieldsOf(customers::Encode(canary));
  int known = 0;
  for (char tag = 1; tag < 127; ++tag) {
    T probe;
    // An empty field of a text, a list or a struct; a number needs a byte.
    const bool is_text = customers::Decode(std::string{1, tag, 0}, probe).has_value();
    const bool is_any = is_text || customers::Decode(std::string{1, tag, 1, 2}, probe).has_value();
    if (!is_any) continue;
    ++known;
    EXPECT_TRUE(fields.contains(static_cast<uint64_t>(tag)))
        << "no canary in the field of tag " << static_cast<int>(tag);
  }
  EXPECT_EQ(static_cast<size_t>(known), fields.size());
}

TEST(Canaries, FillEveryFieldOfEveryKind) {
  ExpectEveryField(CanaryProfile("mark"));
  ExpectEveryField(CanaryAddress("mark"));
  ExpectEveryField(CanaryAttributeValue("mark"));
  ExpectEveryField(CanaryTransaction("mark"));
  ExpectEveryField(CanaryEnrollment());
  ExpectEveryField(CanaryOrder("mark"));
  ExpectEveryField(CanaryShopperProfile("mark"));
  ExpectEveryField(CanarySegmentMembership());
  ExpectEveryField(CanaryKeptOrder("mark"));
  ExpectEveryField(CanaryConsent("mark"));
  ExpectEveryField(CanaryMetafield("mark"));
  ExpectEveryField(CanaryPaymentInstrument("mark"));
  ExpectEveryField(CanaryOrderDetails("mark"));
  ExpectEveryField(CanaryCart("mark"));
  ExpectEveryField(CanaryCouponAssignment());
  ExpectEveryField(CanaryCreditAdjustment("mark"));
  ExpectEveryField(CanaryWishListItem("mark"));
}

TEST(Canaries, MarksDifferFromEachOtherAndFromTheirFoldedForm) {
  crypto::Initialize();
  const CanaryMark one;
  const CanaryMark other;
  EXPECT_NE(one.text(), other.text());
  EXPECT_NE(one.text(), one.Folded());
  EXPECT_NE(one.text(), one.Upper());
  EXPECT_THAT(one.text(), SizeIs(24));
}

// ---- raw bytes ----

class RawScanTest : public DoctorFixture {
 protected:
  static RawScan Scan(const std::vector<std::string>& files) {
    return ScanFiles(files, {"needle-in-hay", "Needle-In-Hay"}, [] { return true; }).value();
  }
};

TEST_F(RawScanTest, NeedlesAreFoundAcrossEveryBorderAndOnce) {
  constexpr size_t kMiB = 1024 * 1024;
  std::string bytes(3 * kMiB + 100, 'h');
  std::vector<int64_t> offsets = {0, kMiB - 6, 2 * kMiB - 13, 2 * kMiB + 40, 3 * kMiB + 87};
  for (const int64_t offset : offsets) {
    bytes.replace(static_cast<size_t>(offset), 13, "needle-in-hay");
  }
  const std::string path = (folder_ / "hay").string();
  WriteFile(path, bytes);
  const RawScan scan = Scan({path, (folder_ / "gone").string()});
  EXPECT_EQ(scan.files, 1);
  EXPECT_EQ(scan.bytes, static_cast<int64_t>(bytes.size()));
  std::vector<int64_t> found;
  for (const RawHit& hit : scan.hits) found.push_back(hit.offset);
  EXPECT_EQ(found, offsets);
  EXPECT_EQ(scan.hit_count, 5);
}

TEST_F(RawScanTest, EachFileIsListedOnce) {
  WriteFile(folder_ / "tree/deep/file", "x");
  std::filesystem::create_hard_link(folder_ / "tree/deep/file", folder_ / "tree/other-name");
  const std::string tree = (folder_ / "tree").string();
  EXPECT_THAT(FilesBelow({tree, tree + "/deep", "/nowhere"}).value(), SizeIs(1));
}

TEST_F(RawScanTest, TheLocksOfOpenDatabasesStay) {
  Create("a-");
  const auto is_locked = [&] {
    const pid_t child = fork();
    if (child == 0) {
      const int fd = open(StorePath().c_str(), O_RDWR | O_CLOEXEC);
      // The range of SQLite's shared locks (its file format, section "locking").
      struct flock lock {};
      lock.l_type = F_WRLCK;
      lock.l_whence = SEEK_SET;
      lock.l_start = 0x40000002;
      lock.l_len = 510;
      const bool asked = fcntl(fd, F_GETLK, &lock) == 0;
      _exit(asked && lock.l_type != F_UNLCK ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 1;
  };
  ASSERT_TRUE(is_locked());
  EXPECT_EQ(Scan({StorePath()}).files, 1);
  EXPECT_TRUE(is_locked());
}

}  // namespace
}  // namespace oubli::doctor
