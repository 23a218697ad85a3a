#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "access/access_fixture.h"
#include "crypto/random.h"
#include "customers/customers.h"
#include "customers/mail_request.h"
#include "erasure/eraser.h"
#include "mail/sender.h"
#include "mail/transport.h"

namespace oubli::mail {
namespace {

using customers::Customer;
using customers::StoreTransaction;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// ---- what a mail looks like ----

TEST(MailTest, AMailHasItsHeadersAndLineEnds) {
  const auto bytes = FormatMail({"ann@example.com", "Hi", "a\nb\n"}, "shop@example.com",
                                "Tue, 01 Sep 2026 10:00:00 +0000", "1@example.com");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes,
            "Date: Tue, 01 Sep 2026 10:00:00 +0000\r\nFrom: <shop@example.com>\r\n"
            "To: <ann@example.com>\r\nSubject: Hi\r\nMessage-ID: <1@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 8bit\r\n\r\na\r\nb\r\n");
}

TEST(MailTest, AnAddressNeverBecomesAHeaderOrTwoAddresses) {
  for (const char* bad :
       {"", "ann", "ann@", "@example.com", "a@b@c", "a b@example.com", "a@b.c\r\nBcc: x@y.z",
        "a@b.c\nX", "<a@b.c>", "a@b.c,d@e.f", "\"a\"@b.c", "a\x01@b.c", "\xff@b.c"}) {
    const auto bytes = FormatMail({bad, "Hi", "x"}, "s@e.c", "now", "1");
    ASSERT_FALSE(bytes) << bad;
    EXPECT_EQ(bytes.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(bytes.error().text, Not(HasSubstr("b.c")));
  }
  EXPECT_FALSE(FormatMail({"a@b.c", "Hi\nX: y", "x"}, "s@e.c", "now", "1"));
}

TEST(MailTest, SettingsThatCannotWorkAreRefused) {
  EXPECT_TRUE(CheckSmtp("smtp://mail.example.com:587", "shop@example.com"));
  EXPECT_TRUE(CheckSmtp("smtps://u:p@mail.example.com", "shop@example.com"));
  for (const auto& [url, from] :
       std::vector<std::pair<std::string, std::string>>{{"mail.example.com", "a@b.c"},
                                                        {"http://mail.example.com", "a@b.c"},
                                                        {"file:///etc/passwd", "a@b.c"},
                                                        {"smtp://", "a@b.c"},
                                                        {"smtp://mail.example.com", ""},
                                                        {"smtp://mail.example.com", "shop"}}) {
    EXPECT_FALSE(CheckSmtp(url, from)) << url << from;
  }
}

// ---- SMTP, spoken with a server of our own ----

// Serves one connection: answers each line by what `reply` says to it, and keeps all that came.
class FakeServer {
 public:
  explicit FakeServer(std::string rcpt_reply) : rcpt_reply_(std::move(rcpt_reply)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 1);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~FakeServer() {
    shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    close(listener_);
  }
  std::string Url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  const std::string& Received() {
    thread_.join();
    return received_;
  }

 private:
  void Serve() {
    const int peer = accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    Say(peer, "220 test ready");
    std::string line;
    bool body = false;
    char c = 0;
    while (recv(peer, &c, 1, 0) == 1) {
      received_ += c;
      line += c;
      if (c != '\n') continue;
      if (body) {
        if (line == ".\r\n") {
          body = false;
          Say(peer, "250 taken");
        }
      } else if (line.starts_with("DATA")) {
        body = true;
        Say(peer, "354 go on");
      } else if (line.starts_with("RCPT")) {
        Say(peer, rcpt_reply_);
      } else if (line.starts_with("QUIT")) {
        Say(peer, "221 bye");
        break;
      } else {
        Say(peer, "250 fine");
      }
      line.clear();
    }
    close(peer);
  }
  static void Say(int peer, const std::string& text) {
    const std::string line = text + "\r\n";
    EXPECT_EQ(send(peer, line.data(), line.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(line.size()));
  }

  const std::string rcpt_reply_;
  int listener_ = -1;
  int port_ = 0;
  std::string received_;
  std::thread thread_;
};

TEST(SmtpTest, AMailIsSpoken) {
  crypto::Initialize();
  FakeServer server("250 fine");
  const auto smtp = MakeSmtp(server.Url(), "shop@example.com");
  const Status sent = smtp->Send({"ann@example.com", "Hi", "line\n.dot\n"});
  EXPECT_TRUE(sent) << sent.error().text;
  const std::string& received = server.Received();
  EXPECT_THAT(received, HasSubstr("MAIL FROM:<shop@example.com>"));
  EXPECT_THAT(received, HasSubstr("RCPT TO:<ann@example.com>"));
  EXPECT_THAT(received, HasSubstr("Subject: Hi\r\n"));
  EXPECT_THAT(received, HasSubstr("line\r\n..dot\r\n"));
}

TEST(SmtpTest, RefusalsAndSilenceAreToldApartWithoutTheAddress) {
  crypto::Initialize();
  {
    FakeServer server("550 nobody of that name: ann@example.com");
    const Status sent =
        MakeSmtp(server.Url(), "s@example.com")->Send({"ann@example.com", "Hi", "x"});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(sent.error().text, Not(HasSubstr("ann@")));
  }
  // About this mail: an address that the server does not like keeps no other mail waiting.
  for (const char* reply : {"451 later", "450 4.1.2 domain not found", "501 5.1.3 bad address"}) {
    FakeServer server(reply);
    const Status sent = MakeSmtp(server.Url(), "s@example.com")->Send({"a@example.com", "Hi", "x"});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, ErrorKind::kTooMany) << reply;
  }
  {
    FakeServer server("421 good-bye");
    const Status sent = MakeSmtp(server.Url(), "s@example.com")->Send({"a@example.com", "Hi", "x"});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
  }
  std::string gone;
  {
    FakeServer server("250 fine");
    gone = server.Url();
  }
  const Status sent = MakeSmtp(gone, "s@example.com")->Send({"a@example.com", "Hi", "x"});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
}

// ---- the loop ----

class FakeTransport final : public Transport {
 public:
  explicit FakeTransport(std::function<Status(const Mail&)> send) : send_(std::move(send)) {}
  Status Send(const Mail& mail) override { return send_(mail); }

 private:
  std::function<Status(const Mail&)> send_;
};

class SenderTest : public access::AccessFixture {
 protected:
  SenderTest() {
    EXPECT_TRUE(stores_->Create("abc"));
    store_ = stores_->Open(1).value();
  }
  ~SenderTest() override { store_.reset(); }

  int64_t Add(const std::string& email) {
    const auto id = store_->WriteAndWait([&](StoreTransaction& transaction) -> Result<int64_t> {
      Customer customer;
      customer.profile.email = email;
      OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, customer));
      OUBLI_TRY(
          customers::AddMailRequest(transaction, customer.head, customers::kPasswordResetMail));
      return customer.head.id;
    });
    return id.value();
  }
  void Erase(int64_t id) {
    std::promise<void> done;
    erasure::Erase(*store_, customers::OwnerKind::kCustomer, {id},
                   [&](const Result<erasure::Outcome>& outcome) {
                     EXPECT_TRUE(outcome);
                     done.set_value();
                   });
    done.get_future().wait();
  }
  size_t Waiting() {
    auto view = store_->Read();
    return customers::ListMailRequests(**view, 100).value().size();
  }
  bool Tick(std::function<Status(const Mail&)> send) {
    Sender sender(*stores_, std::make_unique<FakeTransport>(std::move(send)),
                  {.page = "https://shop.example/password"});
    return sender.Tick();
  }

