#include "storage/group_writer.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <future>

#include "storage/reader_pool.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::storage {
namespace {

class LambdaCommand final : public WriteCommand {
 public:
  LambdaCommand(std::function<Status(Connection&)> run, std::function<void(const Status&)> done)
      : run_(std::move(run)), done_(std::move(done)) {}
  Status Run(Connection& connection) override { return run_(connection); }
  void Done(const Status& outcome) override { done_(outcome); }

 private:
  std::function<Status(Connection&)> run_;
  std::function<void(const Status&)> done_;
};

Status Insert(Connection& connection, int64_t id) {
  OUBLI_TRY_ASSIGN(auto insert, connection.Prepare("INSERT INTO item (id) VALUES ($1)"));
  insert->Bind(1, id);
  OUBLI_TRY(insert->Step());
  return {};
}

class GroupWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "oubli-group-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    database_ = OpenSqlite(folder_ / "store.db").value();
    auto connection = database_->OpenWriter().value();
    const std::string_view ddl[] = {"CREATE TABLE item (id BIGINT NOT NULL PRIMARY KEY)"};
    ASSERT_TRUE(Migrate(*database_, *connection, ddl));
    readers_ = std::make_unique<ReaderPool>(*database_);
    writer_ = std::make_unique<GroupWriter>(threads_, std::move(connection));
  }
  void TearDown() override {
    writer_.reset();
    readers_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::future<Status> Submit(std::function<Status(Connection&)> run) {
    auto promise = std::make_shared<std::promise<Status>>();
    writer_->Submit(std::make_unique<LambdaCommand>(
        std::move(run), [promise](const Status& outcome) { promise->set_value(outcome); }));
    return promise->get_future();
  }
  // Keeps the writer busy until `open` is set, so that what is submitted meanwhile shares one
  // group.
  std::future<Status> HoldWriter(std::promise<void>& open) {
    auto started = std::make_shared<std::promise<void>>();
    auto runs = started->get_future();
    auto holding = Submit([gate = open.get_future().share(), started](Connection&) -> Status {
      started->set_value();
      gate.wait();
      return {};
    });
    runs.wait();
    return holding;
  }
  int64_t Count() {
    ReadLease reader = readers_->Acquire().value();
    StatementHandle count = reader->Prepare("SELECT COUNT(*) FROM item").value();
    EXPECT_TRUE(count->Step().value());
    return count->Int(0);
  }

  std::filesystem::path folder_;
  WriterThreads threads_{2};
  std::unique_ptr<Database> database_;
  std::unique_ptr<ReaderPool> readers_;
  std::unique_ptr<GroupWriter> writer_;
};

