// The dialect over real stores, for its tests: a token that may do everything in store "abc", and
// short forms of the calls.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/bigcommerce/bigcommerce.h"
#include "dialects/testing/dialect_fixture.h"

namespace oubli::dialects::bigcommerce {

inline constexpr std::string_view kModifyScope = "store_v2_customers";
inline constexpr std::string_view kReadScope = "store_v2_customers_read_only";
// The URL that stands in the contract's literals as T.
inline constexpr std::string_view kT =
    R"("https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes")";

// JSON that is nothing but arrays in arrays.
inline std::string Nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

class BigCommerceTest : public ::testing::Test {
 protected:
  explicit BigCommerceTest(testing::DialectWorld::Make make = Make,
                           std::shared_ptr<customers::SearchIndexes> search = nullptr)
      : world_(make, std::move(search)) {
    token_ = TokenFor("abc", {kModifyScope});
  }

  std::string TokenFor(const std::string& store, const std::vector<std::string_view>& scopes) {
    access::NewKey key;
    key.store = store;
    key.dialect = access::Dialect::kBigCommerce;
    for (const std::string_view scope : scopes) key.scopes.emplace_back(scope);
    return world_.CreateKey(key)["token"];
  }

  // `target` comes behind "/stores/abc".
  http::Response Send(const std::string& method, const std::string& target,
                      const std::string& body = "") {
    std::vector<http::Header> headers = {{"X-Auth-Token", token_}};
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    return world_.Send(method, "/stores/abc" + target, std::move(headers), body);
  }
  http::Response Get(const std::string& target) { return Send("GET", target); }
  http::Response Post(const std::string& target, const std::string& body) {
    return Send("POST", target, body);
  }
  http::Response Put(const std::string& target, const std::string& body) {
    return Send("PUT", target, body);
  }
  http::Response Delete(const std::string& target) { return Send("DELETE", target); }

  static boost::json::value Parse(const http::Response& response) {
    auto value = ParseJson(response.body);
    EXPECT_TRUE(value) << response.body;
    return value ? std::move(*value) : boost::json::value();
  }
  // The ids in an answer's data, in order.
  static std::vector<int64_t> IdsOf(const http::Response& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<int64_t> ids;
    const boost::json::value body = Parse(response);
    for (const auto& row : body.at("data").as_array()) ids.push_back(*AsInt(row.at("id")));
    return ids;
  }

  std::shared_ptr<customers::Store> Store() { return world_.OpenStore("abc"); }
  // Stores a customer as it is given, its dates included.
  customers::Customer Create(customers::Customer customer) {
    auto made = Store()->WriteAndWait([&](customers::StoreTransaction& transaction) {
      return customers::CreateCustomer(transaction, customer);
    });
    EXPECT_TRUE(made) << made.error().text;
    return *made;
  }
  customers::Customer Create(const std::string& email) {
    customers::Customer customer;
    customer.profile.email = email;
    customer.profile.first_name = "Jane";
    customer.profile.last_name = "Doe";
    return Create(std::move(customer));
  }
  std::optional<customers::Customer> Find(int64_t id) {
    auto reader = Store()->Read();
    return *customers::FindCustomer(**reader, id);
  }
  int64_t Population() {
    auto reader = Store()->Read();
    return *customers::CountOwners(**reader, customers::OwnerKind::kCustomer);
  }

  // The standard error envelope.
  static std::string Envelope(int status, const std::string& title,
                              const std::string& errors = "{}") {
    return R"({"status":)" + std::to_string(status) + R"(,"title":")" + title + R"(","type":)" +
           std::string(kT) + R"(,"errors":)" + errors + "}";
  }

  testing::DialectWorld world_;
  std::string token_;
};

}  // namespace oubli::dialects::bigcommerce
