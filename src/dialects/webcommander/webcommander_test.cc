// Tokens, routing, and the delete call.

#include "dialects/webcommander/webcommander.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "dialects/webcommander/errors.h"
#include "dialects/webcommander/webcommander_fixture.h"

namespace oubli::dialects::webcommander {
namespace {

using ::testing::HasSubstr;
using testing::HeaderOf;
using ::testing::Not;

// ---- tokens ----

TEST_F(WebCommanderTest, TokenCallAnswersAsTheContractSays) {
  const auto response = TokenCall(TokenBody(NewKey()));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.route, "/api/v4/oauth2/token");
  EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store");
  EXPECT_EQ(response.body, R"({"access_token":")" + TextAt(response, "access_token") +
                               R"(","refresh_token":")" + TextAt(response, "refresh_token") +
                               R"(","expires_in":3600})");
  EXPECT_GE(TextAt(response, "access_token").size(), 20u);
}

TEST_F(WebCommanderTest, RefreshGrantServesOnce) {
  const auto key = NewKey();
  const auto first = TokenCall(TokenBody(key));
  std::string refresh;
  JsonWriter(refresh)
      .BeginObject()
      .Member("grant_type", "refresh_token")
      .Member("refresh_token", TextAt(first, "refresh_token"))
      .Member("client_id", key.at("client_id"))
      .Member("client_secret", key.at("client_secret"))
      .Member("redirect_uri", key.at("redirect_uri"))
      .EndObject();
  const auto second = TokenCall(refresh);
  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(Call("GET", kCustomers, "", TextAt(second, "access_token")).status, 200);
  EXPECT_EQ(TokenCall(refresh).status, 401);
}

TEST_F(WebCommanderTest, WrongCredentialsAreRefusedWithoutSayingWhy) {
  for (const char* wrong : {"client_id", "client_secret", "redirect_uri", "username", "password"}) {
    auto key = NewKey();
    key[wrong] += "x";
    const auto response = TokenCall(TokenBody(key));
    EXPECT_EQ(response.status, 401) << wrong;
    EXPECT_EQ(response.body, R"({"status":"error","code":401,"message":"Invalid credentials"})")
        << wrong;
  }
}

