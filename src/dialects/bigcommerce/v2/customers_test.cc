// /v2/customers but for deleting: create, read, change, filters, pages, time.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "crypto/password.h"
#include "dialects/bigcommerce/v2/v2_fixture.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

class V2CustomersTest : public V2Test {
 protected:
  using V2Test::V2Test;

  std::string Emails(const std::string& query, std::vector<http::Header> headers = {}) {
    const auto answer = Ask("GET", "/customers" + query, std::move(headers));
    if (answer.status != 200) {
      EXPECT_EQ(answer.body, "") << query;
      return fmt::format("{}", answer.status);
    }
    std::string list;
    const auto rows = Parse(answer);
    for (const auto& row : rows.as_array()) {
      list += std::string(row.at("email").as_string().c_str()).substr(0, 1);
    }
    return list;
  }
};

TEST_F(V2CustomersTest, CreateAsInTheContract) {
  const auto made = AskJson("POST", "/customers", kJane);
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(HeaderOf(made, "content-type"), "application/json");
  EXPECT_EQ(
      made.body,
      R"({"id":1,"company":"","first_name":"Jane","last_name":"Doe","email":"janedoe@example.com","phone":"","form_fields":null,"date_created":"Tue, 01 Sep 2026 10:00:00 +0000","date_modified":"Tue, 01 Sep 2026 10:00:00 +0000","store_credit":"0.0000","registration_ip_address":"","customer_group_id":0,"notes":"","tax_exempt_category":"","reset_pass_on_login":false,"accepts_marketing":false,"addresses":{"url":"http://127.0.0.1:8080/stores/abc/v2/customers/1/addresses","resource":"/customers/1/addresses"}})");
  EXPECT_EQ(Ask("GET", "/customers/1").body, made.body);
  EXPECT_EQ(Ask("GET", "/customers").body, "[" + made.body + "]");
  EXPECT_EQ(Ask("HEAD", "/customers/1").status, 200);
  EXPECT_EQ(Ask("GET", "/customers/1.json").body, made.body);
  EXPECT_EQ(made.body.find("abc12345"), std::string::npos);
  EXPECT_TRUE(crypto::VerifyPassword(Find(1)->profile.password_hash, "abc12345"));
  EXPECT_EQ(made.route, "/stores/{store_hash}/v2/customers");
}

TEST_F(V2CustomersTest, EverythingThatCanBeWritten) {
  const int64_t group = MakeGroup("VIP").id;
  const auto made = AskJson(
      "POST", "/customers",
      R"({"first_name":"Jane","last_name":"Doe","email":"j@example.com","company":"C","phone":"1","notes":"N","tax_exempt_category":"T","store_credit":"10.5","registration_ip_address":"1.1.1.1","customer_group_id":)" +
          std::to_string(group) + R"(,"_authentication":{"force_reset":true},"unknown":5})");
  EXPECT_EQ(
      made.body,
      R"({"id":1,"company":"C","first_name":"Jane","last_name":"Doe","email":"j@example.com","phone":"1","form_fields":null,"date_created":"Tue, 01 Sep 2026 10:00:00 +0000","date_modified":"Tue, 01 Sep 2026 10:00:00 +0000","store_credit":"10.5000","registration_ip_address":"1.1.1.1","customer_group_id":1,"notes":"N","tax_exempt_category":"T","reset_pass_on_login":true,"accepts_marketing":false,"addresses":{"url":"http://127.0.0.1:8080/stores/abc/v2/customers/1/addresses","resource":"/customers/1/addresses"}})");
  world_.clock().Advance(1000);
  const auto changed = AskJson(
      "PUT", "/customers/1",
      R"({"first_name":"Janet","store_credit":1.00005,"reset_pass_on_login":"false","customer_group_id":"0"})");
  EXPECT_EQ(
      changed.body,
      R"({"id":1,"company":"C","first_name":"Janet","last_name":"Doe","email":"j@example.com","phone":"1","form_fields":null,"date_created":"Tue, 01 Sep 2026 10:00:00 +0000","date_modified":"Tue, 01 Sep 2026 10:00:01 +0000","store_credit":"1.0001","registration_ip_address":"1.1.1.1","customer_group_id":0,"notes":"N","tax_exempt_category":"T","reset_pass_on_login":false,"accepts_marketing":false,"addresses":{"url":"http://127.0.0.1:8080/stores/abc/v2/customers/1/addresses","resource":"/customers/1/addresses"}})");
  // A body that says nothing changes nothing.
  world_.clock().Advance(1000);
  EXPECT_EQ(AskJson("PUT", "/customers/1", "{}").body, changed.body);
  EXPECT_EQ(Ask("GET", "/customers/1").body, changed.body);
}

TEST_F(V2CustomersTest, FormFieldsAreShown) {
  customers::Customer customer;
  customer.profile.email = "a@example.com";
  customer.profile.form_fields = {{"Sales Rep", {"James Bond"}, customers::FormField::Shape::kText},
                                  {"Size", {"7"}, customers::FormField::Shape::kNumber},
                                  {"Colours", {"red", "blue"}, customers::FormField::Shape::kList}};
  Create(customer);
  EXPECT_NE(Ask("GET", "/customers/1")
                .body.find(R"("form_fields":[{"name":"Sales Rep","value":"James Bond"},)"
                           R"({"name":"Size","value":7},)"
                           R"({"name":"Colours","value":["red","blue"]}],)"),
            std::string::npos);
  EXPECT_NE(
      AskXml("GET", "/customers/1")
          .body.find("<form_fields><form_field><name>Sales Rep</name><value>James Bond</value>"
                     "</form_field><form_field><name>Size</name><value>7</value></form_field>"
                     "<form_field><name>Colours</name><value><value>red</value>"
                     "<value>blue</value></value></form_field></form_fields>"),
      std::string::npos);
}

TEST_F(V2CustomersTest, BadBodiesAreRefusedAndNothingIsMade) {
  const std::string names = R"("first_name":"J","last_name":"D",)";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"last_name":"D","email":"a@b.co"})", Missing("first_name")},
      {R"({"first_name":"J","email":"a@b.co"})", Missing("last_name")},
      {R"({"first_name":"J","last_name":"D"})", Missing("email")},
      {R"({"first_name":"J","last_name":"D","email":null})", Missing("email")},
      {"{" + names + R"("email":"nonsense"})", Invalid("email", "is not an e-mail address")},
      {"{" + names + R"("email":5})", Invalid("email", "is not a text")},
      {R"({"first_name":"","last_name":"D","email":"a@b.co"})",
       Invalid("first_name", "must have 1 to 100 characters")},
      {"{" + names + R"("email":"a@b.co","id":5})", Unsupported("id")},
      {"{" + names + R"("email":"a@b.co","date_created":""})", Unsupported("date_created")},
      {"{" + names + R"("email":"a@b.co","date_modified":""})", Unsupported("date_modified")},
      {"{" + names + R"("email":"a@b.co","accepts_marketing":true})",
       Unsupported("accepts_marketing")},
      {"{" + names + R"("email":"a@b.co","addresses":{}})", Unsupported("addresses")},
      {"{" + names + R"("email":"a@b.co","form_fields":null})", Unsupported("form_fields")},
      {"{" + names + R"("email":"a@b.co","customer_group_id":7})",
       Invalid("customer_group_id", "is not the id of a group")},
      {"{" + names + R"("email":"a@b.co","customer_group_id":-1})",
       Invalid("customer_group_id", "is out of range")},
      {"{" + names + R"("email":"a@b.co","customer_group_id":"x"})",
       Invalid("customer_group_id", "is not an integer")},
      {"{" + names + R"("email":"a@b.co","store_credit":"-1"})",
       Invalid("store_credit", "is negative")},
      {"{" + names + R"("email":"a@b.co","store_credit":"much"})",
       Invalid("store_credit", "is not a decimal number")},
      {"{" + names + R"("email":"a@b.co","reset_pass_on_login":1})",
       Invalid("reset_pass_on_login", "is neither true nor false")},
      {"{" + names + R"("email":"a@b.co","_authentication":5})",
       Invalid("_authentication", "is not an object")},
      {"{" + names + R"("email":"a@b.co","_authentication":{"password":"short"}})",
       Invalid("password", "must have 7 to 255 characters, letters and digits among them")},
      {"{" + names +
           R"("email":"a@b.co","_authentication":{"password":"abc12345","password_confirmation":"abc12346"}})",
       Invalid("password_confirmation", "is not the password")},
      {"{" + names + R"("email":"a@b.co","_authentication":{"password_confirmation":"abc12346"}})",
       Invalid("password_confirmation", "is not the password")},
      {"[" + kJane + "]", R"([{"status":400,"message":"The request must be one object."}])"},
      {"{", R"([{"status":400,"message":"The request is not valid JSON."}])"},
      {"{\"first_name\":\"\xff\"}",
       R"([{"status":400,"message":"The request is not valid UTF-8."}])"},
      {"", R"([{"status":400,"message":"The request has no body."}])"},
  };
  for (const auto& [body, expected] : cases) {
    const auto answer = AskJson("POST", "/customers", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.body, expected) << body;
  }
  EXPECT_EQ(Ask("POST", "/customers", {}, kJane).body,
            R"([{"status":400,"message":"The Content-Type header is required."}])");
  const auto other = Ask("POST", "/customers", {{"Content-Type", "text/plain"}}, kJane);
  EXPECT_EQ(other.status, 415);
  EXPECT_EQ(other.body, Envelope(415, "Unsupported Media Type"));
  EXPECT_EQ(Population(), 0);
}

