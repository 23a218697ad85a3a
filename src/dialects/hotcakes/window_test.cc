// Clear all, and the window that it needs.
#include "dialects/hotcakes/test_world.h"

namespace oubli::dialects::hotcakes {
namespace {

class WindowTest : public TestWorld {
 protected:
  void SetUp() override {
    for (const char* email : {"ann@example.com", "bob@example.com", "cy@example.com"}) Add(email);
  }
  void OpenWindow(std::string_view handle = "abc") {
    ASSERT_TRUE(world_.windows().Open(world_.stores().Find(handle)->number).has_value());
  }
};

TEST_F(WindowTest, ClosedAnswersFalseWithoutAnErrorAndNobodyIsGone) {
  EXPECT_EQ(Delete("customeraccounts"), kFalse);
  EXPECT_EQ(Delete("customeraccounts/"), kFalse);
  EXPECT_EQ(Count(), CountIs(3));
}

TEST_F(WindowTest, OpenClearsEverybodyAgainAndAgain) {
  OpenWindow();
  EXPECT_EQ(Delete("customeraccounts"), kTrue);
  EXPECT_EQ(Count(), CountIs(0));
  EXPECT_EQ(Get("customeraccounts"), R"({"Content":[],"Errors":[]})");
  EXPECT_EQ(Get("customeraccounts", "email=ann@example.com"), kNotFound);
  EXPECT_EQ(Get("customeraccounts/1"), kNotFound);
  EXPECT_EQ(Delete("customeraccounts/"), kTrue) << "also when there is nobody";
  const std::string bvin = Add("ann@example.com");
  EXPECT_GT(std::stoi(bvin), 3) << "ids are never given twice";
  EXPECT_EQ(Delete("customeraccounts"), kTrue) << "calls do not use the window up";
  EXPECT_EQ(Count(), CountIs(0));
}

TEST_F(WindowTest, IsOverAfterSixtyMinutesToTheMillisecond) {
  OpenWindow();
  world_.clock().Advance(60 * 60 * 1000 - 1);
  EXPECT_EQ(Delete("customeraccounts"), kTrue);
  Add("ann@example.com");
  world_.clock().Advance(1);
  EXPECT_EQ(Delete("customeraccounts"), kFalse);
  EXPECT_EQ(Count(), CountIs(1));
}

// So it is between 59:59.000 and 60:00.000 long.
TEST_F(WindowTest, FractionsOfASecondAreCutOffItsEnd) {
  world_.clock().Advance(999);
  OpenWindow();
  world_.clock().Advance(60 * 60 * 1000 - 1000);
  EXPECT_EQ(Delete("customeraccounts"), kTrue);
  Add("ann@example.com");
  world_.clock().Advance(1);
  EXPECT_EQ(Delete("customeraccounts"), kFalse) << "equal is refused";
  EXPECT_EQ(Count(), CountIs(1));
}

TEST_F(WindowTest, OpeningItAgainRestartsTheHourAndAddsNothing) {
  OpenWindow();
  world_.clock().Advance(30 * 60 * 1000);
  OpenWindow();
  world_.clock().Advance(60 * 60 * 1000 - 1);
  EXPECT_EQ(Delete("categories"), kTrue);
  world_.clock().Advance(1);
  EXPECT_EQ(Delete("categories"), kFalse);
  EXPECT_EQ(Delete("customeraccounts"), kFalse);
  EXPECT_EQ(Count(), CountIs(3));
}

// The other two gated calls stand and fall with it, as the first does.
TEST_F(WindowTest, AllThreeClearAllsFollowOneWindow) {
  const std::string second = world_.CreateKey({.store = "abc", .dialect = kHotcakes}).at("key");
  const auto expect = [&](bool open, const char* when) {
    for (const std::string& key : {key_, second}) {
      const auto call = [&](std::string_view path) {
        return Body(world_.Send("DELETE", std::string(kBase).append(path).append("key=") + key));
      };
      for (const char* slash : {"?", "/?"}) {
        EXPECT_EQ(call(std::string("categories") + slash), open ? kTrue : kFalse) << when;
        EXPECT_EQ(call(std::string("products") + slash + "howmany=5&"),
                  open ? R"({"Content":{"ProductsCleared":0,"ProductsRemaining":0},"Errors":[]})"
                       : R"({"Content":{"ProductsCleared":0,"ProductsRemaining":-1},"Errors":[]})")
            << when;
        EXPECT_EQ(call(std::string("customeraccounts") + slash), open ? kTrue : kFalse) << when;
      }
    }
  };
  expect(false, "never opened");
  EXPECT_EQ(Count(), CountIs(3));
  world_.CreateStore("other");
  OpenWindow("other");
  expect(false, "another store's");
  OpenWindow();
  expect(true, "open");
  EXPECT_EQ(Count(), CountIs(0));
  ASSERT_TRUE(world_.windows().Close(1).has_value());
  expect(false, "closed early");
  OpenWindow();
  expect(true, "open again");
  world_.clock().Advance(60 * 60 * 1000);
  expect(false, "over");
  Add("ann@example.com");
  expect(false, "over, and somebody is there");
  EXPECT_EQ(Count(), CountIs(1));
}

// Nothing that a key can call opens it, and what a key calls does not close it either.
TEST_F(WindowTest, NoCallOpensIt) {
  for (const char* path :
       {"settings", "windows", "customeraccounts", "stores/1", "apikeys", "AllowApiToClearUntil"}) {
    for (const char* method : {"POST", "PUT", "PATCH", "GET"}) {
      world_.Send(method, Url(path, "AllowApiToClearUntil=2099-01-01 00:00:00Z&window=open"), {},
                  R"({"AllowApiToClearUntil":"2099-01-01 00:00:00Z"})");
    }
  }
  EXPECT_FALSE(world_.windows().IsOpen(1));
  EXPECT_EQ(Delete("customeraccounts"), kFalse);
  EXPECT_EQ(Count(), CountIs(3));
}

TEST_F(WindowTest, ClosedEarlyIsClosed) {
  OpenWindow();
  ASSERT_TRUE(world_.windows().Close(world_.stores().Find("abc")->number).has_value());
  EXPECT_EQ(Delete("customeraccounts"), kFalse);
  EXPECT_EQ(Count(), CountIs(3));
}

TEST_F(WindowTest, HoldsForItsStoreAlone) {
  world_.CreateStore("other");
  OpenWindow("other");
  EXPECT_EQ(Delete("customeraccounts"), kFalse);
  EXPECT_EQ(Count(), CountIs(3));

  const std::string other_key =
      world_.CreateKey({.store = "other", .dialect = kHotcakes}).at("key");
  const std::string other_url = std::string(kBase) + "customeraccounts?key=" + other_key;
  EXPECT_EQ(Body(world_.Send("DELETE", other_url)), kTrue);
  EXPECT_EQ(Count(), CountIs(3));
}

TEST_F(WindowTest, IsSharedByTheKeysOfAStore) {
  const std::string second = world_.CreateKey({.store = "abc", .dialect = kHotcakes}).at("key");
  OpenWindow();
  EXPECT_EQ(Body(world_.Send("DELETE", std::string(kBase) + "customeraccounts?key=" + second)),
            kTrue);
  EXPECT_EQ(Count(), CountIs(0));
}

TEST_F(WindowTest, EveryCaseAndSiteOfTheCallIsTheSameCall) {
  OpenWindow();
  EXPECT_EQ(Body(world_.Send("DELETE",
                             "/shop/desktopmodules/HOTCAKES/api/REST/v9/CustomerAccounts"
                             "?KEY=" +
                                 key_)),
            kTrue);
  EXPECT_EQ(Count(), CountIs(0));
}

// CustomerAccountsDelete of an id that came out blank must not be a clear all.
TEST_F(WindowTest, ABlankIdIsNobodyEvenInsideTheWindow) {
  OpenWindow();
  for (const char* path :
       {"customeraccounts/%20", "customeraccounts/%20%20/", "customeraccounts/%09",
        "customeraccounts//", "customeraccounts/%2F", "customeraccounts%2F", "customeraccounts%20",
        "customeraccounts/%00", "customeraccounts//1"}) {
    EXPECT_EQ(Delete(path), kFalse) << path;
  }
  EXPECT_EQ(Count(), CountIs(3));
}

TEST_F(WindowTest, ACustomerNamedInTheQueryIsNoClearAll) {
  OpenWindow();
  for (const char* query : {"email=ann@example.com", "id=1", "bvin=1", "Email=", "ID", "userid=5",
                            "page=1&pagesize=5", "countonly=1"}) {
    EXPECT_EQ(Delete("customeraccounts", query), kFalse) << query;
  }
  EXPECT_EQ(Count(), CountIs(3));
  EXPECT_EQ(Delete("customeraccounts", "_=1700000000123"), kTrue) << "jQuery's cache buster";
}

TEST_F(WindowTest, AnIdDeletesThatOneWhetherOpenOrNot) {
  EXPECT_EQ(Delete("customeraccounts/1"), kTrue);
  OpenWindow();
  EXPECT_EQ(Delete("customeraccounts/2/whatever"), kTrue);
  EXPECT_EQ(Count(), CountIs(1));
  EXPECT_EQ(Delete("customeraccounts/3%2Fx"), kTrue) << "the part before the slash is the id";
  EXPECT_EQ(Count(), CountIs(0));
}

TEST_F(WindowTest, ABadKeyClearsNothing) {
  OpenWindow();
  EXPECT_EQ(Body(world_.Send("DELETE", std::string(kBase) + "customeraccounts?key=" + key_ + "x")),
            R"({"Content":null,"Errors":[{"Code":"KEY","Description":"Api Key is invalid"}]})");
  EXPECT_EQ(
      Body(world_.Send("DELETE", std::string(kBase) + "customeraccounts",
                       {{"Content-Type", "application/x-www-form-urlencoded"}}, "key=" + key_)),
      R"({"Content":null,"Errors":[{"Code":"KEY","Description":"Api Key is missing."}]})");
  EXPECT_EQ(Count(), CountIs(3));
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
