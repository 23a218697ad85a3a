// The real program: a backup while the server runs, and restores of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/json.h"
#include "cli/process_fixture.h"

namespace oubli::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BackupEndToEndTest : public EndToEndTest {
 protected:
  BackupEndToEndTest() : to_(dir_ + "/backups") { std::filesystem::create_directory(to_); }
  void Import(const std::string& name) {
    const std::string file = NewFile(name, "{\"email\":\"" + name + "@example.com\"}\n");
    EXPECT_THAT(RunJson({"import", "--store", "demo", file}), HasSubstr("\"created\":1"));
  }
  std::string Customers() {
    const auto shown = ParseJson(RunJson({"store", "show", "demo"}));
    return std::to_string(shown->at("customers").as_int64());
  }

  const std::string to_;
};

TEST_F(BackupEndToEndTest, ABackupOfARunningServerIsRestored) {
  Run({"store", "create", "demo"});
  Server server = Serve();
  const auto key =
      ParseJson(RunJson({"key", "create", "--store", "demo", "--dialect", "hotcakes"}));
  const std::string accounts = "/DesktopModules/Hotcakes/API/rest/v1/customeraccounts";
  const std::string query = "?key=" + std::string(key->at("key").as_string());
  Import("ann");
  Import("bob");
  const std::string made = RunJson({"backup", "--to", to_});
  EXPECT_THAT(made, HasSubstr("\"stores\":1"));
  Import("cid");
  // Relative paths count from where the command runs, not the server.
  const Outcome missing = Run({"backup", "--to", "not-there"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("make it first, or mount its disk"));
  const Outcome inside = Run({"backup", "--to", data_});
  EXPECT_EQ(inside.code, 1);
  EXPECT_THAT(inside.err, HasSubstr("inside"));
  const Outcome busy = Run({"restore", "--from", to_, "--yes"});
  EXPECT_EQ(busy.code, 1);
  EXPECT_THAT(busy.err, HasSubstr("stop it first"));
  EXPECT_THAT(Ask(server.port, "DELETE", accounts + "/1" + query), HasSubstr("200"));
  EXPECT_EQ(server.Stop(), 0);

  const Outcome asked = Run({"restore", "--from", to_});
  EXPECT_EQ(asked.code, 2);
  EXPECT_THAT(asked.out, HasSubstr("1 were erased since the backup"));
  EXPECT_THAT(asked.out, HasSubstr("1 are in the data folder and not in the backup"));
  EXPECT_THAT(asked.err, HasSubstr("nothing has been changed"));
  EXPECT_EQ(Customers(), "2");
  const Outcome plan = Run({"restore", "--from", to_, "--json"});
  EXPECT_EQ(plan.code, 2);
  EXPECT_THAT(plan.out, HasSubstr("{\"restored\":false"));
  const Outcome done = Run({"restore", "--from", to_, "--yes"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("noise, since its root is destroyed"));
  EXPECT_EQ(Customers(), "1");
  const Outcome again = Run({"restore", "--from", to_, "--yes", "--json"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("\"kind\":\"conflict\""));

  server = Serve();
  EXPECT_THAT(Ask(server.port, "GET", accounts + "/2" + query), HasSubstr("bob@example.com"));
  EXPECT_THAT(Ask(server.port, "GET", accounts + "/1" + query), Not(HasSubstr("ann@")));
  EXPECT_THAT(Ask(server.port, "DELETE", accounts + "/2" + query), HasSubstr("200"));
  EXPECT_EQ(server.Stop(), 0);
}

TEST_F(BackupEndToEndTest, TheDiskWithTheDataIsGone) {
  Run({"store", "create", "demo"});
  Import("ann");
  EXPECT_EQ(Run({"backup", "--to", to_}).code, 0);
  std::filesystem::remove_all(data_);
  const std::string restored = RunJson({"restore", "--from", to_, "--yes"});
  EXPECT_THAT(restored, HasSubstr("\"restored\":1,\"removed\":0"));
  EXPECT_THAT(restored, HasSubstr("\"data_is_readable\":false"));
  EXPECT_EQ(Customers(), "1");
}

}  // namespace
}  // namespace oubli::cli