TEST_F(V2CustomersTest, ATakenEmailIsAConflict) {
  ASSERT_EQ(AskJson("POST", "/customers", kJane).status, 200);
  const std::string conflict =
      R"([{"status":409,"message":"A conflict occurred from a parameter provided in the request.","details":{"conflict_reason":"The provided value of 'email' is already in use."}}])";
  const auto again = AskJson("POST", "/customers", kJane);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body, conflict);
  Create("other@example.com");
  EXPECT_EQ(AskJson("PUT", "/customers/2", R"({"email":"JaneDoe@example.com"})").body, conflict);
  EXPECT_EQ(Find(2)->profile.email, "other@example.com");
  EXPECT_EQ(Population(), 2);
}

class V2OtherChoicesTest : public V2Test {
 protected:
  V2OtherChoicesTest()
      : V2Test([](const Environment& environment) {
          Choices choices;
          choices.taken_email_is_conflict = false;
          choices.group_must_exist = false;
          choices.new_customers_join_default_group = false;
          choices.unknown_delete_is_not_found = false;
          choices.heed_forwarded_proto = false;
          return MakeWithChoices(environment, choices);
        }) {}
};

TEST_F(V2OtherChoicesTest, DoWhatTheySay) {
  MakeGroup("Retail", true);
  ASSERT_EQ(AskJson("POST", "/customers", kJane).status, 200);
  EXPECT_EQ(Find(1)->head.group_id, 0);
  EXPECT_EQ(AskJson("POST", "/customers", kJane).body, Invalid("email", "is already in use"));
  EXPECT_EQ(AskJson("PUT", "/customers/1", R"({"customer_group_id":77})").status, 200);
  EXPECT_EQ(Ask("DELETE", "/customers/2").status, 204);
  EXPECT_EQ(Ask("DELETE", "/customer_groups/2").status, 204);
  EXPECT_NE(Ask("GET", "/customers/1", {{"X-Forwarded-Proto", "https"}})
                .body.find("\"url\":\"http://127.0.0.1"),
            std::string::npos);
  EXPECT_EQ(Population(), 1);
}

