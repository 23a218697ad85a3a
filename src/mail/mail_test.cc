// What a mail looks like, and settings that cannot work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "mail/transport.h"

namespace oubli::mail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MailTest, AMailHasItsHeadersAndLineEnds) {
  const auto bytes = FormatMail({"ann@example.com", "Hi", "a\nb\n", {}}, "shop@example.com",
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
    const auto bytes = FormatMail({bad, "Hi", "x", {}}, "s@e.c", "now", "1");
    ASSERT_FALSE(bytes) << bad;
    EXPECT_EQ(bytes.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(bytes.error().text, Not(HasSubstr("b.c")));
  }
  EXPECT_FALSE(FormatMail({"a@b.c", "Hi\nX: y", "x", {}}, "s@e.c", "now", "1"));
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

}  // namespace
}  // namespace oubli::mail
