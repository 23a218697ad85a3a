// Every call with every kind of credential. The calls are made from the router's own list: a
// resource without an entry in the table fails.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "dialects/hotcakes/router.h"
#include "dialects/hotcakes/test_world.h"

namespace oubli::dialects::hotcakes {
namespace {

using ::testing::StartsWith;

constexpr std::string_view kMissing =
    R"({"Content":null,"Errors":[{"Code":"KEY","Description":"Api Key is missing."}]})";
constexpr std::string_view kInvalid =
    R"({"Content":null,"Errors":[{"Code":"KEY","Description":"Api Key is invalid"}]})";
constexpr std::string_view kNoItem = R"({"Content":null,"Errors":[{"Code":"NULL","Description":)"
                                     R"("No wish list items were found matching the given ID."}]})";
constexpr std::string_view kNoItems =
    R"({"Content":null,"Errors":[{"Code":"NULL","Description":)"
    R"("No wish list items were found for the specified customer or store."}]})";
constexpr std::string_view kNoOwner =
    R"({"Content":null,"Errors":[{"Code":"EXCEPTION","Description":)"
    R"("There is no customer with this CustomerId. Nothing was changed."}]})";
constexpr std::string_view kNoResource =
    R"({"Content":null,"Errors":[{"Code":"EXCEPTION","Description":)"
    R"("This server has no resource of that name."}]})";
constexpr std::string_view kCleared =
    R"({"Content":{"ProductsCleared":0,"ProductsRemaining":0},"Errors":[]})";
constexpr std::string_view kEmptyList = R"({"Content":[],"Errors":[]})";

constexpr const char* kMethods[] = {"GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"};

// What a call answers, or how that begins, with a key of the store that holds Ann (1), a price
// group "1" and a wish list item 1, and with a key of another store, which holds nobody.
struct Entry {
  std::string_view resource;
  std::string_view method;
  std::string_view target;
  std::string_view body;
  std::string_view right;
  std::string_view other;
};

// In the order in which they are sent: nothing that is asked for is gone before.
constexpr Entry kEntries[] = {
    {"wishlistitems", "GET", "", "", R"({"Content":[{"Id":1,"StoreId":1,)", kNoItems},
    {"wishlistitems", "GET", "/1", "", R"({"Content":{"Id":1,"StoreId":1,)", kNoItem},
    {"wishlistitems", "POST", "/1", R"({"Id":1,"StoreId":1,"CustomerId":"1","Quantity":5})",
     R"({"Content":{"Id":1,"StoreId":1,"CustomerId":"1",)", kNoItem},
    {"wishlistitems", "DELETE", "/1", "", kTrue, kFalse},
    {"wishlistitems", "POST", "", R"({"CustomerId":"1"})", R"({"Content":{"Id":2,"StoreId":1,)",
     kNoOwner},
    {"wishlistitems", "DELETE", "", "", kFalse, kFalse},
    {"products", "GET", "", "", kNoResource, kNoResource},
    {"products", "GET", "/1", "", kNoResource, kNoResource},
    {"products", "POST", "/1", "{}", kNoResource, kNoResource},
    {"products", "DELETE", "/1", "", kFalse, kFalse},
    {"products", "POST", "", "{}", kNoResource, kNoResource},
    {"products", "DELETE", "", "", kCleared, kCleared},
    {"pricegroups", "GET", "", "", R"({"Content":[{"StoreId":1,"Bvin":"1",)", kEmptyList},
    {"pricegroups", "GET", "/1", "", R"({"Content":{"StoreId":1,"Bvin":"1",)", kNotFound},
    {"pricegroups", "POST", "/1", R"({"StoreId":1,"Bvin":"1","Name":"x"})",
     R"({"Content":{"StoreId":1,"Bvin":"1",)", kNotFound},
    {"pricegroups", "DELETE", "/1", "", kTrue, kFalse},
    {"pricegroups", "POST", "", R"({"Bvin":"2"})", R"({"Content":{"StoreId":1,"Bvin":"2",)",
     R"({"Content":{"StoreId":2,"Bvin":"2",)"},
    {"pricegroups", "DELETE", "", "", kFalse, kFalse},
    {"customeraccounts", "GET", "", "", R"({"Content":[{"Bvin":"1","Email":"ann@example.com",)",
     kEmptyList},
    {"customeraccounts", "GET", "/1", "", R"({"Content":{"Bvin":"1","Email":"ann@example.com",)",
     kNotFound},
    {"customeraccounts", "POST", "/1", R"({"Bvin":"1","Email":"anna@example.com"})",
     R"({"Content":{"Bvin":"1","Email":"anna@example.com",)", kNullContent},
    {"customeraccounts", "DELETE", "/1", "", kTrue, kFalse},
    {"customeraccounts", "POST", "", R"({"Email":"bob@example.com"})",
     R"({"Content":{"Bvin":"2","Email":"bob@example.com",)",
     R"({"Content":{"Bvin":"1","Email":"bob@example.com",)"},
    {"customeraccounts", "DELETE", "", "", kTrue, kTrue},
    {"categories", "GET", "", "", kNoResource, kNoResource},
    {"categories", "GET", "/1", "", kNoResource, kNoResource},
    {"categories", "POST", "/1", "{}", kNoResource, kNoResource},
    {"categories", "DELETE", "/1", "", kFalse, kFalse},
    {"categories", "POST", "", "{}", kNoResource, kNoResource},
    {"categories", "DELETE", "", "", kTrue, kTrue},
};

class AccessTable : public TestWorld {
 protected:
  void SetUp() override {
    const Router router(world_.environment());
    for (const auto& [name, resource] : router.resources()) names_.push_back(name);
    names_.push_back("nosuchresource");
    Add("ann@example.com");
    Post("pricegroups", R"({"Bvin":"1","Name":"Gold"})");
    Post("wishlistitems", R"({"CustomerId":"1","ProductId":"mug"})");
    // The harder case: what is refused here is refused while clearing is allowed.
    ASSERT_TRUE(world_.windows().Open(1).has_value());
    before_ = Everything();
  }
  std::string Everything() {
    return Get("customeraccounts") + Get("pricegroups") + Get("wishlistitems");
  }
  // Sends each method to the collection and to an item of each resource.
  void ExpectEverywhere(const std::string& credential, std::string_view answer,
                        const std::vector<http::Header>& headers = {}) {
    for (const std::string& name : names_) {
      for (const char* method : kMethods) {
        for (const char* target : {"", "/", "/1", "/%20", "/1/2"}) {
          const std::string url = std::string(kBase) + name + target + credential;
          EXPECT_EQ(Body(world_.Send(method, url, headers, R"({"Email":"x@example.com"})")), answer)
              << method << " " << url;
        }
      }
    }
    EXPECT_EQ(Everything(), before_);
  }

