// POST /v2/customers/{id}/validate, and how often it may be called.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "dialects/bigcommerce/v2/v2_fixture.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

using V2ValidateTest = V2Test;

TEST_F(V2ValidateTest, ValidateTellsWhetherAPasswordIsRight) {
  AskJson("POST", "/customers", kJane);
  Create("nobody@example.com");
  const auto right = AskJson("POST", "/customers/1/validate", R"({"password":"abc12345"})");
  EXPECT_EQ(right.status, 200);
  EXPECT_EQ(right.body, R"({"success":true})");
  EXPECT_EQ(AskJson("POST", "/customers/1/validate", R"({"password":"abc12346"})").body,
            R"({"success":false})");
  EXPECT_EQ(AskJson("POST", "/customers/2/validate", R"({"password":""})").body,
            R"({"success":false})");
  EXPECT_EQ(AskJson("POST", "/customers/3/validate", R"({"password":"x"})").body, kNotFoundBody);
  EXPECT_EQ(AskJson("POST", "/customers/x/validate", R"({"password":"x"})").body, kNotFoundBody);
  EXPECT_EQ(AskJson("POST", "/customers/1/validate", "{}").body, Missing("password"));
  EXPECT_EQ(AskJson("POST", "/customers/1/validate", R"({"password":5})").body,
            Invalid("password", "is not a text"));
  EXPECT_EQ(
      AskXml("POST", "/customers/1/validate", "<customer><password>abc12345</password></customer>")
          .body,
      std::string(kXmlStart) + "<customer><success>true</success></customer>");
}

TEST_F(V2ValidateTest, ValidateHasALimitForEachCustomerWhichPasses) {
  AskJson("POST", "/customers", kJane);
  Create("b@example.com");
  const auto check = [this](const std::string& id) {
    return AskJson("POST", "/customers/" + id + "/validate", R"({"password":"abc12345"})");
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(check("1").status, 200);
  const auto refused = check("1");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.body, Envelope(429, "Too many requests"));
  EXPECT_EQ(HeaderOf(refused, "x-retry-after"), "");
  EXPECT_EQ(check("2").status, 200) << "somebody else's tries are not used up";
  world_.clock().Advance(60'000);
  EXPECT_EQ(check("1").body, R"({"success":true})");
}

class FewTriesTest : public V2Test {
 protected:
  FewTriesTest()
      : V2Test([](const Environment& environment) {
          Choices choices;
          choices.max_validations_of_a_store = 3;
          return MakeWithChoices(environment, choices);
        }) {}
};

TEST_F(FewTriesTest, ValidateHasALimitForTheStore) {
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(
        AskJson("POST", fmt::format("/customers/{}/validate", i), R"({"password":"x"})").status,
        404);
  }
  EXPECT_EQ(AskJson("POST", "/customers/4/validate", R"({"password":"x"})").status, 429);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce::v2
