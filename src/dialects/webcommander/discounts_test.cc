// Discount profiles: dates, and what a body may not be.
#include <string>

#include "dialects/webcommander/webcommander_fixture.h"

namespace oubli::dialects::webcommander {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kProfiles = "/api/v4/admin/discount_profiles";

class DiscountsTest : public WebCommanderTest {};

TEST_F(DiscountsTest, DatesComeWithABlankAndGoWithAT) {
  const auto created = Call("POST", kProfiles,
                            R"({"name":"A","type":"customer","start_date":"2026-09-01 10:00:00",)"
                            R"("end_date":"2026-09-30T23:59:59"})");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.body, R"({"discount_profile":{"id":1,"name":"A","type":"customer",)"
                          R"("start_date":"2026-09-01T10:00:00","end_date":"2026-09-30T23:59:59",)"
                          R"("customer_coupons":[]}})");
  EXPECT_THAT(
      Call("PUT", std::string(kProfiles) + "/1", R"({"end_date":"2027-01-01 00:00:00"})").body,
      HasSubstr(R"("end_date":"2027-01-01T00:00:00")"));
}

TEST_F(DiscountsTest, BadFieldsAreRefusedByNameAndNothingChanges) {
  ASSERT_EQ(Call("POST", kProfiles, R"({"name":"A","type":"customer","priority":1})").status, 201);
  const std::string path = std::string(kProfiles) + "/1";
  const std::string before = Call("GET", path).body;
  const struct {
    const char* field;
    const char* value;
    const char* code;
  } cases[] = {
      {"start_date", R"("2026-02-30 10:00:00")", "invalid_date"},
      {"start_date", R"("canary")", "invalid_date"},
      {"end_date", R"("2026-09-01")", "invalid_date"},
      {"start_from", R"("2026-09-01 10:00:00Z")", "invalid_date"},
      {"start_to", "7", "invalid_value"},
      {"description", "[]", "invalid_value"},
      {"description", R"("canary\u0000")", "invalid_character"},
      {"is_active", R"("true")", "invalid_boolean"},
      {"active", "1", "invalid_boolean"},
      {"priority", R"("canary")", "invalid_value"},
      {"priority", "-1", "out_of_range"},
      {"amount_details", R"("canary")", "invalid_value"},
      {"shipping_details", "[]", "invalid_value"},
      {"product_details", "1e5", "invalid_value"},
      {"name", "{}", "invalid_value"},
      {"type", R"("canary")", "invalid_enum"},
      {"discount_details_type", R"("canary")", "invalid_enum"},
  };
  for (const auto& c : cases) {
    const std::string change = "\"" + std::string(c.field) + "\":" + c.value;
    std::string name = c.field == std::string("name") ? "" : R"("name":"B",)";
    if (c.field != std::string("type")) name += R"("type":"customer",)";
    for (const auto& response : {Call("PUT", path, "{" + change + "}"),
                                 Call("POST", kProfiles, "{" + name + change + "}")}) {
      EXPECT_EQ(response.status, 400) << change;
      EXPECT_THAT(response.body, HasSubstr(R"([{"field":")" + std::string(c.field) +
                                           R"(","reason":")" + c.code + "\""))
          << change;
      EXPECT_THAT(response.body, Not(HasSubstr("canary"))) << change;
    }
  }
  EXPECT_EQ(Call("GET", path).body, before);
  EXPECT_THAT(Call("GET", kProfiles).body, HasSubstr(R"("total":1,)"));
}

TEST_F(DiscountsTest, TheListTakesItsParametersAndIgnoresOthers) {
  for (const char* name : {"B", "A"}) {
    Call("POST", kProfiles, R"({"name":")" + std::string(name) + R"(","type":"customer"})");
  }
  const auto get = [&](const std::string& query) {
    return Call("GET", std::string(kProfiles) + "?" + query);
  };
  EXPECT_THAT(get("sort=name&colour=blue&field_metadata=true").body,
              HasSubstr(R"([{"id":2,"name":"A")"));
  EXPECT_THAT(get("limit=50").body, HasSubstr(R"("limit":20,)"));
  EXPECT_THAT(get("name=b&type=customer").body, HasSubstr(R"("total":1,)"));
  EXPECT_THAT(get("type=offer_coupon").body, HasSubstr(R"("total":0,)"));
  for (const char* bad : {"sort=price", "limit=x", "limit=0", "offset=-1", "page=0"}) {
    EXPECT_EQ(get(bad).status, 400) << bad;
  }
}

}  // namespace
}  // namespace oubli::dialects::webcommander