TEST_F(V2CustomersTest, NobodyAndNonsenseAre404) {
  Create("a@example.com");
  for (const std::string path :
       {"/customers/999999", "/customers/0", "/customers/-1", "/customers/abc", "/customers/1.5",
        "/customers/%31x", "/customers/99999999999999999999", "/customers/.xml"}) {
    const auto answer = Ask("GET", path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body, kNotFoundBody) << path;
    EXPECT_EQ(AskJson("PUT", path, "{\"notes\":\"x\"}").status, 404) << path;
  }
  EXPECT_EQ(Ask("GET", "/customers/2", {{"Accept", "application/xml"}}).body,
            std::string(kXmlStart) +
                "<errors><error><status>404</status><message>The requested "
                "resource was not found.</message></error></errors>");
}

TEST_F(V2CustomersTest, NewCustomersJoinTheDefaultGroupUnlessTheySayOtherwise) {
  MakeGroup("VIP");
  const int64_t retail = MakeGroup("Retail", true).id;
  AskJson("POST", "/customers", R"({"first_name":"J","last_name":"D","email":"a@b.co"})");
  AskJson("POST", "/customers",
          R"({"first_name":"J","last_name":"D","email":"b@b.co","customer_group_id":0})");
  EXPECT_EQ(Find(1)->head.group_id, retail);
  EXPECT_EQ(Find(2)->head.group_id, 0);
  // A customer whose group V3 made up may be sent back as it came.
  MoveTo(2, 77);
  EXPECT_EQ(AskJson("PUT", "/customers/2", R"({"customer_group_id":77,"notes":"n"})").status, 200);
  EXPECT_EQ(AskJson("PUT", "/customers/2", R"({"customer_group_id":78})").status, 400);
}