TEST_F(WebCommanderTest, HostileTokenBodies) {
  const struct {
    const char* body;
    int status;
  } cases[] = {
      {"", 400},
      {"grant_type=client_credentials", 400},
      {"[]", 400},
      {"null", 400},
      {"{}", 401},
      {R"({"grant_type":"password"})", 401},
      {R"({"grant_type":5})", 400},
      {R"({"grant_type":"client_credentials","client_id":["a"]})", 400},
      {R"({"grant_type":"client_credentials","client_id":null})", 401},
      {R"({"grant_type":"refresh_token","client_id":"a","client_secret":"b","redirect_uri":"c"})",
       401},
      {R"({"grant_type":"client_credentials","client_id":"a","client_secret":"b",)"
       R"("redirect_uri":"c","auth_string":"not base64!"})",
       401},
      {R"({"grant_type":"client_credentials","client_id":"a","client_secret":"b",)"
       R"("redirect_uri":"c","auth_string":"bm9jb2xvbg=="})",
       401},
      {"{\"grant_type\":\"\xff\"}", 400},
  };
  for (const auto& c : cases) {
    const auto response = TokenCall(c.body);
    EXPECT_EQ(response.status, c.status) << c.body << " " << response.body;
    EXPECT_EQ(TextAt(response, "status"), "error") << c.body;
  }
  EXPECT_EQ(TokenCall(std::string(100'000, '[')).status, 400);
}

TEST_F(WebCommanderTest, BothTokenHeadersServe) {
  const std::string token = NewToken();
  const auto status = [&](std::vector<http::Header> headers) {
    return world_.Send("GET", kCustomers, std::move(headers)).status;
  };
  EXPECT_EQ(status({{"Authorization", "Bearer " + token}}), 200);
  EXPECT_EQ(status({{"authorization", "bearer " + token}}), 200);
  EXPECT_EQ(status({{"access_token", token}}), 200);
  EXPECT_EQ(status({{"Authorization", "Basic YTpi"}, {"access_token", token}}), 200);
  // The first form counts where both are there.
  EXPECT_EQ(status({{"Authorization", "Bearer wrong"}, {"access_token", token}}), 401);
  EXPECT_EQ(status({{"Authorization", "Bearer " + token}, {"Authorization", "Bearer " + token}}),
            401);
  EXPECT_EQ(status({{"access_token", "wrong"}, {"access_token", token}}), 401);
}

TEST_F(WebCommanderTest, MissingBadAndExpiredTokensAreRefused) {
  const std::string token = NewToken();
  const auto big = world_.CreateKey({"abc", access::Dialect::kBigCommerce, {}});
  const std::vector<std::vector<http::Header>> cases = {
      {},
      {{"Authorization", ""}},
      {{"Authorization", "Bearer "}},
      {{"Authorization", token}},
      {{"Authorization", "Bearer " + token + "x"}},
      {{"Authorization", "Bearer " + big.at("token")}},
      {{"X-Auth-Token", token}},
      {{"access_token", ""}},
  };
  for (const auto& headers : cases) {
    for (const char* method : {"GET", "PUT", "DELETE"}) {
      const auto response = world_.Send(method, PathOf(1), headers);
      EXPECT_EQ(response.status, 401);
      EXPECT_EQ(response.body, kUnauthorizedBody);
      EXPECT_EQ(HeaderOf(response, "WWW-Authenticate"), "Bearer");
    }
  }
  EXPECT_EQ(world_.Send("GET", kCustomers, {}).body, kUnauthorizedBody);
  EXPECT_EQ(world_.Send("POST", kCustomers, {}, "{}").body, kUnauthorizedBody);
  world_.clock().Advance(3600 * 1000);
  EXPECT_EQ(Call("GET", kCustomers, "", token).body, kUnauthorizedBody);
}

TEST_F(WebCommanderTest, RevokedKeyStopsAtOnce) {
  const auto key = NewKey();
  const std::string token = TokenFor(key);
  EXPECT_EQ(Call("GET", kCustomers, "", token).status, 200);
  ASSERT_TRUE(world_.api_keys().Revoke("abc", std::stoll(key.at("id"))));
  EXPECT_EQ(Call("GET", kCustomers, "", token).status, 401);
  EXPECT_EQ(TokenCall(TokenBody(key)).status, 401);
}

// ---- routing ----

TEST_F(WebCommanderTest, ClaimsItsRootAlone) {
  for (const char* path : {"/api/v4", "/api/v4/", "/api/v4/admin/customers", "/api/v4/x/y"}) {
    EXPECT_TRUE(world_.dialect().Claims(path)) << path;
  }
  for (const char* path : {"/", "/api", "/api.php", "/api/v40", "/api/v3/admin/customers", ""}) {
    EXPECT_FALSE(world_.dialect().Claims(path)) << path;
  }
}

TEST_F(WebCommanderTest, UnknownCallsGetTheWordsOfTheSystem) {
  const struct {
    const char* method;
    const char* target;
  } cases[] = {
      {"GET", "/api/v4"},
      {"GET", "/api/v4/nothing"},
      {"GET", "/api/v4/oauth2/token"},
      {"DELETE", "/api/v4/admin/customers"},
      {"PATCH", "/api/v4/admin/customers/1"},
      {"delete", "/api/v4/admin/customers/1"},
      {"DELETE", "/api/v4/admin/customers/1/2"},
      {"DELETE", "/api/v4//admin/customers/1"},
      {"DELETE", "/api/v4/customers/1"},
      {"GET", "/api/v4/admin/ordersx"},
  };
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  ASSERT_EQ(id, 1);
  for (const auto& c : cases) {
    const auto response = Call(c.method, c.target);
    EXPECT_EQ(response.status, 200) << c.target;
    EXPECT_EQ(response.body, kInvalidApiRequestBody) << c.target;
    EXPECT_EQ(response.route, "/api/v4/{unknown}");
  }
  EXPECT_EQ(Call("GET", PathOf(id)).status, 200);
}

TEST_F(WebCommanderTest, UnknownOrderCallsAre404AndEchoNothingPersonal) {
  auto response = Call("DELETE", "/api/v4/admin/orders/1043/jane@example.com/payments?x=canary");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.route, "/api/v4/admin/orders/{unknown}");
  EXPECT_THAT(response.body,
              ::testing::StartsWith(R"({"error":{"code":"not_found","message":"No such endpoint: )"
                                    R"(DELETE /api/v4/admin/orders/1043/{...}/payments",)"
                                    R"("details":[],"request_id":")"));
  EXPECT_THAT(response.body, Not(HasSubstr("jane")));
  EXPECT_THAT(response.body, Not(HasSubstr("canary")));
  response = Call("CANARY", "/api/v4/admin/orders");
  EXPECT_THAT(response.body, HasSubstr("No such endpoint: {...} /api/v4/admin/orders\""));
}

// ---- DELETE ----

TEST_F(WebCommanderTest, DeleteIsPermanent) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  const auto deleted = Call("DELETE", PathOf(id));
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  EXPECT_TRUE(deleted.headers.empty());
  EXPECT_EQ(deleted.route, "/api/v4/admin/customers/{customer_id}");

  for (const char* method : {"GET", "DELETE"}) {
    const auto response = Call(method, PathOf(id));
    EXPECT_EQ(response.status, 404) << method;
    EXPECT_EQ(response.body, kNotFoundBody) << method;
  }
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"customer":{"last_name":"Doe"}})").body, kNotFoundBody);
  EXPECT_THAT(Call("GET", kCustomers).body,
              HasSubstr(R"("customers":[],"pagination":{"total":0,)"));
  EXPECT_THAT(Call("GET", std::string(kCustomers) + "?email=jane@example.com").body,
              HasSubstr(R"("customers":[])"));
  // The address is forgotten, the number is not given again.
  EXPECT_GT(CreateCustomer("Jane", "jane@example.com"), id);
}

