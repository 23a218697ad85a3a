#include "server/listen_address.h"

#include <gtest/gtest.h>

namespace oubli::server {
namespace {

TEST(ListenAddress, GoodOnes) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(ParseListenAddress("[::1]:0")->address, "::1");
  EXPECT_EQ(ParseListenAddress("[::1]:0")->Text(81), "[::1]:81");
  EXPECT_EQ(ParseListenAddress("localhost:65535")->Text(65535), "localhost:65535");
}

TEST(ListenAddress, BadOnes) {
  for (const std::string_view text :
       {"", ":", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
        "127.0.0.1:-1", "::1:80", "[::1]", "[]:80", "[127.0.0.1]:80", "127.0.0.1:+80"}) {
    const auto address = ParseListenAddress(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().kind, ErrorKind::kInvalid);
  }
}

TEST(ListenAddress, Loopback) {
  for (const std::string_view text : {"127.0.0.1:1", "127.8.9.1:1", "localhost:1", "[::1]:1"}) {
    EXPECT_TRUE(ParseListenAddress(text)->IsLoopback()) << text;
  }
  for (const std::string_view text : {"0.0.0.0:1", "128.0.0.1:1", "[::]:1", "10.0.0.1:1",
                                      "localhost.example.com:1", "[::ffff:127.0.0.1]:1"}) {
    EXPECT_FALSE(ParseListenAddress(text)->IsLoopback()) << text;
  }
}

}  // namespace
}  // namespace oubli::server
