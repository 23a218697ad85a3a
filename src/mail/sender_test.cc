// Which mails go, when, and to whom; over a transport that does as it is told.
#include "mail/sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "mail/testing/sender_fixture.h"
#include "mail/transport.h"

namespace oubli::mail {
namespace {

using customers::Customer;
using customers::StoreTransaction;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class FakeTransport final : public Transport {
 public:
  explicit FakeTransport(std::function<Status(const Mail&)> send) : send_(std::move(send)) {}
  Status Send(const Mail& mail) override { return send_(mail); }

 private:
  std::function<Status(const Mail&)> send_;
};

class SenderTest : public SenderFixture {
 protected:
  using Send = std::function<Status(const Mail&)>;

  std::unique_ptr<Sender> Make(Send send, Sender::Options options = {}) {
    options.page = "https://shop.example/password";
    return std::make_unique<Sender>(*stores_, std::make_unique<FakeTransport>(std::move(send)),
                                    std::move(options));
  }
  bool Tick(Send send) { return Make(std::move(send))->Tick(); }
};

TEST_F(SenderTest, EachMailGoesOnceToTheAddressOfNow) {
  Add("ann@example.com");
  const int64_t bob = Add("bob@example.com");
  ASSERT_TRUE(store_->WriteAndWait([&](StoreTransaction& transaction) -> Result<Customer> {
    OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, bob));
    customer->profile.email = "robert@example.com";
    return customers::UpdateCustomer(transaction, std::move(*customer));
  }));
  std::vector<std::string> sent;
  const auto send = [&](const Mail& mail) -> Status {
    sent.push_back(mail.to);
    EXPECT_THAT(mail.text, HasSubstr("the shop abc asks you"));
    EXPECT_THAT(mail.text, HasSubstr("https://shop.example/password"));
    return {};
  };
  EXPECT_TRUE(Tick(send));
  EXPECT_THAT(sent, ElementsAre("ann@example.com", "robert@example.com"));
  EXPECT_TRUE(Tick(send));
  EXPECT_EQ(sent.size(), 2U);
}

TEST_F(SenderTest, TheErasedGetNoMailAndNobodyInTheirPlace) {
  const int64_t ann = Add("ann@example.com");
  Erase(ann);
  // Another person with the old id and the old address.
  ASSERT_TRUE(store_->WriteAndWait([&](StoreTransaction& transaction) {
    Customer customer;
    customer.head.id = ann;
    customer.profile.email = "ann@example.com";
    return customers::CreateCustomer(transaction, customer);
  }));
  std::vector<std::string> sent;
  EXPECT_TRUE(Tick([&](const Mail& mail) -> Status {
    sent.push_back(mail.to);
    return {};
  }));
  EXPECT_THAT(sent, IsEmpty());
}

TEST_F(SenderTest, WhatCannotGoNowWaitsAndWhatNeverWillIsDropped) {
  Add("ann@example.com");
  Add("bob@example.com");
  int tries = 0;
  EXPECT_FALSE(Tick([&](const Mail&) -> Status {
    ++tries;
    return Fail(ErrorKind::kUnavailable, "down");
  }));
  EXPECT_EQ(tries, 1);
  EXPECT_EQ(Waiting(), 2U);
  EXPECT_TRUE(Tick([&](const Mail& mail) -> Status {
    if (mail.to == "ann@example.com") return Fail(ErrorKind::kInvalid, "no such address");
    return {};
  }));
  EXPECT_EQ(Waiting(), 0U);
}

TEST_F(SenderTest, OneThatCannotGoKeepsNoOtherWaiting) {
  for (int i = 0; i < 120; ++i) Add("bad" + std::to_string(i) + "@example.com");
  Add("zoe@example.com");
  std::vector<std::string> good;
  int refused = 0;
  const auto sender = Make([&](const Mail& mail) -> Status {
    if (mail.to.starts_with("bad")) {
      ++refused;
      return Fail(ErrorKind::kConflict, "greylisted");
    }
    good.push_back(mail.to);
    return {};
  });
  EXPECT_TRUE(sender->Tick());
  EXPECT_THAT(good, ElementsAre("zoe@example.com"));
  EXPECT_EQ(Waiting(), 120U);
  EXPECT_EQ(refused, 120);
  // Not at once again.
  EXPECT_TRUE(sender->Tick());
  EXPECT_EQ(refused, 120);
}

TEST_F(SenderTest, OneThatEndsTheServerKeepsNoOtherWaiting) {
  Add("poison@example.com");
  Add("bob@example.com");
  std::vector<std::string> sent;
  const auto sender = Make([&](const Mail& mail) -> Status {
    if (mail.to.starts_with("poison")) return Fail(ErrorKind::kUnavailable, "gone");
    sent.push_back(mail.to);
    return {};
  });
  EXPECT_FALSE(sender->Tick());
  EXPECT_THAT(sent, IsEmpty());
  EXPECT_FALSE(sender->Tick());
  EXPECT_THAT(sent, ElementsAre("bob@example.com"));
  EXPECT_EQ(Waiting(), 1U);
}