TEST_F(V2CustomersTest, AnEmptyListIsA204) {
  for (const std::string target : {"/customers", "/customers?email=nobody@example.com",
                                   "/customers?page=2", "/customers.xml", "/customers?"}) {
    const auto answer = Ask("GET", target);
    EXPECT_EQ(answer.status, 204) << target;
    EXPECT_EQ(answer.body, "") << target;
  }
  EXPECT_EQ(Ask("GET", "/customers/count").body, R"({"count":0})");
}

TEST_F(V2CustomersTest, FiltersAndPages) {
  const int64_t vip = MakeGroup("VIP").id;
  for (const char letter : {'a', 'b', 'c', 'd', 'e'}) {
    customers::Customer customer;
    customer.profile.email = fmt::format("{}@example.com", letter);
    customer.profile.first_name = letter == 'a' ? "Ann" : "Bo";
    customer.profile.last_name = letter < 'c' ? "Smith, Jr." : "Jones";
    customer.profile.company = letter == 'e' ? "Acme" : "";
    customer.profile.phone = fmt::format("555-{}", letter);
    customer.profile.store_credit = Decimal::FromInt(letter - 'a');
    customer.profile.tax_exempt_category = letter == 'd' ? "Reseller" : "";
    customer.head.group_id = letter > 'c' ? vip : 0;
    customer.head.created_at = testing::DialectWorld::kStart + (letter - 'a') * 86'400'000;
    Create(customer);
  }
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "abcde"},
      {"?&page=1", "abcde"},
      {"?first_name=ANN", "a"},
      {"?first_name=An", "204"},
      {"?last_name=Smith,%20Jr.", "ab"},
      {"?company=acme", "e"},
      {"?company=", "abcd"},
      {"?email=C@EXAMPLE.com", "c"},
      {"?email=", "204"},
      {"?phone=555-d", "d"},
      {"?store_credit=2.0000", "c"},
      {"?store_credit=2", "c"},
      {"?customer_group_id=1", "de"},
      {"?customer_group_id=9", "204"},
      {"?min_id=2", "bcde"},
      {"?max_id=2", "ab"},
      {"?min_id=2&max_id=4&first_name=Bo", "bcd"},
      {"?min_id=-5", "abcde"},
      {"?min_id=9", "204"},
      {"?tax_exempt_category=reseller", "d"},
      {"?min_date_created=2026-09-03", "cde"},
      {"?max_date_created=2026-09-02", "ab"},
      {"?min_date_created=2026-09-03T10:00:01", "de"},
      {"?min_date_created=Thu,%2003%20Sep%202026%2010:00:00%20%2B0000", "cde"},
      {"?min_date_created=Thu,+03+Sep+2026+12:00:00++0200", "cde"},
      {"?min_date_modified=2026-09-04&max_date_modified=2026-09-04", "d"},
      {"?limit=2", "ab"},
      {"?limit=2&page=3", "e"},
      {"?limit=2&page=4", "204"},
      {"?limit=1000", "abcde"},
      {"?page=9223372036854775807&limit=250", "204"},
      {"?first_name=Bo&limit=1&page=2", "c"},
  };
  for (const auto& [query, expected] : table) {
    EXPECT_EQ(Emails(query), expected) << query;
    if (query.find("limit") != std::string::npos || query.find("page") != std::string::npos) {
      continue;
    }
    const size_t count = expected == "204" ? 0 : expected.size();
    EXPECT_EQ(Ask("GET", "/customers/count" + query).body, fmt::format(R"({{"count":{}}})", count))
        << query;
  }
}

