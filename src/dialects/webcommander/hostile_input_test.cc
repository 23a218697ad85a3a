// Hostile input, call by call: each body that a call takes is spoilt in every place with everything
// that should not stand there. Whatever the call says to it, it says so in order, repeats nothing
// of it where it refuses, and has then changed nothing.
//
// A new call needs a line in Calls() (hostile_fixture.h): without one the first test fails.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dialects/webcommander/hostile_fixture.h"
#include "dialects/webcommander/router.h"

namespace oubli::dialects::webcommander {
namespace {

using ::testing::HasSubstr;

// Every value of `value` in turn, replaced and put back.
void ForEachPlace(boost::json::value& value, const std::function<void(boost::json::value&)>& run) {
  run(value);
  if (value.is_object()) {
    for (auto& member : value.get_object()) ForEachPlace(member.value(), run);
  } else if (value.is_array()) {
    for (auto& element : value.get_array()) ForEachPlace(element, run);
  }
}

// What is put into every place; as JSON text, since some of it no value can hold.
std::vector<std::string> Poisons() {
  std::string deep = R"("canary")";
  for (int i = 0; i < 25; ++i) deep = "[" + deep + "]";
  std::string large = R"(["canary")";
  for (int i = 0; i < 3000; ++i) large += ",1";
  return {"null",
          "true",
          "0",
          "-1",
          "1.5",
          "1e300",
          "-1e-300",
          "9223372036854775807",
          "9223372036854775808",
          "123456789012345678901234567890",
          R"("")",
          R"(" ")",
          R"("canary@example.com")",
          R"("canary\u0000")",
          R"("canary\u001b[2J")",
          R"("canary\ud800")",
          "\"canary\xff\"",
          "\"canary\xc0\xaf\"",
          "\"canary\n\"",
          "\"" + std::string(70'000, 'c') + "canary\"",
          R"(["canary"])",
          R"({"canary@example.com":"canary"})",
          "[]",
          "{}",
          deep,
          large + "]",
          std::string(3000, '[') + std::string(3000, ']'),
          R"("canary)",
          "canary"};
}

TEST_F(HostileInputTest, EveryCallIsHere) {
  std::set<std::string> names;
  for (const HostileCall& call : Calls()) names.insert(call.name);
  for (const Endpoint& endpoint : Endpoints()) {
    const std::string name = std::string(endpoint.method) + " " + std::string(endpoint.pattern);
    EXPECT_EQ(names.erase(name), 1u) << "no line in Calls(): " << name;
  }
  EXPECT_THAT(names, ::testing::IsEmpty());
}

TEST_F(HostileInputTest, EveryPlaceOfEveryBodyIsPoisoned) {
  Seed();
  const std::string mark = "\"@poison@\"";
  int refused = 0, sent = 0;
  for (const HostileCall& call : Calls()) {
    if (call.body.empty()) continue;
    auto good = ParseJson(call.body);
    ASSERT_TRUE(good) << call.name << call.body;
    std::vector<std::string> templates;
    ForEachPlace(*good, [&](boost::json::value& place) {
      boost::json::value kept = std::exchange(place, boost::json::value("@poison@"));
      templates.push_back(boost::json::serialize(*good));
      place = std::move(kept);
    });
    // Hashing a password takes its time.
    const bool slow = call.name.ends_with("-password");
    for (const std::string& text : templates) {
      size_t no = 0;
      for (const std::string& poison : Poisons()) {
        if (slow && ++no % 3 != 0) continue;
        std::string body = text;
        body.replace(body.find(mark), mark.size(), poison);
        ++sent;
        if (Try(call, call.path, body) >= 400) ++refused;
      }
    }
  }
  EXPECT_GT(sent, 4000);
  EXPECT_GT(refused, sent / 2);
}

TEST_F(HostileInputTest, BodiesThatAreCutOffAreRefused) {
  Seed();
  for (const HostileCall& call : Calls()) {
    const bool may_be_empty =
        call.name.ends_with("/cancel") || call.name.starts_with("PUT /api/v4/carts");
    for (size_t size = may_be_empty ? 1 : 0; size < call.body.size(); ++size) {
      EXPECT_EQ(Try(call, call.path, call.body.substr(0, size)), 400) << size;
    }
    if (call.body.empty()) continue;
    EXPECT_EQ(Try(call, call.path, call.body + "x"), 400);
    EXPECT_EQ(Try(call, call.path, "\xef\xbb\xbf" + call.body), 400);
    EXPECT_EQ(Try(call, call.path, call.body + std::string(1, '\0')), 400);
  }
}

// Of two fields of one name the last one counts, wherever it stands: nobody reads the first.
TEST_F(HostileInputTest, OfTwoFieldsTheLastOneCounts) {
  Seed();
  EXPECT_EQ(Call("PUT", PathOf(1),
                 R"({"customer":{"last_name":"First"},"customer":{"last_name":7,)"
                 R"("last_name":"Last"}})")
                .status,
            200);
  EXPECT_THAT(Call("GET", PathOf(1)).body, HasSubstr(R"("last_name":"Last")"));
  EXPECT_EQ(Call("PUT", PathOf(1), R"({"customer":{"last_name":"Good","last_name":7}})").status,
            400);
  EXPECT_EQ(Call("POST", "/api/v4/admin/customers/bulk-reset-password",
                 R"({"customer_ids":[1],"customer_ids":[]})")
                .status,
            400);
  EXPECT_EQ(Call("POST", PathOf(1) + "/store-credit/adjustments",
                 R"({"action":"add","amount":5,"amount":-5})")
                .status,
            400);
  EXPECT_THAT(Call("GET", PathOf(1)).body, HasSubstr(R"("last_name":"Last")"));
  EXPECT_THAT(Call("GET", PathOf(1)).body, HasSubstr(R"("store_credit":0.0)"));
}

TEST_F(HostileInputTest, EveryPathParameterIsPoisoned) {
  Seed();
  const std::vector<std::string> poisons = {"",
                                            "%00",
                                            "%ff%fe",
                                            "1%2f2",
                                            "..",
                                            "%2e%2e",
                                            "%",
                                            "%zz",
                                            "-1",
                                            "0x1",
                                            "1e1",
                                            "1,2",
                                            "*",
                                            "%20",
                                            "1%20",
                                            "+1",
                                            "canary%40example.com",
                                            "%22canary%22",
                                            "%0d%0aX-Canary:canary",
                                            "%d9%a1",
                                            "9223372036854775808",
                                            "99999999999999999999999999",
                                            std::string(9000, '9'),
                                            std::string(9000, 'c') + "canary"};
  for (const HostileCall& call : Calls()) {
    const std::string pattern = call.name.substr(call.name.find(' ') + 1);
    for (size_t open = pattern.find('{'); open != std::string::npos;
         open = pattern.find('{', open + 1)) {
      for (const std::string& poison : poisons) {
        std::string path = pattern;
        path.replace(open, path.find('}', open) + 1 - open, poison);
        for (size_t other = path.find('{'); other != std::string::npos; other = path.find('{')) {
          path.replace(other, path.find('}', other) + 1 - other, "999");
        }
        const int status = Try(call, path, call.body);
        // A cart's session may be any text; deletion of an order that is not there is a 200.
        const bool any_text = pattern.find("{session_id}") == open;
        if (!any_text && !call.name.starts_with("DELETE /api/v4/admin/orders")) {
          EXPECT_GE(status, 400) << call.name << " " << poison.substr(0, 40);
        }
      }
    }
  }
  EXPECT_EQ(Call("GET", PathOf(1)).status, 200);
  EXPECT_EQ(Call("GET", PathOf(2)).status, 200);
}

TEST_F(HostileInputTest, EveryQueryIsPoisoned) {
  Seed();
  std::string many;
  for (int i = 0; i < 1500; ++i) many += "limit=1&";
  std::vector<std::string> queries = {
      "%ff=%00", "=canary", "&&&",   "canary@example.com", many,
      "%",       "a%",      "limit", "limit=%00",          std::string(50'000, 'c')};
  for (const char* name :
       {"limit",     "offset",        "page",       "search",       "email",       "phone",
        "city",      "country",       "status",     "sort",         "order_by",    "direction",
        "dir",       "customerGroup", "customerId", "customerName", "search_text", "total",
        "orderFrom", "orderTo",       "orderIds",   "order_id",     "productId",   "name",
        "type",      "firstName",     "createdFrom"}) {
    for (const char* value :
         {"", "%00canary", "%ffcanary", "canary%0a", "-1", "1e300", "99999999999999999999",
          "%f0%9f%92%a9", "' OR 1=1 --canary", "%25", "1&limit=2"}) {
      queries.push_back(std::string(name) + "=" + value);
    }
    queries.push_back(std::string(name) + "=" + std::string(9000, 'c') + "canary");
  }
  for (const HostileCall& call : Calls()) {
    if (!call.name.starts_with("GET ")) continue;
    for (const std::string& query : queries) Try(call, call.path + "?" + query, "");
  }
}

// ---- the import's own ways of being hostile ----

class HostileImportTest : public HostileInputTest {
 protected:
  int Post(const std::string& type, const std::string& body) {
    if (token_.empty()) token_ = NewToken();
    const std::string before = State();
    const auto response =
        world_.Send("POST", "/api/v4/admin/customers/import",
                    {{"Authorization", "Bearer " + token_}, {"Content-Type", type}}, body);
    Judge(response, type + " " + body.substr(0, 200));
    if (response.status >= 400) {
      EXPECT_EQ(State(), before) << body.substr(0, 200);
    }
    return response.status;
  }
  int PostFile(const std::string& file) {
    return Post("multipart/form-data; boundary=BoUnDaRy",
                "--BoUnDaRy\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
                "\r\n" +
                    file + "\r\n--BoUnDaRy--\r\n");
  }

 private:
  std::string token_;
};

TEST_F(HostileImportTest, MultipartBombsAreRefused) {
  const std::string type = "multipart/form-data; boundary=X";
  const std::string head = "--X\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
  const std::string good = head + "email\r\ncanary@example.com\r\n--X--\r\n";
  std::string parts, headers;
  for (int i = 0; i < 50'000; ++i)
    parts += "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
  for (int i = 0; i < 1000; ++i) headers += "X-Canary: canary\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {type, parts + good},
      {type,
       "--X\r\n" + headers + "Content-Disposition: form-data; name=\"file\"\r\n\r\nemail\r\n--X--"},
      {type, "--X\r\n" + std::string(1'000'000, 'a') + "\r\n\r\nemail\r\n--X--"},
      {type, "--X\r\nContent-Disposition: form-data; name=\"" + std::string(100'000, 'n') +
                 "\"\r\n\r\nemail\r\n--X--"},
      {type, head + "email\r\n"},
      {type, head + "email\r\n--Y--"},
      {type, ""},
      {type, "--X--"},
      {type, "--X\r\n\r\nemail\r\n--X--"},
      {type, "--X\r\nContent-Disposition: form-data\r\n\r\nemail\r\n--X--"},
      {type, "--X\r\nContent-Disposition: form-data; name=\"file\r\n\r\nemail\r\n--X--"},
      {type, head + "email\r\n" + good},
      {"multipart/form-data", good},
      {"multipart/form-data; boundary=", good},
      {"multipart/form-data; boundary=\"", good},
      {"multipart/form-data; boundary=" + std::string(5000, 'X'), good},
      {"multipart/form-data; boundary=X; boundary=Y", good},
      {"multipart/mixed; boundary=X", good},
      {"application/json", good},
      {"", good},
      // A form within the form is a file like another, and no table.
      {type,
       "--X\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Type: "
       "multipart/mixed; boundary=Z\r\n\r\n--Z\r\nContent-Disposition: file; "
       "filename=\"a\"\r\n\r\nemail\r\n--Z--\r\n--X--"},
  };
  for (const auto& [content_type, body] : cases) {
    EXPECT_EQ(Post(content_type, body), 400) << content_type.substr(0, 60) << body.substr(0, 100);
  }
  for (size_t size = 0; size < good.size() - 4; ++size) {
    EXPECT_EQ(Post(type, good.substr(0, size)), 400) << size;
  }
  EXPECT_THAT(Call("GET", std::string(kCustomers) + "/count").body, R"({"total":0})");
}

TEST_F(HostileImportTest, DamagedTablesAreRefusedWhole) {
  CreateCustomer("Canary", "canary@example.com");
  const std::string file = Call("GET", "/api/v4/admin/customers/export?firstName=0&status=0").body;
  ASSERT_EQ(PostFile(file), 201);
  for (size_t size = 0; size < file.size(); size += 3) {
    EXPECT_EQ(PostFile(file.substr(0, size)), 400) << size;
  }
  // One bit at a time: whatever it makes of the file, the answer is in order.
  for (size_t at = 0; at < file.size(); at += 2) {
    std::string bad = file;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at / 2 % 8)));
    PostFile(bad);
  }
  EXPECT_EQ(Call("GET", std::string(kCustomers) + "/count").status, 200);
  // The older format, by its first bytes, whatever follows.
  for (const std::string& old :
       {std::string("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), std::string("\x09\x08\x10\x00", 4),
        "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + std::string(4096, '\0')}) {
    EXPECT_EQ(PostFile(old), 400);
  }
}

TEST_F(HostileImportTest, HostileRowsAreErrorsOfTheirOwn) {
  std::string wide = "email", rows = "first_name,email,note,customer_id\n";
  for (int i = 0; i < 300; ++i) wide += ",x";
  EXPECT_EQ(PostFile(wide + "\n"), 400);
  EXPECT_EQ(PostFile("email\n" + std::string(60'000, '\n')), 400);
  EXPECT_EQ(PostFile("email\n\"" + std::string(100'000, '"')), 400);
  const std::pair<const char*, bool> cells[] = {
      {"=cmd|' /C calc'!A0,a@b.example,,", true},
      {"A,no address,,", false},
      {"A,a@b@c,,", false},
      {"A,c@d.example,,-1", false},
      {"A,d@d.example,,99999999999999999999", false},
      {"A,e@d.example,,0", false},
      {"\xf0\x9f\x92\xa9,f@d.example,,", true},
      {"\"A\rB\",g@d.example,,", false},
  };
  for (const auto& [cell, good] : cells) {
    const int64_t before =
        AsInt(Json(Call("GET", std::string(kCustomers) + "/count")).at("total")).value_or(-1);
    EXPECT_EQ(PostFile(rows + cell + "\n"), 201) << cell;
    EXPECT_EQ(AsInt(Json(Call("GET", std::string(kCustomers) + "/count")).at("total")),
              before + (good ? 1 : 0))
        << cell;
  }
}

}  // namespace
}  // namespace oubli::dialects::webcommander
