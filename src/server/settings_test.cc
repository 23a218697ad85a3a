#include "server/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

namespace oubli::server {
namespace {

using ::testing::HasSubstr;
using Flags = std::vector<std::pair<std::string, std::string>>;
using Environment = std::vector<std::string>;

std::string ErrorOf(const Result<Settings>& result) {
  EXPECT_FALSE(result);
  return result ? "" : result.error().text;
}

std::string TomlError(std::string_view text) {
  Settings settings;
  const Status status = ApplyToml(settings, text, "x.toml");
  EXPECT_FALSE(status) << text;
  return status ? "" : status.error().text;
}

class SettingsFileTest : public ::testing::Test {
 protected:
  ~SettingsFileTest() override { std::filesystem::remove(path_); }
  void Write(std::string_view text) {
    FILE* file = std::fopen(path_.c_str(), "w");
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
  const std::string path_ = "/tmp/oubli-settings-" + std::to_string(getpid()) + ".toml";
};

TEST(Settings, DefaultsNeedNothing) {
  const auto settings = LoadSettings(Flags(), Environment({"PATH=/bin", "OUBLIETTE=1"}));
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->listen, "127.0.0.1:8080");
  EXPECT_FALSE(settings->IsSet("metrics"));
}

TEST_F(SettingsFileTest, TheLaterSourceWins) {
  Write("listen = \"127.0.0.1:1\"\nworker_threads = 7\nio_threads = 2\naccess_log = false\n");
  const auto settings =
      LoadSettings(Flags({{"listen", "127.0.0.1:3"}, {"config", path_}}),
                   Environment({"OUBLI_LISTEN=127.0.0.1:2", "OUBLI_IO_THREADS=5"}));
  ASSERT_TRUE(settings) << settings.error().text;
  EXPECT_EQ(settings->listen, "127.0.0.1:3");
  EXPECT_EQ(settings->io_threads, 5);
  EXPECT_EQ(settings->worker_threads, 7);
  EXPECT_FALSE(settings->access_log);
  EXPECT_EQ(settings->sources.at("listen"), SettingSource::kFlag);
  EXPECT_EQ(settings->sources.at("io_threads"), SettingSource::kEnvironment);
  EXPECT_EQ(settings->sources.at("worker_threads"), SettingSource::kFile);
}

TEST_F(SettingsFileTest, TheEnvironmentMayNameTheFile) {
  Write("grace_s = 3\n");
  const auto settings = LoadSettings(Flags(), Environment({"OUBLI_CONFIG=" + path_}));
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->grace_s, 3);
}

TEST(Settings, AMissingFileIsAnError) {
  EXPECT_THAT(ErrorOf(LoadSettings(Flags({{"config", "/nowhere/x.toml"}}), Environment())),
              HasSubstr("/nowhere/x.toml"));
}

TEST(Settings, UnknownNamesNameTheNearest) {
  EXPECT_THAT(TomlError("\nlisten_ = \"x\""), HasSubstr("x.toml:2: unknown setting listen_; did "
                                                        "you mean listen?"));
  EXPECT_THAT(TomlError("config = \"y.toml\""), HasSubstr("unknown setting config"));
  EXPECT_THAT(ErrorOf(LoadSettings(Flags(), Environment({"OUBLI_LISTN=x"}))),
              HasSubstr("OUBLI_LISTN; did you mean OUBLI_LISTEN?"));
  EXPECT_THAT(ErrorOf(LoadSettings(Flags(), Environment({"OUBLI_QWWXYZ=x"}))),
              HasSubstr("the known ones are OUBLI_DATA,"));
}

TEST(Settings, WrongTomlIsToldWithItsLine) {
  EXPECT_THAT(TomlError("listen = 8080"), HasSubstr("listen must be a text in quotes"));
  EXPECT_THAT(TomlError("plain_http = \"yes\""), HasSubstr("must be true or false"));
  EXPECT_THAT(TomlError("grace_s = \"3\""), HasSubstr("whole number from 0 to 3600"));
  EXPECT_THAT(TomlError("grace_s = 1.5"), HasSubstr("whole number from 0 to 3600"));
  EXPECT_THAT(TomlError("data = \"a\"\ndata = = 3"), HasSubstr("x.toml:2"));
}

TEST_F(SettingsFileTest, AListComesFromOneSource) {
  using ::testing::ElementsAre;
  Write("roots = [\"/a\", \"/b\"]\n");
  const std::pair<std::string, std::string> config{"config", path_};
  EXPECT_THAT(LoadSettings(Flags({config}), Environment())->roots, ElementsAre("/a", "/b"));
  EXPECT_THAT(LoadSettings(Flags({config}), Environment({"OUBLI_ROOTS=/c:/d:/e"}))->roots,
              ElementsAre("/c", "/d", "/e"));
  const auto flags = LoadSettings(Flags({config, {"roots", "/f:1"}, {"roots", "/g"}}),
                                  Environment({"OUBLI_ROOTS=/c"}));
  ASSERT_TRUE(flags);
  EXPECT_THAT(flags->roots, ElementsAre("/f:1", "/g"));
  EXPECT_EQ(flags->sources.at("roots"), SettingSource::kFlag);
  Write("roots = \"/one\"\n");
  EXPECT_THAT(LoadSettings(Flags({config}), Environment())->roots, ElementsAre("/one"));
  EXPECT_THAT(LoadSettings(Flags(), Environment({"OUBLI_ROOTS="}))->roots, ElementsAre());
}

TEST(Settings, AListWithSomethingEmptyOrElseInItIsRefused) {
  EXPECT_THAT(TomlError("roots = [1]"), HasSubstr("roots must hold texts in quotes"));
  EXPECT_THAT(TomlError("roots = 1"), HasSubstr("or an array of them"));
  EXPECT_THAT(TomlError("roots = [\"/a\", \"\"]"), HasSubstr("roots must not be empty"));
  EXPECT_THAT(ErrorOf(LoadSettings(Flags({{"roots", ""}}), Environment())),
              HasSubstr("--roots must not be empty"));
  EXPECT_THAT(ErrorOf(LoadSettings(Flags(), Environment({"OUBLI_ROOTS=/a::/b"}))),
              HasSubstr("OUBLI_ROOTS must not be empty"));
}

TEST(Settings, CustodyOptionsFollowThem) {
  const auto settings = LoadSettings(
      Flags({{"roots", "/a"}, {"journal", "/j"}, {"journal_wait", "local"}}), Environment());
  ASSERT_TRUE(settings);
  const access::KeyCustodyOptions options = CustodyOptionsOf(*settings);
  EXPECT_THAT(options.roots, ::testing::ElementsAre("/a"));
  EXPECT_EQ(options.journal, "/j");
  EXPECT_EQ(options.wait, access::JournalWait::kLocal);
  EXPECT_EQ(CustodyOptionsOf(Settings()).wait, access::JournalWait::kAll);
  EXPECT_THAT(ErrorOf(LoadSettings(Flags({{"journal_wait", "some"}}), Environment())),
              HasSubstr("must be one of all, local"));
}

TEST(Settings, LimitsAndChoicesHoldEverywhere) {
  for (const std::string text : {"0", "257", "-1", "four", "", "99999999999999999999"}) {
    EXPECT_THAT(ErrorOf(LoadSettings(Flags({{"worker_threads", text}}), Environment())),
                HasSubstr("--worker-threads must be a whole number from 1 to 256"));
  }
  EXPECT_THAT(ErrorOf(LoadSettings(Flags(), Environment({"OUBLI_LOG_LEVEL=loud"}))),
              HasSubstr("OUBLI_LOG_LEVEL must be one of debug, info, warning, error, off"));
  EXPECT_THAT(ErrorOf(LoadSettings(Flags(), Environment({"OUBLI_PLAIN_HTTP=maybe"}))),
              HasSubstr("on or off"));
}

TEST(Settings, OpenNetworksNeedTlsOrAWord) {
  const auto listen = [](const Flags& flags) { return LoadSettings(flags, Environment()); };
  EXPECT_THAT(ErrorOf(listen({{"listen", "0.0.0.0:80"}})), HasSubstr("--plain-http"));
  EXPECT_THAT(ErrorOf(listen({{"listen", "[::]:80"}})), HasSubstr("--plain-http"));
  EXPECT_THAT(ErrorOf(listen({{"metrics", "0.0.0.0:9464"}})), HasSubstr("metrics on 0.0.0.0"));
  EXPECT_TRUE(listen({{"listen", "0.0.0.0:80"}, {"plain_http", "on"}}));
  EXPECT_TRUE(listen({{"listen", "0.0.0.0:80"}, {"tls_cert", "c"}, {"tls_key", "k"}}));
  EXPECT_TRUE(listen({{"listen", "[::1]:80"}}));
  EXPECT_TRUE(listen({{"metrics", "off"}}));
}

TEST(Settings, TlsNeedsBothFiles) {
  EXPECT_THAT(ErrorOf(LoadSettings(Flags({{"tls_cert", "c"}}), Environment())),
              HasSubstr("without --tls-key"));
  EXPECT_THAT(ErrorOf(LoadSettings(Flags({{"tls_key", "k"}}), Environment())),
              HasSubstr("without --tls-cert"));
}

TEST(Settings, NamesFollowFromOneAnother) {
  const SettingRule* rule = FindSettingRule("tls_cert");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->FlagName(), "--tls-cert");
  EXPECT_EQ(rule->VariableName(), "OUBLI_TLS_CERT");
  EXPECT_EQ(FindSettingRule("nothing"), nullptr);
  EXPECT_TRUE(FindSettingRule("plain_http")->IsSwitch());
  EXPECT_FALSE(FindSettingRule("access_log")->IsSwitch());
}

// A default outside its own limits would be refused when somebody writes it down.
TEST(Settings, DefaultsKeepTheirLimits) {
  const Settings defaults;
  for (const SettingRule& rule : SettingRules()) {
    Settings settings;
    if (const auto* const number = std::get_if<int64_t Settings::*>(&rule.field)) {
      EXPECT_TRUE(SetNumber(settings, rule, defaults.*(*number), SettingSource::kFlag, "x"))
          << rule.name;
    }
    EXPECT_THAT(SettingsReference(), HasSubstr("`" + rule.VariableName() + "`"));
  }
}

}  // namespace
}  // namespace oubli::server
