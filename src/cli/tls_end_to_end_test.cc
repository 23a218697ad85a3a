// The real program with TLS: certificates by the openssl command, as an operator makes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "cli/process_fixture.h"

namespace oubli::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Shell(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen(command.c_str(), "r");
  char bytes[4096];
  while (const size_t got = std::fread(bytes, 1, sizeof(bytes), pipe)) out.append(bytes, got);
  ::pclose(pipe);
  return out;
}

class TlsEndToEndTest : public EndToEndTest {
 protected:
  void MakeCertificate(const std::string& name) const {
    Shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=" +
        name + " -keyout " + key_ + " -out " + cert_ + " 2>/dev/null");
    ASSERT_TRUE(std::filesystem::exists(cert_)) << "the openssl command is needed";
  }
  static std::string NameShownAt(uint16_t port) {
    return Shell("openssl s_client -connect 127.0.0.1:" + std::to_string(port) +
                 " </dev/null 2>/dev/null | openssl x509 -noout -subject");
  }
  static bool ShowsEventually(uint16_t port, const std::string& name) {
    return http::Eventually([&] { return NameShownAt(port).find(name) != std::string::npos; });
  }

  const std::string cert_ = dir_ + "/cert.pem";
  const std::string key_ = dir_ + "/key.pem";
};

TEST_F(TlsEndToEndTest, ServesAndReloadsOnHangUp) {
  MakeCertificate("first.example");
  const Server server = Serve({"--tls-cert", cert_, "--tls-key", key_});
  EXPECT_THAT(server.ready, StartsWith("oubli: listening on https://127.0.0.1:"));
  const std::string answer = Shell(
      "printf 'GET /healthz HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' | "
      "openssl s_client -quiet -connect 127.0.0.1:" +
      std::to_string(server.port) + " 2>/dev/null");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(NameShownAt(server.port), HasSubstr("first.example"));

  MakeCertificate("second.example");
  EXPECT_THAT(NameShownAt(server.port), HasSubstr("first.example"));
  server.process->Signal(SIGHUP);
  EXPECT_TRUE(ShowsEventually(server.port, "second.example"));

  NewFile("cert.pem", "no certificate");
  server.process->Signal(SIGHUP);
  EXPECT_TRUE(http::Eventually([&] {
    return server.Log().find("TLS not reloaded, the old certificate stays") != std::string::npos;
  }));
  EXPECT_THAT(NameShownAt(server.port), HasSubstr("second.example"));
  EXPECT_EQ(server.Stop(), 0);
}

TEST_F(TlsEndToEndTest, OpenNetworksAreAllowedWithTls) {
  MakeCertificate("first.example");
  const Server server = Serve({"--listen", "0.0.0.0:0", "--tls-cert", cert_, "--tls-key", key_});
  EXPECT_THAT(NameShownAt(server.port), HasSubstr("first.example"));
  EXPECT_EQ(server.Stop(), 0);
}

TEST_F(TlsEndToEndTest, MissingFilesAreTold) {
  const Outcome one = Run({"serve", "--tls-cert", cert_});
  EXPECT_EQ(one.code, 2);
  EXPECT_THAT(one.err, HasSubstr("without --tls-key"));
  const Outcome missing = Run({"serve", "--listen", "127.0.0.1:0", "--metrics", "off", "--tls-cert",
                               cert_, "--tls-key", key_});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr(cert_));
}

TEST_F(TlsEndToEndTest, HangUpWithoutTlsChangesNothing) {
  const Server server = Serve();
  server.process->Signal(SIGHUP);
  EXPECT_TRUE(http::Eventually(
      [&] { return server.Log().find("nothing to reload") != std::string::npos; }));
  EXPECT_EQ(http::StatusOf(Ask(server.port, "GET", "/healthz")), 200);
  EXPECT_EQ(server.Stop(), 0);
}

}  // namespace
}  // namespace oubli::cli
