// The real program: commands with and without a server, starting, stopping, refusing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/json.h"
#include "cli/process_fixture.h"
#include "customers/settings.h"
#include "server/settings.h"

namespace oubli::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(EndToEndTest, ServesAnswersAndStops) {
  const Server server = Serve();
  EXPECT_EQ(http::StatusOf(Ask(server.port, "GET", "/healthz")), 200);
  EXPECT_EQ(http::StatusOf(Ask(server.port, "GET", "/readyz")), 200);
  const std::string unknown = Ask(server.port, "GET", "/ann@example.com?key=secret");
  EXPECT_EQ(http::StatusOf(unknown), 404);
  EXPECT_THAT(unknown, HasSubstr("application/problem+json"));
  EXPECT_THAT(unknown, Not(HasSubstr("ann@")));
  EXPECT_EQ(http::StatusOf(Ask(server.port, "GET", "/metrics")), 404);
  EXPECT_THAT(Ask(server.metrics_port, "GET", "/metrics"),
              HasSubstr("oubli_http_requests_total{method=\"GET\",route=\"/healthz\","
                        "status=\"2xx\"} 1\n"));
  EXPECT_EQ(server.Stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(data_ + "/oubli.sock"));
  EXPECT_THAT(server.Log(), HasSubstr("\"event\":\"request\",\"method\":\"GET\","
                                      "\"route\":\"/healthz\",\"status\":200"));
  EXPECT_THAT(server.Log(), HasSubstr("\"event\":\"server stopped\""));
  EXPECT_THAT(server.Log(), Not(HasSubstr("ann@")));
  EXPECT_THAT(server.Log(), Not(HasSubstr("secret")));
}

TEST_F(EndToEndTest, InterruptStopsToo) {
  const Server server = Serve({"--access-log", "off"});
  server.process->Signal(SIGINT);
  EXPECT_EQ(server.process->Wait(), 0);
}

TEST_F(EndToEndTest, CommandsWorkWithAndWithoutAServer) {
  EXPECT_EQ(Run({"store", "create", "before"}).code, 0);
  {
    const Server server = Serve();
    EXPECT_THAT(RunJson({"store", "create", "during"}), HasSubstr("\"number\":2"));
    EXPECT_THAT(RunJson({"store", "list"}), HasSubstr("\"handle\":\"before\""));
    EXPECT_THAT(RunJson({"key", "create", "--store", "during", "--dialect", "hotcakes"}),
                StartsWith("{\"id\":1,\"store\":\"during\",\"dialect\":\"hotcakes\",\"key\":\""));
    EXPECT_EQ(server.Stop(), 0);
  }
  EXPECT_THAT(Run({"store", "list"}).out, HasSubstr("during"));
  EXPECT_THAT(RunJson({"key", "list", "--store", "during"}), HasSubstr("\"id\":1"));
  EXPECT_THAT(RunJson({"key", "revoke", "1", "--store", "during"}), HasSubstr("\"revoked\":true"));
  EXPECT_THAT(RunJson({"store", "show", "during"}), HasSubstr("\"keys\":0"));
}

TEST_F(EndToEndTest, MailsThatWaitAreListedByNumber) {
  EXPECT_EQ(Run({"store", "create", "demo"}).code, 0);
  EXPECT_EQ(RunJson({"mail", "list", "--store", "demo"}), "{\"store\":\"demo\",\"mails\":[]}\n");
  EXPECT_THAT(Run({"mail", "list", "--store", "demo"}).out, HasSubstr("No mail waits"));
  EXPECT_EQ(Run({"mail", "list", "--store", "nobody"}).code, 1);
  EXPECT_THAT(Run({"serve", "--smtp-url", "http://mail.example.com"}).err,
              HasSubstr("smtp_url must begin with"));
}

