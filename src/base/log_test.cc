#include "base/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/date_time.h"
#include "base/json.h"
#include "base/text.h"

namespace oubli {
namespace {

class LogTest : public testing::Test {
 protected:
  void TearDown() override {
    ConfigureLog({});
    std::filesystem::remove(path_);
  }

  std::vector<std::string> Lines() const {
    std::ifstream file(path_);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  const std::string path_ = (std::filesystem::temp_directory_path() /
                             ("oubli_log_test_" + std::to_string(getpid()) + ".log"))
                                .string();
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
  ASSERT_TRUE(ConfigureLog({LogLevel::kInfo, path_}));
  Log(LogLevel::kInfo, "store opened", {{"store", "a \"b\"\n{}%"}, {"customers", int64_t{42}}});
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 1U);
  const auto value = ParseJson(lines[0]);
  ASSERT_TRUE(value.has_value()) << lines[0];
  const auto& object = value->as_object();
  EXPECT_EQ(AsString(*FindMember(object, "level")), "info");
  EXPECT_EQ(AsString(*FindMember(object, "event")), "store opened");
  EXPECT_EQ(AsString(*FindMember(object, "store")), "a \"b\"\n{}%");
  EXPECT_EQ(AsInt(*FindMember(object, "customers")), 42);
  const auto time = AsString(*FindMember(object, "time"));
  ASSERT_TRUE(time.has_value());
  EXPECT_TRUE(time->ends_with("Z"));
  const auto ms = ParseIso8601(*time);
  ASSERT_TRUE(ms.has_value());
  EXPECT_LT(std::abs(SystemClock().NowMs() - *ms), 60'000);
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  ASSERT_TRUE(ConfigureLog({LogLevel::kWarning, path_}));
  Log(LogLevel::kDebug, "one");
  Log(LogLevel::kInfo, "two");
  Log(LogLevel::kWarning, "three");
  Log(LogLevel::kError, "four");
  Log(LogLevel::kOff, "five");
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find("\"level\":\"warning\",\"event\":\"three\""), std::string::npos);
  EXPECT_NE(lines[1].find("\"level\":\"error\",\"event\":\"four\""), std::string::npos);
}

TEST_F(LogTest, IsSilentWhenOff) {
  ASSERT_TRUE(ConfigureLog({LogLevel::kOff, path_}));
  Log(LogLevel::kError, "nothing");
  EXPECT_TRUE(Lines().empty());
}

TEST_F(LogTest, AppendsToAFile) {
  ASSERT_TRUE(ConfigureLog({LogLevel::kInfo, path_}));
  Log(LogLevel::kInfo, "first run");
  ASSERT_TRUE(ConfigureLog({LogLevel::kInfo, path_}));
  Log(LogLevel::kInfo, "second run");
  EXPECT_EQ(Lines().size(), 2U);
}

TEST_F(LogTest, KeepsTheOldTargetWhenTheFileCannotBeOpened) {
  ASSERT_TRUE(ConfigureLog({LogLevel::kInfo, path_}));
  EXPECT_FALSE(ConfigureLog({LogLevel::kInfo, "/proc/no/such/place.log"}));
  Log(LogLevel::kInfo, "still here");
  EXPECT_EQ(Lines().size(), 1U);
}

TEST_F(LogTest, StaysJsonWithBadBytes) {
  ASSERT_TRUE(ConfigureLog({LogLevel::kInfo, path_}));
  Log(LogLevel::kInfo, "odd", {{"route", "\xFF\xFE"}});
  ASSERT_EQ(Lines().size(), 1U);
  EXPECT_TRUE(ParseJson(Lines()[0]).has_value()) << Lines()[0];
}

TEST_F(LogTest, GoesToStderrWithoutAFile) {
  testing::internal::CaptureStderr();
  ASSERT_TRUE(ConfigureLog({LogLevel::kInfo, ""}));
  Log(LogLevel::kInfo, "hello");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(ParseJson(text).has_value()) << text;
  EXPECT_NE(text.find("\"event\":\"hello\"}\n"), std::string::npos);
}

TEST_F(LogTest, KeepsLinesOfManyThreadsApart) {
  ASSERT_TRUE(ConfigureLog({LogLevel::kInfo, path_}));
  std::vector<std::thread> threads;
  for (int64_t t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int64_t i = 0; i < 250; ++i) {
        Log(LogLevel::kInfo, "tick", {{"thread", t}, {"count", i}});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto lines = Lines();
  EXPECT_EQ(lines.size(), 1000U);
  for (const std::string& line : lines) ASSERT_TRUE(ParseJson(line).has_value()) << line;
}

}  // namespace
}  // namespace oubli
