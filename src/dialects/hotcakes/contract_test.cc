// What our contract of this API shows literally and no other test of this folder does, in its
// order: the checks of the key, what the reader takes and refuses, every member of the types, the
// error table.
#include <gmock/gmock.h>

#include "customers/settings.h"
#include "dialects/hotcakes/test_world.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::dialects::hotcakes {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kSslConnection =
    R"({"Content":null,"Errors":[{"Code":"SSLCONNECTION",)"
    R"("Description":"Store API require SSL connection."}]})";
constexpr std::string_view kStoreNotFound = R"({"Content":null,"Errors":[{"Code":"STORENOTFOUND",)"
                                            R"("Description":"No store was found at this URL."}]})";
constexpr std::string_view kNowQuoted = R"("\/Date(1788256800000)\/")";

class Contract : public TestWorld {
 protected:
  void RequireTls(std::string_view value) {
    ASSERT_TRUE(customers::ChangeSetting(*world_.OpenStore("abc"), "hotcakes_require_tls",
                                         std::string(value)));
  }
  // A blank address that has been given the date `date`.
  static std::string Blank(std::string_view date = kNowQuoted) {
    return R"({"Bvin":null,"LastUpdatedUtc":)" + std::string(date) +
           R"(,"StoreId":0,"NickName":"","FirstName":"","MiddleInitial":"","LastName":"",)"
           R"("Company":"","Line1":"","Line2":"","Line3":"","City":"","RegionName":"",)"
           R"("RegionBvin":"","PostalCode":"","CountryName":"","CountryBvin":"","Phone":"",)"
           R"("Fax":"","WebSiteUrl":"","UserBvin":"","AddressType":0})";
  }
  static std::string Account(int id, std::string_view email) {
    const std::string now(kNowQuoted);
    return R"({"Bvin":")" + std::to_string(id) + R"(","Email":")" + std::string(email) +
           R"(","FirstName":"","LastName":"","Password":"","Addresses":[],"TaxExempt":false,)"
           R"("Notes":"","PricingGroupId":"","FailedLoginCount":0,"LastUpdatedUtc":)" +
           now + R"(,"CreationDateUtc":)" + now + R"(,"LastLoginDateUtc":)" + now +
           R"(,"ShippingAddress":)" + Blank() + R"(,"BillingAddress":)" + Blank() + "}";
  }
};

// ---- section 2 ----

TEST_F(Contract, AKeyWhoseStoreDoesNotExist) {
  world_.CreateStore("gone");
  const std::string key = world_.CreateKey({.store = "gone", .dialect = kHotcakes}).at("key");
  // There is no command that removes a store, so its row is taken away below the server.
  auto database = storage::OpenSqlite(world_.data_dir() + "/server.db");
  ASSERT_TRUE(database.has_value());
  auto connection = (*database)->OpenWriter();
  ASSERT_TRUE(connection.has_value());
  ASSERT_TRUE((*connection)->Execute("DELETE FROM store WHERE handle = 'gone'").has_value());
  for (const char* method : {"GET", "POST", "DELETE", "PUT"}) {
    for (const char* path : {"customeraccounts/", "customeraccounts/1", "pricegroups", "nothing"}) {
      EXPECT_EQ(Body(world_.Send(method, std::string(kBase) + path + "?key=" + key, {}, "{}")),
                kStoreNotFound)
          << method << path;
    }
  }
  EXPECT_THAT(Body(world_.Send("GET", std::string(kBase) + "customeraccounts?key=" + key + "x")),
              HasSubstr("Api Key is invalid"))
      << "only its own key tells";
}

TEST_F(Contract, AStoreThatWantsTlsGetsIt) {
  Add("ann@example.com");
  RequireTls("yes");
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  for (const char* method : {"GET", "POST", "DELETE", "PATCH"}) {
    for (const char* path : {"customeraccounts/", "customeraccounts/1", "pricegroups", "nothing"}) {
      EXPECT_EQ(Body(world_.Send(method, Url(path), {}, R"({"Email":"x@example.com"})")),
                kSslConnection)
          << method << path;
    }
  }
  EXPECT_THAT(Body(world_.Send("GET", std::string(kBase) + "customeraccounts?key=1-x")),
              HasSubstr("Api Key is invalid"))
      << "the key comes first";
  EXPECT_EQ(Body(world_.Send("GET", Url("customeraccounts"),
                             {{"X-Forwarded-Proto", "https"}, {"Forwarded", "proto=https"}})),
            kSslConnection)
      << "what the caller says of itself does not count";
  world_.set_tls(true);
  EXPECT_EQ(Count(), CountIs(1));
  world_.set_tls(false);
  RequireTls("no");
  EXPECT_EQ(Count(), CountIs(1));
}

