#include "request_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace oubli::bench {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

RequestTemplate Template(std::string path, std::string body = {}) {
  RequestTemplate request;
  request.method = "PUT";
  request.host = "h";
  request.path = std::move(path);
  request.body = std::move(body);
  return request;
}

std::vector<std::string> All(RequestList list) {
  std::vector<std::string> out;
  for (std::string wire; list.Next(wire); wire.clear()) out.push_back(wire);
  return out;
}

TEST(RequestListTest, UsesEachIdOnce) {
  EXPECT_THAT(All(RequestList(Template("/c?id:in={id}"), {}, {"1", "2", "3"}, 2, 0)),
              ElementsAre("PUT /c?id:in=1,2 HTTP/1.1\r\nHost: h\r\n\r\n",
                          "PUT /c?id:in=3 HTTP/1.1\r\nHost: h\r\n\r\n"));
}

TEST(RequestListTest, StartsAgainWhereACountAsksForMore) {
  EXPECT_THAT(
      All(RequestList(Template("/{id}"), {}, {"1", "2"}, 1, 3)),
      ElementsAre("PUT /1 HTTP/1.1\r\nHost: h\r\n\r\n", "PUT /2 HTTP/1.1\r\nHost: h\r\n\r\n",
                  "PUT /1 HTTP/1.1\r\nHost: h\r\n\r\n"));
}

TEST(RequestListTest, FillsHeadersAndBodyAndCountsTheFilledBody) {
  RequestTemplate request = Template("/", "code={id}&again={id}");
  request.headers = {"X-For: {id}"};
  EXPECT_THAT(All(RequestList(request, {}, {"1234"}, 1, 0)),
              ElementsAre("PUT / HTTP/1.1\r\nHost: h\r\nX-For: 1234\r\nContent-Length: 20\r\n\r\n"
                          "code=1234&again=1234"));
}

TEST(RequestListTest, TakesPathsInTurn) {
  EXPECT_THAT(
      All(RequestList(Template("/unused"), {"/a", "/b"}, {}, 1, 3)),
      ElementsAre("PUT /a HTTP/1.1\r\nHost: h\r\n\r\n", "PUT /b HTTP/1.1\r\nHost: h\r\n\r\n",
                  "PUT /a HTTP/1.1\r\nHost: h\r\n\r\n"));
}

TEST(RequestListTest, ShufflesByTheSeedAndLosesNothing) {
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(std::to_string(i));
  std::vector<std::string> one = ids;
  std::vector<std::string> same = ids;
  std::vector<std::string> other = ids;
  Shuffle(one, 7);
  Shuffle(same, 7);
  Shuffle(other, 8);
  EXPECT_EQ(one, same);
  EXPECT_NE(one, other);
  EXPECT_NE(one, ids);
  EXPECT_THAT(one, UnorderedElementsAreArray(ids));
}

}  // namespace
}  // namespace oubli::bench
