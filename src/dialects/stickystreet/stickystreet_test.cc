// The transport of this dialect: paths, methods, bodies, credentials, output formats.
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

using testing::HeaderOf;

class TransportTest : public StickyStreetTest {
 protected:
  static std::string ErrorIn(const http::Response& response) {
    return Between(response.body, "<error>", "</error>");
  }
  Form ListCall() const {
    Form form = Credentials();
    form.push_back({"type", "campaigns_list"});
    return form;
  }
  static Form Without(Form form, std::string_view name) {
    std::erase_if(form, [&](const auto& field) { return field.first == name; });
    return form;
  }
  static Form With(Form form, std::string_view name, const std::string& value) {
    form = Without(std::move(form), name);
    form.push_back({std::string(name), value});
    return form;
  }
};

TEST_F(TransportTest, ClaimsItsTwoPathsAlone) {
  EXPECT_TRUE(world_.dialect().Claims("/"));
  EXPECT_TRUE(world_.dialect().Claims("/api.php"));
  for (const char* path : {"", "/api", "/api.php/", "//", "/admin.php", "/stores"}) {
    EXPECT_FALSE(world_.dialect().Claims(path)) << path;
  }
}

TEST_F(TransportTest, TakesBothBodiesOnBothPaths) {
  const std::string boundary = "------------------------d74496d66958873e";
  for (const char* path : {"/", "/api.php"}) {
    const auto encoded =
        world_.Send("POST", path, {{"Content-Type", "application/x-www-form-urlencoded"}},
                    UrlEncoded(ListCall()));
    EXPECT_EQ(ErrorIn(encoded), "");
    const auto multipart =
        world_.Send("POST", path, {{"Content-Type", "multipart/form-data; boundary=" + boundary}},
                    Multipart(ListCall(), boundary));
    EXPECT_EQ(ErrorIn(multipart), "");
    EXPECT_EQ(multipart.body, encoded.body);
    EXPECT_EQ(encoded.route, "/ type=campaigns_list");
    EXPECT_EQ(HeaderOf(encoded, "Warning"), "");
  }
}

TEST_F(TransportTest, GetWorksAndWarns) {
  const auto response = world_.Send("GET", "/?" + UrlEncoded(ListCall()));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(ErrorIn(response), "");
  EXPECT_EQ(HeaderOf(response, "Warning"),
            "299 - \"GET shows the credentials in the URL; send POST\"");
  EXPECT_EQ(HeaderOf(world_.Send("GET", "/"), "Warning").substr(0, 5), "299 -");
}

TEST_F(TransportTest, OtherMethodsAre405) {
  for (const char* method : {"PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get"}) {
    const auto response =
        world_.Send(method, "/", {{"Content-Type", "application/x-www-form-urlencoded"}},
                    UrlEncoded(ListCall()));
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(HeaderOf(response, "Allow"), "GET, POST");
    EXPECT_EQ(response.body,
              "<response status=\"error\">\n"
              "  <error>Only POST and GET are supported</error>\n"
              "</response>");
    EXPECT_EQ(response.route, "/");
  }
}

TEST_F(TransportTest, ContentTypes) {
  const auto type = [&](const Form& more) {
    Form form = ListCall();
    form.insert(form.end(), more.begin(), more.end());
    return HeaderOf(Send(form), "Content-Type");
  };
  EXPECT_EQ(type({}), "text/xml; charset=utf-8");
  EXPECT_EQ(type({{"output", "xml"}}), "text/xml; charset=utf-8");
  EXPECT_EQ(type({{"output", "Json"}}), "application/json; charset=utf-8");
  EXPECT_EQ(type({{"callback", "a"}}), "application/javascript; charset=utf-8");
  EXPECT_EQ(type({{"callback", "jQuery1_2.cb$"}, {"output", "XML"}}),
            "application/javascript; charset=utf-8");
}

TEST_F(TransportTest, OddOutputParametersAreRefused) {
  for (const std::string& callback :
       {std::string("alert(1)"), std::string("a;b"), std::string("1a"), std::string("a b"),
        std::string("<script>"), std::string("a\xC3\xA9"), std::string(".a"),
        std::string(129, 'a')}) {
    EXPECT_EQ(Json({{"type", "campaigns_list"}, {"callback", callback}}), kOptionRefused)
        << callback;
  }
  EXPECT_EQ(ErrorOf({{"type", "campaigns_list"}, {"output", "YAML"}}),
            "Non-allowed option submitted.");
  EXPECT_EQ(Json({{"type", "campaigns_list"}, {"callback", std::string(128, 'a')}}).substr(0, 130),
            std::string(128, 'a') + "({");
}

