// The wire, byte for byte: what real clients of this dialect see.
#include <gmock/gmock.h>

#include "base/text.h"
#include "dialects/hotcakes/router.h"
#include "dialects/hotcakes/test_world.h"

namespace oubli::dialects::hotcakes {
namespace {

using ::testing::HasSubstr;

constexpr UnixMs kThen = 1'700'000'000'123;

// The contract's literal account.
constexpr std::string_view kAnn =
    R"({"Content":{"Bvin":"42","Email":"ann@example.com","FirstName":"Ann","LastName":)"
    R"("O\u0027Neil","Password":"","Addresses":[],"TaxExempt":false,"Notes":"",)"
    R"("PricingGroupId":"",)"
    R"("FailedLoginCount":0,"LastUpdatedUtc":"\/Date(1700000000123)\/",)"
    R"("CreationDateUtc":"\/Date(1700000000123)\/","LastLoginDateUtc":"\/Date(1700000000123)\/",)"
    R"("ShippingAddress":{"Bvin":null,"LastUpdatedUtc":"\/Date(1700000000123)\/","StoreId":0,)"
    R"("NickName":"","FirstName":"","MiddleInitial":"","LastName":"","Company":"","Line1":"",)"
    R"("Line2":"","Line3":"","City":"","RegionName":"","RegionBvin":"","PostalCode":"",)"
    R"("CountryName":"","CountryBvin":"","Phone":"","Fax":"","WebSiteUrl":"","UserBvin":"",)"
    R"("AddressType":0},"BillingAddress":{"Bvin":null,)"
    R"("LastUpdatedUtc":"\/Date(1700000000123)\/","StoreId":0,"NickName":"","FirstName":"",)"
    R"("MiddleInitial":"","LastName":"","Company":"","Line1":"","Line2":"","Line3":"","City":"",)"
    R"("RegionName":"","RegionBvin":"","PostalCode":"","CountryName":"","CountryBvin":"",)"
    R"("Phone":"","Fax":"","WebSiteUrl":"","UserBvin":"","AddressType":0}},"Errors":[]})";

class HotcakesTest : public TestWorld {
 protected:
  void AddAnn() {
    world_.clock().SetWall(kThen);
    auto store = world_.OpenStore("abc");
    customers::Customer ann;
    ann.head.id = 42;
    ann.profile.email = "ann@example.com";
    ann.profile.first_name = "Ann";
    ann.profile.last_name = "O'Neil";
    auto created = store->WriteAndWait([&](customers::StoreTransaction& transaction) {
      return customers::CreateCustomer(transaction, ann);
    });
    ASSERT_TRUE(created.has_value());
  }
  customers::Customer Stored(int64_t id) {
    auto store = world_.OpenStore("abc");
    auto reader = store->Read();
    auto found = customers::FindCustomer(**reader, id);
    if (!found || !*found) {
      ADD_FAILURE() << "no customer " << id;
      return {};
    }
    return **found;
  }
};

std::string Error(std::string_view code, std::string_view description) {
  return R"({"Content":null,"Errors":[{"Code":")" + std::string(code) + R"(","Description":")" +
         std::string(description) + R"("}]})";
}

