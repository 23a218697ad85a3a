// Bodies, paths and queries that nobody in good faith sends, to every call: refused in this
// dialect's own shape, and nothing changes.
#include <fmt/core.h>

#include <random>

#include "base/json.h"
#include "base/text.h"
#include "dialects/hotcakes/router.h"
#include "dialects/hotcakes/test_world.h"

namespace oubli::dialects::hotcakes {
namespace {

class HostileInput : public TestWorld {
 protected:
  void SetUp() override {
    Add("ann@example.com");
    Post("pricegroups", R"({"Bvin":"1","Name":"Gold"})");
    Post("wishlistitems", R"({"CustomerId":"1","ProductId":"mug"})");
    before_ = Everything();
    const Router router(world_.environment());
    for (const auto& [name, resource] : router.resources()) names_.push_back(name);
  }
  std::string Everything() {
    return Get("customeraccounts") + Get("pricegroups") + Get("wishlistitems");
  }
  // An envelope of JSON with an EXCEPTION, or nothing found.
  void ExpectRefused(const std::string& answer, const std::string& what) {
    EXPECT_TRUE(ParseJson(answer).has_value()) << what << answer;
    EXPECT_TRUE(IsValidUtf8(answer)) << what;
    EXPECT_TRUE(answer.starts_with(R"({"Content":null,"Errors":[{"Code":"EXCEPTION")"))
        << what << " -> " << answer.substr(0, 300);
    EXPECT_LT(answer.size(), 8000U) << "only so much is repeated";
    EXPECT_EQ(answer.find('<'), std::string::npos);
    EXPECT_EQ(answer.find("ann@example.com"), std::string::npos) << what << ": nothing stored";
  }
  void ExpectUnchanged() { EXPECT_EQ(Everything(), before_); }

