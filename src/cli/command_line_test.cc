#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/output.h"

namespace oubli::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CommandLineTest : public ::testing::Test {
 protected:
  struct Said {
    int code = 0;
    std::string err;
  };

  Said Run(std::vector<const char*> words) {
    words.insert(words.begin(), "oubli");
    const std::vector<Command> commands = {
        {.path = {"thing", "make"},
         .help = "Make",
         .example = "oubli thing make x",
         .parameters =
             CommonParameters({{.name = "name",
                                .help = "h",
                                .value = "NAME",
                                .kind = Parameter::Kind::kPositional,
                                .required = true},
                               {.name = "--tag", .help = "h", .repeated = true},
                               {.name = "--color", .help = "h", .choices = {"red", "blue"}}}),
         .run =
             [this](const Invocation& invocation) {
               invocation_ = invocation;
               return 7;
             }},
        {.path = {"plain"}, .help = "p", .example = "e", .parameters = {}, .run = [](const auto&) {
           return 8;
         }}};
    ::testing::internal::CaptureStderr();
    Said said;
    said.code = RunCommandLine(static_cast<int>(words.size()), words.data(), commands,
                               {{"thing", "Things"}});
    said.err = ::testing::internal::GetCapturedStderr();
    return said;
  }

  Invocation invocation_;
};

TEST_F(CommandLineTest, ValuesArriveWhereTheyBelong) {
  EXPECT_EQ(Run({"thing", "make", "n", "--tag", "a", "--tag=b", "--color", "red"}).code, 7);
  EXPECT_EQ(invocation_.Get("name"), "n");
  EXPECT_THAT(invocation_.All("--tag"), ElementsAre("a", "b"));
  EXPECT_FALSE(invocation_.Has("--json"));
  EXPECT_EQ(invocation_.Get("--data", "else"), "else");
  EXPECT_EQ(Run({"thing", "make", "--tag", "a", "n", "--json"}).code, 7);
  EXPECT_EQ(invocation_.Get("name"), "n");
  EXPECT_TRUE(invocation_.Has("--json"));
  EXPECT_EQ(Run({"thing", "make", "n", "--color", "red", "--color", "blue"}).code, 7);
  EXPECT_EQ(invocation_.Get("--color"), "blue");
  EXPECT_EQ(Run({"plain"}).code, 8);
}

TEST_F(CommandLineTest, MistakesAreToldWithTheNearestName) {
  const auto expect = [&](std::vector<const char*> words, const char* text) {
    const Said said = Run(std::move(words));
    EXPECT_EQ(said.code, kUsage);
    EXPECT_THAT(said.err, HasSubstr(text));
  };
  expect({"thng"}, "unknown command thng; did you mean thing?");
  expect({"thing"}, "thing what? The commands are make");
  expect({"thing", "mke", "x"}, "unknown command mke; did you mean make?");
  expect({"thing", "make"}, "NAME is missing");
  expect({"thing", "make", "a", "b"}, "unexpected argument b");
  expect({"thing", "make", "a", "--colour=red"}, "unknown option --colour; did you mean --color?");
  expect({"thing", "make", "a", "--color", "green"}, "the known ones are red, blue");
  expect({"thing", "make", "a", "--color"}, "--color");
  expect({"plain", "--nothing-like-it"}, "unknown option --nothing-like-it");
  expect({}, "Usage");
  expect({"thing", "make", "--json"},
         "{\"error\":{\"kind\":\"invalid\",\"text\":\"NAME is missing");
}

TEST(Output, TablesAreAligned) {
  EXPECT_EQ(FormatTable({"A", "LONG"}, {{"xyz", "1"}, {"x", ""}}), "A    LONG\nxyz  1\nx    \n");
  EXPECT_EQ(FormatPairs({{"a", "1"}, {"long", "2"}}), "a     1\nlong  2\n");
}

}  // namespace
}  // namespace oubli::cli
