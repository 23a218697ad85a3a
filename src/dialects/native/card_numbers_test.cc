#include "dialects/native/card_numbers.h"

#include <gtest/gtest.h>

#include <string>

namespace oubli::dialects::native {
namespace {

TEST(CardNumbers, AreFoundHoweverTheyAreWritten) {
  for (const std::string text :
       {"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "41111111 - 11111111", "card: 4111111111111111!",
        "x4111111111111111y", "4111\n1111\t1111 1111",
        "4111\xC2\xA0"
        "1111\xC2\xA0"
        "1111\xC2\xA0"
        "1111",
        "378282246310005", "30569309025904", "6011000990139424", "5555555555554444",
        "2223003122003222", "4222222222222", "6304000000000000", "004111111111111111100",
        "1234567890 4111111111111111"}) {
    EXPECT_TRUE(HoldsCardNumber(text)) << text;
  }
}

TEST(CardNumbers, OtherTextsAreNotTaken) {
  for (const std::string text :
       {"", "411111", "1111", "101-192-0293", "+49 171 1234567", "4111111111111112", "411111111111",
        "1 Sample Street 4, 90854 Las Vegas", "4111 1111 abc 1111 1111", "0000000000000000",
        "1111111111111117", "9999999999999995", "12XXX56", "2030"}) {
    EXPECT_FALSE(HoldsCardNumber(text)) << text;
  }
}

TEST(CardNumbers, ATokenIsOneWhenItStandsForItself) {
  EXPECT_TRUE(IsCardNumber("4111111111111111"));
  EXPECT_TRUE(IsCardNumber("4111-1111-1111-1111"));
  EXPECT_TRUE(IsCardNumber("tok_4111111111111111"));
  EXPECT_FALSE(IsCardNumber("84596bea275fa254da820056bdc3e495bdf01fd11c51b0336347d447ee16200c"));
  EXPECT_FALSE(IsCardNumber("a4111111111111111f")) << "digits of a random text";
  EXPECT_FALSE(IsCardNumber("5364"));
  EXPECT_FALSE(IsCardNumber("00411111111111111100"));
}

}  // namespace
}  // namespace oubli::dialects::native