TEST_F(TransportTest, CredentialsOfEachKind) {
  const std::string key = key_.at("api_key");
  EXPECT_EQ(ErrorIn(Send(ListCall())), "");
  const Form bare = Without(ListCall(), "user_password");
  EXPECT_EQ(ErrorIn(Send(With(bare, "user_api_key", key))), "");
  EXPECT_EQ(ErrorIn(Send(bare, {{"API_Access_Key", key}})), "");
  EXPECT_EQ(ErrorIn(Send(bare)), "You didn't enter a username and/or password!");
  EXPECT_EQ(ErrorIn(Send(With(bare, "user_password", ""))),
            "You didn't enter a username and/or password!");
  EXPECT_EQ(ErrorIn(Send(Without(ListCall(), "user_id"))), "Missing username");
  EXPECT_EQ(ErrorIn(Send(With(ListCall(), "user_id", "somebody"))),
            "User does not have permission");
  EXPECT_EQ(ErrorIn(Send(With(ListCall(), "user_password", "1959caadac9b13dcb3"))),
            "User does not have permission");
  EXPECT_EQ(ErrorIn(Send(With(ListCall(), "user_password", key + "0"))),
            "User does not have permission");
}

TEST_F(TransportTest, OnlyTheHeaderCountsWhenItHoldsAKey) {
  const std::string key = key_.at("api_key");
  const Form right = ListCall();
  const Form wrong = With(ListCall(), "user_password", "wrong");
  EXPECT_EQ(ErrorIn(Send(right, {{"api_access_key", "wrong"}})), "User does not have permission");
  EXPECT_EQ(ErrorIn(Send(wrong, {{"api_access_key", key}})), "");
  // An empty one is as good as none.
  EXPECT_EQ(ErrorIn(Send(right, {{"api_access_key", ""}})), "");
  EXPECT_EQ(ErrorIn(Send(right, {{"api_access_key", " "}})), "");
  EXPECT_EQ(ErrorIn(Send(wrong, {{"api_access_key", ""}})), "User does not have permission");
  EXPECT_EQ(ErrorIn(Send(right, {{"api_access_key", key}, {"api_access_key", "wrong"}})),
            "A parameter was given more than once");
}

TEST_F(TransportTest, ARevokedKeyAndAKeyOfAnotherDialectAreRefused) {
  const auto other = world_.CreateKey({.store = "abc",
                                       .dialect = access::Dialect::kBigCommerce,
                                       .scopes = {},
                                       .role = access::Role::kAdmin});
  EXPECT_EQ(ErrorIn(Send(With(ListCall(), "user_password", other.at("token")))),
            "User does not have permission");
  ASSERT_TRUE(world_.api_keys().Revoke("abc", std::stoll(key_.at("id"))));
  EXPECT_EQ(ErrorIn(Send(ListCall())), "User does not have permission");
}

TEST_F(TransportTest, AnotherAccountIsRefusedWithoutAWordAboutIt) {
  world_.CreateStore("other");
  const auto theirs = MakeKey("other");
  NewCustomer({{"code", "1"}, {"card_number", "77"}});
  const std::string refused = "User does not have permission to access the account affected";
  for (const char* account : {"other", "nobody", "", "ABC", "abc,other", "*"}) {
    EXPECT_EQ(ErrorIn(Send(With(ListCall(), "account_id", account))), refused) << account;
  }
  EXPECT_EQ(ErrorIn(Send(Without(ListCall(), "account_id"))), refused);

  Form form = {{"user_id", theirs.at("user_id")},
               {"user_password", theirs.at("api_key")},
               {"account_id", "abc"},
               {"type", "customer_delete"},
               {"code", "1"}};
  EXPECT_EQ(ErrorIn(Send(form)), refused);
  form = With(form, "account_id", "other");
  EXPECT_EQ(ErrorIn(Send(form)), "No customer matches data provided.");
  EXPECT_EQ(ErrorIn(Send(With(form, "type", "customer_info"))),
            "No customer matches data provided.");
  EXPECT_EQ(Population(), 1);
  // What is unique is so within its store.
  form = With(With(form, "type", "record_customer"), "customer_action", "new");
  EXPECT_EQ(ErrorIn(Send(With(form, "card_number", "77"))), "");
  EXPECT_EQ(Population("other"), 1);
}

