#include "webhooks/payload.h"

#include <gtest/gtest.h>

namespace oubli::webhooks {
namespace {

using customers::Event;
using customers::EventKind;

customers::OutboxRow Row(const Event& event) { return {17, event, 1'786'447'828'999}; }

std::string DataOf(const Event& event) {
  const std::string body = MakePayload("abc", 1, Row(event)).body;
  const size_t at = body.find(R"("data":)");
  return body.substr(at + 7, body.size() - at - 8);
}

// Contract 8.2, as captured, but for the hash, which is anybody's.
TEST(Payload, IsWrittenInTheOriginalsOrder) {
  const Payload payload = MakePayload("abc", 1003502318, Row({EventKind::kCustomerDeleted, 180}));
  EXPECT_EQ(payload.hash, "9628871f31bbcc4da47f53df07b8ce8680759554");
  EXPECT_EQ(payload.body,
            R"({"producer":"stores/abc","hash":"9628871f31bbcc4da47f53df07b8ce8680759554",)"
            R"("created_at":1786447828,"store_id":"1003502318","scope":"store/customer/deleted",)"
            R"("data":{"type":"customer","id":180}})");
}

TEST(Payload, EachEventHasItsData) {
  EXPECT_EQ(DataOf({EventKind::kCustomerCreated, 32}), R"({"type":"customer","id":32})");
  EXPECT_EQ(DataOf({EventKind::kDefaultInstrumentUpdated, 32}), R"({"type":"customer","id":32})");
  for (const EventKind kind :
       {EventKind::kAddressCreated, EventKind::kAddressUpdated, EventKind::kAddressDeleted}) {
    EXPECT_EQ(DataOf({kind, 32, 60}),
              R"({"type":"customer","id":60,"address":{"customer_id":32}})");
  }
  EXPECT_EQ(DataOf({EventKind::kLoginAccessUpdated, 32, 0, {{1, 2}}}),
            R"({"customer_id":32,"channel_ids":[1,2]})");
  EXPECT_EQ(DataOf({EventKind::kLoginAccessUpdated, 32}),
            R"({"customer_id":32,"channel_ids":null})");
}

TEST(Payload, TwoEventsAlikeAreNotOne) {
  customers::OutboxRow row = Row({EventKind::kCustomerUpdated, 1});
  const std::string first = MakePayload("abc", 1, row).hash;
  EXPECT_EQ(MakePayload("abc", 1, row).hash, first);
  ++row.no;
  EXPECT_NE(MakePayload("abc", 1, row).hash, first);
}

TEST(Payload, ScopesCoverTheirEvents) {
  EXPECT_TRUE(ScopeCovers("store/customer/deleted", EventKind::kCustomerDeleted));
  EXPECT_FALSE(ScopeCovers("store/customer/deleted", EventKind::kCustomerCreated));
  EXPECT_FALSE(ScopeCovers("store/customer/deleted", EventKind::kAddressDeleted));
  for (int kind = 1; kind <= 8; ++kind) {
    EXPECT_TRUE(ScopeCovers("store/customer/*", static_cast<EventKind>(kind))) << kind;
    EXPECT_TRUE(IsKnownScope(ScopeOf(static_cast<EventKind>(kind)))) << kind;
  }
  EXPECT_TRUE(ScopeCovers("store/customer/address/*", EventKind::kAddressUpdated));
  EXPECT_FALSE(ScopeCovers("store/customer/address/*", EventKind::kCustomerUpdated));
  EXPECT_TRUE(IsKnownScope("store/customer/*"));
  for (const char* scope : {"", "*", "store/*", "store/order/*", "store/customer",
                            "store/customer/delete*", "Store/customer/deleted"}) {
    EXPECT_FALSE(IsKnownScope(scope)) << scope;
  }
}

// The expected value is of Python's hmac.
TEST(Signature, IsStandardWebhooks) {
  EXPECT_EQ(Sign("0123abcd", "id1", 1786447831, R"({"a":1})"),
            "v1,DPe2vGQ5lRXomypwZNJ9YxEueg1J/hjlZsZo6b0f7i0=");
}

TEST(Headers, AreTheOriginalsAndThenTheHooks) {
  access::Hook hook;
  hook.headers = {{"x-secret", "s3"}, {"Host", "elsewhere"}, {"x-bad", "a\r\nx: y"}};
  const Payload payload{"id1", R"({"a":1})"};
  const auto headers = MakeHeaders(payload, "0123abcd", 1786447831, hook);
  std::string names;
  for (const auto& [name, value] : headers) names += name + " ";
  EXPECT_EQ(names,
            "content-type user-agent accept-encoding webhook-id webhook-timestamp "
            "webhook-signature x-secret ");
  EXPECT_EQ(headers[3].second, "id1");
  EXPECT_EQ(headers[4].second, "1786447831");
  EXPECT_EQ(headers[5].second, "v1,DPe2vGQ5lRXomypwZNJ9YxEueg1J/hjlZsZo6b0f7i0=");
}

TEST(Headers, WhatAHookMayNotSet) {
  for (const char* name : {"Host", "CONTENT-LENGTH", "webhook-id", "Webhook-Signature",
                           "webhook-timestamp", "Transfer-Encoding", "Connection", "user-agent",
                           "content-type", "", "a b", "a:b", "a\r\nb", "\xc3\xa4"}) {
    EXPECT_FALSE(WhyNotHeader(name, "x").empty()) << name;
  }
  for (const std::string& value :
       {std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3), std::string("\x7f"),
        std::string("\xc3\xa4"), std::string(4097, 'x')}) {
    EXPECT_FALSE(WhyNotHeader("x-secret", value).empty());
  }
  EXPECT_EQ(WhyNotHeader("Authorization", "Bearer a.b-c_d/e=\t,"), "");
}

}  // namespace
}  // namespace oubli::webhooks
