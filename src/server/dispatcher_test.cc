#include "server/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oubli::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FakeDialect final : public dialects::Dialect {
 public:
  bool Claims(std::string_view path) const override { return path.starts_with("/fake"); }
  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    respond(http::Response::Text(200, "text/plain", "fake " + request->path));
  }
};

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() : dispatcher_(MakeList(), [this] { return ready_; }) {}

  http::Response Get(std::string path, std::string method = "GET") {
    auto request = std::make_shared<http::Request>();
    request->method = std::move(method);
    request->path = std::move(path);
    http::Response answer;
    answer.status = 0;
    dispatcher_.Handle(std::move(request), http::Responder([&](http::Response response) {
                         answer = std::move(response);
                       }));
    return answer;
  }

  Status ready_;
  Dispatcher dispatcher_;

 private:
  static std::vector<std::unique_ptr<dialects::Dialect>> MakeList() {
    std::vector<std::unique_ptr<dialects::Dialect>> list;
    list.push_back(std::make_unique<FakeDialect>());
    return list;
  }
};

TEST_F(DispatcherTest, DialectsGetTheirPaths) { EXPECT_EQ(Get("/fake/x").body, "fake /fake/x"); }

TEST_F(DispatcherTest, HealthAndReadiness) {
  EXPECT_EQ(Get("/healthz").status, 200);
  EXPECT_EQ(Get("/healthz", "POST").status, 405);
  EXPECT_EQ(Get("/readyz").status, 200);
  EXPECT_EQ(Get("/readyz", "HEAD").status, 200);
  EXPECT_EQ(Get("/readyz").route, "/readyz");
  ready_ = Fail(ErrorKind::kUnavailable, "disk");
  EXPECT_EQ(Get("/readyz").status, 503);
  EXPECT_EQ(Get("/healthz").status, 200);
}

TEST_F(DispatcherTest, NotReadyWhileStopping) {
  dispatcher_.BeginStop();
  EXPECT_EQ(Get("/readyz").status, 503);
  EXPECT_EQ(Get("/healthz").status, 200);
}

TEST_F(DispatcherTest, UnknownPathsAreNotRepeated) {
  const http::Response response = Get("/ann@example.com/secret");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, Not(HasSubstr("ann")));
  EXPECT_EQ(response.body, R"({"type":"about:blank","title":"Not Found","status":404})");
  EXPECT_EQ(response.route, "unmatched");
  EXPECT_EQ(response.headers.at(0).value, "application/problem+json");
  EXPECT_EQ(Get("/healthz/").status, 404);
}

}  // namespace
}  // namespace oubli::server
