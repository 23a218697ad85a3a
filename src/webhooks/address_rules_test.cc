#include "webhooks/address_rules.h"

#include <gtest/gtest.h>

namespace oubli::webhooks {
namespace {

std::vector<IpAddress> Addresses(const std::vector<std::string>& texts) {
  std::vector<IpAddress> addresses;
  for (const std::string& text : texts) addresses.push_back(IpAddress::Parse(text).value());
  return addresses;
}

bool Passes(const std::vector<std::string>& allowed, const std::string& url,
            const std::vector<std::string>& addresses) {
  const AddressRules rules = AddressRules::Parse(allowed).value();
  return rules.Check(ParseDestination(url).value(), Addresses(addresses)).has_value();
}

TEST(AddressRules, PublicAddressesAreReachedByHttpsOn443Alone) {
  EXPECT_TRUE(Passes({}, "https://h/", {"8.8.8.8"}));
  EXPECT_TRUE(Passes({}, "https://h:443/", {"2606:4700:4700::1111", "1.1.1.1"}));
  EXPECT_FALSE(Passes({}, "http://h/", {"8.8.8.8"}));
  EXPECT_FALSE(Passes({}, "https://h:8443/", {"8.8.8.8"}));
  EXPECT_FALSE(Passes({}, "http://h:443/", {"8.8.8.8"}));
  EXPECT_FALSE(Passes({}, "https://h/", {}));
}

TEST(AddressRules, ReservedAddressesAreNotPublic) {
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.1.2.3",
                           "100.64.0.1",
                           "100.100.100.200",
                           "127.0.0.1",
                           "127.255.255.254",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.9",
                           "224.0.0.1",
                           "239.1.1.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "168.63.129.16",
                           "::",
                           "::1",
                           "::7f00:1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::ffff:0:127.0.0.1",
                           "64:ff9b::7f00:1",
                           "64:ff9b::8.8.8.8",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "2002:808:808::1",
                           "3fff::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "4000::1"}) {
    EXPECT_FALSE(IsPublic(IpAddress::Parse(text).value())) << text;
    EXPECT_FALSE(Passes({}, "https://h/", {text})) << text;
    // One among good ones is enough.
    EXPECT_FALSE(Passes({}, "https://h/", {"8.8.8.8", text})) << text;
  }
  for (const char* text : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                           "172.15.255.255", "172.32.0.0", "192.167.255.255", "223.255.255.255",
                           "2001:200::1", "2a00:1450::1", "2003::1"}) {
    EXPECT_TRUE(IsPublic(IpAddress::Parse(text).value())) << text;
  }
}

TEST(AddressRules, TheOperatorAllowsNetworksAddressesAndNames) {
  EXPECT_TRUE(Passes({"10.0.0.0/8"}, "http://h:8080/", {"10.1.2.3"}));
  EXPECT_TRUE(Passes({"10.0.0.0/8"}, "http://h:8080/", {"::ffff:10.1.2.3"}));
  EXPECT_FALSE(Passes({"10.0.0.0/8"}, "http://h/", {"11.1.2.3"}));
  EXPECT_FALSE(Passes({"10.0.0.0/8"}, "https://h/", {"10.1.2.3", "127.0.0.1"}));
  EXPECT_TRUE(Passes({"10.0.0.0/8"}, "https://h/", {"10.1.2.3", "8.8.8.8"}));
  EXPECT_FALSE(Passes({"10.0.0.0/8"}, "http://h/", {"10.1.2.3", "8.8.8.8"}));
  EXPECT_TRUE(Passes({"127.0.0.1:9000"}, "http://h:9000/", {"127.0.0.1"}));
  EXPECT_FALSE(Passes({"127.0.0.1:9000"}, "http://h:9001/", {"127.0.0.1"}));
  EXPECT_FALSE(Passes({"127.0.0.1"}, "http://h/", {"127.0.0.2"}));
  EXPECT_TRUE(Passes({"10.8.0.0/13"}, "http://h/", {"10.15.255.255"}));
  EXPECT_FALSE(Passes({"10.8.0.0/13"}, "http://h/", {"10.16.0.0"}));
  EXPECT_TRUE(Passes({"::1"}, "http://[::1]:80/", {"::1"}));
  EXPECT_TRUE(Passes({"[fd00::/8]:8443"}, "https://h:8443/", {"fd12::1"}));
  EXPECT_FALSE(Passes({"[fd00::/8]:8443"}, "https://h:443/", {"fd12::1"}));
  EXPECT_TRUE(Passes({"Hooks.internal:8080"}, "http://hooks.INTERNAL:8080/", {"10.0.0.1"}));
  EXPECT_FALSE(Passes({"hooks.internal:8080"}, "http://hooks.internal:81/", {"10.0.0.1"}));
  EXPECT_FALSE(Passes({"hooks.internal"}, "http://other.internal/", {"10.0.0.1"}));
  EXPECT_TRUE(Passes({"0.0.0.0/0"}, "http://h/", {"127.0.0.1"}));
  EXPECT_FALSE(Passes({"0.0.0.0/0"}, "http://h/", {"::1"}));
}

TEST(AddressRules, WhatLeadsNowhereMayBecomeGood) {
  const AddressRules none = AddressRules::Parse({}).value();
  EXPECT_TRUE(none.CheckUnresolved(ParseDestination("https://h/").value()));
  EXPECT_FALSE(none.CheckUnresolved(ParseDestination("http://h/").value()));
  EXPECT_FALSE(none.CheckUnresolved(ParseDestination("https://h:1/").value()));
  const AddressRules named = AddressRules::Parse({"h:1"}).value();
  EXPECT_TRUE(named.CheckUnresolved(ParseDestination("http://h:1/").value()));
}

TEST(AddressRules, RulesThatAllowNothingAreRefused) {
  for (const char* text : {"", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/x", "h:0", "h:99999", "h:x",
                           "[::1", "[::1]x", "h/8", "https://h", "user@h", "h h"}) {
    const auto rules = AddressRules::Parse({text});
    ASSERT_FALSE(rules) << text;
    EXPECT_EQ(rules.error().kind, ErrorKind::kInvalid);
  }
}

}  // namespace
}  // namespace oubli::webhooks