TEST_F(V2CustomersTest, BadParametersAre400) {
  Create("a@example.com");
  const std::vector<std::pair<std::string, std::string>> table = {
      {"?id=5", Unsupported("id")},
      {"?id:in=5", Unsupported("id:in")},
      {"?email=a@b.co&%00=5", Unsupported("?")},
      {"?" + std::string(200, 'x') + "=5", Unsupported("?")},
      {"?page=0", Invalid("page", "must be a positive integer")},
      {"?limit=x", Invalid("limit", "must be a positive integer")},
      {"?min_id=x", Invalid("min_id", "is not an integer")},
      {"?customer_group_id=1,2", Invalid("customer_group_id", "is not an integer")},
      {"?store_credit=x", Invalid("store_credit", "is not a decimal number")},
      {"?min_date_created=1234",
       Invalid("min_date_created", "is not a valid RFC-2822 or ISO-8601 date")},
      {"?email=a@b.co&email=c@d.co", Invalid("email", "must be given once")},
      {"?first_name=%ff", Invalid("first_name", "must be plain text")},
  };
  for (const auto& [query, expected] : table) {
    for (const std::string resource : {"/customers", "/customers/count"}) {
      const auto answer = Ask("GET", resource + query);
      EXPECT_EQ(answer.status, 400) << query;
      EXPECT_EQ(answer.body, expected) << query;
    }
  }
  EXPECT_EQ(Ask("GET", "/customers/1?page=1").body, Unsupported("page"));
  EXPECT_EQ(AskXml("GET", "/customers?id=5").body,
            std::string(kXmlStart) +
                "<errors><error><status>400</status><message>The field 'id' is "
                "not supported by this resource.</message></error></errors>");
}

