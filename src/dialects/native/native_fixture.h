// The dialect over real stores, for its tests: a key of store "abc", and short forms of the calls.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "customers/customers.h"
#include "dialects/native/native.h"
#include "dialects/testing/dialect_fixture.h"

namespace oubli::dialects::native {

using testing::HeaderOf;

// Of the first customer; behind "/v1/stores/abc".
inline const std::string kInstrumentsPath = "/customers/1/stored-instruments";

class NativeTest : public ::testing::Test {
 protected:
  NativeTest() : world_(Make) { key_ = KeyFor("abc"); }

  std::string KeyFor(const std::string& store) {
    access::NewKey key;
    key.store = store;
    key.dialect = access::Dialect::kNative;
    return world_.CreateKey(key)["key"];
  }

  // `target` comes behind "/v1/stores/abc".
  http::Response Send(const std::string& method, const std::string& target,
                      const std::string& body = "") {
    std::vector<http::Header> headers = {{"Authorization", "Bearer " + key_}};
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    return world_.Send(method, "/v1/stores/abc" + target, std::move(headers), body);
  }
  http::Response Get(const std::string& target) { return Send("GET", target); }
  http::Response Post(const std::string& target, const std::string& body) {
    return Send("POST", target, body);
  }
  http::Response Delete(const std::string& target) { return Send("DELETE", target); }

  static boost::json::value Parse(const http::Response& response) {
    auto value = ParseJson(response.body);
    EXPECT_TRUE(value) << response.body;
    return value ? std::move(*value) : boost::json::value();
  }
  // The slug of a problem, once its form has been checked.
  static std::string SlugOf(const http::Response& response) {
    EXPECT_EQ(HeaderOf(response, "content-type"), "application/problem+json") << response.body;
    const boost::json::value problem = Parse(response);
    EXPECT_EQ(*AsInt(problem.at("status")), response.status);
    EXPECT_FALSE(problem.at("title").as_string().empty());
    const std::string type(problem.at("type").as_string());
    const std::string start = "urn:oubli:problem:";
    EXPECT_TRUE(type.starts_with(start)) << type;
    return type.substr(start.size());
  }

  std::shared_ptr<customers::Store> Store() { return world_.OpenStore("abc"); }
  customers::Head Create(const std::string& email) {
    auto made = Store()->WriteAndWait([&](customers::StoreTransaction& transaction) {
      customers::Customer customer;
      customer.profile.email = email;
      return customers::CreateCustomer(transaction, customer);
    });
    EXPECT_TRUE(made);
    return made->head;
  }

  testing::DialectWorld world_;
  std::string key_;
};

}  // namespace oubli::dialects::native
