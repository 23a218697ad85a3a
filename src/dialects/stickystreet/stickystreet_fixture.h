// What the tests of this dialect share: a store with a key, and requests as its clients send them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "dialects/stickystreet/stickystreet.h"
#include "dialects/testing/dialect_fixture.h"
#include "http/parameters.h"

namespace oubli::dialects::stickystreet {

inline constexpr std::string_view kRefused = "User does not have permission";
inline constexpr std::string_view kOptionRefused =
    R"({"status":"error","error":"Non-allowed option submitted.",)"
    R"("errors":["Non-allowed option submitted."]})";

// Names and values in order; a name may come twice.
using Form = std::vector<std::pair<std::string, std::string>>;

inline std::string UrlEncoded(const Form& form) {
  std::string out;
  for (const auto& [name, value] : form) {
    if (!out.empty()) out += '&';
    out += http::PercentEncode(name) + "=" + http::PercentEncode(value);
  }
  return out;
}

// As PHP's curl sends an array.
inline std::string Multipart(const Form& form, std::string_view boundary) {
  std::string out;
  for (const auto& [name, value] : form) {
    out += "--" + std::string(boundary) + "\r\nContent-Disposition: form-data; name=\"" + name +
           "\"\r\n\r\n" + value + "\r\n";
  }
  return out + "--" + std::string(boundary) + "--\r\n";
}

inline std::string Replace(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// The text between two marks, or "".
inline std::string Between(std::string_view text, std::string_view before, std::string_view after) {
  const size_t begin = text.find(before);
  if (begin == std::string_view::npos) return "";
  const size_t end = text.find(after, begin + before.size());
  if (end == std::string_view::npos) return "";
  return std::string(text.substr(begin + before.size(), end - begin - before.size()));
}

class StickyStreetTest : public ::testing::Test {
 protected:
  StickyStreetTest() { key_ = MakeKey("abc"); }

  std::map<std::string, std::string> MakeKey(const std::string& store) {
    return world_.CreateKey({.store = store,
                             .dialect = access::Dialect::kStickyStreet,
                             .scopes = {},
                             .role = access::Role::kAdmin});
  }

  Form Credentials() const {
    return {{"user_id", key_.at("user_id")},
            {"user_password", key_.at("api_key")},
            {"account_id", "abc"}};
  }

  http::Response Send(const Form& form, std::vector<http::Header> headers = {}) {
    headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    return world_.Send("POST", "/", std::move(headers), UrlEncoded(form));
  }
  // The body of the answer to a call with right credentials.
  std::string Call(const Form& form) {
    Form all = Credentials();
    all.insert(all.end(), form.begin(), form.end());
    const http::Response response = Send(all);
    EXPECT_EQ(response.status, 200);
    return response.body;
  }
  std::string Json(Form form) {
    form.push_back({"output", "JSON"});
    form.push_back({"condensed", "yes"});
    return Call(form);
  }
  // The error that a call is answered with; "" for a success.
  std::string ErrorOf(const Form& form) { return Between(Call(form), "<error>", "</error>"); }

  // Makes a customer; returns the code.
  std::string NewCustomer(Form form) {
    form.push_back({"type", "record_customer"});
    form.push_back({"customer_action", "new"});
    const std::string body = Json(std::move(form));
    const std::string code = Between(body, "\"code\":\"", "\"");
    EXPECT_NE(code, "") << body;
    return code;
  }
  std::string NewCampaign(const std::string& type, Form form = {}) {
    form.push_back({"type", "campaign_new"});
    form.push_back({"action", "campaign"});
    form.push_back({"campaign_type", type});
    form.push_back({"campaign_name", "A " + type + " campaign"});
    const std::string body = Json(std::move(form));
    const std::string id = Between(body, "\"id\":\"", "\"");
    EXPECT_NE(id, "") << body;
    return id;
  }
  bool Exists(const std::string& code) {
    return ErrorOf({{"type", "customer_info"}, {"code", code}}).empty();
  }
  int64_t Population(std::string_view store = "abc") {
    auto reader = world_.OpenStore(store)->Read();
    return customers::CountOwners(**reader, customers::OwnerKind::kCustomer).value();
  }
  customers::Customer Stored(const std::string& code) {
    auto reader = world_.OpenStore("abc")->Read();
    return customers::FindCustomerByCode(**reader, code).value().value();
  }

  testing::DialectWorld world_{Make};
  std::map<std::string, std::string> key_;
};

}  // namespace oubli::dialects::stickystreet