// ---- section 3 ----

TEST_F(Contract, WhatTheReaderCannotRead) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"not json", R"(Invalid JSON primitive: not.)"},
      {R"({"Email":"a")",
       R"(Invalid object passed in, \u0027:\u0027 or \u0027}\u0027 expected. (12): {\"Email\":\"a\")"},
      {R"({"Email":"a",})", R"(Invalid JSON primitive: .)"},
      {"[]",
       R"(Type \u0027Hotcakes.CommerceDTO.v1.Membership.CustomerAccountDTO\u0027 is not supported )"
       R"(for deserialization of an array.)"},
      {R"({"TaxExempt":null})", R"(Cannot convert null to a value type.)"},
      {R"({"TaxExempt":1})", R"(1 is not a valid value for Boolean.)"},
      {R"({"CreationDateUtc":"/Date(1700000000123)/"})",
       R"(/Date(1700000000123)/ is not a valid value for DateTime.)"},
  };
  Add("ann@example.com");
  const std::string before = Get("customeraccounts");
  for (const auto& [body, description] : cases) {
    const std::string answer = R"({"Content":null,"Errors":[{"Code":"EXCEPTION","Description":")" +
                               std::string(description) + "\"}]}";
    EXPECT_EQ(Post("customeraccounts/", std::string(body)), answer);
    EXPECT_EQ(Post("customeraccounts/1", std::string(body)), answer);
  }
  EXPECT_EQ(Get("customeraccounts"), before);
}

TEST_F(Contract, WhatTheReaderTakes) {
  Post("customeraccounts/",
       "\xEF\xBB\xBF {\"EMAIL\":'a@example.com', notes: 12.50, 'taxexempt':\"true\", "
       R"("FailedLoginCount":"7","Notes2":{"x":[1,2,{}]},"firstname":"x","FirstName":"Ann",)"
       R"("LastLoginDateUtc":"2023-11-14","CreationDateUtc":"","BillingAddress":{"addresstype":)"
       R"("StoreContact","LastUpdatedUtc":"\/Date(1700000000123+0200)\/"}})");
  EXPECT_THAT(Get("customeraccounts/1"),
              HasSubstr(R"({"Bvin":"1","Email":"a@example.com","FirstName":"Ann","LastName":"",)"
                        R"("Password":"","Addresses":[],"TaxExempt":true,"Notes":"12.50",)"));
  EXPECT_THAT(
      Get("customeraccounts/1"),
      HasSubstr(R"("BillingAddress":{"Bvin":null,"LastUpdatedUtc":"\/Date(1700000000123)\/",)"));
  EXPECT_THAT(Get("customeraccounts/1"), HasSubstr(R"("AddressType":99}},"Errors":[]})"));
}

TEST_F(Contract, WhatTheWriterWrites) {
  Post("customeraccounts",
       R"({"Email":"a@example.com","Notes":"\" \\ / ' < > & \t \n \r \u0085 \u2028 \u2029 )"
       "\xC3\xA9 \xF0\x9F\x98\x80\","
       R"("ShippingAddress":{"City":"x","LastUpdatedUtc":""},)"
       R"("BillingAddress":{"City":"y","LastUpdatedUtc":"1969-12-31T23:59:59.999Z"}})");
  const std::string account = Get("customeraccounts/1");
  EXPECT_THAT(account, HasSubstr(R"("Notes":"\" \\ / \u0027 \u003c \u003e \u0026 \t \n \r \u0085 )"
                                 R"(\u2028 \u2029 )"
                                 "\xC3\xA9 \xF0\x9F\x98\x80\","));
  EXPECT_THAT(account, HasSubstr(R"("LastUpdatedUtc":"\/Date(-62135596800000)\/","StoreId":0,)"))
      << "DateTime.MinValue";
  EXPECT_THAT(account, HasSubstr(R"("LastUpdatedUtc":"\/Date(-1)\/","StoreId":0,)"));
}