TEST_F(SenderTest, WhatWasPutOffIsTriedAgain) {
  Add("ann@example.com");
  int tries = 0;
  const auto sender = Make(
      [&](const Mail&) -> Status {
        if (++tries == 1) return Fail(ErrorKind::kConflict, "later");
        return {};
      },
      {.page = "", .first_retry_ms = 0});
  EXPECT_TRUE(sender->Tick());
  EXPECT_TRUE(sender->Tick());
  EXPECT_EQ(tries, 2);
  EXPECT_EQ(Waiting(), 0U);
}

// A store that nobody uses is closed, and its mail waits all the same; also after a restart.
TEST_F(SenderTest, MailInAClosedStoreGoes) {
  Add("ann@example.com");
  bool down = true;
  std::vector<std::string> sent;
  const Send send = [&](const Mail& mail) -> Status {
    if (down) return Fail(ErrorKind::kUnavailable, "down");
    sent.push_back(mail.to);
    return {};
  };
  const auto close = [&] {
    store_.reset();
    stores_->CloseIdle(0);
    EXPECT_THAT(stores_->OpenStores(), IsEmpty());
  };
  const auto sender = Make(send);
  EXPECT_FALSE(sender->Tick());
  close();
  down = false;
  EXPECT_TRUE(sender->Tick());
  EXPECT_THAT(sent, ElementsAre("ann@example.com"));

  store_ = stores_->Open(1).value();
  Add("bob@example.com");
  close();
  const auto after_restart = Make(send);
  EXPECT_TRUE(after_restart->Tick());  // looks
  EXPECT_TRUE(after_restart->Tick());  // sends
  EXPECT_THAT(sent, ElementsAre("ann@example.com", "bob@example.com"));
}

TEST_F(SenderTest, WhatIsSentIsNotSentAgainWhenTheNoteOfItFails) {
  Add("ann@example.com");
  int sent = 0;
  const auto sender = Make([&](const Mail&) -> Status {
    ++sent;
    return {};
  });
  const auto run = [&](const char* sql) {
    EXPECT_TRUE(store_->WriteAndWait(
        [&](StoreTransaction& transaction) { return transaction.connection().Execute(sql); }));
  };
  run("CREATE TRIGGER refuse BEFORE DELETE ON mail_request BEGIN SELECT RAISE(ABORT, 'full'); END");
  EXPECT_TRUE(sender->Tick());
  EXPECT_TRUE(sender->Tick());
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(Waiting(), 1U);
  run("DROP TRIGGER refuse");
  EXPECT_TRUE(sender->Tick());
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(Waiting(), 0U);
}

TEST_F(SenderTest, ACustomerThatCannotBeReadKeepsNoOtherWaiting) {
  const int64_t ann = Add("ann@example.com");
  Add("bob@example.com");
  ASSERT_TRUE(store_->WriteAndWait([&](StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(const auto head,
                     customers::FindHead(transaction, customers::OwnerKind::kCustomer, ann));
    return transaction.connection().Execute("UPDATE record SET sealed = x'00' WHERE ordinal = " +
                                            std::to_string(head->ordinal));
  }));
  std::vector<std::string> sent;
  EXPECT_TRUE(Tick([&](const Mail& mail) -> Status {
    sent.push_back(mail.to);
    return {};
  }));
  EXPECT_THAT(sent, ElementsAre("bob@example.com"));
  EXPECT_EQ(Waiting(), 1U);
}

// Neither the wait nor the log knows more than a number.
TEST_F(SenderTest, AMailThatWaitsNamesItsCustomerByNumberAlone) {
  Add("canary@example.com");
  auto view = store_->Read();
  auto select = (*view)->connection().Prepare("SELECT * FROM mail_request");
  ASSERT_TRUE(select && (*select)->Step().value());
  EXPECT_EQ((*select)->Text(3), "password_reset");
  for (int column : {0, 1, 2, 4}) EXPECT_GT((*select)->Int(column), 0) << column;
  EXPECT_THAT(FilesWith("canary@example.com"), IsEmpty());

  ::testing::internal::CaptureStderr();
  for (const ErrorKind kind :
       {ErrorKind::kUnavailable, ErrorKind::kConflict, ErrorKind::kInvalid}) {
    Tick([kind](const Mail&) -> Status { return Fail(kind, "no"); });
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("dropped"));
  EXPECT_THAT(log, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace oubli::mail
