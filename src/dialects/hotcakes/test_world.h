// For this dialect's tests: a world with a key of the store "abc" and the calls that clients make.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "dialects/hotcakes/hotcakes.h"
#include "dialects/testing/dialect_fixture.h"

namespace oubli::dialects::hotcakes {

inline constexpr std::string_view kBase = "/DesktopModules/Hotcakes/API/rest/v1/";
inline constexpr std::string_view kTrue = R"({"Content":true,"Errors":[]})";
inline constexpr std::string_view kFalse = R"({"Content":false,"Errors":[]})";
inline constexpr std::string_view kNullContent = R"({"Content":null,"Errors":[]})";
inline constexpr std::string_view kNotFound =
    R"({"Content":null,"Errors":[{"Code":"NULL","Description":)"
    R"("Could not locate that item. Check bvin and try again."}]})";

inline std::string Exception(std::string_view description) {
  std::string body = R"({"Content":null,"Errors":[{"Code":"EXCEPTION","Description":)";
  AppendJsonString(body, description, JsonWriter::Style::kHotcakes);
  return body + "}]}";
}

class TestWorld : public ::testing::Test {
 protected:
  TestWorld() : key_(world_.CreateKey({.store = "abc", .dialect = kHotcakes}).at("key")) {}

  // "customeraccounts/42", and what else is in the query: "page=1".
  std::string Url(std::string_view path, std::string_view more = "") const {
    std::string url = std::string(kBase).append(path).append("?key=").append(key_);
    return more.empty() ? url : url.append("&").append(more);
  }
  std::string Get(std::string_view path, std::string_view more = "") {
    return Body(world_.Send("GET", Url(path, more)));
  }
  // As the C# client labels its JSON.
  std::string Post(std::string_view path, std::string body, std::string_view more = "") {
    return Body(world_.Send("POST", Url(path, more),
                            {{"Content-Type", "application/x-www-form-urlencoded"}},
                            std::move(body)));
  }
  std::string Delete(std::string_view path, std::string_view more = "") {
    return Body(world_.Send("DELETE", Url(path, more),
                            {{"Content-Type", "application/x-www-form-urlencoded"}}));
  }
  // Every answer is 200 JSON that nobody may cache for others.
  std::string Body(const http::Response& response) {
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(testing::HeaderOf(response, "Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(testing::HeaderOf(response, "Cache-Control"), "private");
    EXPECT_TRUE(response.route.starts_with(kBase));
    return response.body;
  }
  // Makes a customer and gives its Bvin.
  std::string Add(std::string_view email) {
    const std::string body =
        Post("customeraccounts/", R"({"Email":")" + std::string(email) + "\"}");
    constexpr std::string_view kBefore = R"({"Content":{"Bvin":")";
    if (!body.starts_with(kBefore)) {
      ADD_FAILURE() << body;
      return "";
    }
    return body.substr(kBefore.size(), body.find('"', kBefore.size()) - kBefore.size());
  }
  std::string Count() { return Get("customeraccounts/", "countonly=1"); }
  static std::string CountIs(int count) {
    return R"({"Content":)" + std::to_string(count) + R"(,"Errors":[]})";
  }

  static constexpr access::Dialect kHotcakes = access::Dialect::kHotcakes;
  testing::DialectWorld world_{&Make};
  const std::string key_;
};

}  // namespace oubli::dialects::hotcakes