// ---- section 4 ----

constexpr std::string_view kAddressIn =
    R"({"Bvin":"b-1","LastUpdatedUtc":"\/Date(1700000000123)\/","StoreId":7,"NickName":"n",)"
    R"("FirstName":"f","MiddleInitial":"m","LastName":"l","Company":"c","Line1":"1","Line2":"2",)"
    R"("Line3":"3","City":"ci","RegionName":"dropped","RegionBvin":"NY","PostalCode":"p",)"
    R"("CountryName":"dropped","CountryBvin":"bf7389a2-9b21-4d33-b276-23c9c18ea0c0","Phone":"ph",)"
    R"("Fax":"fa","WebSiteUrl":"w","UserBvin":"u","AddressType":2})";
constexpr std::string_view kAddressOut =
    R"({"Bvin":"b-1","LastUpdatedUtc":"\/Date(1700000000123)\/","StoreId":7,"NickName":"n",)"
    R"("FirstName":"f","MiddleInitial":"m","LastName":"l","Company":"c","Line1":"1","Line2":"2",)"
    R"("Line3":"3","City":"ci","RegionName":"","RegionBvin":"NY","PostalCode":"p",)"
    R"("CountryName":"United States","CountryBvin":"bf7389a2-9b21-4d33-b276-23c9c18ea0c0",)"
    R"("Phone":"ph","Fax":"fa","WebSiteUrl":"w","UserBvin":"u","AddressType":2})";

TEST_F(Contract, EveryMemberOfAnAddressInItsOrder) {
  const std::string in(kAddressIn);
  const std::string out(kAddressOut);
  const std::string account = Post("customeraccounts", R"({"Email":"a@example.com","Addresses":[)" +
                                                           in + R"(],"ShippingAddress":)" + in +
                                                           R"(,"BillingAddress":)" + in + "}");
  EXPECT_THAT(account, HasSubstr(R"("Addresses":[)" + out + R"(],"TaxExempt":)"));
  EXPECT_THAT(account, HasSubstr(R"("ShippingAddress":)" + out + R"(,"BillingAddress":)" + out +
                                 R"(},"Errors":[]})"));
  EXPECT_EQ(Get("customeraccounts/1"), account);
}

// One that the server adds itself, to an account that exists, gets an id of its own. The same
// content is the same address: trimmed, without regard to case, and whatever else differs.
TEST_F(Contract, WhichAddressesAreTheSame) {
  Post("customeraccounts",
       R"({"Email":"a@example.com","Addresses":[)" + std::string(kAddressIn) + "]}");
  const auto book_after = [&](std::string member, std::string_view value) {
    std::string address(kAddressIn);
    const size_t begin = address.find("\"" + member + "\":") + member.size() + 3;
    const size_t end = address.find_first_of(",}", begin);
    address.replace(begin, end - begin, value);
    Post("customeraccounts", R"({"Email":"a@example.com","Addresses":[)" + address + "]}");
    const std::string account = Get("customeraccounts/1");
    size_t count = 0;
    for (size_t at = 0; (at = account.find("\"NickName\":", at)) != std::string::npos; ++at)
      ++count;
    return count - 2;  // without shipping and billing
  };
  for (const char* member : {"Bvin", "RegionName", "CountryName", "UserBvin"})
    EXPECT_EQ(book_after(member, R"("other")"), 1U) << member;
  EXPECT_EQ(book_after("StoreId", "8"), 1U);
  EXPECT_EQ(book_after("AddressType", "1"), 1U);
  EXPECT_EQ(book_after("LastUpdatedUtc", R"("2024-01-01")"), 1U);
  EXPECT_EQ(book_after("City", R"(" CI ")"), 1U);
  size_t book = 1;
  for (const char* member :
       {"NickName", "FirstName", "MiddleInitial", "LastName", "Company", "Line1", "Line2", "Line3",
        "RegionBvin", "City", "PostalCode", "CountryBvin", "Phone", "Fax", "WebSiteUrl"})
    EXPECT_EQ(book_after(member, R"("other")"), ++book) << member;
}

// ---- section 5 ----

