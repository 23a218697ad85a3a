// Values that no property takes, one at a time, and bodies that were cut off: each is refused
// whole. And spellings of paths and queries that mean what the plain one means.
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "base/json.h"
#include "base/log.h"
#include "dialects/hotcakes/router.h"
#include "dialects/hotcakes/test_world.h"

namespace oubli::dialects::hotcakes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A resource, and a body that changes all that it can of what stands at "/1".
struct Whole {
  std::string_view resource;
  std::string_view body;
};
constexpr Whole kWholes[] = {
    {"customeraccounts",
     R"({"Bvin":"1","Email":"x@example.com","FirstName":"x","LastName":"x","Password":"x","Notes":"x",)"
     R"("PricingGroupId":"x","TaxExempt":true,"FailedLoginCount":1,"LastUpdatedUtc":"2024-01-01",)"
     R"("CreationDateUtc":"2024-01-01","LastLoginDateUtc":"2024-01-01","Addresses":[{"Bvin":"x",)"
     R"("LastUpdatedUtc":"2024-01-01","StoreId":1,"NickName":"x","City":"x","RegionBvin":"x",)"
     R"("CountryBvin":"x","Phone":"x","UserBvin":"x","AddressType":1}],)"
     R"("ShippingAddress":{"Line1":"x"},"BillingAddress":{"Line1":"x"}})"},
    {"pricegroups",
     R"({"StoreId":1,"Bvin":"1","LastUpdated":"2024-01-01","Name":"x","PricingType":1,)"
     R"("AdjustmentAmount":1.5})"},
    {"wishlistitems",
     R"({"Id":1,"StoreId":1,"CustomerId":"1","LastUpdatedUtc":"2024-01-01","ProductId":"x",)"
     R"("Quantity":1,"SelectionData":[{"OptionBvin":"x","SelectionData":"x"}]})"},
};

class HostileValues : public TestWorld {
 protected:
  void SetUp() override {
    Add("ann@example.com");
    Post("pricegroups", R"({"Bvin":"1","Name":"Gold"})");
    Post("wishlistitems", R"({"CustomerId":"1","ProductId":"mug"})");
    before_ = Everything();
  }
  std::string Everything() {
    return Get("customeraccounts") + Get("pricegroups") + Get("wishlistitems");
  }
  // As a new one and as a change of the one that is there.
  void ExpectRefused(std::string_view resource, const std::string& body) {
    for (const std::string target : {"", "/1"}) {
      const std::string answer = Post(std::string(resource) + target, body);
      EXPECT_THAT(answer, HasSubstr(R"({"Content":null,"Errors":[{"Code":"EXCEPTION",)"))
          << resource << target << " " << body.substr(0, 300);
      EXPECT_TRUE(ParseJson(answer).has_value()) << answer;
      EXPECT_THAT(answer, Not(HasSubstr("ann@example.com")));
    }
  }
  // With each of the values in the place of each value that the member has.
  void ExpectValuesRefused(const Whole& whole, std::string_view member,
                           std::initializer_list<std::string_view> values) {
    const std::string name = fmt::format("\"{}\":", member);
    size_t places = 0;
    for (size_t at = 0; (at = whole.body.find(name, at)) != std::string_view::npos; ++places) {
      at += name.size();
      // The bodies have no comma nor brace within a value but for the nested ones.
      const size_t end = whole.body.find_first_of(",}]", at);
      for (const std::string_view value : values) {
        std::string body(whole.body);
        ExpectRefused(whole.resource, body.replace(at, end - at, value));
      }
    }
    EXPECT_GT(places, 0U) << member;
  }

  std::string before_;
};

TEST_F(HostileValues, TheBodiesThemselvesAreGood) {
  for (const Whole& whole : kWholes) {
    std::string body(whole.body);
    if (const size_t at = body.find(R"("Password":"x",)"); at != std::string::npos)
      body.erase(at, 15);
    EXPECT_THAT(Post(std::string(whole.resource) + "/1", body), Not(HasSubstr("EXCEPTION")));
  }
  EXPECT_NE(Everything(), before_);
}

TEST_F(HostileValues, EveryBodyThatIsCutOffIsRefused) {
  for (const Whole& whole : kWholes) {
    for (size_t size = 0; size < whole.body.size(); ++size)
      ExpectRefused(whole.resource, std::string(whole.body.substr(0, size)));
  }
  EXPECT_EQ(Everything(), before_);
}

TEST_F(HostileValues, ListsAndObjectsWhereTextOrNumbersBelong) {
  const std::pair<size_t, std::vector<std::string_view>> members[] = {
      {0, {"Bvin",           "Email",           "FirstName",
           "LastName",       "Password",        "Notes",
           "PricingGroupId", "TaxExempt",       "FailedLoginCount",
           "LastUpdatedUtc", "CreationDateUtc", "LastLoginDateUtc",
           "StoreId",        "NickName",        "City",
           "RegionBvin",     "CountryBvin",     "Phone",
           "UserBvin",       "AddressType",     "Line1"}},
      {1, {"StoreId", "Bvin", "LastUpdated", "Name", "PricingType", "AdjustmentAmount"}},
      {2, {"Id", "StoreId", "CustomerId", "LastUpdatedUtc", "ProductId", "Quantity", "OptionBvin"}},
  };
  for (const auto& [index, names] : members) {
    for (const std::string_view name : names) {
      ExpectValuesRefused(kWholes[index], name,
                          {"[]", "{}", "[\"x\"]", "{\"x\":1}", "[[[[]]]]", "\"\\u0000\"",
                           "\"a\\u001b[2J\"", "\"\\u007f\""});
    }
  }
  EXPECT_EQ(Everything(), before_);
}