  std::vector<std::string> names_;
  std::string before_;
};

std::string Nested(size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

// With the ids that would make each a change, were it not for what else is in it.
std::vector<std::string> Bodies() {
  const std::string start =
      R"({"Bvin":"1","Id":1,"StoreId":1,"CustomerId":"1","Email":"x@example.com",)";
  std::vector<std::string> bodies = {
      "",
      " ",
      "null",
      "{",
      "[",
      "}",
      "[]",
      "[{}]",
      "[null]",
      "5",
      "\"text\"",
      "true",
      "{} {}",
      "{}x",
      "nonsense",
      "<script>alert(1)</script>",
      "<?xml version=\"1.0\"?><a/>",
      "Email=a%40example.com&key=1",
      "{'a':1,}",
      "{//\n}",
      std::string("\0", 1),
      std::string("{}\0", 3),
      "\xff\xfe{}",
      "{\"Email\":\"\xc3(\"}",
      "{\"Email\":\"\xed\xa0\x80\"}",
      Nested(100'000, '[', ']'),
      Nested(1'000'000, '{', '}'),
      std::string(1'000'000, '['),
      std::string(1'000'000, 'x'),
      std::string(100'000, '"'),
      start + R"("x":)" + Nested(101, '[', ']') + "}",
      start + R"("Bvin":[],"ProductId":[]})",
      start + R"("Bvin":{},"ProductId":{}})",
      start + R"("Bvin":"a\u0000","ProductId":"a\u0000"})",
      start + R"("Bvin":"\u001b[31m","ProductId":"\u001b[31m"})",
      start + "\"Bvin\":\"\x01\",\"ProductId\":\"\x01\"}",
      start + R"("StoreId":null,"TaxExempt":null})",
      start + R"("StoreId":1e400})",
      start + R"("StoreId":99999999999999999999,"FailedLoginCount":99999999999999999999})",
      start + R"("StoreId":1.5,"FailedLoginCount":1.5})",
      start + R"("StoreId":"0x1","FailedLoginCount":"0x1"})",
      start + R"("LastUpdated":"\/Date(99999999999999999)\/"})",
      start + "\"x\":\"unterminated",
  };
  std::string wide = "{";
  for (int i = 0; i < 1001; ++i) wide += fmt::format("m{}:1,", i);
  bodies.push_back(wide + "x:1}");
  return bodies;
}

TEST_F(HostileInput, BodiesOfEveryPost) {
  for (const std::string name : {"customeraccounts", "pricegroups", "wishlistitems"}) {
    for (const char* target : {"", "/1", "/%20"}) {
      for (const std::string& body : Bodies())
        ExpectRefused(Post(name + target, body), name + target + " " + body.substr(0, 60));
    }
  }
  ExpectUnchanged();
}

// What is hostile somewhere else is only text here, and comes back escaped.
TEST_F(HostileInput, TextThatIsMarkupOrAScriptIsKeptAndEscaped) {
  const std::string text = "</script><!--\\u2028\\u2029 '\\\" ]]> &amp; {{1}} ../ \xF0\x9F\x98\x80";
  const std::string account =
      Post("customeraccounts", R"({"Email":"b@example.com","Notes":")" + text + "\"}");
  const std::string group = Post("pricegroups", R"({"Name":")" + text + "\"}");
  const std::string item =
      Post("wishlistitems", R"({"CustomerId":"1","ProductId":")" + text + "\"}");
  const std::string escaped =
      R"(\u003c/script\u003e\u003c!--\u2028\u2029 \u0027\" ]]\u003e \u0026amp; {{1}} ../ )"
      "\xF0\x9F\x98\x80\"";
  for (const std::string& answer : {account, group, item})
    EXPECT_NE(answer.find(escaped), std::string::npos) << answer;
}

TEST_F(HostileInput, OfANameTwiceTheLastValueCountsEverywhere) {
  EXPECT_NE(Post("pricegroups", R"({"Name":"a","name":"b"})").find(R"("Name":"b")"),
            std::string::npos);
  EXPECT_NE(Post("wishlistitems", R"({"CustomerId":"7","ProductId":"p","CUSTOMERID":"1"})")
                .find(R"("CustomerId":"1")"),
            std::string::npos);
}

TEST_F(HostileInput, PathsAndQueriesOfEveryCall) {
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  const std::string targets[] = {"/%00",
                                 "/%ff",
                                 "/..",
                                 "/%2e%2e%2f",
                                 "/%25",
                                 "/%",
                                 "/%zz",
                                 "/1%00",
                                 "/+1",
                                 "/1e0",
                                 "/01",
                                 "/*",
                                 "/'%20or%201=1--",
                                 "/%0d%0aX:%20y",
                                 "/" + std::string(100'000, '9'),
                                 "//1",
                                 "/%E2%80%A81"};
  for (const std::string& name : names_) {
    for (const std::string& target : targets) {
      for (const char* method : {"GET", "DELETE"}) {
        const std::string answer = Body(world_.Send(method, Url(name + target)));
        EXPECT_TRUE(ParseJson(answer).has_value()) << method << name << target;
        EXPECT_LT(answer.size(), 300U) << method << name << target << answer;
      }
    }
    for (const char* query : {"page=%00", "page=1e9&pagesize=-99999999999999999999", "email=%ff",
                              "countonly[]=1", "=", "&&&=", "%00=%00", "id=%F0%9F%98%80", "id[]=1",
                              "page=1&page=2", "apiformat=%0d%0atext&x"}) {
      const std::string answer = Get(name, query);
      EXPECT_TRUE(ParseJson(answer).has_value()) << name << query;
      EXPECT_EQ(Delete(name, query).find("\"Content\":true") != std::string::npos,
                name == "categories")
          << name << query;
    }
  }
  ExpectUnchanged();
}

// Requests out of a random grammar, all calls: an envelope comes back, and a wrong id deletes
// nobody.
TEST_F(HostileInput, RandomDamageNeverBreaksTheEnvelope) {
  const uint32_t seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  const std::string valid =
      R"({"Bvin":"1","Id":1,"StoreId":1,"CustomerId":"1","Email":"ann@example.com","Name":"n",)"
      R"("Quantity":2,"AdjustmentAmount":1.5,"SelectionData":[{"OptionBvin":"o"}],"Addresses":[{}]})";
  for (int i = 0; i < 400; ++i) {
    std::string body = valid;
    for (size_t n = random() % 4 + 1; n > 0; --n) {
      const size_t at = random() % body.size();
      switch (random() % 3) {
        case 0:
          body[at] = static_cast<char>(random());
          break;
        case 1:
          body.erase(at, random() % 9);
          break;
        default:
          body.insert(at, body.substr(random() % body.size(), random() % 20));
      }
      if (body.empty()) body = "{";
    }
    const std::string path = names_[random() % names_.size()] + (random() % 2 == 0 ? "/1" : "");
    const std::string answer = Post(path, body);
    ASSERT_TRUE(ParseJson(answer).has_value()) << "seed " << seed << " " << path << " " << body;
    ASSERT_TRUE(answer.starts_with(R"({"Content":)")) << "seed " << seed;
    ASSERT_TRUE(IsValidUtf8(answer)) << "seed " << seed;
  }
  EXPECT_NE(Get("customeraccounts/1"), kNotFound);
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