TEST_F(Contract, ListsPagesCountsAndOne) {
  EXPECT_EQ(Get("customeraccounts/"), R"({"Content":[],"Errors":[]})");
  EXPECT_EQ(Count(), R"({"Content":0,"Errors":[]})");
  const std::string a = Account(1, "a@example.com");
  const std::string b = Account(2, "b@example.com");
  EXPECT_EQ(Post("customeraccounts/", R"({"Email":"a@example.com"})"),
            R"({"Content":)" + a + R"(,"Errors":[]})");
  EXPECT_EQ(Post("customeraccounts", R"({"Email":"b@example.com"})"),
            R"({"Content":)" + b + R"(,"Errors":[]})");
  EXPECT_EQ(Get("customeraccounts/"), R"({"Content":[)" + a + "," + b + R"(],"Errors":[]})");
  EXPECT_EQ(Get("customeraccounts/", "page=2&pagesize=1"),
            R"({"Content":[)" + b + R"(],"Errors":[]})");
  EXPECT_EQ(Get("customeraccounts/", "countonly=1"), R"({"Content":2,"Errors":[]})");
  EXPECT_EQ(Get("customeraccounts/2"), R"({"Content":)" + b + R"(,"Errors":[]})");
  EXPECT_EQ(Get("customeraccounts/", "email=A@EXAMPLE.COM"),
            R"({"Content":)" + a + R"(,"Errors":[]})");
}

TEST_F(Contract, ACreateWithPwdReadsTheBodysPassword) {
  const std::string answer = Post("customeraccounts/", R"({"Email":"a@example.com"})", "pwd=ANY");
  EXPECT_EQ(answer, R"({"Content":)" + Account(1, "a@example.com") + R"(,"Errors":[]})");
}

// ---- section 9: the error table, but for what the other tests show word by word ----

TEST_F(Contract, TheErrorTable) {
  Add("ann@example.com");
  EXPECT_EQ(Get("customeraccounts/7"), kNotFound);
  EXPECT_EQ(Get("customeraccounts/", "email=nobody@example.com"), kNotFound);
  EXPECT_EQ(Post("customeraccounts/", R"({"Email":"b@example.com","Password":"123456"})"),
            kNullContent);
  EXPECT_EQ(Post("customeraccounts/7", R"({"Bvin":"7","Email":"x@example.com"})"), kNullContent);
  EXPECT_EQ(Delete("customeraccounts/7"), kFalse);
  EXPECT_EQ(Delete("customeraccounts/"), kFalse);
  // HTML and 500 in the original.
  const std::pair<const char*, const char*> refused[] = {
      {"", "The request body is empty."},
      {"null", "The request body is empty."},
      {R"({"Email":"b@example.com","Addresses":null})", "Addresses must not be null."},
      {R"({"Email":"b@example.com","Addresses":[null]})", "An address must not be null."},
      {R"({"Email":"b@example.com","ShippingAddress":null})", "ShippingAddress must not be null."},
      {R"({"Email":"b@example.com","BillingAddress":null})", "BillingAddress must not be null."},
      {R"({"FirstName":"b"})", "Email is required."}};
  for (const auto& [body, description] : refused)
    EXPECT_EQ(Post("customeraccounts/", body), Exception(description)) << body;
  EXPECT_EQ(Body(world_.Send("PUT", Url("customeraccounts/1"), {}, "{}")),
            Exception("The method or operation is not implemented."));
  EXPECT_EQ(Get("nosuchresource"), Exception("This server has no resource of that name."));
  EXPECT_EQ(Count(), CountIs(1));
}

// ---- the end of section 10: what is not to be copied by accident ----

TEST_F(Contract, OdditiesThatAreNotCopied) {
  Add("ann@example.com");
  Add("a_n@example.com");
  const std::string before = Get("customeraccounts/1");
  EXPECT_THAT(Get("customeraccounts", "email=a_n@example.com"), HasSubstr(R"("Bvin":"2")"))
      << "no wildcards in an e-mail";
  EXPECT_THAT(Post("customeraccounts", R"({"Email":"a%@example.com"})"), HasSubstr(R"("Bvin":"3")"))
      << "nor where one is created";
  EXPECT_EQ(Post("customeraccounts/2", R"({"Bvin":"1","Email":"x@example.com"})"),
            Exception("The Bvin of the account is not the one in the URL. Nothing was changed."));
  EXPECT_EQ(Get("customeraccounts/1"), before);
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