TEST_F(WebCommanderTest, DeleteTakesTheOneCustomerThatThePathNames) {
  const int64_t first = CreateCustomer("Jane", "jane@example.com");
  const int64_t second = CreateCustomer("John", "john@example.com");
  const auto response =
      Call("DELETE", PathOf(first) + "?id=" + std::to_string(second), R"({"customer_ids":[1,2]})");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(Call("GET", PathOf(second)).status, 200);
}

TEST_F(WebCommanderTest, DeleteRemovesWhatIsAttached) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  const auto address = Write([&](customers::StoreTransaction& transaction) -> Result<int64_t> {
    OUBLI_TRY_ASSIGN(auto head,
                     customers::FindHead(transaction, customers::OwnerKind::kCustomer, id));
    customers::Address made;
    made.line1 = "1 Example Street";
    OUBLI_TRY_ASSIGN(made, customers::PutAddress(transaction, *head, made));
    return made.id;
  });
  ASSERT_TRUE(address);
  EXPECT_EQ(Call("DELETE", PathOf(id)).status, 204);
  auto view = world_.OpenStore("abc")->Read();
  ASSERT_TRUE(view);
  const auto owner = customers::FindRecordOwner(**view, customers::RecordKind::kAddress, *address);
  ASSERT_TRUE(owner);
  EXPECT_FALSE(*owner);
}

TEST_F(WebCommanderTest, OneOfManyDeletesAtOnceSucceeds) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  const std::string token = NewToken();
  std::atomic<int> deleted = 0;
  std::atomic<int> not_found = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const int status = Call("DELETE", PathOf(id), "", token).status;
      if (status == 204) ++deleted;
      if (status == 404) ++not_found;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(deleted, 1);
  EXPECT_EQ(not_found, 7);
}

