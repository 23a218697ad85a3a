// Restore drills: old backups with newer journals, and what comes back of them.
#include <fstream>

#include "access/administrators.h"
#include "access/api_keys.h"
#include "backup/restore_fixture.h"
#include "customers/heads.h"
#include "customers/kept_orders.h"
#include "customers/settings.h"
#include "customers/shopper_profiles.h"

namespace oubli::backup {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

TEST_F(RestoreTest, TheErasedStayErasedAndTheLivingAreWhole) {
  const auto [ann, bob, set] = BackUpAnnAndBob();
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

TEST_F(RestoreTest, SegmentsComeBackWithTheLivingMembersAlone) {
  sweeps_ = false;
  Close();
  Open();
  const int64_t ann = Create("ann");
  const int64_t bob = Create("bob");
  customers::Segment kept;
  customers::Segment emptied;
  std::map<int64_t, std::string> uuids;
  ASSERT_TRUE(store_->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(const auto segments,
                     customers::CreateSegments(transaction, {{"kept", ""}, {"emptied", ""}}));
    kept = segments[0];
    emptied = segments[1];
    for (const int64_t id : {ann, bob}) {
      OUBLI_TRY_ASSIGN(const auto owner,
                       customers::FindHead(transaction, customers::OwnerKind::kCustomer, id));
      OUBLI_TRY_ASSIGN(const auto profile, customers::CreateShopperProfile(transaction, *owner));
      uuids[id] = profile.uuid;
      OUBLI_TRY(customers::AddMember(transaction, kept, *owner));
      OUBLI_TRY(customers::AddMember(transaction, emptied, *owner));
    }
    return customers::EmptySegment(transaction, emptied);
  }));
  BackUp();
  ASSERT_TRUE(Erase({bob}));
  Close();
  sweeps_ = true;
  MustRestore(to_);
  EXPECT_EQ(report().damaged, 0);
  Open();
  for (int i = 0; i < 1000 && store_->writer().busy(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record_sweep"), 0) << "what was retired is swept";
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record WHERE kind = 11"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM record_id WHERE kind IN (10, 11)"), 2);
  {
    customers::StoreReader reader = store_->Read().value();
    EXPECT_EQ(customers::CountMembers(*reader, kept).value(), 1);
    EXPECT_EQ(customers::ListMembers(*reader, kept, 0, 9)->front().profile.uuid, uuids[ann]);
    EXPECT_EQ(customers::CountShopperProfiles(*reader).value(), 1);
    EXPECT_FALSE(customers::FindShopperProfileByUuid(*reader, uuids[bob]).value());
    const auto found = customers::FindSegment(*reader, emptied.uuid).value();
    EXPECT_EQ(customers::CountMembers(*reader, *found).value(), 0);
  }
  const auto made = store_->WriteAndWait([](customers::StoreTransaction& transaction) {
    return customers::CreateSegments(transaction, {{"new", ""}});
  });
  EXPECT_GT(made->front().id, kCounterGap);
  EXPECT_EQ(made->front().member_range, 4) << "few bits: these leave no gap";
}