TEST_F(EndToEndTest, KeysAndWindowsCountAtOnceForTheRunningServer) {
  Run({"store", "create", "demo"});
  const Server server = Serve();
  const auto made =
      ParseJson(RunJson({"key", "create", "--store", "demo", "--dialect", "hotcakes"}));
  ASSERT_TRUE(made);
  const std::string clear = "/DesktopModules/Hotcakes/API/rest/v1/customeraccounts?key=" +
                            std::string(made->at("key").as_string());
  const std::string ann = NewFile("ann.jsonl", "{\"email\":\"ann@example.com\"}\n");
  EXPECT_THAT(RunJson({"import", "--store", "demo", ann}), HasSubstr("\"created\":1"));
  EXPECT_THAT(Ask(server.port, "DELETE", clear), HasSubstr("{\"Content\":false"));
  EXPECT_THAT(RunJson({"store", "show", "demo"}), HasSubstr("\"customers\":1"));
  EXPECT_THAT(RunJson({"window", "open", "--store", "demo", "--minutes", "5"}),
              HasSubstr("\"remaining_seconds\":300"));
  EXPECT_THAT(Ask(server.port, "DELETE", clear), HasSubstr("{\"Content\":true"));
  EXPECT_THAT(RunJson({"store", "show", "demo"}), HasSubstr("\"customers\":0"));
  EXPECT_TRUE(http::Eventually([&] {
    const std::string metrics = Ask(server.metrics_port, "GET", "/metrics");
    return metrics.find("oubli_erased_total 1\n") != std::string::npos &&
           metrics.find("oubli_sweep_backlog 0\n") != std::string::npos;
  }));
  EXPECT_THAT(RunJson({"window", "close", "--store", "demo"}), HasSubstr("\"open\":false"));
  EXPECT_THAT(Ask(server.port, "DELETE", clear), HasSubstr("{\"Content\":false"));
  Run({"key", "revoke", "1", "--store", "demo"});
  EXPECT_THAT(Ask(server.port, "DELETE", clear), Not(HasSubstr("{\"Content\":true")));
  EXPECT_EQ(server.Stop(), 0);
  EXPECT_THAT(server.Log(), Not(HasSubstr(std::string(made->at("key").as_string()))));
}

TEST_F(EndToEndTest, CommandsSurviveAServerThatStops) {
  Run({"store", "create", "demo"});
  for (int i = 0; i < 5; ++i) {
    const Server server = Serve();
    server.process->Signal(SIGTERM);
    const Outcome outcome = Run({"store", "create", "s" + std::to_string(i)});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(server.process->Wait(), 0);
  }
  EXPECT_THAT(RunJson({"store", "list"}), HasSubstr("\"handle\":\"s4\""));
}

TEST_F(EndToEndTest, AKilledServerLeavesNothingInTheWay) {
  {
    const Server server = Serve();
    RunJson({"store", "create", "demo"});
    server.process->Signal(SIGKILL);
    EXPECT_EQ(server.process->Wait(), 128 + SIGKILL);
  }
  EXPECT_TRUE(std::filesystem::exists(data_ + "/oubli.sock"));
  EXPECT_THAT(RunJson({"store", "list"}), HasSubstr("demo"));
  const Server again = Serve();
  EXPECT_THAT(RunJson({"store", "list"}), HasSubstr("demo"));
  EXPECT_EQ(again.Stop(), 0);
}

TEST_F(EndToEndTest, ASecondServerIsRefused) {
  const Server server = Serve();
  const Outcome second = Run({"serve", "--listen", "127.0.0.1:0", "--metrics", "off"});
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("has the data in " + data_ + " open and serves it"));
  EXPECT_EQ(http::StatusOf(Ask(server.port, "GET", "/healthz")), 200);
}

TEST_F(EndToEndTest, TakenPortsAreTold) {
  const Server server = Serve();
  const std::string taken = "127.0.0.1:" + std::to_string(server.port);
  const Words serve = {"serve", "--data", dir_ + "/other", "--listen"};
  Words command = serve;
  command.insert(command.end(), {taken, "--metrics", "off"});
  const Outcome refused = RunAsIs(command);
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("port " + std::to_string(server.port)));
  EXPECT_THAT(refused.err, HasSubstr("is taken"));
  command = serve;
  command.insert(command.end(), {"127.0.0.1:0", "--metrics", taken});
  EXPECT_EQ(RunAsIs(command).code, 1);
}

TEST_F(EndToEndTest, ATakenDefaultMetricsPortDoesNotStopTheServer) {
  // Either this test takes it, or somebody has it already.
  http::FunctionHandler handler(http::Echo);
  http::Server blocker(http::Options([](http::ServerOptions& options) { options.port = 9464; }),
                       handler, [](const http::AccessRecord&) {});
  (void)blocker.Start();
  const std::string error_file = dir_ + "/stderr";
  Process process({OUBLI_BINARY, "serve", "--data", data_, "--listen", "127.0.0.1:0"}, {},
                  error_file);
  EXPECT_THAT(process.ReadLine(), StartsWith("oubli: listening on http://127.0.0.1:"));
  EXPECT_THAT(ReadWholeFile(error_file), HasSubstr("oubli: no metrics: port 9464"));
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
}

TEST_F(EndToEndTest, UnknownSettingsAreUsageErrors) {
  const Outcome flag = Run({"serve", "--lisen", "127.0.0.1:0"});
  EXPECT_EQ(flag.code, 2);
  EXPECT_THAT(flag.err, HasSubstr("unknown option --lisen; did you mean --listen?"));
  const Outcome variable = Run({"serve"}, {"OUBLI_LISTN=x"});
  EXPECT_EQ(variable.code, 2);
  EXPECT_THAT(variable.err, HasSubstr("did you mean OUBLI_LISTEN?"));
  const std::string file = NewFile("o.toml", "worker_treads = 3\n");
  const Outcome config = Run({"serve", "--config", file});
  EXPECT_EQ(config.code, 2);
  EXPECT_THAT(config.err, HasSubstr(":1: unknown setting worker_treads; did you mean "
                                    "worker_threads?"));
  EXPECT_EQ(Run({"store", "list"}, {"OUBLI_DTA=x"}).code, 2);
}

