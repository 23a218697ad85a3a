// What every engine behind storage::Database must do. One suite, run on each engine.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/sqlite/sqlite_database.h"

namespace oubli::storage {
namespace {

struct Engine {
  std::string name;
  std::function<Result<std::unique_ptr<Database>>(const std::filesystem::path& folder)> open;
};

class DatabaseConformanceTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "oubli-engine-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    database_ = GetParam().open(folder_).value();
    writer_ = database_->OpenWriter().value();
    const std::string_view ddl[] = {
        "CREATE TABLE pair (a BIGINT NOT NULL, b BIGINT NOT NULL, body {blob}, PRIMARY KEY (a, b))"
        "{clustered}"};
    ASSERT_TRUE(Migrate(*database_, *writer_, ddl));
  }
  void TearDown() override {
    writer_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  static Status Insert(Connection& connection, int64_t a, int64_t b, std::string_view body) {
    OUBLI_TRY_ASSIGN(auto insert,
                     connection.Prepare("INSERT INTO pair (a, b, body) VALUES ($1, $2, $3)"));
    insert->Bind(1, a).Bind(2, b).BindBlob(3, body);
    OUBLI_TRY(insert->Step());
    EXPECT_EQ(insert->Changes(), 1);
    return {};
  }
  // Where a copy has to go so that TakeCopied() finds it.
  std::filesystem::path CopyPath() const { return folder_ / "copied" / "store.db"; }
  // The rows of the copy, by their first two columns; the copy is removed.
  std::vector<std::pair<int64_t, int64_t>> TakeCopied() {
    std::vector<std::pair<int64_t, int64_t>> rows;
    {
      auto copied = GetParam().open(folder_ / "copied").value();
      auto reader = copied->OpenReader().value();
      auto select = reader->Prepare("SELECT a, b FROM pair ORDER BY a, b").value();
      while (select->Step().value()) rows.emplace_back(select->Int(0), select->Int(1));
    }
    std::filesystem::remove_all(folder_ / "copied");
    return rows;
  }
  static int64_t Count(Connection& connection) {
    auto count = connection.Prepare("SELECT COUNT(*) FROM pair").value();
    EXPECT_TRUE(count->Step().value());
    return count->Int(0);
  }

  std::filesystem::path folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> writer_;
};

TEST_P(DatabaseConformanceTest, BytesNumbersAndNullsComeBackAsTheyWere) {
  const std::string bytes("\0a\xff'", 4);
  ASSERT_TRUE(writer_->BeginWrite());
  ASSERT_TRUE(Insert(*writer_, INT64_MIN, INT64_MAX, bytes));
  {
    auto insert = writer_->Prepare("INSERT INTO pair (a, b, body) VALUES ($1, $2, $3)").value();
    ASSERT_TRUE(insert->Bind(1, 1).Bind(2, 1).BindNull(3).Step());
  }
  ASSERT_TRUE(writer_->Commit());
  auto select = writer_->Prepare("SELECT a, b, body FROM pair ORDER BY a").value();
  ASSERT_TRUE(select->Step().value());
  EXPECT_EQ(select->Int(0), INT64_MIN);
  EXPECT_EQ(select->Int(1), INT64_MAX);
  EXPECT_EQ(select->Blob(2), bytes);
  EXPECT_FALSE(select->IsNull(2));
  ASSERT_TRUE(select->Step().value());
  EXPECT_TRUE(select->IsNull(2));
  EXPECT_FALSE(select->Step().value());
}

TEST_P(DatabaseConformanceTest, ParametersAreNumberedNotOrdered) {
  ASSERT_TRUE(writer_->BeginWrite());
  ASSERT_TRUE(Insert(*writer_, 1, 2, "x"));
  auto update = writer_->Prepare("UPDATE pair SET body = $3 WHERE b = $2 AND a = $1").value();
  ASSERT_TRUE(update->Bind(1, 1).Bind(2, 2).BindBlob(3, "y").Step());
  EXPECT_EQ(update->Changes(), 1);
  ASSERT_TRUE(writer_->Commit());
}

TEST_P(DatabaseConformanceTest, ASavepointUndoesOnlyWhatCameAfterIt) {
  ASSERT_TRUE(writer_->BeginWrite());
  ASSERT_TRUE(Insert(*writer_, 1, 1, "x"));
  ASSERT_TRUE(writer_->Savepoint());
  ASSERT_TRUE(Insert(*writer_, 2, 2, "y"));
  EXPECT_EQ(Insert(*writer_, 1, 1, "clash").error().kind, ErrorKind::kConflict);
  ASSERT_TRUE(writer_->RollbackToSavepoint());
  ASSERT_TRUE(writer_->Savepoint());
  ASSERT_TRUE(Insert(*writer_, 3, 3, "z"));
  ASSERT_TRUE(writer_->ReleaseSavepoint());
  ASSERT_TRUE(writer_->Commit());
  EXPECT_EQ(Count(*writer_), 2);
}

TEST_P(DatabaseConformanceTest, ReadersSeeOneSnapshotAndOnlyWhatIsCommitted) {
  auto reader = database_->OpenReader().value();
  ASSERT_TRUE(writer_->BeginWrite());
  ASSERT_TRUE(Insert(*writer_, 1, 1, "x"));
  ASSERT_TRUE(reader->BeginRead());
  EXPECT_EQ(Count(*reader), 0);
  ASSERT_TRUE(writer_->Commit());
  EXPECT_EQ(Count(*reader), 0);
  reader->Rollback();
  ASSERT_TRUE(reader->BeginRead());
  EXPECT_EQ(Count(*reader), 1);
  EXPECT_FALSE(Insert(*reader, 2, 2, "y"));
  reader->Rollback();
}

TEST_P(DatabaseConformanceTest, ARolledBackTransactionLeavesNothing) {
  ASSERT_TRUE(writer_->BeginWrite());
  ASSERT_TRUE(Insert(*writer_, 1, 1, "x"));
  writer_->Rollback();
  writer_->Rollback();
  EXPECT_EQ(Count(*writer_), 0);
}

TEST_P(DatabaseConformanceTest, TheSameTextMayRunInsideItself) {
  ASSERT_TRUE(writer_->BeginWrite());
  for (int64_t i = 0; i < 3; ++i) ASSERT_TRUE(Insert(*writer_, i, i, "x"));
  ASSERT_TRUE(writer_->Commit());
  constexpr const char* kSelect = "SELECT a FROM pair ORDER BY a";
  int seen = 0;
  auto outer = writer_->Prepare(kSelect).value();
  while (outer->Step().value()) {
    auto inner = writer_->Prepare(kSelect).value();
    while (inner->Step().value()) ++seen;
  }
  EXPECT_EQ(seen, 9);
}

TEST_P(DatabaseConformanceTest, CommittedRowsSurviveReopeningAndCheckpoints) {
  ASSERT_TRUE(writer_->BeginWrite());
  ASSERT_TRUE(Insert(*writer_, 1, 1, std::string(100'000, 'x')));
  ASSERT_TRUE(writer_->Commit());
  EXPECT_GT(database_->LogBytes(), 100'000);
  ASSERT_TRUE(database_->Checkpoint(false));
  ASSERT_TRUE(database_->Checkpoint(true));
  EXPECT_EQ(database_->LogBytes(), 0);
  writer_.reset();
  database_.reset();
  database_ = GetParam().open(folder_).value();
  writer_ = database_->OpenWriter().value();
  EXPECT_EQ(Count(*writer_), 1);
}

TEST_P(DatabaseConformanceTest, ANewerSchemaIsRefusedAndAnEqualOneIsLeftAlone) {
  const std::string_view same[] = {"never run again"};
  EXPECT_TRUE(Migrate(*database_, *writer_, same));
  EXPECT_EQ(Migrate(*database_, *writer_, {}).error().kind, ErrorKind::kCorrupt);
  const std::string_view broken[] = {"never run again", "CREATE TABLE half (a BIGINT); nonsense"};
  EXPECT_FALSE(Migrate(*database_, *writer_, broken));
  EXPECT_FALSE(writer_->Prepare("SELECT a FROM half"));
}

TEST_P(DatabaseConformanceTest, ACopyHoldsWhatIsCommittedAndNothingElse) {
  std::filesystem::create_directory(folder_ / "copied");
  ASSERT_TRUE(writer_->BeginWrite());
  ASSERT_TRUE(Insert(*writer_, 1, 1, "x"));
  ASSERT_TRUE(writer_->Commit());
  ASSERT_TRUE(writer_->BeginWrite());
  ASSERT_TRUE(Insert(*writer_, 2, 2, "y"));
  const Status copied = database_->CopyTo(CopyPath());
  ASSERT_TRUE(copied) << copied.error().text;
  struct stat status {};
  ASSERT_EQ(stat(CopyPath().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  // One file and no more: nothing of it is left in a log.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "copied"), {}), 1);
  ASSERT_TRUE(writer_->Commit()) << "the writer's transaction went on meanwhile";
  using Rows = std::vector<std::pair<int64_t, int64_t>>;
  EXPECT_EQ(TakeCopied(), (Rows{{1, 1}}));
  EXPECT_EQ(Count(*writer_), 2);
}

TEST_P(DatabaseConformanceTest, ACopyIsOneSnapshotWhileAWriterGoesOn) {
  constexpr int64_t kBefore = 2000;
  const std::string body(1000, 'x');
  ASSERT_TRUE(writer_->BeginWrite());
  for (int64_t i = 0; i < kBefore; ++i) {
    for (const int64_t b : {0, 1}) ASSERT_TRUE(Insert(*writer_, i, b, body));
  }
  ASSERT_TRUE(writer_->Commit());
  std::atomic<int64_t> committed = kBefore;
  std::jthread thread([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      // Two rows a transaction, far from each other in the table.
      const int64_t i = committed;
      ASSERT_TRUE(writer_->BeginWrite());
      ASSERT_TRUE(Insert(*writer_, i, 0, body));
      ASSERT_TRUE(Insert(*writer_, -i, 1, body));
      ASSERT_TRUE(writer_->Commit());
      committed = i + 1;
    }
  });
  int went_on = 0;
  for (int tries = 0; tries < 100 && went_on < 3; ++tries) {
    std::filesystem::create_directory(folder_ / "copied");
    const int64_t before = committed;
    const Status copied = database_->CopyTo(CopyPath());
    const int64_t after = committed;
    ASSERT_TRUE(copied) << copied.error().text;
    if (after > before) ++went_on;
    const auto rows = TakeCopied();
    const auto last = rows.empty() ? -1 : rows.back().first;
    EXPECT_EQ(static_cast<int64_t>(rows.size()), 2 * (last + 1)) << "a transaction is half there";
    EXPECT_EQ(rows.empty() ? 0 : rows.front().first, last >= kBefore ? -last : 0);
    EXPECT_GE(last + 1, before) << "committed before the copy began";
    EXPECT_LE(last, after) << "at most the one whose commit was just returning";
  }
  EXPECT_EQ(went_on, 3) << "the writer waited for every copy";
}

TEST_P(DatabaseConformanceTest, ACopyReplacesNothingAndMakesNoFolder) {
  EXPECT_EQ(database_->CopyTo(CopyPath()).error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copied"));
  std::filesystem::create_directory(folder_ / "copied");
  std::ofstream(CopyPath()) << "mine";
  EXPECT_EQ(database_->CopyTo(CopyPath()).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(std::filesystem::file_size(CopyPath()), 4u);
  // Nor does it go through a link to what is elsewhere.
  std::filesystem::remove(CopyPath());
  std::filesystem::create_symlink(folder_ / "elsewhere", CopyPath());
  EXPECT_EQ(database_->CopyTo(CopyPath()).error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
  EXPECT_EQ(Count(*writer_), 0) << "the database itself goes on";
}

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseConformanceTest,
                         testing::Values(Engine{"sqlite",
                                                [](const std::filesystem::path& folder) {
                                                  return OpenSqlite(folder / "store.db");
                                                }}),
                         [](const auto& engine) { return engine.param.name; });

TEST(SqliteDatabaseTest, FilesAreForTheirOwnerAlone) {
  std::string folder = testing::TempDir() + "oubli-mode-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  {
    auto database = OpenSqlite(folder + "/store.db").value();
    auto writer = database->OpenWriter().value();
    ASSERT_TRUE(writer->Execute("CREATE TABLE t (a BIGINT)"));
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      struct stat status {};
      ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777, 0600u) << entry.path();
    }
  }
  std::filesystem::remove_all(folder);
}

TEST(SqliteDatabaseTest, AFolderThatDoesNotExistIsAnError) {
  EXPECT_EQ(OpenSqlite("/nonexistent/folder/store.db").error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace oubli::storage