TEST_F(RestoreTest, TheKeptAmountsOfTheErasedStay) {
  ASSERT_TRUE(customers::ChangeSetting(*store_, "keep_order_amounts", "yes"));
  const int64_t ann = Create("ann");
  const auto put = [&](int64_t customer, int64_t total) {
    const auto stored = store_->WriteAndWait(
        [&](customers::StoreTransaction& transaction) -> Result<customers::Order> {
          customers::Order order;
          order.total = Decimal::FromInt(total);
          OUBLI_TRY_ASSIGN(
              const auto head,
              customers::FindHead(transaction, customers::OwnerKind::kCustomer, customer));
          return customers::PutOrder(transaction, *head, order);
        });
    EXPECT_TRUE(stored);
    return stored ? stored->kept_id : 0;
  };
  const auto kept = [&] {
    std::map<int64_t, std::string> totals;
    customers::StoreReader reader = store_->Read().value();
    EXPECT_TRUE(customers::ForEachKeptOrder(
        *reader, 0, [&](const customers::Head& head, const customers::KeptOrder& order) {
          totals[head.id] = order.total.ToString();
          return true;
        }));
    EXPECT_EQ(CountOwners(*reader, customers::OwnerKind::kKeptOrder).value(),
              static_cast<int64_t>(totals.size()));
    return totals;
  };
  const int64_t first = put(ann, 7);
  const int64_t forgotten = put(ann, 8);
  const std::string set = BackUp();
  put(ann, 9);  // after the backup: given up, as the order itself is
  ASSERT_TRUE(Erase({ann}));
  std::promise<Status> done;
  erasure::Erase(*store_, customers::OwnerKind::kKeptOrder, {forgotten},
                 [&](Result<erasure::Outcome> outcome) {
                   done.set_value(outcome ? Status() : Status(Fail(outcome.error())));
                 });
  ASSERT_TRUE(done.get_future().get());
  Close();
  MustRestore(set);
  EXPECT_EQ(report().damaged, 0);
  Open();
  EXPECT_TRUE(Living().empty());
  EXPECT_EQ(kept(), (std::map<int64_t, std::string>{{first, "7"}}))
      << "what was forgotten stays forgotten";
  EXPECT_TRUE(store_->settings().IsOn(customers::Setting::kKeepOrderAmounts));
  EXPECT_NE(put(Create("bob"), 10), 0);
  EXPECT_EQ(kept().size(), 2U);
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
          LoseDataAndItsJournal();
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

TEST_F(RestoreTest, DamageInAJournalIsTold) {
  const auto [ann, bob, set] = BackUpAnnAndBob();
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
  LoseDataAndItsJournal();
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

TEST_F(RestoreTest, OnlyWhoWasLivingInTheBackupIsCountedAsRemoved) {
  Close();
  sweeps_ = false;
  Open();
  Create("ann");
  Create("bob");
  ASSERT_TRUE(ClearAll());
  const int64_t cid = Create("cid");
  const int64_t dora = Create("dora");
  // Rows of those who were gone by then are in the backup all the same.
  ASSERT_EQ(Count("SELECT COUNT(*) FROM owner"), 4);
  const std::string set = BackUp();
  ASSERT_TRUE(Erase({dora}));
  Close();
  Save("erased");
  MustRestore(set);
  EXPECT_EQ(report().living, 1);
  EXPECT_EQ(report().removed, 1) << "dora alone";
  EXPECT_EQ(report().given_up, 0);
  EXPECT_EQ(report().damaged, 0);
  Open();
  EXPECT_EQ(Living(), (People{{cid, "cid"}}));
  EXPECT_EQ(Count("SELECT COUNT(*) FROM owner"), 1);
  Close();
  // Another clear-all behind the backup: whoever was living in it goes, and nobody else is counted.
  GoBackTo("erased");
  Open();
  ASSERT_TRUE(ClearAll());
  Close();
  MustRestore(set);
  EXPECT_EQ(report().living, 0);
  EXPECT_EQ(report().removed, 2) << "cid and dora";
  Open();
  EXPECT_TRUE(Living().empty());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM owner"), 0);
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

TEST_F(RestoreTest, AdministratorsAreNoMoreThanBefore) {
  const auto administrators = [this] { return access::Administrators(*file_, clock_); };
  const auto sign_in = [&](std::string_view name, std::string_view password) {
    return administrators().SignIn(name, password).value().has_value();
  };
  ASSERT_TRUE(administrators().Create("kept", "old-password", {}));
  ASSERT_TRUE(administrators().Create("changed", "old-password", {}));
  ASSERT_TRUE(administrators().Create("removed", "old-password", {"abc"}));
  const std::string set = BackUp();
  ASSERT_TRUE(administrators().SetPassword("changed", "new-password"));
  ASSERT_TRUE(administrators().Remove("removed"));
  const int64_t later = administrators().Create("later", "old-password", {}).value().id;
  Close();
  MustRestore(set);
  EXPECT_EQ(plan_.removed_administrators, 1);
  Open();
  EXPECT_TRUE(sign_in("kept", "old-password"));
  EXPECT_FALSE(sign_in("changed", "old-password")) << "it may be known to others";
  EXPECT_TRUE(sign_in("changed", "new-password"));
  EXPECT_FALSE(sign_in("removed", "old-password"));
  const auto list = administrators().List().value();
  EXPECT_EQ(list.size(), 2U);
  EXPECT_GT(administrators().Create("next", "old-password", {}).value().id, later);
}

TEST_F(RestoreTest, WithoutTheDataAdministratorsAreThoseOfTheBackup) {
  ASSERT_TRUE(access::Administrators(*file_, clock_).Create("removed", "old-password", {}));
  const std::string set = BackUp();
  ASSERT_TRUE(access::Administrators(*file_, clock_).Remove("removed"));
  Close();
  LoseData();
  MustRestore(set);
  EXPECT_EQ(plan_.removed_administrators, 0);
  Open();
  access::Administrators administrators(*file_, clock_);
  EXPECT_TRUE(administrators.SignIn("removed", "old-password").value()) << "nobody knows better";
  EXPECT_GT(administrators.Create("next", "old-password", {})->id, kCounterGap);
}

TEST_F(RestoreTest, EventsThatHooksHaveHeardOfAreNotNumberedAgain) {
  Create("ann");
  const std::string set = BackUp();
  Close();
  MustRestore(set);
  Open();
  EXPECT_GE(Count("SELECT value FROM counter WHERE name = 'outbox_no'"), kCounterGap)
      << "the first events may have come behind the backup and the journal's last word";
}

}  // namespace
}  // namespace oubli::backup
