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

class CheckingCommand final : public WriteCommand {
 public:
  CheckingCommand(Status outcome, std::promise<Status>& done) : outcome_(outcome), done_(done) {}
  Status Run(Connection&) override { return outcome_; }
  void Done(const Status& outcome) override { done_.set_value(outcome); }
  bool ChecksBeforeWriting() const override { return true; }

 private:
  Status outcome_;
  std::promise<Status>& done_;
};

TEST_F(GroupWriterTest, ACommandThatChecksFirstRefusesAloneButFailsTogetherWithTheGroup) {
  for (const ErrorKind kind : {ErrorKind::kNotFound, ErrorKind::kUnavailable}) {
    const int64_t before = Count();
    // The holding command has a group of its own: the others come while it runs.
    std::promise<void> started;
    std::promise<void> open;
    auto gate = open.get_future().share();
    auto holding = Submit([gate, &started](Connection&) -> Status {
      started.set_value();
      gate.wait();
      return {};
    });
    started.get_future().wait();
    auto first =
        Submit([before](Connection& connection) { return Insert(connection, before + 1); });
    std::promise<Status> second;
    writer_->Submit(std::make_unique<CheckingCommand>(Fail(kind, "no"), second));
    open.set_value();
    EXPECT_TRUE(holding.get());
    EXPECT_EQ(second.get_future().get().error().kind, kind);
    const bool refused = kind == ErrorKind::kNotFound;
    EXPECT_EQ(first.get().has_value(), refused);
    EXPECT_EQ(Count(), before + (refused ? 1 : 0));
  }
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

TEST_F(GroupWriterTest, BackgroundWorkRunsUntilNothingIsLeftAndRequestsGoBetween) {
  std::atomic<int> slices{0};
  writer_->SetBackground([&](Connection& connection, const std::function<bool()>&) -> Result<bool> {
    OUBLI_TRY(Insert(connection, 1000 + slices));
    return ++slices < 5;
  });
  writer_->WakeBackground();
  ASSERT_TRUE(Submit([](Connection& connection) { return Insert(connection, 1); }).get());
  for (int i = 0; i < 500 && writer_->busy(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(slices, 5);
  EXPECT_EQ(Count(), 6);
}

TEST_F(GroupWriterTest, FailingBackgroundWorkChangesNothingAndStopsUntilWokenAgain) {
  std::atomic<int> calls{0};
  writer_->SetBackground([&](Connection& connection, const std::function<bool()>&) -> Result<bool> {
    ++calls;
    OUBLI_TRY(Insert(connection, 1));
    return Fail(ErrorKind::kUnavailable, "no");
  });
  writer_->WakeBackground();
  while (writer_->busy()) std::this_thread::yield();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(Count(), 0);
  writer_->WakeBackground();
  while (writer_->busy()) std::this_thread::yield();
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace oubli::storage
