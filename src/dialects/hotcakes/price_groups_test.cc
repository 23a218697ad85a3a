// Price groups on the wire.
#include <gmock/gmock.h>

#include "dialects/hotcakes/price_group_json.h"
#include "dialects/hotcakes/test_world.h"

namespace oubli::dialects::hotcakes {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kNowUnquoted = R"(\/Date(1788256800000)\/)";

class PriceGroupsTest : public TestWorld {
 protected:
  // With the id "5c6f" in the store 1.
  std::string AddGold() {
    return Post("pricegroups/",
                R"({"Bvin":"5c6f","Name":"Gold","PricingType":4,"AdjustmentAmount":12.5})");
  }
  static std::string Gold(std::string_view name = "Gold", std::string_view date = kNowUnquoted) {
    return R"({"StoreId":1,"Bvin":"5c6f","LastUpdated":")" + std::string(date) + R"(","Name":")" +
           std::string(name) + R"(","PricingType":4,"AdjustmentAmount":12.5000000000})";
  }
  static std::string Content(const std::string& json) {
    return R"({"Content":)" + json + R"(,"Errors":[]})";
  }
};

TEST_F(PriceGroupsTest, AreTheLiteralOfTheContract) {
  EXPECT_EQ(AddGold(), Content(Gold()));
  EXPECT_EQ(Get("pricegroups/5c6f"), Content(Gold()));
  EXPECT_EQ(Get("PriceGroups/5C6F/xyz"), Content(Gold()));
  EXPECT_EQ(Get("pricegroups"), Content("[" + Gold() + "]"));
}

TEST_F(PriceGroupsTest, AnEmptyListIsNoError) {
  EXPECT_EQ(Get("pricegroups/"), R"({"Content":[],"Errors":[]})");
  EXPECT_EQ(Get("pricegroups/5c6f"), kNotFound);
  EXPECT_EQ(Get("pricegroups/%20"), kNotFound);
}

TEST_F(PriceGroupsTest, DefaultsAreThoseOfTheType) {
  const std::string made = Post("pricegroups", "{}");
  EXPECT_THAT(made, HasSubstr(R"({"Content":{"StoreId":1,"Bvin":")"));
  EXPECT_THAT(made, HasSubstr(R"("Name":"","PricingType":0,"AdjustmentAmount":0.0000000000},)"));
  const size_t bvin = made.find("\"Bvin\":\"") + 8;
  const std::string id = made.substr(bvin, 36);
  EXPECT_EQ(made[bvin + 36], '"') << "a new GUID";
  EXPECT_EQ(Get("pricegroups/" + id), made);
}

TEST_F(PriceGroupsTest, StoreIdAndDateAreTheServers) {
  EXPECT_EQ(
      Post("pricegroups", R"({"Bvin":"5c6f","Name":"Gold","PricingType":"AmountOffListPrice",)"
                          R"("StoreId":99,"LastUpdated":"\/Date(0)\/"})"),
      Content(R"({"StoreId":1,"Bvin":"5c6f","LastUpdated":")" + std::string(kNowUnquoted) +
              R"(","Name":"Gold","PricingType":1,"AdjustmentAmount":0.0000000000})"));
}

TEST_F(PriceGroupsTest, AreListedByName) {
  for (const char* name : {"silver", "Gold", "bronze"})
    Post("pricegroups", R"({"Name":")" + std::string(name) + "\"}");
  const std::string list = Get("pricegroups");
  EXPECT_LT(list.find("bronze"), list.find("Gold"));
  EXPECT_LT(list.find("Gold"), list.find("silver"));
}

TEST_F(PriceGroupsTest, UpdateReplacesAndAnswersTheGroupAsItIsNow) {
  AddGold();
  world_.clock().Advance(1000);
  const std::string updated = Content(Gold("G\\u0026", R"(\/Date(1788256801000)\/)"));
  EXPECT_EQ(Post("pricegroups/5c6f", R"({"StoreId":1,"Bvin":"5C6F","Name":"G&","PricingType":4,)"
                                     R"("AdjustmentAmount":12.5})"),
            updated);
  EXPECT_EQ(Get("pricegroups/5c6f"), updated);
}

TEST_F(PriceGroupsTest, UpdateOfAnotherStoresOrNoIdChangesNothing) {
  AddGold();
  for (const char* body : {R"({"Bvin":"5c6f","Name":"x"})", R"({"StoreId":2,"Bvin":"5c6f"})",
                           R"({"StoreId":1,"Name":"x"})", R"({"StoreId":1,"Bvin":""})"})
    EXPECT_EQ(Post("pricegroups/5c6f", body), Content(Gold())) << body;
  EXPECT_EQ(Get("pricegroups/5c6f"), Content(Gold()));
}

TEST_F(PriceGroupsTest, UpdateRefusesAnotherIdThanTheUrls) {
  AddGold();
  EXPECT_EQ(
      Post("pricegroups/other", R"({"StoreId":1,"Bvin":"5c6f","Name":"x"})"),
      Exception("The Bvin of the price group is not the one in the URL. Nothing was changed."));
  EXPECT_EQ(Post("pricegroups/other", R"({"StoreId":1,"Bvin":"other","Name":"x"})"), kNotFound);
  EXPECT_EQ(Post("pricegroups/other", R"({"StoreId":1})"), kNotFound);
  EXPECT_EQ(Get("pricegroups"), Content("[" + Gold() + "]"));
}

