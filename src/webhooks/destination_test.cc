#include "webhooks/destination.h"

#include <gtest/gtest.h>

namespace oubli::webhooks {
namespace {

TEST(Destination, IsTakenApart) {
  const auto plain = ParseDestination("https://Example.com/hooks?a=1").value();
  EXPECT_TRUE(plain.tls);
  EXPECT_EQ(plain.host, "example.com");
  EXPECT_EQ(plain.port, 443);
  EXPECT_EQ(plain.target, "/hooks?a=1");
  EXPECT_EQ(plain.HostHeader(), "example.com");
  const auto ported = ParseDestination("HTTP://10.0.0.1:8080").value();
  EXPECT_FALSE(ported.tls);
  EXPECT_EQ(ported.port, 8080);
  EXPECT_EQ(ported.target, "/");
  EXPECT_EQ(ported.Origin(), "http://10.0.0.1:8080");
  const auto six = ParseDestination("https://[FD00::1]:8443?x").value();
  EXPECT_EQ(six.host, "fd00::1");
  EXPECT_EQ(six.HostHeader(), "[fd00::1]:8443");
  EXPECT_EQ(six.target, "/?x");
}

TEST(Destination, WhatIsNoneIsRefusedWithoutRepeatingIt) {
  for (const std::string& url : {std::string(),
                                 std::string("example.com/hooks"),
                                 std::string("ftp://example.com/"),
                                 std::string("https://"),
                                 std::string("https:///x"),
                                 std::string("https://user@h/"),
                                 std::string("https://user:secret@h/"),
                                 std::string("https://h/#secret"),
                                 std::string("https://h:0/"),
                                 std::string("https://h:65536/"),
                                 std::string("https://h:/"),
                                 std::string("https://h:44x/"),
                                 std::string("https://[::1"),
                                 std::string("https://[h]/"),
                                 std::string("https://[::1]x/"),
                                 std::string("https://h h/"),
                                 std::string("https://h/ x"),
                                 std::string("https://h/\r\nx: secret"),
                                 std::string("https://h\\@x/"),
                                 std::string("https://.h/"),
                                 std::string("https://h%41/"),
                                 std::string("https://\xc3\xa4/"),
                                 "https://h/" + std::string(kMaxDestination, 'x'),
                                 std::string("https://h/\0x", 12)}) {
    const auto parsed = ParseDestination(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(parsed.error().field, "destination");
    EXPECT_EQ(parsed.error().text.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace oubli::webhooks