TEST_F(WebCommanderTest, IdsThatAreNoneDeleteNobody) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  for (const char* bad : {"abc", "1abc", "1.0", "+1", "0x1", "1,2", "*", "", "%20", "%201", "1%20",
                          "1%00", "1;x=1", "1%2F2", "-", "--1", "\xd9\xa1", "NaN", "null"}) {
    for (const char* method : {"DELETE", "GET", "PUT"}) {
      const auto response = Call(method, std::string(kCustomers) + "/" + bad, "{}");
      EXPECT_EQ(response.status, 400) << method << " " << bad;
      EXPECT_EQ(response.body, kInvalidIdBody) << method << " " << bad;
    }
  }
  for (const char* nobody : {"0", "-1", "999999", "9223372036854775807", "9223372036854775808",
                             "18446744073709551617", "-9223372036854775808"}) {
    const auto response = Call("DELETE", std::string(kCustomers) + "/" + nobody);
    EXPECT_EQ(response.body, kNotFoundBody) << nobody;
  }
  EXPECT_EQ(Call("GET", PathOf(id)).status, 200);
}

TEST_F(WebCommanderTest, StaffMayDoAllButDelete) {
  const std::string staff = NewToken("abc", access::Role::kStaff);
  const int64_t id = CreateCustomer("Jane", "jane@example.com", staff);
  EXPECT_EQ(Call("GET", kCustomers, "", staff).status, 200);
  EXPECT_EQ(Call("GET", PathOf(id), "", staff).status, 200);
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"customer":{"last_name":"Doe"}})", staff).status, 200);
  // The same for customers who are there and who are not.
  for (const std::string& path : {PathOf(id), PathOf(999), std::string(kCustomers) + "/x"}) {
    const auto response = Call("DELETE", path, "", staff);
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body, kDeniedBody);
  }
  EXPECT_EQ(Call("GET", PathOf(id)).status, 200);
}

TEST_F(WebCommanderTest, TokensReachTheirOwnStoreAlone) {
  world_.CreateStore("other");
  const std::string other = NewToken("other");
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  EXPECT_EQ(Call("GET", PathOf(id), "", other).body, kNotFoundBody);
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"customer":{"last_name":"X"}})", other).body,
            kNotFoundBody);
  EXPECT_EQ(Call("DELETE", PathOf(id), "", other).body, kNotFoundBody);
  EXPECT_THAT(Call("GET", kCustomers, "", other).body, HasSubstr(R"("total":0)"));
  // Neither the address nor the number is taken there, and deleting that one leaves this one.
  EXPECT_EQ(CreateCustomer("Janet", "jane@example.com", other), id);
  EXPECT_EQ(Call("DELETE", PathOf(id), "", other).status, 204);
  EXPECT_THAT(Call("GET", PathOf(id)).body, HasSubstr(R"("first_name":"Jane")"));
}

// ---- errors ----

TEST(WebCommanderErrorsTest, KindsOfErrorsInTheSystemsWords) {
  const struct {
    Error error;
    int status;
    const char* rest;
  } cases[] = {
      {{ErrorKind::kNotFound, "canary"}, 404, R"("message":"Customer Not Found"})"},
      {{ErrorKind::kConflict, "canary", "email"},
       409,
       R"("message":"Provided email already registered"})"},
      {{ErrorKind::kConflict, "canary", "code"},
       409,
       R"("message":"Conflict","error":"conflict"})"},
      {{ErrorKind::kInvalid, "canary"},
       400,
       R"("message":"invalid request","error":"invalid_request"})"},
      {{ErrorKind::kInvalid, "canary", "email"},
       400,
       R"("message":"invalid email","error":"validation_failed","errors":[{"field":"email",)"
       R"("code":"invalid_value","message":"this value is not possible"}]})"},
      {{ErrorKind::kForbidden, "canary"}, 403, R"("message":"Access denied"})"},
      {{ErrorKind::kTooMany, "canary"}, 429, R"("message":"Too Many Requests"})"},
      {{ErrorKind::kUnavailable, "canary"},
       500,
       R"("message":"Internal server error","error":"internal_error"})"},
      {{ErrorKind::kCorrupt, "canary"},
       500,
       R"("message":"Internal server error","error":"internal_error"})"},
  };
  for (const auto& c : cases) {
    const auto response = FlatError(FromError(c.error));
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(response.body,
              R"({"status":"error","code":)" + std::to_string(c.status) + "," + c.rest);
  }
}

}  // namespace
}  // namespace oubli::dialects::webcommander