TEST_F(V2CustomersTest, IfModifiedSince) {
  Create("a@example.com");
  world_.clock().Advance(10'000);
  Create("b@example.com");
  const auto since = [](std::string date) {
    return std::vector<http::Header>{{"If-Modified-Since", std::move(date)}};
  };
  EXPECT_EQ(Emails("", since("Tue, 01 Sep 2026 09:59:59 +0000")), "ab");
  EXPECT_EQ(Emails("", since("Tue, 01 Sep 2026 10:00:00 GMT")), "b");
  EXPECT_EQ(Emails("", since("Tue, 01 Sep 2026 12:00:00 +0200")), "b");
  EXPECT_EQ(Emails("", since("Tue, 01 Sep 2026 10:00:10 GMT")), "304");
  EXPECT_EQ(Emails("", since("nonsense")), "ab");
  EXPECT_EQ(Ask("GET", "/customers/1", since(std::string(kNow))).status, 304);
  EXPECT_EQ(Ask("GET", "/customers/1", since(std::string(kNow))).body, "");
  EXPECT_EQ(Ask("HEAD", "/customers/1", since(std::string(kNow))).status, 304);
  EXPECT_EQ(Ask("GET", "/customers/2", since(std::string(kNow))).status, 200);
  EXPECT_EQ(Ask("GET", "/customers/3", since(std::string(kNow))).status, 404);
}

TEST_F(V2CustomersTest, XmlOfOneAndOfMany) {
  const std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><customer><first_name>Ann &amp; Co</first_name>"
      "<last_name><![CDATA[<Doe>]]></last_name><email>ann@example.com</email>"
      "<_authentication><password>abc12345</password>"
      "<password_confirmation>abc12345</password_confirmation></_authentication></customer>";
  const std::string one =
      "<customer><id>1</id><company></company><first_name>Ann &amp; Co</first_name>"
      "<last_name>&lt;Doe&gt;</last_name><email>ann@example.com</email><phone></phone>"
      "<form_fields>NULL</form_fields>"
      "<date_created>Tue, 01 Sep 2026 10:00:00 +0000</date_created>"
      "<date_modified>Tue, 01 Sep 2026 10:00:00 +0000</date_modified>"
      "<store_credit>0.0000</store_credit><registration_ip_address></registration_ip_address>"
      "<customer_group_id>0</customer_group_id><notes></notes>"
      "<tax_exempt_category></tax_exempt_category>"
      "<reset_pass_on_login>false</reset_pass_on_login>"
      "<accepts_marketing>false</accepts_marketing><addresses><link rel=\"resource\" "
      "href=\"http://127.0.0.1:8080/stores/abc/v2/customers/1/addresses.xml\">"
      "/customers/1/addresses</link></addresses></customer>";
  const auto made = AskXml("POST", "/customers", body);
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(HeaderOf(made, "content-type"), "application/xml");
  EXPECT_EQ(made.body, std::string(kXmlStart) + one);
  EXPECT_EQ(AskXml("GET", "/customers/1").body, made.body);
  EXPECT_EQ(Ask("GET", "/customers/1.xml").body, made.body);
  EXPECT_EQ(Ask("GET", "/customers.xml").body,
            std::string(kXmlStart) + "<customers>" + one + "</customers>");
  EXPECT_EQ(Ask("GET", "/customers/count.xml").body,
            std::string(kXmlStart) + "<customers><count>1</count></customers>");
  // The types of body and answer are not tied together.
  const auto changed = Ask("PUT", "/customers/1", {{"Content-Type", "text/xml; charset=utf-8"}},
                           "<customer><notes> two  words </notes></customer>");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(Find(1)->profile.notes, " two  words ");
  EXPECT_EQ(Parse(changed).at("notes").as_string(), " two  words ");
  EXPECT_EQ(AskXml("POST", "/customers", "<customer><last_name>D</last_name></customer>").body,
            std::string(kXmlStart) +
                "<errors><error><status>400</status><message>The required field 'first_name' was "
                "not supplied.</message></error></errors>");
}

TEST_F(V2CustomersTest, LinksLeadToWhereTheCallerIs) {
  Create("a@example.com");
  const auto url = [this](std::vector<http::Header> headers) {
    headers.push_back({"X-Auth-Token", token_});
    const auto answer = world_.Send("GET", "/stores/abc/v2/customers/1", std::move(headers));
    return std::string(Parse(answer).at("addresses").at("url").as_string().c_str());
  };
  const std::string path = "/stores/abc/v2/customers/1/addresses";
  EXPECT_EQ(url({{"Host", "shop.example:99"}}), "http://shop.example:99" + path);
  EXPECT_EQ(url({{"Host", "[::1]:80"}, {"X-Forwarded-Proto", "https"}}), "https://[::1]:80" + path);
  EXPECT_EQ(url({{"Host", "a"}, {"X-Forwarded-Proto", "https, http"}}), "http://a" + path);
  EXPECT_EQ(url({{"Host", "a"}, {"X-Forwarded-Proto", "javascript"}}), "http://a" + path);
  EXPECT_EQ(url({{"Host", "a"}, {"X-Forwarded-Host", "evil.example"}}), "http://a" + path);
  for (const std::string host : {"", "a/b", "a@b", "a?b", "a\"b", "<a>", "a b", "a\xc3\xa4"}) {
    EXPECT_EQ(url({{"Host", host}}), path) << host;
  }
  EXPECT_EQ(url({{"Host", std::string(256, 'a')}}), path);
  EXPECT_EQ(url({}), path);
  world_.set_tls(true);
  EXPECT_EQ(url({{"Host", "a"}, {"X-Forwarded-Proto", "http"}}), "https://a" + path);
}

TEST_F(V2CustomersTest, Time) {
  EXPECT_EQ(Ask("GET", "/time").body, R"({"time":1788256800})");
  EXPECT_EQ(Ask("GET", "/time.xml").body,
            std::string(kXmlStart) + "<time><time>1788256800</time></time>");
  EXPECT_EQ(Ask("POST", "/time").status, 405);
  const std::string other = TokenFor("abc", {"store_v2_customers_read_only"});
  EXPECT_EQ(world_.Send("GET", "/stores/abc/v2/time", {{"X-Auth-Token", other}}).status, 200);
  EXPECT_EQ(world_.Send("GET", "/stores/abc/v2/time", {{"X-Auth-Token", "x"}}).status, 401);
}

// node-bigcommerce and bigcommerce-api-client, byte for byte as they ask.
TEST_F(V2CustomersTest, TheShapesOfTheNpmClients) {
  const std::vector<http::Header> node = {{"X-Auth-Token", token_},
                                          {"Host", "api.bigcommerce.com"},
                                          {"Accept", "application/xml"},
                                          {"X-Auth-Client", "client"},
                                          {"Content-Type", "application/json"},
                                          {"User-Agent", "node-bigcommerce/4.1.0"},
                                          {"Accept-Encoding", "gzip, deflate"}};
  const auto made = world_.Send("POST", "/stores/abc/v2/customers.xml", node, kJane);
  EXPECT_EQ(made.status, 200);
  EXPECT_TRUE(made.body.starts_with(kXmlStart)) << made.body;
  EXPECT_EQ(
      world_.Send("GET", "/stores/abc/v2/customers.xml?email=janedoe@example.com", node).status,
      200);
  const std::vector<http::Header> axios = {{"X-Auth-Token", token_},
                                           {"Host", "127.0.0.1:1"},
                                           {"Accept", "application/json"},
                                           {"Content-Type", "application/json"}};
  EXPECT_EQ(world_.Send("GET", "/stores/abc/v2/customers?limit=50", axios).status, 200);
  // updatePassword() and forcePasswordResets().
  EXPECT_EQ(world_
                .Send("PUT", "/stores/abc/v2/customers/1", axios,
                      R"({"_authentication":{"password":"new12345"}})")
                .status,
            200);
  EXPECT_TRUE(crypto::VerifyPassword(Find(1)->profile.password_hash, "new12345"));
  EXPECT_EQ(world_
                .Send("PUT", "/stores/abc/v2/customers/1", axios,
                      R"({"_authentication":{"force_reset":true}})")
                .status,
            200);
  EXPECT_TRUE(Find(1)->profile.force_password_reset);
  EXPECT_TRUE(crypto::VerifyPassword(Find(1)->profile.password_hash, "new12345"));
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce::v2
