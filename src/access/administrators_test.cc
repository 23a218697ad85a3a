#include "access/administrators.h"

#include <gmock/gmock.h>

#include "access/access_fixture.h"

namespace oubli::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kPassword = "correct horse battery";

class AdministratorsTest : public AccessFixture {
 protected:
  AdministratorsTest() {
    EXPECT_TRUE(stores_->Create("one"));
    EXPECT_TRUE(stores_->Create("two"));
  }
  Administrators administrators() { return Administrators(*file_, clock_); }
  int64_t NumberOf(const char* handle) { return stores_->Find(handle).value().number; }
};

TEST_F(AdministratorsTest, ASuperuserSeesEveryStoreAndThoseToCome) {
  const Administrator ada = administrators().Create("ada", kPassword, {}).value();
  EXPECT_TRUE(ada.superuser);
  EXPECT_TRUE(ada.MaySee(NumberOf("one")));
  EXPECT_TRUE(ada.MaySee(stores_->Create("three").value().number));
}

TEST_F(AdministratorsTest, AnAdministratorOfStoresSeesTheseAloneAlsoAfterARestart) {
  ASSERT_TRUE(administrators().Create("bob", kPassword, {"two", "two"}));
  Restart();
  const auto bob = administrators().SignIn("bob", kPassword).value();
  ASSERT_TRUE(bob);
  EXPECT_FALSE(bob->superuser);
  EXPECT_THAT(bob->stores, ElementsAre(NumberOf("two")));
  EXPECT_FALSE(bob->MaySee(NumberOf("one")));
  EXPECT_TRUE(bob->MaySee(NumberOf("two")));
}

TEST_F(AdministratorsTest, SigningInTakesTheRightNameAndPassword) {
  ASSERT_TRUE(administrators().Create("ada", kPassword, {}));
  EXPECT_FALSE(administrators().SignIn("ada", "wrong password").value());
  EXPECT_FALSE(administrators().SignIn("nobody", kPassword).value());
  EXPECT_FALSE(administrators().SignIn("ada", "").value());
  EXPECT_TRUE(administrators().SignIn("ada", kPassword).value());
}

TEST_F(AdministratorsTest, RefusesBadNamesPasswordsAndStores) {
  for (const char* name : {"", "Ada", "-ada", "a b", "a/b", "ü"}) {
    EXPECT_EQ(administrators().Create(name, kPassword, {}).error().kind, ErrorKind::kInvalid);
  }
  EXPECT_EQ(administrators().Create(std::string(64, 'a'), kPassword, {}).error().field, "name");
  EXPECT_EQ(administrators().Create("ada", "too short", {}).error().field, "password");
  EXPECT_EQ(administrators().Create("ada", kPassword, {"one", "nowhere"}).error().kind,
            ErrorKind::kNotFound);
  EXPECT_THAT(administrators().List().value(), IsEmpty());  // nothing half done
  ASSERT_TRUE(administrators().Create("ada", kPassword, {"one"}));
  EXPECT_EQ(administrators().Create("ada", kPassword, {}).error().kind, ErrorKind::kConflict);
  EXPECT_FALSE(administrators().List().value()[0].superuser);
}

TEST_F(AdministratorsTest, ANewPasswordEndsTheOldOneAndCountsUp) {
  const Administrator ada = administrators().Create("ada", kPassword, {}).value();
  ASSERT_TRUE(administrators().SetPassword("ada", "another long one"));
  EXPECT_FALSE(administrators().SignIn("ada", kPassword).value());
  EXPECT_TRUE(administrators().SignIn("ada", "another long one").value());
  EXPECT_EQ(administrators().Find(ada.id).value()->password_version, ada.password_version + 1);
  EXPECT_EQ(administrators().SetPassword("nobody", kPassword).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(administrators().SetPassword("ada", "short").error().kind, ErrorKind::kInvalid);
}

TEST_F(AdministratorsTest, WhoIsRemovedIsGoneAndTheirNumberIsNotGivenAgain) {
  const Administrator ada = administrators().Create("ada", kPassword, {"one"}).value();
  ASSERT_TRUE(administrators().Remove("ada"));
  EXPECT_FALSE(administrators().Find(ada.id).value());
  EXPECT_FALSE(administrators().SignIn("ada", kPassword).value());
  EXPECT_EQ(administrators().Remove("ada").error().kind, ErrorKind::kNotFound);
  const Administrator again = administrators().Create("ada", kPassword, {"two"}).value();
  EXPECT_GT(again.id, ada.id);
  EXPECT_THAT(again.stores, ElementsAre(NumberOf("two")));
}

TEST_F(AdministratorsTest, PasswordsAreInNoFile) {
  ASSERT_TRUE(administrators().Create("ada", kPassword, {}));
  EXPECT_THAT(FilesWith(kPassword), IsEmpty());
}

}  // namespace
}  // namespace oubli::access