  std::vector<std::string> names_;
  std::string before_;
};

TEST_F(AccessTable, EveryRouteHasItsEntriesAndEveryEntryItsRoute) {
  std::set<std::string> wanted;
  const Router router(world_.environment());
  for (const auto& [name, resource] : router.resources()) {
    for (const std::string method : {"GET", "POST", "DELETE"}) {
      for (const std::string target : {"", "/1"}) wanted.insert(method + " " + name + target);
    }
  }
  std::set<std::string> there;
  for (const Entry& entry : kEntries) {
    there.insert(std::string(entry.method) + " " + std::string(entry.resource) +
                 std::string(entry.target));
  }
  EXPECT_EQ(there, wanted) << "a new resource needs entries in this table";
  EXPECT_EQ(there.size(), std::size(kEntries)) << "one each";
}

TEST_F(AccessTable, TheRightKey) {
  for (const Entry& entry : kEntries) {
    const std::string path = std::string(entry.resource) + std::string(entry.target);
    EXPECT_THAT(
        Body(world_.Send(std::string(entry.method), Url(path), {}, std::string(entry.body))),
        StartsWith(std::string(entry.right)))
        << entry.method << " " << path;
  }
}

// It opens its own store, window and all, and nothing else.
TEST_F(AccessTable, AnotherStoresKey) {
  world_.CreateStore("other");
  ASSERT_TRUE(world_.windows().Open(2).has_value());
  const std::string key = world_.CreateKey({.store = "other", .dialect = kHotcakes}).at("key");
  for (const Entry& entry : kEntries) {
    const std::string url = std::string(kBase) + std::string(entry.resource) +
                            std::string(entry.target) + "?key=" + key;
    EXPECT_THAT(Body(world_.Send(std::string(entry.method), url, {}, std::string(entry.body))),
                StartsWith(std::string(entry.other)))
        << entry.method << " " << url;
  }
  EXPECT_EQ(Everything(), before_);
}

TEST_F(AccessTable, NoKey) {
  ExpectEverywhere("", kMissing);
  ExpectEverywhere("?key=", kMissing);
  ExpectEverywhere("?key=%20", kMissing);
}

TEST_F(AccessTable, AKeyElsewhereThanInTheQuery) {
  ExpectEverywhere("", kMissing,
                   {{"Authorization", "Bearer " + key_},
                    {"X-Auth-Token", key_},
                    {"Cookie", "key=" + key_},
                    {"key", key_}});
}

TEST_F(AccessTable, Garbage) {
  // The right one with the last character changed, to the byte as long.
  std::string nearly = key_;
  nearly.back() = nearly.back() == '0' ? '1' : '0';
  for (const std::string& key :
       {std::string("1-979c5e43-f632-4fc3-8283-4ef69aca64ac"), nearly, key_ + "&key=" + key_,
        std::string("%00%ff%F0%9F"), std::string("'%20or%20'1'='1"), std::string(20'000, '1')})
    ExpectEverywhere("?key=" + key, kInvalid);
}

TEST_F(AccessTable, ARevokedKey) {
  const auto key = world_.CreateKey({.store = "abc", .dialect = kHotcakes});
  EXPECT_EQ(Body(world_.Send(
                "GET", std::string(kBase) + "customeraccounts?countonly=1&key=" + key.at("key"))),
            CountIs(1))
      << "it has been used, and is known by heart";
  ASSERT_TRUE(world_.api_keys().Revoke("abc", std::stoll(key.at("id"))).has_value());
  ExpectEverywhere("?key=" + key.at("key"), kInvalid);
}

// Every value that any of them is given, in case one is taken for a key here.
TEST_F(AccessTable, AnotherDialectsKey) {
  for (const access::Dialect dialect :
       {access::Dialect::kBigCommerce, access::Dialect::kWebCommander,
        access::Dialect::kStickyStreet, access::Dialect::kNative}) {
    for (const auto& [field, value] : world_.CreateKey({.store = "abc", .dialect = dialect})) {
      if (field != "redirect_uri") ExpectEverywhere("?key=" + value, kInvalid);
    }
  }
}

// A good key gets an envelope of JSON from every resource and method, never an empty body.
TEST_F(AccessTable, AGoodKeyAndAnyMethod) {
  for (const std::string& name : names_) {
    for (const char* method : kMethods) {
      for (const char* target : {"", "/7", "/%20"}) {
        const std::string body = Body(world_.Send(method, Url(name + target, "x=1"), {}, "{}"));
        EXPECT_TRUE(body.starts_with(R"({"Content":)")) << method << name << body;
        EXPECT_TRUE(body.ends_with("]}")) << body;
        EXPECT_EQ(body.find("\"Code\":\"KEY\""), std::string::npos) << body;
      }
    }
  }
  EXPECT_NE(Get("customeraccounts/1"), kNotFound) << "no call with an unknown id deletes anybody";
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