TEST_F(HostileValues, NumbersThatAreNone) {
  const std::initializer_list<std::string_view> none = {"null",
                                                        "1.5",
                                                        "99999999999999999999",
                                                        "-99999999999999999999",
                                                        "1e400",
                                                        "-1e400",
                                                        "NaN",
                                                        "Infinity",
                                                        "\"0x10\"",
                                                        "\"1,000\"",
                                                        "\"\"",
                                                        "\"one\"",
                                                        "0x10",
                                                        "1_000",
                                                        "--1",
                                                        "9223372036854775808",
                                                        "\"1\\u00b2\"",
                                                        "true"};
  ExpectValuesRefused(kWholes[0], "FailedLoginCount", none);
  ExpectValuesRefused(kWholes[0], "FailedLoginCount", {"2147483648", "-2147483649"});
  ExpectValuesRefused(kWholes[0], "StoreId", none);
  ExpectValuesRefused(kWholes[0], "AddressType", none);
  ExpectValuesRefused(kWholes[1], "StoreId", none);
  ExpectValuesRefused(kWholes[1], "PricingType", none);
  ExpectValuesRefused(kWholes[1], "AdjustmentAmount",
                      {"null", "1e400", "NaN", "\"\"", "\"one\"", "99999999999999999999", "true"});
  ExpectValuesRefused(kWholes[2], "Id", none);
  ExpectValuesRefused(kWholes[2], "StoreId", none);
  ExpectValuesRefused(kWholes[2], "Quantity", none);
  ExpectValuesRefused(kWholes[2], "Quantity", {"2147483648"});
  ExpectValuesRefused(kWholes[0], "TaxExempt", {"null", "1", "0", "\"yes\"", "\"\"", "1.0"});
  EXPECT_EQ(Everything(), before_);
}

TEST_F(HostileValues, DatesThatAreNone) {
  const std::initializer_list<std::string_view> none = {
      "null",
      "0",
      "1700000000123",
      "true",
      "\"now\"",
      "\"2023-02-29\"",
      "\"2023-13-01\"",
      "\"2023-00-10\"",
      "\"2023-11-14T25:00:00Z\"",
      "\"2023-11-14T22:61:00Z\"",
      "\"10000-01-01\"",
      "\"-0001-01-01\"",
      "\"0000-00-00\"",
      "\"/Date(1700000000123)/\"",
      "\"\\/Date()\\/\"",
      "\"\\/Date(x)\\/\"",
      "\"\\/Date(1e3)\\/\"",
      "\"\\/Date(99999999999999999999)\\/\"",
      "\"\\/Date(253402300800000)\\/\"",
      "\"\\/Date(-62135596800001)\\/\"",
      "'\\/Date(1700000000123)\\/'",
      "new Date(1)",
  };
  for (const char* member : {"LastUpdatedUtc", "CreationDateUtc", "LastLoginDateUtc"})
    ExpectValuesRefused(kWholes[0], member, none);
  ExpectValuesRefused(kWholes[1], "LastUpdated", none);
  ExpectValuesRefused(kWholes[2], "LastUpdatedUtc", none);
  EXPECT_EQ(Everything(), before_);
}

TEST_F(HostileValues, ListsThatAreTooLongOrHoldTheWrongThings) {
  const auto list = [](std::string_view before, std::string_view item, int count) {
    std::string body(before);
    for (int i = 0; i < count; ++i) body.append(i == 0 ? "" : ",").append(item);
    return body + "]}";
  };
  const std::string account = R"({"Bvin":"1","Email":"x@example.com","Addresses":[)";
  const std::string item = R"({"Id":1,"StoreId":1,"CustomerId":"1","SelectionData":[)";
  ExpectRefused("customeraccounts", list(account, "{}", 1001));
  ExpectRefused("wishlistitems", list(item, "{}", 101));
  for (const char* wrong : {"1", "\"x\"", "true", "null", "[]", "\"\\/Date(1)\\/\""}) {
    ExpectRefused("customeraccounts", list(account, wrong, 1));
    ExpectRefused("customeraccounts", list(account, std::string("{},") + wrong, 1));
    ExpectRefused("wishlistitems", list(item, wrong, 1));
  }
  for (const char* wrong : {"{}", "\"\"", "5", "true"}) {
    ExpectRefused("customeraccounts",
                  fmt::format(R"({{"Bvin":"1","Email":"x@example.com","Addresses":{}}})", wrong));
    ExpectRefused("wishlistitems", fmt::format(R"({{"Id":1,"StoreId":1,"CustomerId":"1",)"
                                               R"("SelectionData":{}}})",
                                               wrong));
  }
  EXPECT_EQ(Everything(), before_);
}

