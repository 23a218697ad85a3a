#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/secret_hash.h"

namespace oubli::crypto {
namespace {

class CryptoTest : public testing::Test {
 protected:
  void SetUp() override { Initialize(); }
};

TEST_F(CryptoTest, SealedBytesOpenOnlyInTheirPlaceAndUnderTheirKey) {
  const Key key = Key::Random();
  const std::string sealed = Seal(key, "Sally Smithers", "row 1");
  EXPECT_EQ(sealed.size(), 14 + kSealOverhead);
  EXPECT_EQ(sealed.find("Sally"), std::string::npos);
  EXPECT_EQ(Open(key, sealed, "row 1").value(), "Sally Smithers");
  EXPECT_EQ(Open(key, sealed, "row 2").error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(Open(Key::Random(), sealed, "row 1").error().kind, ErrorKind::kCorrupt);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string torn = sealed;
    torn[i] = static_cast<char>(torn[i] ^ 1);
    EXPECT_FALSE(Open(key, torn, "row 1")) << i;
    EXPECT_FALSE(Open(key, std::string_view(sealed).substr(0, i), "row 1")) << i;
  }
}

TEST_F(CryptoTest, SealingTwiceGivesDifferentBytes) {
  const Key key = Key::Random();
  EXPECT_NE(Seal(key, "x", ""), Seal(key, "x", ""));
}

TEST_F(CryptoTest, TokensDependOnKeyFieldAndValue) {
  const Key key = Key::Random();
  const std::string token = BlindToken(key, "email", "a@example.com");
  EXPECT_EQ(token.size(), 16u);
  EXPECT_EQ(token, BlindToken(key, "email", "a@example.com"));
  EXPECT_NE(token, BlindToken(key, "email", "b@example.com"));
  EXPECT_NE(token, BlindToken(key, "code", "a@example.com"));
  EXPECT_NE(token, BlindToken(Key::Random(), "email", "a@example.com"));
  EXPECT_NE(BlindToken(key, "ab", "c"), BlindToken(key, "a", "bc"));
}

TEST_F(CryptoTest, KeyedNumbersFitIntoFiftyTwoBits) {
  const Key key = Key::Random();
  std::set<uint64_t> numbers;
  for (int i = 0; i < 1000; ++i) {
    const uint64_t number = KeyedNumber(key, "t", std::to_string(i));
    EXPECT_LT(number, uint64_t{1} << 52);
    numbers.insert(number);
  }
  EXPECT_EQ(numbers.size(), 1000u);
}

TEST_F(CryptoTest, PasswordsVerifyAndAnAbsentHashMatchesNothing) {
  const std::string hash = HashPassword("string123");
  EXPECT_EQ(hash.rfind("$argon2id$", 0), 0u);
  EXPECT_TRUE(VerifyPassword(hash, "string123"));
  EXPECT_FALSE(VerifyPassword(hash, "string124"));
  EXPECT_FALSE(VerifyPassword("", "nobody has this password"));
  EXPECT_FALSE(VerifyPassword("not a hash", "string123"));
}

TEST_F(CryptoTest, RandomTextHasTheFormItPromises) {
  EXPECT_EQ(RandomDigits(16).size(), 16u);
  EXPECT_TRUE(IsDigits(RandomDigits(16)));
  EXPECT_NE(RandomDigits(16)[0], '0');
  EXPECT_EQ(RandomHex(31).size(), 31u);
  const std::string uuid = RandomUuid();
  EXPECT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  for (int i = 0; i < 100; ++i) EXPECT_LT(RandomBelow(7), 7u);
}

TEST_F(CryptoTest, ConstantTimeEqualCompares) {
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
  EXPECT_TRUE(ConstantTimeEqual("", ""));
}

}  // namespace
}  // namespace oubli::crypto