TEST_F(HotcakesTest, KeyErrorsAre200WithTheExactTexts) {
  const std::string url = std::string(kBase) + "customeraccounts/";
  const std::string missing = Error("KEY", "Api Key is missing.");
  const std::string invalid = Error("KEY", "Api Key is invalid");
  for (const char* method : {"GET", "POST", "DELETE", "PUT", "PATCH"}) {
    for (const char* query : {"", "?", "?key", "?key=", "?key=%20", "?key=+", "?pkey=a"})
      EXPECT_EQ(Body(world_.Send(method, url + query)), missing) << method << query;
    const std::string wrong[] = {"1-979c5e43-f632-4fc3-8283-4ef69aca64ac",
                                 "x",
                                 key_ + "x",
                                 "%20" + key_,
                                 key_ + "&key=" + key_,
                                 key_ + "&KEY=",
                                 std::string(100'000, '1'),
                                 "1-%00",
                                 "%ff%fe",
                                 "99-" + key_.substr(2)};
    for (const std::string& key : wrong)
      EXPECT_EQ(Body(world_.Send(method, url + "?key=" + key)), invalid) << method << key;
  }
  std::string upper = key_;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(Body(world_.Send("GET", url + "?key=" + upper)), invalid);
}

TEST_F(HotcakesTest, ARevokedKeyStopsAtOnceAndAKeyOfAnotherDialectIsNone) {
  const auto second = world_.CreateKey({.store = "abc", .dialect = kHotcakes});
  const std::string url = std::string(kBase) + "customeraccounts/?countonly=1&key=";
  EXPECT_EQ(Body(world_.Send("GET", url + second.at("key"))), CountIs(0));
  ASSERT_TRUE(world_.api_keys().Revoke("abc", std::stoll(second.at("id"))).has_value());
  EXPECT_EQ(Body(world_.Send("GET", url + second.at("key"))), Error("KEY", "Api Key is invalid"));
  const auto sticky = world_.CreateKey({.store = "abc", .dialect = access::Dialect::kStickyStreet});
  EXPECT_EQ(Body(world_.Send("GET", url + sticky.at("api_key"))),
            Error("KEY", "Api Key is invalid"));
}

TEST_F(HotcakesTest, AKeyOpensItsOwnStoreAlone) {
  AddAnn();
  world_.CreateStore("other");
  const std::string key = world_.CreateKey({.store = "other", .dialect = kHotcakes}).at("key");
  const auto call = [&](std::string method, const std::string& path) {
    return Body(world_.Send(std::move(method), std::string(kBase) + path + "?key=" + key));
  };
  EXPECT_EQ(call("GET", "customeraccounts/42"), kNotFound);
  EXPECT_EQ(call("DELETE", "customeraccounts/42"), kFalse);
  EXPECT_EQ(call("GET", "customeraccounts"), R"({"Content":[],"Errors":[]})");
  EXPECT_EQ(Get("customeraccounts/42"), kAnn);
}

TEST_F(HotcakesTest, OneAccountIsTheLiteralOfTheContract) {
  AddAnn();
  for (const char* path : {"customeraccounts/42", "CustomerAccounts/42/xyz", "CUSTOMERACCOUNTS/42/",
                           "%20customeraccounts%20/42%2Fx"})
    EXPECT_EQ(Get(path), kAnn) << path;
  EXPECT_EQ(Body(world_.Send("GET",
                             "/a/b/desktopmodules/hotcakes/api/rest/vX/customeraccounts/42"
                             "?KEY=" +
                                 key_)),
            kAnn);
}

TEST_F(HotcakesTest, ApiformatTextChangesTheLabelOnly) {
  AddAnn();
  auto response = world_.Send("GET", Url("customeraccounts/42", "ApiFormat=text"));
  EXPECT_EQ(testing::HeaderOf(response, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(response.body, kAnn);
  EXPECT_EQ(Get("customeraccounts/42", "apiformat=Text"), kAnn) << "the value's case counts";
}

TEST_F(HotcakesTest, FindsByEmail) {
  AddAnn();
  for (const char* query :
       {"email=ann@example.com", "Email=ANN%40Example.com", "email=+ann@example.com"})
    EXPECT_EQ(Get("customeraccounts/", query), kAnn) << query;
  EXPECT_EQ(Get("customeraccounts/7", "email=ann@example.com"), kAnn) << "wins over the id";
  EXPECT_EQ(Get("customeraccounts/42", "email=%20"), kAnn) << "a blank one does not";
  for (const char* query :
       {"email=an_@example.com", "email=%25", "email=%20", "email=+", "email=nobody@example.com",
        "email=%ff", "email=ann@example.com&email="})
    EXPECT_EQ(Get("customeraccounts/", query), kNotFound) << query;
  EXPECT_EQ(Get("customeraccounts/byemail/ann@example.com"), kNotFound);
}

TEST_F(HotcakesTest, AnUnencodedPlusIsTriedAsItIs) {
  const std::string bvin = Add("a+b@example.com");
  EXPECT_THAT(Get("customeraccounts", "email=a+b@example.com"), HasSubstr("\"Bvin\":\"" + bvin));
  EXPECT_THAT(Get("customeraccounts", "email=a%2Bb@example.com"), HasSubstr("\"Bvin\":\"" + bvin));
}

TEST_F(HotcakesTest, UnknownIdsAreNullOrFalse) {
  AddAnn();
  for (const char* id :
       {"7", "x", "042", "42x", "4.2e1", "-42", "+42", "%2042", "%20", "%00", "*", "42,43",
        "99999999999999999999", "0", "00000000-0000-0000-0000-000000000042", "%ff", "%F0%9F%98%80",
        "'%20or%201=1--"}) {
    const std::string path = "customeraccounts/" + std::string(id);
    EXPECT_EQ(Get(path), kNotFound) << id;
    EXPECT_EQ(Delete(path), kFalse) << id;
  }
  EXPECT_EQ(Get("customeraccounts/42"), kAnn);
}

TEST_F(HotcakesTest, DeleteIsForEverAndASecondOneIsFalse) {
  AddAnn();
  EXPECT_EQ(Delete("customeraccounts/42"), kTrue);
  EXPECT_EQ(Delete("customeraccounts/42"), kFalse);
  EXPECT_EQ(Get("customeraccounts/42"), kNotFound);
  EXPECT_EQ(Get("customeraccounts", "email=ann@example.com"), kNotFound);
  EXPECT_EQ(Count(), CountIs(0));
}

TEST_F(HotcakesTest, ListsPagesAndCounts) {
  for (int i = 1; i <= 12; ++i) Add("c" + std::to_string(i) + "@example.com");
  const auto ids = [&](std::string_view query) {
    std::string found;
    const std::string body = Get("customeraccounts/", query);
    for (size_t at = 0; (at = body.find(R"({"Bvin":")", at)) != std::string::npos; at += 9)
      found += body.substr(at + 9, body.find('"', at + 9) - at - 9) + " ";
    return found;
  };
  const std::string all = "1 2 3 4 5 6 7 8 9 10 11 12 ";
  EXPECT_EQ(ids(""), all);
  EXPECT_EQ(ids("pagesize=5"), all) << "alone it does nothing";
  EXPECT_EQ(ids("email="), all);
  EXPECT_EQ(ids("page=1&pagesize=5"), "1 2 3 4 5 ");
  EXPECT_EQ(ids("PAGE=3&pageSize=5"), "11 12 ");
  EXPECT_EQ(ids("page=4&pagesize=5"), "");
  EXPECT_EQ(ids("page=1"), "1 2 3 4 5 6 7 8 9 ") << "nine a page";
  EXPECT_EQ(ids("page=0&pagesize=2"), "1 2 ");
  EXPECT_EQ(ids("page=-3&pagesize=2"), "1 2 ");
  EXPECT_EQ(ids("page=x&pagesize=2"), "1 2 ");
  EXPECT_EQ(ids("page=&pagesize=2"), "1 2 ");
  for (const char* size : {"0", "-1", "x", "99999999999"})
    EXPECT_EQ(ids("page=2&pagesize=" + std::string(size)), all) << size;
  EXPECT_EQ(ids("page=2147483647&pagesize=2147483647"), "");
  EXPECT_EQ(Get("customeraccounts/", "page=9&pagesize=5"), R"({"Content":[],"Errors":[]})");
  for (const char* query : {"countonly=1", "countonly=0", "COUNTONLY=", "countonly=1&page=1"})
    EXPECT_EQ(Get("customeraccounts/", query), CountIs(12)) << query;
}

TEST_F(HotcakesTest, CreatesAndReadsBack) {
  const std::string answer = Post(
      "customeraccounts/",
      R"({"Bvin":"977","Email":"bob@example.com","FirstName":"Bob","LastName":"Ross",)"
      R"("Password":"password1",)"
      R"("TaxExempt":true,"Notes":"<b>","PricingGroupId":"5c6f","FailedLoginCount":3,)"
      R"("CreationDateUtc":"\/Date(0)\/","BillingAddress":{"City":"Wien","CountryName":"Austria",)"
      R"("RegionName":"Wien"}})");
  EXPECT_THAT(answer, HasSubstr(R"({"Content":{"Bvin":"1","Email":"bob@example.com",)"));
  EXPECT_THAT(answer, HasSubstr(R"("Password":"",)"));
  EXPECT_THAT(answer,
              HasSubstr(R"("TaxExempt":true,"Notes":"\u003cb\u003e","PricingGroupId":"5c6f",)"));
  EXPECT_THAT(answer,
              HasSubstr(R"("FailedLoginCount":0,"LastUpdatedUtc":"\/Date(1788256800000)\/",)"));
  EXPECT_THAT(answer, HasSubstr(R"("CreationDateUtc":"\/Date(1788256800000)\/",)"));
  EXPECT_THAT(answer, HasSubstr(R"("City":"Wien","RegionName":"","RegionBvin":"",)"))
      << "region and country names are output only";
  EXPECT_EQ(Get("customeraccounts/1"), answer);
  const auto stored = Stored(1);
  EXPECT_TRUE(stored.profile.password_hash.starts_with("$argon2id$"));
}

TEST_F(HotcakesTest, PwdInTheQueryIsNotThePassword) {
  EXPECT_THAT(Post("customeraccounts", R"({"Email":"a@example.com"})", "pwd=secret-secret"),
              HasSubstr(R"("Bvin":"1")"));
  EXPECT_EQ(Stored(1).profile.password_hash, "");
  EXPECT_EQ(Post("customeraccounts", R"({"Email":"b@example.com","Password":"short"})",
                 "pwd=long-enough"),
            kNullContent);
}

TEST_F(HotcakesTest, APasswordTooShortIsRefusedWithoutAWord) {
  EXPECT_EQ(Post("customeraccounts", R"({"Email":"a@example.com","Password":"123456"})"),
            kNullContent);
  EXPECT_EQ(Count(), CountIs(0));
  EXPECT_THAT(Post("customeraccounts", R"({"Email":"a@example.com","Password":"1234567"})"),
              HasSubstr(R"("Bvin":"1")"));
}

TEST_F(HotcakesTest, CreateWithoutAnEmailIsRefused) {
  for (const char* body : {"{}", R"({"Email":""})", R"({"Email":" "})", R"({"Email":null})"})
    EXPECT_EQ(Post("customeraccounts/", body), Exception("Email is required.")) << body;
  EXPECT_EQ(Post("customeraccounts/", R"({"Email":")" + std::string(257, 'a') + "\"}"),
            Exception("Email is longer than 256 characters."));
  EXPECT_EQ(Count(), CountIs(0));
}

TEST_F(HotcakesTest, CreateWithAnEmailThatExistsAnswersTheAccountUnchanged) {
  AddAnn();
  const std::string again =
      R"({"Email":"ANN@example.com","FirstName":"Not Ann","Password":"x","Notes":"new",)"
      R"("Addresses":[{"City":"Linz"},{"City":" linz "}],"BillingAddress":{"City":"Graz"}})";
  EXPECT_EQ(Post("customeraccounts/", again), kAnn) << "as it was before the addresses came";
  const std::string after = Get("customeraccounts/42");
  EXPECT_THAT(after, HasSubstr(R"("FirstName":"Ann")"));
  EXPECT_THAT(after, HasSubstr(R"("Notes":"")"));
  const size_t bvin = after.find(R"("Addresses":[{"Bvin":")") + 22;
  EXPECT_EQ(after.substr(bvin + 36, 1), "\"") << "a new GUID: " << after.substr(bvin, 40);
  EXPECT_EQ(after.find("\"City\":\"Graz\""), std::string::npos);
  Post("customeraccounts/", again);
  EXPECT_EQ(Get("customeraccounts/42"), after) << "what is in the book is not added again";
  EXPECT_EQ(Count(), CountIs(1));
}

TEST_F(HotcakesTest, UpdateReplacesEverythingThatThisDialectCanSay) {
  AddAnn();
  Post("customeraccounts/42", R"({"Bvin":"42","Email":"ann2@example.com","FirstName":"Anna",)"
                              R"("Notes":"n","TaxExempt":true,"Addresses":[{"City":"Linz"}]})");
  const std::string full = Get("customeraccounts/42");
  EXPECT_THAT(full, HasSubstr(R"("Email":"ann2@example.com","FirstName":"Anna","LastName":"",)"));
  EXPECT_THAT(full, HasSubstr(R"("TaxExempt":true,"Notes":"n")"));
  EXPECT_EQ(Get("customeraccounts", "email=ann@example.com"), kNotFound);
  EXPECT_EQ(Get("customeraccounts", "email=ann2@example.com"), full);
  EXPECT_EQ(
      Post("customeraccounts/42",
           R"({"Bvin":"42","Email":"ann@example.com","FirstName":"Ann","LastName":"O'Neil"})"),
      kAnn);
}

TEST_F(HotcakesTest, UpdateOfWhatWasReadChangesNothing) {
  Post("customeraccounts/",
       R"({"Email":"b@example.com","Password":"password1","Addresses":[)"
       R"({"Bvin":"a1","City":"B","AddressType":99,"StoreId":7},{"City":"A"}],)"
       R"("ShippingAddress":{"CountryBvin":"AT","UserBvin":"u"}})");
  const std::string hash = Stored(1).profile.password_hash;
  const std::string read = Get("customeraccounts/1");
  constexpr std::string_view kBefore = R"({"Content":)", kAfter = R"(,"Errors":[]})";
  const std::string account =
      read.substr(kBefore.size(), read.size() - kBefore.size() - kAfter.size());
  EXPECT_EQ(Post("customeraccounts/1", account), read);
  EXPECT_EQ(Stored(1).profile.password_hash, hash) << "an empty Password is no new one";
}

TEST_F(HotcakesTest, UpdateWithABvinThatIsNotTheUrlsIsRefused) {
  AddAnn();
  const std::string bob = Add("bob@example.com");
  EXPECT_EQ(Post("customeraccounts/42", R"({"Bvin":")" + bob + R"(","Email":"x@example.com"})"),
            Exception("The Bvin of the account is not the one in the URL. Nothing was changed."));
  EXPECT_EQ(Get("customeraccounts/42"), kAnn);
  EXPECT_THAT(Get("customeraccounts/" + bob), HasSubstr("bob@example.com"));
  EXPECT_EQ(Post("customeraccounts/42", R"({"Email":"x@example.com"})"), kAnn)
      << "no Bvin at all: nothing changes, without an error";
}

TEST_F(HotcakesTest, UpdateThatCannotBeIsNullWithoutAnError) {
  AddAnn();
  const std::string bob = Add("bob@example.com");
  EXPECT_EQ(Post("customeraccounts/42",
                 R"({"Bvin":"42","Email":"BOB@example.com","Addresses":[{"City":"Linz"}]})"),
            kNullContent)
      << "two people cannot have one e-mail";
  EXPECT_EQ(Get("customeraccounts/42"), kAnn);
  EXPECT_EQ(Post("customeraccounts/7", R"({"Bvin":"7","Email":"x@example.com"})"), kNullContent);
  EXPECT_EQ(Post("customeraccounts/x", R"({"Bvin":"x","Email":"x@example.com"})"), kNullContent);
  EXPECT_EQ(Post("customeraccounts/7", R"({"Email":"x@example.com"})"), kNullContent);
  EXPECT_EQ(Count(), CountIs(2));
}

TEST_F(HotcakesTest, UnreadableBodiesAreExceptionsAndChangeNothing) {
  AddAnn();
  EXPECT_EQ(Post("customeraccounts/", "not json"),
            R"({"Content":null,"Errors":[{"Code":"EXCEPTION",)"
            R"("Description":"Invalid JSON primitive: not."}]})");
  const std::pair<std::string, std::string> cases[] = {
      {"", "The request body is empty."},
      {"null", "The request body is empty."},
      {"[]",
       "Type 'Hotcakes.CommerceDTO.v1.Membership.CustomerAccountDTO' is not supported for "
       "deserialization of an array."},
      {R"({"Bvin":"42","Addresses":null})", "Addresses must not be null."},
      {R"({"Bvin":"42","TaxExempt":1})", "1 is not a valid value for Boolean."},
      {"{\"Bvin\":\"42\",\"Email\":\"\xC3(\"}", "The request body is not valid UTF-8."},
      {R"({"Bvin":"42","FirstName":"a\u0000b"})", "FirstName holds a control character."},
      {"Email=a%40example.com", "Invalid JSON primitive: Email."},
      {"key=" + key_, "Invalid JSON primitive: key."},
  };
  for (const auto& [body, description] : cases) {
    EXPECT_EQ(Post("customeraccounts/", body), Exception(description)) << body;
    EXPECT_EQ(Post("customeraccounts/42", body), Exception(description)) << body;
  }
  EXPECT_EQ(Get("customeraccounts/42"), kAnn);
  EXPECT_EQ(Count(), CountIs(1));
}

TEST_F(HotcakesTest, TheBodyIsReadWhateverItsLabel) {
  int number = 0;
  for (const char* type : {"application/json", "application/json; charset=utf-8", "text/plain", "",
                           "application/x-www-form-urlencoded; charset=UTF-8"}) {
    const std::string email = "c" + std::to_string(++number) + "@example.com";
    std::vector<http::Header> headers;
    if (*type != '\0') headers.push_back({"Content-Type", type});
    EXPECT_THAT(Body(world_.Send("POST", Url("customeraccounts/"), headers,
                                 R"({"Email":")" + email + "\"}")),
                HasSubstr(email))
        << type;
  }
}

TEST_F(HotcakesTest, OtherMethodsAndResourcesAreExceptionsBehindTheKey) {
  AddAnn();
  for (const char* method : {"PUT", "PATCH", "OPTIONS", "get", "CLEAR"})
    EXPECT_EQ(Body(world_.Send(method, Url("customeraccounts/42"))),
              Exception("The method or operation is not implemented."))
        << method;
  for (const char* model : {"customers", "products", "customeraccountsx", "%2e%2e", "%ff"})
    EXPECT_EQ(Get(model), Exception("This server has no resource of that name.")) << model;
  EXPECT_EQ(Body(world_.Send("GET", std::string(kBase) + "customers?key=x")),
            Error("KEY", "Api Key is invalid"));
  EXPECT_EQ(Get("customeraccounts/42"), kAnn);
}

TEST_F(HotcakesTest, TooManyParametersAreRefused) {
  std::string query;
  for (int i = 0; i < 1001; ++i) query += "a=1&";
  EXPECT_EQ(Get("customeraccounts/", query), Exception("The query has too many parameters."));
}

TEST_F(HotcakesTest, APathWithoutAResourceIs404) {
  for (const char* path : {"", "/", "//"}) {
    const auto response = world_.Send(
        "DELETE", "/DesktopModules/Hotcakes/API/rest/v1" + std::string(path) + "?key=" + key_);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.body, Exception("There is no resource at this path."));
  }
  EXPECT_EQ(world_.Send("GET", "/DesktopModules/Hotcakes/API/rest/v/customeraccounts").status, 404);
}

// A full disk, or a store that is shutting down.
TEST_F(HotcakesTest, AStoreThatCannotWriteSaysSoAndNothingChanges) {
  AddAnn();
  auto store = world_.OpenStore("abc");
  ASSERT_TRUE(world_.windows().Open(store->number()).has_value());
  store->writer().Close();
  const std::string_view text = "The store cannot do this at the moment. Nothing was changed.";
  EXPECT_EQ(Delete("customeraccounts"), kFalse);
  EXPECT_EQ(Delete("customeraccounts/42"),
            R"({"Content":false,"Errors":[{"Code":"EXCEPTION","Description":")" +
                std::string(text) + R"("}]})");
  EXPECT_EQ(Post("customeraccounts", R"({"Email":"x@example.com"})"), Exception(text));
  EXPECT_EQ(Post("customeraccounts/42", R"({"Bvin":"42","Email":"x@example.com"})"),
            Exception(text));
  EXPECT_EQ(Get("customeraccounts/42"), kAnn);
  EXPECT_EQ(Count(), CountIs(1));
}