TEST_F(HostileValues, HalvesOfSurrogatePairsAreReplacedEverywhere) {
  const std::string half = R"("\ud83d-\ude00")";
  const std::string kept = "\"\xEF\xBF\xBD-\xEF\xBF\xBD\"";
  EXPECT_THAT(Post("customeraccounts", R"({"Email":"b@example.com","Notes":)" + half +
                                           R"(,"Addresses":[{"City":)" + half + "}]}"),
              ::testing::AllOf(HasSubstr("\"Notes\":" + kept), HasSubstr("\"City\":" + kept)));
  EXPECT_THAT(Post("pricegroups", R"({"Name":)" + half + "}"), HasSubstr("\"Name\":" + kept));
  EXPECT_THAT(Post("wishlistitems", R"({"CustomerId":"1","ProductId":)" + half + "}"),
              HasSubstr("\"ProductId\":" + kept));
}

TEST_F(HostileValues, SpellingsOfAPathThatMeanTheSame) {
  for (const std::string name : {"customeraccounts", "pricegroups", "wishlistitems"}) {
    const std::string one = Get(name + "/1");
    EXPECT_THAT(one, HasSubstr(R"({"Content":{)"));
    std::string upper = name;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    for (const std::string& path :
         {upper + "/1", name + "/1/", name + "/1/x/y", name + "%2F1", name + "%2f1%2Fx",
          name + "/%31", "%20" + name + "%09/1", name + "/1%2F..%2F2"})
      EXPECT_EQ(Get(path), one) << path;
    EXPECT_EQ(Get(upper), Get(name + "/"));
    for (const std::string& path : {name + "//1", name + "/%2F1", name + "/%201", name + "/1%20",
                                    name + "/1%00", name + "/./1", name + "/../1"})
      EXPECT_THAT(Get(path), HasSubstr(R"({"Content":null,"Errors":[{"Code":"NULL",)")) << path;
  }
}

// Neither what was refused nor what cannot be done leaves a word of the caller's in the log.
TEST_F(HostileValues, TheLogTellsNothingOfThem) {
  ::testing::internal::CaptureStderr();
  Log(LogLevel::kWarning, "a line");
  const std::string marked = R"({"Bvin":"1","Email":"canary@example.com","Notes":"canary)";
  for (const std::string& body :
       {marked, marked + R"(\u0000"})", marked + "\xFF\"}", marked + R"(","StoreId":[]})",
        marked + R"(","TaxExempt":"canary"})"}) {
    for (const Whole& whole : kWholes) Post(std::string(whole.resource) + "/1", body);
  }
  Get("customeraccounts/canary%FF", "email=canary@example.com&page=canary");
  Get("canary/canary");
  auto damaged = world_.OpenStore("abc")->WriteAndWait([](auto& transaction) -> Status {
    return transaction.connection().Execute("UPDATE record SET sealed = x'00'");
  });
  ASSERT_TRUE(damaged.has_value());
  Get("customeraccounts", "email=ann@example.com");
  Get("customeraccounts");
  world_.OpenStore("abc")->writer().Close();
  Post("customeraccounts", marked + "\"}");
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("a line"));
  EXPECT_THAT(log, HasSubstr("do not open"));
  for (const std::string_view word : {"canary", "ann@", "mug", "Gold"})
    EXPECT_THAT(log, Not(HasSubstr(std::string(word))));
  EXPECT_THAT(log, Not(HasSubstr(key_)));
}

// The label is another one, the bytes are the same, and none of them is markup.
TEST_F(HostileValues, ApiformatTextOfEveryCall) {
  const std::string markup = R"(<script>alert('x')</script>)";
  Post("customeraccounts", R"({"Email":"b@example.com","Notes":")" + markup + "\"}");
  Post("pricegroups", R"({"Bvin":"2","Name":")" + markup + "\"}");
  Post("wishlistitems", R"({"CustomerId":"1","ProductId":")" + markup + "\"}");
  const Router router(world_.environment());
  for (const auto& [name, resource] : router.resources()) {
    for (const char* method : {"GET", "POST", "PUT", "DELETE"}) {
      for (const char* target : {"", "/1", "/2", "/%3Cb%3E"}) {
        // What changes nothing, so that both answers are the same.
        const std::string body = "{\"x\":" + markup;
        if (std::string_view(method) == "DELETE" && std::string_view(target).size() == 2) continue;
        const std::string plain = Body(world_.Send(method, Url(name + target), {}, body));
        const auto text = world_.Send(method, Url(name + target, "apiformat=text"), {}, body);
        EXPECT_EQ(testing::HeaderOf(text, "Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(text.body, plain) << method << name << target;
        EXPECT_THAT(text.body, Not(HasSubstr("<")));
      }
    }
  }
  const auto refused =
      world_.Send("GET", std::string(kBase) + "customeraccounts?apiformat=text&key=<b>");
  EXPECT_EQ(testing::HeaderOf(refused, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(refused.body, Not(HasSubstr("<")));
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