  std::shared_ptr<customers::Store> store_;
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

// One customer's address must not stop the mails of everybody: anybody can become such a customer.
TEST_F(SenderTest, AMailThatIsRefusedForNowKeepsNoOtherWaiting) {
  constexpr size_t kRefused = 60;  // more than are read at a time
  for (size_t i = 0; i < kRefused; ++i) Add("bad" + std::to_string(i) + "@example.com");
  Add("ann@example.com");
  size_t tries = 0;
  std::vector<std::string> sent;
  const auto send = [&](const Mail& mail) -> Status {
    if (!mail.to.starts_with("bad")) {
      sent.push_back(mail.to);
      return {};
    }
    ++tries;
    return Fail(ErrorKind::kTooMany, "not now");
  };
  Sender sender(*stores_, std::make_unique<FakeTransport>(send),
                {.page = "", .wait_after_failure_ms = 200});
  EXPECT_TRUE(sender.Tick());
  EXPECT_THAT(sent, ElementsAre("ann@example.com"));
  EXPECT_EQ(tries, kRefused);
  // Not at once again, and not for ever not.
  EXPECT_TRUE(sender.Tick());
  EXPECT_EQ(tries, kRefused);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_TRUE(sender.Tick());
  EXPECT_EQ(tries, 2 * kRefused);
  EXPECT_EQ(Waiting(), kRefused);
}

}  // namespace
}  // namespace oubli::mail
