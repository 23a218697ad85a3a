// Restores of what may act by itself afterwards: users of a loyalty account, and mails that wait.
#include "backup/restore_fixture.h"
#include "customers/account_users.h"
#include "customers/heads.h"
#include "customers/mail_request.h"

namespace oubli::backup {
namespace {

using customers::AccountUser;
using customers::StoreTransaction;
using Campaigns = std::set<int64_t>;

class RestoredUsersTest : public RestoreTest {
 protected:
  AccountUser NewUser(const std::string& user_id, int64_t permissions, Campaigns campaigns) {
    const auto made =
        store_->WriteAndWait([&](StoreTransaction& transaction) -> Result<AccountUser> {
          AccountUser user;
          user.user_id = user_id;
          user.permissions = permissions;
          user.campaigns = std::move(campaigns);
          return customers::CreateAccountUser(transaction, user, "key-of-" + user_id);
        });
    EXPECT_TRUE(made);
    return made.value_or(AccountUser());
  }
  Status Update(AccountUser user, int64_t permissions, Campaigns campaigns,
                const std::string& key = "") {
    user.permissions = permissions;
    user.campaigns = std::move(campaigns);
    return store_->WriteAndWait([&](StoreTransaction& transaction) {
      return customers::UpdateAccountUser(transaction, user, key);
    });
  }
  Status Delete(const std::string& user_id) {
    return store_->WriteAndWait([&](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(const bool was, customers::DeleteAccountUser(transaction, user_id));
      EXPECT_TRUE(was);
      return {};
    });
  }
  std::optional<AccountUser> ByKey(const std::string& user_id, const std::string& key) {
    customers::StoreReader reader = store_->Read().value();
    return customers::FindAccountUserByKey(*reader, user_id, key).value();
  }
  std::optional<AccountUser> ByKey(const std::string& user_id) {
    return ByKey(user_id, "key-of-" + user_id);
  }
  size_t Users() {
    customers::StoreReader reader = store_->Read().value();
    return customers::ListAccountUsers(*reader).value().size();
  }
};

TEST_F(RestoredUsersTest, WhatWasWithdrawnStaysWithdrawn) {
  NewUser("kept", 7, {1, 2});
  NewUser("deleted", 7, {1});
  const AccountUser rotated = NewUser("rotated", 7, {1});
  const AccountUser less = NewUser("less", 7, {1, 2});
  const AccountUser more = NewUser("more", 1, {2});
  NewUser("anew", 7, {});
  const std::string set = BackUp();
  ASSERT_TRUE(Delete("deleted"));
  ASSERT_TRUE(Update(rotated, 7, {1}, "another key"));
  ASSERT_TRUE(Update(less, 9, {2, 3}));
  ASSERT_TRUE(Update(more, 3, {2, 3}));
  // A user who came in the place of another has the name alone in common, even with the same key.
  ASSERT_TRUE(Delete("anew"));
  NewUser("anew", 7, {});
  const AccountUser later = NewUser("later", 7, {});
  Close();
  MustRestore(set);
  EXPECT_EQ(report().withdrawn_users, 4);
  Open();
  ASSERT_TRUE(ByKey("kept"));
  EXPECT_EQ(ByKey("kept")->permissions, 7);
  EXPECT_EQ(ByKey("kept")->campaigns, (Campaigns{1, 2}));
  EXPECT_FALSE(ByKey("deleted"));
  EXPECT_FALSE(ByKey("rotated"));
  EXPECT_FALSE(ByKey("rotated", "another key"));
  EXPECT_FALSE(ByKey("anew"));
  ASSERT_TRUE(ByKey("less"));
  EXPECT_EQ(ByKey("less")->permissions, 1);
  EXPECT_EQ(ByKey("less")->campaigns, (Campaigns{2}));
  ASSERT_TRUE(ByKey("more"));
  EXPECT_EQ(ByKey("more")->permissions, 1) << "what was given since is given up";
  EXPECT_EQ(ByKey("more")->campaigns, (Campaigns{2}));
  EXPECT_FALSE(ByKey("later"));
  EXPECT_EQ(Users(), 3U);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM account_user_campaign"), 4) << "none of who is gone";
  EXPECT_GT(NewUser("deleted", 1, {}).id, later.id);
}

TEST_F(RestoredUsersTest, NobodyChangedIsNobodyWithdrawn) {
  NewUser("kept", 7, {1});
  const std::string set = BackUp();
  Close();
  MustRestore(set);
  EXPECT_EQ(report().withdrawn_users, 0);
  Open();
  ASSERT_TRUE(ByKey("kept"));
  EXPECT_EQ(ByKey("kept")->permissions, 7);
  EXPECT_EQ(ByKey("kept")->campaigns, (Campaigns{1}));
}

TEST_F(RestoredUsersTest, WithoutTheDataUsersAreThoseOfTheBackup) {
  NewUser("deleted", 7, {1});
  const std::string set = BackUp();
  ASSERT_TRUE(Delete("deleted"));
  Close();
  LoseData();
  MustRestore(set);
  EXPECT_EQ(report().withdrawn_users, -1);
  Open();
  ASSERT_TRUE(ByKey("deleted")) << "nobody knows better";
  EXPECT_EQ(ByKey("deleted")->campaigns, (Campaigns{1}));
}

TEST_F(RestoredUsersTest, WithoutTheDataAndUsersThereIsNothingToTell) {
  const std::string set = BackUp();
  Close();
  LoseData();
  MustRestore(set);
  EXPECT_EQ(report().withdrawn_users, 0);
}

TEST_F(RestoredUsersTest, MailsThatWaitedAreNotSentAgain) {
  const int64_t ann = Create("ann");
  const auto request = [&] {
    return store_->WriteAndWait([&](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(const auto head,
                       customers::FindHead(transaction, customers::OwnerKind::kCustomer, ann));
      return customers::AddMailRequest(transaction, *head, customers::kPasswordResetMail);
    });
  };
  ASSERT_TRUE(request());
  const std::string set = BackUp();
  ASSERT_EQ(Count("SELECT COUNT(*) FROM mail_request"), 1);
  ASSERT_TRUE(store_->WriteAndWait([](StoreTransaction& transaction) {
    return customers::DeleteMailRequest(transaction, 1);  // as when it has been sent
  }));
  ASSERT_EQ(Count("SELECT COUNT(*) FROM mail_request"), 0);
  Close();
  MustRestore(set);
  Open();
  EXPECT_EQ(Living(), (People{{ann, "ann"}}));
  EXPECT_EQ(Count("SELECT COUNT(*) FROM mail_request"), 0);
  ASSERT_TRUE(request());
  EXPECT_GT(Count("SELECT MIN(no) FROM mail_request"), kCounterGap) << "a new one waits";
}

}  // namespace
}  // namespace oubli::backup
