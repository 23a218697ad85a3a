// SMTP, spoken with a server of our own that is good, bad, silent or gone; and what becomes of the
// mails that wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "crypto/random.h"
#include "mail/sender.h"
#include "mail/testing/fake_smtp.h"
#include "mail/testing/sender_fixture.h"
#include "mail/transport.h"

namespace oubli::mail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SmtpTest : public SenderFixture {
 protected:
  SmtpTest() { crypto::Initialize(); }

  static Status SendTo(const FakeSmtp& server, Mail mail = {"ann@example.com", "Hi", "x\n", {}}) {
    return MakeSmtp(server.Url(), "shop@example.com", 1)->Send(mail);
  }
  // One round of a sender over this server.
  bool Round(const std::string& url, Sender::Options options = {}) {
    Sender sender(*stores_, MakeSmtp(url, "shop@example.com", 1), std::move(options));
    return sender.Tick();
  }
};

TEST_F(SmtpTest, AMailIsSpoken) {
  FakeSmtp server;
  const Status sent = SendTo(server, {"ann@example.com", "Hi", "line\n.dot\n", {}});
  EXPECT_TRUE(sent) << sent.error().text;
  EXPECT_EQ(server.taken(), 1);
  const std::string received = server.Received();
  EXPECT_THAT(received, HasSubstr("MAIL FROM:<shop@example.com>"));
  EXPECT_THAT(received, HasSubstr("RCPT TO:<ann@example.com>"));
  EXPECT_THAT(received, HasSubstr("Subject: Hi\r\n"));
  EXPECT_THAT(received, HasSubstr("line\r\n..dot\r\n"));
}

// What a server says at each step, and what that means for the mail. No text of it is repeated.
TEST_F(SmtpTest, EachRefusalIsToldApart) {
  constexpr ErrorKind kNever = ErrorKind::kInvalid;
  constexpr ErrorKind kThisOneLater = ErrorKind::kConflict;
  constexpr ErrorKind kNoneNow = ErrorKind::kUnavailable;
  const struct {
    const char* step;
    const char* reply;
    ErrorKind kind;
  } cases[] = {
      {"RCPT", "550 nobody of that name: ann@example.com", kNever},
      {"RCPT", "550 5.1.1 no such user ann@example.com", kNever},
      {"RCPT", "551 gone to bob@example.com", kNever},
      {"RCPT", "553 5.1.3 bad address syntax", kNever},
      {"RCPT", "550 5.7.1 relaying denied", kThisOneLater},
      {"RCPT", "554 5.7.1 ann@example.com: Relay access denied", kThisOneLater},
      {"RCPT", "450 4.2.0 greylisted", kThisOneLater},
      {"RCPT", "452 4.2.2 mailbox full", kThisOneLater},
      {"DATA", "554 no valid recipients", kThisOneLater},
      {".", "554 5.7.1 looks like spam to ann@example.com", kThisOneLater},
      {".", "451 try again", kThisOneLater},
      {"MAIL", "550 5.7.1 sender rejected", kNoneNow},
      {"MAIL", "530 5.7.0 authentication required", kNoneNow},
      {"MAIL", "452 out of disk", kNoneNow},
      {"RCPT", "421 closing", kNoneNow},
      {"banner", "554 no service", kNoneNow},
      {"EHLO", FakeSmtp::kCut, kNoneNow},
      {"banner", FakeSmtp::kCut, kNoneNow},
      {"MAIL", FakeSmtp::kCut, kNoneNow},
      {"RCPT", FakeSmtp::kCut, kNoneNow},
      {"DATA", FakeSmtp::kCut, kNoneNow},
      {".", FakeSmtp::kCut, kNoneNow},
      {"banner", FakeSmtp::kHang, kNoneNow},
      {"RCPT", FakeSmtp::kHang, kNoneNow},
      {".", FakeSmtp::kHang, kNoneNow},
  };
  for (const auto& c : cases) {
    FakeSmtp server(FakeSmtp::Replies{{c.step, c.reply}});
    const Status sent = SendTo(server);
    ASSERT_FALSE(sent) << c.step << " " << c.reply;
    EXPECT_EQ(std::string(ErrorKindName(sent.error().kind)), ErrorKindName(c.kind))
        << c.step << " " << c.reply;
    EXPECT_THAT(sent.error().text, Not(HasSubstr("@"))) << c.step << " " << c.reply;
  }
  std::string gone;
  {
    FakeSmtp server;
    gone = server.Url();
  }
  const Status sent = MakeSmtp(gone, "s@example.com", 1)->Send({"ann@example.com", "Hi", "x", {}});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(sent.error().text, Not(HasSubstr("@")));
}

TEST_F(SmtpTest, ASendThatHangsIsInterrupted) {
  FakeSmtp server(FakeSmtp::Replies{{"RCPT", FakeSmtp::kHang}});
  const auto smtp = MakeSmtp(server.Url(), "s@example.com", 60);
  const auto begin = std::chrono::steady_clock::now();
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    smtp->Interrupt();
  });
  const Status sent = smtp->Send({"ann@example.com", "Hi", "x", {}});
  other.join();
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

// ---- the mails that wait ----

TEST_F(SmtpTest, AServerThatHangsRefusesOrCutsOffLosesNothing) {
  Add("ann@example.com");
  Add("bob@example.com");
  for (const char* step : {"banner", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    for (const char* fault : {FakeSmtp::kCut, FakeSmtp::kHang, "421 closing"}) {
      if (fault == std::string(FakeSmtp::kHang) && step != std::string("DATA")) continue;
      // To a server that does not take EHLO curl says HELO.
      FakeSmtp server(
          FakeSmtp::Replies{{step, fault}, {step == std::string("EHLO") ? "HELO" : "none", fault}});
      EXPECT_FALSE(Round(server.Url())) << step << " " << fault;
      EXPECT_EQ(Waiting(), 2U) << step << " " << fault;
    }
  }
  {
    FakeSmtp server(FakeSmtp::Replies{{"RCPT", "450 greylisted"}});
    EXPECT_TRUE(Round(server.Url()));
    EXPECT_EQ(Waiting(), 2U);
  }
  FakeSmtp good;
  EXPECT_TRUE(Round(good.Url()));
  EXPECT_EQ(Waiting(), 0U);
  EXPECT_EQ(good.taken(), 2);
}

TEST_F(SmtpTest, WhoIsErasedWhileTheServerThinksGetsNoMail) {
  for (const char* step : {"banner", "EHLO", "MAIL", "RCPT", "DATA"}) {
    const int64_t ann = Add("ann@example.com");
    bool erased = false;
    FakeSmtp server({}, [&](const std::string& now) {
      if (now == step && !std::exchange(erased, true)) Erase(ann);
    });
    EXPECT_TRUE(Round(server.Url())) << step;
    EXPECT_TRUE(erased) << step;
    EXPECT_EQ(server.taken(), 0) << step;
    EXPECT_THAT(server.Received(), Not(HasSubstr("To: <ann"))) << step;
    EXPECT_EQ(Waiting(), 0U) << step;
  }
}

}  // namespace
}  // namespace oubli::mail