TEST_F(EndToEndTest, OpenNetworksNeedTlsOrAWord) {
  const Outcome refused = Run({"serve", "--listen", "0.0.0.0:0", "--metrics", "off"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--plain-http"));
  const Server server = Serve({"--listen", "127.0.0.1:0", "--plain-http"});
  EXPECT_EQ(server.Stop(), 0);
  Process open({OUBLI_BINARY, "serve", "--data", data_, "--listen", "0.0.0.0:0", "--metrics", "off",
                "--plain-http"},
               {}, dir_ + "/stderr");
  EXPECT_THAT(open.ReadLine(), StartsWith("oubli: listening on http://0.0.0.0:"));
}

TEST_F(EndToEndTest, TheEnvironmentNamesTheData) {
  EXPECT_EQ(RunAsIs({"store", "create", "demo"}, {"OUBLI_DATA=" + dir_ + "/e"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/e/server.db"));
  EXPECT_EQ(std::filesystem::status(dir_ + "/e").permissions(), std::filesystem::perms::owner_all);
}

TEST_F(EndToEndTest, ErrorsHaveTheirCodesAndForms) {
  const Outcome missing = Run({"store", "show", "nobody"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(missing.out, "");
  EXPECT_EQ(missing.err, "oubli: there is no store nobody\n");
  EXPECT_EQ(Run({"store", "show", "nobody", "--json"}).err,
            "{\"error\":{\"kind\":\"not_found\",\"text\":\"there is no store nobody\","
            "\"field\":\"store\"}}\n");
  EXPECT_EQ(Run({"window", "open", "--store", "x", "--minutes", "0"}).code, 2);
  EXPECT_EQ(Run({"key", "revoke", "x", "--store", "x"}).code, 2);
  const Outcome usage = Run({"store", "create", "--json"});
  EXPECT_EQ(usage.code, 2);
  EXPECT_THAT(usage.err, StartsWith("{\"error\":{\"kind\":\"invalid\""));
  Run({"store", "create", "demo"});
  const Outcome scope =
      Run({"key", "create", "--store", "demo", "--dialect", "bigcommerce", "--scope", "all"});
  EXPECT_EQ(scope.code, 1);
  EXPECT_THAT(scope.err, HasSubstr("store_v2_customers_read_only"));
}

TEST_F(EndToEndTest, ImportsWithAndWithoutAServer) {
  Run({"store", "create", "demo"});
  std::string rows;
  for (int i = 0; i < 700; ++i) {
    rows += "{\"email\":\"c" + std::to_string(i) + "@example.com\",\"first_name\":\"C\"}\n";
  }
  const std::string first = NewFile("first.jsonl", rows);
  const std::string second = NewFile("second.jsonl",
                                     "{\"email\":\"x@example.com\"}\n"
                                     "{\"email\":\"y@example.com\",\"id\":\"hidden\"}\n"
                                     "{\"email\":\"z@example.com\"}\n");
  EXPECT_THAT(Run({"import", "--store", "demo", first}).out, HasSubstr("700 customers created"));
  const Server server = Serve();
  EXPECT_EQ(RunJson({"import", "--store", "demo", first}),
            "{\"created\":0,\"updated\":700,\"refused\":0}\n");
  const Outcome bad = Run({"import", "--store", "demo", second});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.out, HasSubstr("2 customers created, 0 updated, 1 rows refused"));
  EXPECT_THAT(bad.err, HasSubstr("second.jsonl:2: id: "));
  EXPECT_THAT(bad.err, Not(HasSubstr("hidden")));
  EXPECT_THAT(RunJson({"store", "show", "demo"}), HasSubstr("\"customers\":702"));
  EXPECT_EQ(Run({"import", "--store", "demo", "--stop-at-bad-row", second}).code, 1);
  EXPECT_EQ(Run({"import", "--store", "nobody", first}).code, 1);
  EXPECT_EQ(Run({"import", "--store", "demo", dir_ + "/missing.csv"}).code, 1);
}

TEST_F(EndToEndTest, SettingsOfAStoreCountWithAndWithoutAServer) {
  Run({"store", "create", "demo"});
  const std::string rows = NewFile("a.jsonl",
                                   "{\"email\":\"ann@example.com\",\"orders\":[{\"number\":\"N-7\","
                                   "\"date\":\"2024-05-14\",\"currency\":\"EUR\",\"status\":"
                                   "\"shipped\",\"total\":\"19.95\"}]}\n");
  EXPECT_EQ(Run({"setting", "get", "--store", "demo", "keep_order_amounts"}).out, "no\n");
  Run({"import", "--store", "demo", rows});
  {
    const Server server = Serve();
    EXPECT_THAT(Run({"setting", "set", "--store", "demo", "keep_order_amounts", "on"}).out,
                HasSubstr("oubli orders keep"));
    EXPECT_EQ(Run({"orders", "kept", "--store", "demo", "--csv"}).out,
              "id,date,currency,status,total,items\n");
    EXPECT_EQ(RunJson({"orders", "keep", "--store", "demo"}),
              "{\"store\":\"demo\",\"kept\":1,\"unreadable\":0}\n");
    EXPECT_EQ(server.Stop(), 0);
  }
  EXPECT_THAT(Run({"setting", "list", "--store", "demo"}).out, HasSubstr("keep_order_amounts"));
  EXPECT_THAT(Run({"orders", "kept", "--store", "demo", "--csv"}).out,
              HasSubstr(",2024-05-14,EUR,Shipped,19.95,0\n"));
  EXPECT_THAT(Run({"orders", "kept", "--store", "demo"}).out,
              HasSubstr("2024-05  EUR       Shipped  1       19.95\n"));
  const auto kept = ParseJson(RunJson({"orders", "kept", "--store", "demo"}));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->at("orders").as_array().size(), 1U);
  EXPECT_EQ(kept->at("months").as_array().at(0).at("total").as_string(), "19.95");
  EXPECT_EQ(RunJson({"orders", "forget", "--store", "demo", "--before", "2024-05-15"}),
            "{\"store\":\"demo\",\"forgotten\":1}\n");
  EXPECT_EQ(RunJson({"orders", "kept", "--store", "demo"}),
            "{\"store\":\"demo\",\"orders\":[],\"months\":[]}\n");
  EXPECT_THAT(RunJson({"setting", "reset", "--store", "demo", "keep_order_amounts"}),
              HasSubstr("\"value\":\"no\""));

  const Outcome name = Run({"setting", "set", "--store", "demo", "keep_order_amount", "yes"});
  EXPECT_EQ(name.code, 1);
  EXPECT_THAT(name.err, HasSubstr("did you mean keep_order_amounts?"));
  const Outcome value = Run({"setting", "set", "--store", "demo", "keep_order_amounts", "maybe"});
  EXPECT_EQ(value.code, 1);
  EXPECT_THAT(value.err, HasSubstr("must be yes or no"));
  EXPECT_EQ(Run({"setting", "set", "--store", "demo", "keep_order_amounts"}).code, 2);
  EXPECT_EQ(Run({"orders", "kept", "--store", "demo", "--csv", "--json"}).code, 2);
  EXPECT_EQ(Run({"orders", "kept", "--store", "nobody"}).code, 1);
  EXPECT_EQ(Run({"orders", "forget", "--store", "demo", "--before", "soon"}).code, 1);
  EXPECT_EQ(Run({"orders", "forget", "--store", "demo"}).code, 2);
}

TEST_F(EndToEndTest, HelpHasAnExample) {
  for (const Words& path : {Words{"serve"},
                            Words{"store", "create"},
                            Words{"store", "list"},
                            Words{"store", "show"},
                            Words{"key", "create"},
                            Words{"key", "list"},
                            Words{"key", "revoke"},
                            Words{"admin", "create"},
                            Words{"admin", "list"},
                            Words{"admin", "password"},
                            Words{"admin", "remove"},
                            Words{"window", "open"},
                            Words{"window", "close"},
                            Words{"window", "show"},
                            Words{"import"},
                            Words{"setting", "list"},
                            Words{"setting", "get"},
                            Words{"setting", "set"},
                            Words{"setting", "reset"},
                            Words{"orders", "kept"},
                            Words{"orders", "keep"},
                            Words{"orders", "forget"},
                            Words{"mail", "list"},
                            Words{"version"}}) {
    Words command = path;
    command.emplace_back("--help");
    const Outcome help = RunAsIs(command);
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.out, HasSubstr("Example:\n  oubli " + path.front()));
  }
  EXPECT_THAT(RunAsIs({"version"}).out, StartsWith("oubli 0."));
  EXPECT_EQ(RunAsIs({}).code, 2);
}

TEST(Documents, TheSettingsAreThoseOfTheProgram) {
  EXPECT_THAT(ReadWholeFile(std::string(OUBLI_DOCS) + "/configuration.md"),
              HasSubstr(server::SettingsReference()));
  EXPECT_THAT(ReadWholeFile(std::string(OUBLI_DOCS) + "/configuration.md"),
              HasSubstr(customers::StoreSettingsReference()));
}

}  // namespace
}  // namespace oubli::cli
