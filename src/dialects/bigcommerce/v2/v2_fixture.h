// Short forms of V2's calls, for its tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "customers/groups.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce::v2 {

using testing::HeaderOf;

inline constexpr std::string_view kNow = "Tue, 01 Sep 2026 10:00:00 +0000";
inline constexpr std::string_view kXmlStart = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
inline constexpr std::string_view kNotFoundBody =
    R"([{"status":404,"message":"The requested resource was not found."}])";
// A customer with a password.
inline const std::string kJane =
    R"({"first_name":"Jane","last_name":"Doe","email":"janedoe@example.com","_authentication":{"password":"abc12345","password_confirmation":"abc12345"}})";

class V2Test : public BigCommerceTest {
 protected:
  explicit V2Test(testing::DialectWorld::Make make = Make) : BigCommerceTest(make) {}

  // As a client sends it that knows where it is: `more` goes behind token and host.
  http::Response Ask(const std::string& method, const std::string& target,
                     std::vector<http::Header> more = {}, const std::string& body = "") {
    std::vector<http::Header> headers = {{"X-Auth-Token", token_}, {"Host", "127.0.0.1:8080"}};
    for (http::Header& header : more) headers.push_back(std::move(header));
    return world_.Send(method, "/stores/abc/v2" + target, std::move(headers), body);
  }
  http::Response AskJson(const std::string& method, const std::string& target,
                         const std::string& body) {
    return Ask(method, target, {{"Content-Type", "application/json"}}, body);
  }
  http::Response AskXml(const std::string& method, const std::string& target,
                        const std::string& body = "") {
    std::vector<http::Header> headers = {{"Accept", "application/xml"}};
    if (!body.empty()) headers.push_back({"Content-Type", "application/xml"});
    return Ask(method, target, std::move(headers), body);
  }

  static std::string Invalid(const std::string& field, const std::string& reason) {
    return R"([{"status":400,"message":"The field ')" + field +
           R"(' is invalid.","details":{"invalid_reason":"The provided value )" + reason +
           R"(."}}])";
  }
  static std::string Missing(const std::string& field) {
    return R"([{"status":400,"message":"The required field ')" + field +
           R"(' was not supplied."}])";
  }
  static std::string Unsupported(const std::string& field) {
    return R"([{"status":400,"message":"The field ')" + field +
           R"(' is not supported by this resource."}])";
  }

  customers::Group MakeGroup(const std::string& name, bool is_default = false) {
    auto made = Store()->WriteAndWait([&](customers::StoreTransaction& transaction) {
      customers::Group group;
      group.name = name;
      group.is_default = is_default;
      return customers::CreateGroup(transaction, group);
    });
    EXPECT_TRUE(made);
    return *made;
  }
  void MoveTo(int64_t customer_id, int64_t group_id) {
    auto moved = Store()->WriteAndWait(
        [&](customers::StoreTransaction& transaction) -> Result<customers::Customer> {
          OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, customer_id));
          customer->head.group_id = group_id;
          return customers::UpdateCustomer(transaction, std::move(*customer));
        });
    EXPECT_TRUE(moved);
  }
};

}  // namespace oubli::dialects::bigcommerce::v2
