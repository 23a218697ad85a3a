// Two applications that keep metafields at the customers of store "abc".
#pragma once

#include <fmt/core.h>

#include <map>
#include <string>

#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {

inline const std::string kAllMetafields = "/v3/customers/metafields";

class MetafieldsTest : public BigCommerceTest {
 protected:
  struct App {
    std::string token;
    std::string client_id;
  };
  explicit MetafieldsTest(testing::DialectWorld::Make make = Make) : BigCommerceTest(make) {
    first_ = NewApp({kModifyScope});
    second_ = NewApp({kModifyScope});
    token_ = first_.token;
    CreateCustomerOfId(147);
    CreateCustomerOfId(148);
    // 2022-06-16T18:39:00Z, as in the contract's literals.
    world_.clock().SetWall(1'655'404'740'000);
  }

  App NewApp(const std::vector<std::string_view>& scopes, const std::string& store = "abc") {
    access::NewKey key;
    key.store = store;
    key.dialect = access::Dialect::kBigCommerce;
    for (const std::string_view scope : scopes) key.scopes.emplace_back(scope);
    auto fields = world_.CreateKey(key);
    return {fields["token"], fields["client_id"]};
  }
  void Be(const App& app) { token_ = app.token; }
  void CreateCustomerOfId(int64_t id) {
    customers::Customer customer;
    customer.head.id = id;
    customer.profile.email = fmt::format("c{}@example.com", id);
    Create(customer);
  }
  static std::string Path(int64_t customer_id = 147) {
    return fmt::format("/v3/customers/{}/metafields", customer_id);
  }
  static std::string Body(const std::string& access = "app_only",
                          const std::string& name_space = "warehouse",
                          const std::string& key = "location_id") {
    return fmt::format(R"({{"permission_set":"{}","namespace":"{}","key":"{}","value":"1"}})",
                       access, name_space, key);
  }
  // The id of a new metafield.
  int64_t Make1(const std::string& body, int64_t customer_id = 147) {
    const auto answer = Post(Path(customer_id), body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return *AsInt(Parse(answer).at("data").at("id"));
  }
  static std::string TextOf(const boost::json::value& object, std::string_view name) {
    return std::string(object.at(name).as_string());
  }
  static std::string NotFound() {
    return R"({"status":404,"title":"The resource at that URL is not found.","type":)" +
           std::string(kT) + "}";
  }
  static std::string Bulk(const std::string& data, const std::string& errors, int total,
                          int success) {
    return fmt::format(
        R"({{"data":{},"errors":[{{"status":422,"title":"Bulk operation has failed","type":{},)"
        R"("errors":{}}}],"meta":{{"total":{},"success":{},"failed":{}}}}})",
        data, kT, errors, total, success, total - success);
  }

  App first_, second_;
};

}  // namespace oubli::dialects::bigcommerce