TEST_F(PriceGroupsTest, AnIdThatExistsIsNotMadeAgain) {
  AddGold();
  EXPECT_EQ(Post("pricegroups", R"({"Bvin":"5C6F","Name":"x"})"),
            Exception("There is a price group with this Bvin. Nothing was changed."));
  EXPECT_EQ(Get("pricegroups"), Content("[" + Gold() + "]"));
}

TEST_F(PriceGroupsTest, DeleteSaysWhetherThereWasOneAndIsNotGated) {
  AddGold();
  const std::string account =
      Post("customeraccounts", R"({"Email":"a@example.com","PricingGroupId":"5c6f"})");
  for (const char* path : {"pricegroups", "pricegroups/", "pricegroups/%20", "pricegroups/x"})
    EXPECT_EQ(Delete(path), kFalse) << path;
  EXPECT_EQ(Delete("pricegroups/5c6f"), kTrue);
  EXPECT_EQ(Delete("pricegroups/5c6f"), kFalse);
  EXPECT_EQ(Get("pricegroups"), Content("[]"));
  EXPECT_EQ(Get("customeraccounts/1"), account) << "customers keep the dangling id";
}

TEST_F(PriceGroupsTest, WhatCannotBeReadIsRefusedAndChangesNothing) {
  AddGold();
  const std::pair<std::string, std::string> cases[] = {
      {"", "The request body is empty."},
      {"null", "The request body is empty."},
      {"[]",
       "Type 'Hotcakes.CommerceDTO.v1.Contacts.PriceGroupDTO' is not supported for "
       "deserialization of an array."},
      {R"({"AdjustmentAmount":null})", "Cannot convert null to a value type."},
      {R"({"AdjustmentAmount":"x"})", "x is not a valid value for Decimal."},
      {R"({"AdjustmentAmount":100000000})", "100000000 is not a valid value for Decimal."},
      {R"({"PricingType":"Cheap"})", "Cheap is not a valid value for PricingTypesDTO."},
      {R"({"StoreId":"one"})", "one is not a valid value for Int64."},
      {R"({"LastUpdated":"/Date(1)/"})", "/Date(1)/ is not a valid value for DateTime."},
      {R"({"Name":")" + std::string(256, 'n') + "\"}", "Name is longer than 255 characters."},
      {R"({"Name":"a\u0000"})", "Name holds a control character."},
      {R"({"Bvin":"a/b"})", "Bvin is not an id: letters, digits and dashes, 36 at most."},
      {R"({"Bvin":")" + std::string(37, 'b') + "\"}",
       "Bvin is not an id: letters, digits and dashes, 36 at most."},
  };
  for (const auto& [body, description] : cases) {
    EXPECT_EQ(Post("pricegroups", body), Exception(description)) << body;
    EXPECT_EQ(Post("pricegroups/5c6f", body), Exception(description)) << body;
  }
  EXPECT_EQ(Get("pricegroups"), Content("[" + Gold() + "]"));
}

TEST_F(PriceGroupsTest, AreAStoresOwnAndStayWhenCustomersGo) {
  AddGold();
  Add("ann@example.com");
  world_.CreateStore("other");
  const std::string key = world_.CreateKey({.store = "other", .dialect = kHotcakes}).at("key");
  const auto other = [&](std::string method, const std::string& path) {
    return Body(world_.Send(std::move(method), std::string(kBase) + path + "?key=" + key));
  };
  EXPECT_EQ(other("GET", "pricegroups/5c6f"), kNotFound);
  EXPECT_EQ(other("GET", "pricegroups"), Content("[]"));
  EXPECT_EQ(other("DELETE", "pricegroups/5c6f"), kFalse);
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  EXPECT_EQ(Delete("customeraccounts"), kTrue);
  EXPECT_EQ(Get("pricegroups/5c6f"), Content(Gold()));
}

TEST(Amounts, AreKeptAsANumericColumnKeepsThem) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"0", "0.0000000000"},
      {"-0.00", "0.0000000000"},
      {"12.5", "12.5000000000"},
      {"-7", "-7.0000000000"},
      {"+1.25", "1.2500000000"},
      {" 3. ", "3.0000000000"},
      {".5", "0.5000000000"},
      {"00012", "12.0000000000"},
      {"99999999.9999999999", "99999999.9999999999"},
      {"0.00000000005", "0.0000000001"},
      {"-0.00000000005", "-0.0000000001"},
      {"0.000000000049", "0.0000000000"},
      {"1e3", "1000.0000000000"},
      {"1.5E+2", "150.0000000000"},
      {"25e-11", "0.0000000003"},
      {"1e-100", "0.0000000000"},
  };
  for (const auto& [text, json] : cases) {
    const auto units = ParseAmount(text);
    ASSERT_TRUE(units.has_value()) << text;
    EXPECT_EQ(AmountJson(*units), json) << text;
  }
  for (const char* text :
       {"", "-", ".", "x", "1,5", "1.2.3", "0x10", "1e", "e1", "1e101", "1e9", "100000000",
        "99999999.99999999995", "--1", "1 2", "NaN", "Infinity", "99999999999999999999999999"})
    EXPECT_FALSE(ParseAmount(text).has_value()) << text;
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
