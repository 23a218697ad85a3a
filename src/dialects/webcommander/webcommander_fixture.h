// What the tests of this dialect share: a world with the store "abc", tokens fetched over the wire,
// and calls made with them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/json.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/testing/dialect_fixture.h"
#include "dialects/webcommander/webcommander.h"

namespace oubli::dialects::webcommander {

inline constexpr std::string_view kCustomers = "/api/v4/admin/customers";
inline constexpr std::string_view kNotFoundBody =
    R"({"status":"error","code":404,"message":"Customer Not Found"})";
inline constexpr std::string_view kUnauthorizedBody =
    R"({"status":"error","code":401,"message":"Invalid or expired access token"})";
inline constexpr std::string_view kDeniedBody =
    R"({"status":"error","code":403,"message":"Access denied"})";
inline constexpr std::string_view kInvalidIdBody =
    R"({"status":"error","code":400,"message":"invalid customer id","error":"validation_failed",)"
    R"("errors":[{"field":"id","code":"invalid_id","message":"customer id must be numeric"}]})";
inline constexpr std::string_view kInvalidApiRequestBody =
    R"({"isSuccess": false, "message": "Invalid API Request"})";

class WebCommanderTest : public ::testing::Test {
 protected:
  using Fields = std::map<std::string, std::string>;

  explicit WebCommanderTest(std::shared_ptr<customers::SearchIndexes> search = nullptr)
      : world_(Make, std::move(search)) {}

  Fields NewKey(const std::string& store = "abc", access::Role role = access::Role::kAdmin) {
    return world_.CreateKey({store, access::Dialect::kWebCommander, {}, role});
  }

  static std::string TokenBody(const Fields& key) {
    std::string body;
    JsonWriter(body)
        .BeginObject()
        .Member("grant_type", "client_credentials")
        .Member("client_id", key.at("client_id"))
        .Member("client_secret", key.at("client_secret"))
        .Member("redirect_uri", key.at("redirect_uri"))
        .Member("auth_string", Base64Encode(key.at("username") + ":" + key.at("password")))
        .EndObject();
    return body;
  }

  http::Response TokenCall(std::string body) {
    return world_.Send("POST", "/api/v4/oauth2/token", {{"Content-Type", "application/json"}},
                       std::move(body));
  }

  std::string TokenFor(const Fields& key) {
    const auto response = TokenCall(TokenBody(key));
    EXPECT_EQ(response.status, 201) << response.body;
    return TextAt(response, "access_token");
  }

  std::string NewToken(const std::string& store = "abc", access::Role role = access::Role::kAdmin) {
    return TokenFor(NewKey(store, role));
  }

  // With the administrator's token of "abc", unless another one is given.
  http::Response Call(std::string method, std::string_view target, std::string body = {},
                      std::string token = {}) {
    if (token.empty()) {
      if (admin_token_.empty()) admin_token_ = NewToken();
      token = admin_token_;
    }
    return world_.Send(std::move(method), target,
                       {{"Host", "shop.example"}, {"Authorization", "Bearer " + token}},
                       std::move(body));
  }

  static boost::json::value Json(const http::Response& response) {
    auto parsed = ParseJson(response.body);
    EXPECT_TRUE(parsed) << response.body;
    return parsed ? *parsed : boost::json::value();
  }

  static std::string TextAt(const http::Response& response, std::string_view member) {
    const auto json = Json(response);
    if (!json.is_object()) return "";
    const auto* found = FindMember(json.get_object(), member);
    return found == nullptr ? "" : std::string(AsString(*found).value_or(""));
  }

  static int64_t CustomerIdOf(const http::Response& response) {
    return AsInt(Json(response).at("customer").at("customer_id")).value_or(0);
  }

  int64_t CreateCustomer(const std::string& first_name, const std::string& email,
                         const std::string& token = {}) {
    std::string body =
        R"({"customer":{"first_name":")" + first_name + R"(","email":")" + email + R"("}})";
    const auto response = Call("POST", kCustomers, std::move(body), token);
    EXPECT_EQ(response.status, 201) << response.body;
    return CustomerIdOf(response);
  }

  // Changes the store below the dialect.
  template <class Run>
  auto Write(Run run, std::string_view store = "abc") {
    auto outcome = world_.OpenStore(store)->WriteAndWait(std::move(run));
    EXPECT_TRUE(outcome);
    return outcome;
  }

  static std::string PathOf(int64_t id) {
    return std::string(kCustomers) + "/" + std::to_string(id);
  }

  testing::DialectWorld world_;

 private:
  std::string admin_token_;
};

}  // namespace oubli::dialects::webcommander