TEST_F(TransportTest, UnknownTypesAreUndefined) {
  for (const char* type : {"", "customer_deletes", "CUSTOMER_DELETE", "customers",
                           "customer_delete\n", "depreciation_new", "*"}) {
    Form form = With(ListCall(), "type", type);
    const auto response = Send(form);
    // A blank at the end is a slip of the pen, and then the code is missing.
    const bool known = type == std::string("customer_delete\n");
    EXPECT_EQ(ErrorIn(response), known ? "Missing code" : "Action Undefined") << type;
    EXPECT_EQ(response.route, known ? "/ type=customer_delete" : "/ type=unknown");
  }
  EXPECT_EQ(ErrorIn(Send(Without(ListCall(), "type"))), "Action Undefined");
  // Who may not call learns nothing about types.
  EXPECT_EQ(ErrorIn(Send({{"type", "nothing"}})), "You didn't enter a username and/or password!");
}

TEST_F(TransportTest, MalformedBodiesAreRefusedInTheFormatAskedFor) {
  const std::string query = "/?output=JSON&condensed=yes&" + UrlEncoded(ListCall());
  const struct {
    const char* type;
    std::string body;
  } kCases[] = {
      {"application/json", "{}"},
      {"text/plain", "type=campaigns_list"},
      {"multipart/form-data", "x"},
      {"multipart/form-data; boundary=b", "no boundary here"},
      {"multipart/form-data; boundary=b", "--b\r\nX: y\r\n\r\nv\r\n--b--\r\n"},
      {"multipart/form-data; boundary=b",
       "--b\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n1"},
      {"application/x-www-form-urlencoded", "a=1&a=2"},
      {"application/x-www-form-urlencoded", std::string(4000, '&') + "a[]=1"},
  };
  for (const auto& test : kCases) {
    const auto response = world_.Send("POST", query, {{"Content-Type", test.type}}, test.body);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body.substr(0, 26), "{\"status\":\"error\",\"error\":") << response.body;
  }
}

TEST_F(TransportTest, XmlIsEscapedAndHoldsOnlyWhatXmlCan) {
  const std::string code = "<&\"'>]]>";
  NewCustomer({{"code", code},
               {"custom_field",
                "a\r\n\tb\xEF\xBF\xBF\xEF\xBF\xBE"
                "c"}});
  const std::string body = Call({{"type", "customer_info"}, {"code", code}});
  EXPECT_NE(body.find("<code>&lt;&amp;\"'&gt;]]&gt;</code>"), std::string::npos) << body;
  EXPECT_NE(body.find("<custom_field>a\r\n\tbc</custom_field>"), std::string::npos) << body;
  // Another dialect may have let more through.
  auto made = world_.OpenStore("abc")->WriteAndWait([](customers::StoreTransaction& transaction) {
    customers::Customer customer;
    customer.profile.code = "odd";
    customer.profile.first_name = std::string("A\x01\x00\x1F\x7F\xFF", 6) + "my";
    return customers::CreateCustomer(transaction, std::move(customer));
  });
  ASSERT_TRUE(made);
  EXPECT_NE(
      Call({{"type", "customer_info"}, {"code", "odd"}}).find("<first_name>A\x7Fmy</first_name>"),
      std::string::npos);
  EXPECT_NE(Json({{"type", "customer_info"}, {"code", "odd"}})
                .find("\"first_name\":\"A\\u0001\\u0000\\u001f\x7Fmy\""),
            std::string::npos)
      << Json({{"type", "customer_info"}, {"code", "odd"}});
}

TEST_F(TransportTest, JsonpIsSafeJavaScript) {
  NewCustomer({{"code", "js"}, {"first_name", "\xE2\x80\xA8</script>"}});
  const std::string body = Json({{"type", "customer_info"}, {"code", "js"}, {"callback", "f"}});
  EXPECT_NE(body.find("\"first_name\":\"\\u2028</script>\""), std::string::npos) << body;
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