TEST_F(GroupWriterTest, AFailingCommandIsUndoneAloneAndTheOthersCommit) {
  // The first command holds the writer, so that the next ones share a group.
  std::promise<void> open;
  auto gate = open.get_future().share();
  auto first = Submit([gate](Connection& connection) {
    gate.wait();
    return Insert(connection, 1);
  });
  auto failing = Submit([](Connection& connection) -> Status {
    OUBLI_TRY(Insert(connection, 2));
    return Fail(ErrorKind::kInvalid, "no");
  });
  auto clashing = Submit([](Connection& connection) { return Insert(connection, 1); });
  auto last = Submit([](Connection& connection) { return Insert(connection, 3); });
  open.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(failing.get().error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(clashing.get().error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(last.get());
  EXPECT_EQ(Count(), 2);
}

// Fails with a given kind, before or behind a write of its own.
class CheckingCommand final : public WriteCommand {
 public:
  CheckingCommand(int64_t writes, ErrorKind kind, std::promise<Status>& done)
      : writes_(writes), kind_(kind), done_(done) {}
  Status Run(Connection& connection) override {
    if (writes_ != 0) OUBLI_TRY(Insert(connection, writes_));
    return Fail(kind_, "no");
  }
  void Done(const Status& outcome) override { done_.set_value(outcome); }
  bool ChecksBeforeWriting() const override { return true; }

 private:
  int64_t writes_;
  ErrorKind kind_;
  std::promise<Status>& done_;
};

TEST_F(GroupWriterTest, ACommandThatChecksFirstFailsAloneAlsoWhenItHasWrittenAfterAll) {
  int64_t next = 1;
  for (const int64_t writes : {0, 1000}) {
    for (const ErrorKind kind : {ErrorKind::kNotFound, ErrorKind::kCorrupt}) {
      std::promise<void> open;
      auto holding = HoldWriter(open);
      auto first = Submit([next](Connection& connection) { return Insert(connection, next); });
      std::promise<Status> second;
      writer_->Submit(std::make_unique<CheckingCommand>(writes, kind, second));
      auto third = Submit([next](Connection& connection) { return Insert(connection, next + 1); });
      open.set_value();
      EXPECT_TRUE(holding.get());
      EXPECT_EQ(second.get_future().get().error().kind, kind);
      EXPECT_TRUE(first.get());
      EXPECT_TRUE(third.get());
      next += 2;
      EXPECT_EQ(Count(), next - 1);
    }
  }
}

TEST_F(GroupWriterTest, WhenTheCommitFailsNobodyIsToldWhatWasFoundInIt) {
  std::promise<void> open;
  auto holding = HoldWriter(open);
  auto erasing = Submit([](Connection& connection) { return Insert(connection, 1); });
  // "Nobody of that code": found in a transaction that never comes to be.
  auto refused = Submit([](Connection&) -> Status { return Fail(ErrorKind::kNotFound, "nobody"); });
  auto ending = Submit([](Connection& connection) { return connection.Execute("ROLLBACK"); });
  open.set_value();
  EXPECT_TRUE(holding.get());
  EXPECT_EQ(erasing.get().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.get().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(ending.get().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(Count(), 0);
}

TEST_F(GroupWriterTest, AnAnswerComesAfterItsCommit) {
  for (int64_t id = 0; id < 50; ++id) {
    ASSERT_TRUE(Submit([id](Connection& connection) { return Insert(connection, id); }).get());
    EXPECT_EQ(Count(), id + 1);
  }
}

TEST_F(GroupWriterTest, CommandsFromManyThreadsAllRunOnce) {
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < 200; ++i) {
        const int64_t id = t * 1000 + i;
        if (Submit([id](Connection& connection) { return Insert(connection, id); }).get()) ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 800);
  EXPECT_EQ(Count(), 800);
}

TEST_F(GroupWriterTest, ClosingFinishesWhatIsThereAndRefusesTheRest) {
  auto before = Submit([](Connection& connection) { return Insert(connection, 1); });
  writer_->Close();
  EXPECT_TRUE(before.get());
  auto after = Submit([](Connection& connection) { return Insert(connection, 2); });
  EXPECT_EQ(after.get().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(Count(), 1);
}

class InsertingWork final : public BackgroundWork {
 public:
  struct Seen {
    std::atomic<int> slices{0}, committed{0}, failed{0};
    std::atomic<bool> fails{false};
  };
  explicit InsertingWork(Seen& seen) : seen_(seen) {}
  Result<bool> Slice(Connection& connection, const std::function<bool()>&) override {
    OUBLI_TRY(Insert(connection, 1000 + seen_.committed));
    ++seen_.slices;
    if (seen_.fails) return Fail(ErrorKind::kUnavailable, "no");
    return seen_.committed < 4;
  }
  void Committed() override { ++seen_.committed; }
  void Failed() override { ++seen_.failed; }

 private:
  Seen& seen_;
};

TEST_F(GroupWriterTest, BackgroundWorkRunsUntilNothingIsLeftAndRequestsGoBetween) {
  InsertingWork::Seen seen;
  writer_->SetBackground(std::make_unique<InsertingWork>(seen));
  writer_->WakeBackground();
  ASSERT_TRUE(Submit([](Connection& connection) { return Insert(connection, 1); }).get());
  for (int i = 0; i < 500 && writer_->busy(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(seen.committed, 5);
  EXPECT_EQ(Count(), 6);
}

TEST_F(GroupWriterTest, FailingBackgroundWorkChangesNothingAndIsTriedAgainByItself) {
  InsertingWork::Seen seen;
  seen.fails = true;
  writer_->SetBackground(std::make_unique<InsertingWork>(seen));
  writer_->WakeBackground();
  while (seen.failed == 0) std::this_thread::yield();
  EXPECT_EQ(Count(), 0);
  EXPECT_EQ(seen.slices, 1) << "not in a loop";
  seen.fails = false;
  for (int i = 0; i < 1000 && writer_->busy(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(seen.committed, 5);
  EXPECT_EQ(Count(), 5);
}

TEST_F(GroupWriterTest, ClosingDoesNotWaitForTheNextTry) {
  InsertingWork::Seen seen;
  seen.fails = true;
  writer_->SetBackground(std::make_unique<InsertingWork>(seen));
  writer_->WakeBackground();
  while (seen.failed == 0) std::this_thread::yield();
  const auto begun = std::chrono::steady_clock::now();
  writer_->Close();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(500));
}

}  // namespace
}  // namespace oubli::storage