TEST_F(HotcakesTest, ClaimsItsOwnPathsAlone) {
  const Dialect& dialect = world_.dialect();
  EXPECT_TRUE(dialect.Claims("/DesktopModules/Hotcakes/API/rest/v1/customeraccounts"));
  EXPECT_TRUE(dialect.Claims("/de/shop/desktopmodules/hotcakes/api/rest/v2/x"));
  EXPECT_TRUE(dialect.Claims("/DESKTOPMODULES/HOTCAKES/API/REST/V1"));
  EXPECT_FALSE(dialect.Claims("/DesktopModules/Hotcakes/API/mobile/v1-0/x"));
  EXPECT_FALSE(dialect.Claims("/"));
  EXPECT_FALSE(dialect.Claims(""));
}

TEST_F(HotcakesTest, NamesItsRoutesWithoutTheCallersText) {
  const auto route = [&](std::string_view path) {
    return std::string(world_.Send("GET", Url(path)).route);
  };
  EXPECT_EQ(route("CustomerAccounts"), "/DesktopModules/Hotcakes/API/rest/v1/customeraccounts");
  EXPECT_EQ(route("customeraccounts/ann@example.com"),
            "/DesktopModules/Hotcakes/API/rest/v1/customeraccounts/{bvin}");
  EXPECT_EQ(route("ann@example.com"), "/DesktopModules/Hotcakes/API/rest/v1/{model}");
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
