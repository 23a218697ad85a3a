// /v3/customers/{customer_id}/consent.
#include "customers/consent.h"

#include <gtest/gtest.h>

#include "base/date_time.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {
namespace {

using testing::HeaderOf;

const std::string kConsentPath = "/v3/customers/1/consent";

class ConsentTest : public BigCommerceTest {
 protected:
  explicit ConsentTest(testing::DialectWorld::Make make = Make) : BigCommerceTest(make) {
    Create("sally@example.com");
  }
};

// Contract 5.4.
TEST_F(ConsentTest, TheContractsExchanges) {
  world_.clock().SetWall(*ParseIso8601("2021-08-24T14:15:22Z"));
  const std::string shown =
      R"({"allow":["essential","targeting","functional"],"deny":["analytics"],)"
      R"("updated_at":"2021-08-24T14:15:22Z"})";
  auto answer =
      Put(kConsentPath, R"({"allow":["essential","targeting","functional"],"deny":["analytics"]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(HeaderOf(answer, "content-type"), "application/json");
  EXPECT_EQ(answer.body, shown);
  world_.clock().Advance(60'000);
  answer = Get(kConsentPath);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, shown);
  EXPECT_EQ(Put(kConsentPath, R"({"allow":[],"deny":[]})").body,
            R"({"allow":[],"deny":[],"updated_at":"2021-08-24T14:16:22Z"})");
}

TEST_F(ConsentTest, WhoNeverSaidAnythingAllowsAndDeniesNothing) {
  EXPECT_EQ(Get(kConsentPath).body,
            R"({"allow":[],"deny":[],"updated_at":"2026-09-01T10:00:00Z"})");
}

class ConsentOfTheCallTest : public ConsentTest {
 protected:
  ConsentOfTheCallTest()
      : ConsentTest([](const Environment& environment) {
          Choices choices;
          choices.consent_time_is_of_the_call = true;
          return MakeWithChoices(environment, choices);
        }) {}
};

TEST_F(ConsentOfTheCallTest, UpdatedAtIsNow) {
  ASSERT_EQ(Put(kConsentPath, R"({"allow":["essential"],"deny":[]})").status, 200);
  world_.clock().Advance(60'000);
  EXPECT_EQ(Get(kConsentPath).body,
            R"({"allow":["essential"],"deny":[],"updated_at":"2026-09-01T10:01:00Z"})");
}

TEST_F(ConsentTest, AnUnknownCustomerIsNotFound) {
  const std::string body = R"({"allow":[],"deny":[]})";
  for (const std::string id : {"2", "0", "-1", "abc", "1.0", "99999999999999999999", "%31%00"}) {
    const std::string path = "/v3/customers/" + id + "/consent";
    const auto get = Get(path);
    EXPECT_EQ(get.status, 404) << id;
    EXPECT_EQ(get.body, Envelope(404, "The resource at that URL is not found."));
    EXPECT_EQ(Put(path, body).status, 404) << id;
    EXPECT_EQ(Put(path, body).body, get.body);
  }
}

TEST_F(ConsentTest, BadBodiesAreRefusedAndChangeNothing) {
  ASSERT_EQ(Put(kConsentPath, R"({"allow":["essential"],"deny":[]})").status, 200);
  const std::string before = Get(kConsentPath).body;
  const auto field = [](const std::string& name, const std::string& text) {
    return R"({")" + name + R"(":")" + text + R"("})";
  };
  const std::string invalid = "JSON data is missing or invalid";
  EXPECT_EQ(Put(kConsentPath, R"({"deny":[]})").body,
            Envelope(422, invalid, field("allow", "error.path.missing")));
  EXPECT_EQ(Put(kConsentPath, R"({"allow":[]})").body,
            Envelope(422, invalid, field("deny", "error.path.missing")));
  EXPECT_EQ(Put(kConsentPath, R"({"allow":"essential","deny":[]})").body,
            Envelope(422, invalid, field("allow", "error.expected.jsarray")));
  EXPECT_EQ(Put(kConsentPath, R"({"allow":[1],"deny":[]})").body,
            Envelope(422, invalid, field("allow.0", "error.expected.jsstring")));
  const std::string failed = "Update customer consent failed.";
  EXPECT_EQ(Put(kConsentPath, R"({"allow":[],"deny":["tracking"]})").body,
            Envelope(422, failed,
                     field("deny.0", "must be essential, functional, analytics or targeting")));
  EXPECT_EQ(Put(kConsentPath, R"({"allow":["analytics","analytics"],"deny":[]})").body,
            Envelope(422, failed, field("allow.1", "must not be there twice")));
  EXPECT_EQ(Put(kConsentPath, R"({"allow":["analytics"],"deny":["analytics"]})").body,
            Envelope(422, failed, field("deny", "must have nothing that allow has")));
  EXPECT_EQ(Put(kConsentPath, "[]").status, 422);
  EXPECT_EQ(Put(kConsentPath, "{").status, 400);
  EXPECT_EQ(Put(kConsentPath, "").status, 400);
  EXPECT_EQ(world_
                .Send("PUT", "/stores/abc" + kConsentPath,
                      {{"X-Auth-Token", token_}, {"Content-Type", "text/plain"}}, "{}")
                .status,
            415);
  EXPECT_EQ(Get(kConsentPath).body, before);
}

TEST_F(ConsentTest, GoesWithItsCustomerAndNoOther) {
  Create("other@example.com");
  ASSERT_EQ(Put(kConsentPath, R"({"allow":["essential"],"deny":[]})").status, 200);
  ASSERT_EQ(Put("/v3/customers/2/consent", R"({"allow":["functional"],"deny":[]})").status, 200);
  ASSERT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  EXPECT_EQ(Get(kConsentPath).status, 404);
  EXPECT_EQ(Put(kConsentPath, R"({"allow":[],"deny":[]})").status, 404);
  EXPECT_NE(Get("/v3/customers/2/consent").body.find("functional"), std::string::npos);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
