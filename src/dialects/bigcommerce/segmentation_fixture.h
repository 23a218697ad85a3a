// For the tests of segmentation: segments, profiles and members by short calls.
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {

class SegmentationTest : public BigCommerceTest {
 protected:
  // As it stands in answers.
  static constexpr std::string_view kUnknown = "00000000-0000-4000-8000-000000000000";

  // The text of a member of the first object of an answer's data.
  static std::string First(const http::Response& response, std::string_view member) {
    const auto body = Parse(response);
    return std::string(*AsString(body.at("data").as_array().at(0).at(member)));
  }
  std::string MakeSegment(const std::string& name) {
    const auto answer = Post("/v3/segments", R"([{"name":")" + name + R"("}])");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return First(answer, "id");
  }
  std::string MakeProfile(int64_t customer_id) {
    const auto answer =
        Post("/v3/shopper-profiles", fmt::format(R"([{{"customer_id":{}}}])", customer_id));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return First(answer, "id");
  }
  // Creates the customer too.
  std::string MakeProfile(const std::string& email) { return MakeProfile(Create(email).head.id); }

  static std::string Members(const std::string& segment) {
    return "/v3/segments/" + segment + "/shopper-profiles";
  }
  static std::string SegmentsOf(const std::string& profile) {
    return "/v3/shopper-profiles/" + profile + "/segments";
  }
  void Add(const std::string& segment, const std::string& profile) {
    const auto answer = Post(Members(segment), R"([")" + profile + R"("])");
    EXPECT_EQ(answer.status, 201) << answer.body;
  }

  std::vector<std::string> TextsAt(const std::string& target, std::string_view member = "id") {
    const auto answer = Get(target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::vector<std::string> texts;
    const auto body = Parse(answer);
    for (const auto& row : body.at("data").as_array()) {
      texts.emplace_back(*AsString(row.at(member)));
    }
    return texts;
  }
  int64_t TotalAt(const std::string& target) {
    return *AsInt(Parse(Get(target)).at("meta").at("pagination").at("total"));
  }
  void OpenWindow() {
    ASSERT_TRUE(world_.windows().Open(world_.stores().Find("abc")->number).has_value());
  }
  std::string WindowClosed() const {
    return Envelope(422, std::string(Choices().window_is_closed));
  }
};

}  // namespace oubli::dialects::bigcommerce
