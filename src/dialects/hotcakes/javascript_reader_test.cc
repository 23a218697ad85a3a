#include "dialects/hotcakes/javascript_reader.h"

#include <gtest/gtest.h>

#include "base/countries.h"
#include "base/date_time.h"
#include "base/text.h"
#include "dialects/hotcakes/account_json.h"
#include "dialects/hotcakes/country_bvins.h"

namespace oubli::dialects::hotcakes {
namespace {

constexpr UnixMs kNow = 1'700'000'000'123;

std::string RefusalOf(std::string_view body) {
  const auto account = ReadAccount(body, kNow);
  return account ? "accepted" : account.error().description;
}

AccountDto Read(std::string_view body) {
  const auto account = ReadAccount(body, kNow);
  if (!account) ADD_FAILURE() << body << ": " << account.error().description;
  return account.value_or(AccountDto());
}

// The messages that the contract gives as literals come first.
TEST(JavaScriptReader, RefusesInTheWordsOfTheOriginal) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"not json", "Invalid JSON primitive: not."},
      {R"({"Email":"a")", R"(Invalid object passed in, ':' or '}' expected. (12): {"Email":"a")"},
      {R"({"Email":"a",})", "Invalid JSON primitive: ."},
      {"[]",
       "Type 'Hotcakes.CommerceDTO.v1.Membership.CustomerAccountDTO' is not supported for "
       "deserialization of an array."},
      {R"({"TaxExempt":null})", "Cannot convert null to a value type."},
      {R"({"TaxExempt":1})", "1 is not a valid value for Boolean."},
      {R"({"CreationDateUtc":"/Date(1700000000123)/"})",
       "/Date(1700000000123)/ is not a valid value for DateTime."},
      {R"({"TaxExempt":"yes"})", "yes is not a valid value for Boolean."},
      {R"({"FailedLoginCount":null})", "Cannot convert null to a value type."},
      {R"({"FailedLoginCount":1.5})", "1.5 is not a valid value for Int32."},
      {R"({"FailedLoginCount":3000000000})", "3000000000 is not a valid value for Int32."},
      {R"({"LastUpdatedUtc":1700000000123})", "1700000000123 is not a valid value for DateTime."},
      {R"({"LastUpdatedUtc":null})", "Cannot convert null to a value type."},
      {R"({"BillingAddress":{"AddressType":"Home"}})",
       "Home is not a valid value for AddressTypesDTO."},
      {R"({"ShippingAddress":"here"})",
       "Cannot convert object of type 'System.String' to type "
       "'Hotcakes.CommerceDTO.v1.Contacts.AddressDTO'"},
      {R"({"Email":[]})", "Type 'System.String' is not supported for deserialization of an array."},
      {R"({"Email":"a)", R"(Unterminated string passed in. (11): {"Email":"a)"},
      {R"({"Email":"\x"})", R"(Unrecognized escape sequence. (12): {"Email":"\x"})"},
      {R"({"Email":"😀)", R"(Unterminated string passed in. (12): {"Email":"😀)"},
      {R"({"Addresses":[1,]})",
       "Invalid array passed in, extra trailing ','. (17): "
       R"({"Addresses":[1,]})"},
      {R"({"Email" "a"})", R"(Invalid object passed in, ':' or '}' expected. (10): {"Email" "a"})"},
      {"{:1}", "Invalid object passed in, member name expected. (1): {:1}"},
      {"// comment", "Invalid JSON primitive: ."},
      {R"({"A":1e999})", "Invalid JSON primitive: 1e999."},
  };
  for (const auto& [body, description] : cases) EXPECT_EQ(RefusalOf(body), description) << body;
}

TEST(JavaScriptReader, WhatTheOriginalAnswersWithAServerErrorIsRefusedToo) {
  for (const char* body : {"", " \r\n", "null", "\xEF\xBB\xBF"})
    EXPECT_EQ(RefusalOf(body), "The request body is empty.") << body;
  EXPECT_EQ(RefusalOf(R"({"Addresses":null})"), "Addresses must not be null.");
  EXPECT_EQ(RefusalOf(R"({"Addresses":[null]})"), "An address must not be null.");
  EXPECT_EQ(RefusalOf(R"({"ShippingAddress":null})"), "ShippingAddress must not be null.");
  EXPECT_EQ(RefusalOf(R"({"BillingAddress":null})"), "BillingAddress must not be null.");
}

TEST(JavaScriptReader, ReadsLeniently) {
  const AccountDto account = Read(
      "\xEF\xBB\xBF { EMAIL : 'ann@example.com', \"firstname\":\"A\\u006e\\n\\/\", LastName:007, "
      "'Notes':true, PricingGroupId:12.50, unknown:{a:[1,{}]}, \"TaxExempt\":\" True \", "
      "FailedLoginCount:\"7\", Email2:null }\r\n");
  EXPECT_EQ(account.email, "ann@example.com");
  EXPECT_EQ(account.first_name, "An\n/");
  EXPECT_EQ(account.last_name, "7");
  EXPECT_EQ(account.notes, "True");
  EXPECT_EQ(account.pricing_group_id, "12.50");
  EXPECT_TRUE(account.tax_exempt);
}

TEST(JavaScriptReader, OfANameTwiceTheLastValueCounts) {
  EXPECT_EQ(Read(R"({"Email":"a","Email":"b"})").email, "b");
  EXPECT_EQ(Read(R"({"Email":"a","email":"c"})").email, "c");
}

TEST(JavaScriptReader, LeftOutMembersHaveTheDefaultsOfTheType) {
  const AccountDto account = Read("{}");
  EXPECT_EQ(account.email, "");
  EXPECT_FALSE(account.tax_exempt);
  EXPECT_TRUE(account.addresses.empty());
  EXPECT_TRUE(IsBlank(account.billing_address));
  EXPECT_EQ(account.billing_address.last_updated, kNow);
  EXPECT_EQ(account.billing_address.bvin, std::nullopt);
  EXPECT_EQ(Read(R"({"FirstName":null})").first_name, "");
}

TEST(JavaScriptReader, ReadsDates) {
  const auto date = [](std::string_view text) {
    return Read(R"({"BillingAddress":{"LastUpdatedUtc":)" + std::string(text) + "}}")
        .billing_address.last_updated;
  };
  EXPECT_EQ(date(R"("\/Date(1700000000123)\/")"), kNow);
  EXPECT_EQ(date(R"("\/Date(-1)\/")"), -1);
  EXPECT_EQ(date(R"("\/Date(1700000000123+0200)\/")"), kNow) << "the offset does not count";
  EXPECT_EQ(date(R"("2023-11-14T22:13:20.123Z")"), kNow);
  EXPECT_EQ(date(R"("2023-11-14")"), 1'699'920'000'000);
  EXPECT_EQ(date(R"("")"), kMinDateMs);
  EXPECT_EQ(RefusalOf(R"({"LastUpdatedUtc":"\/Date(99999999999999999)\/"})").substr(0, 5), "Ticks");
  EXPECT_EQ(RefusalOf(R"({"LastUpdatedUtc":"\/Date(x)\/"})"),
            "/Date(x)/ is not a valid value for DateTime.");
  EXPECT_EQ(RefusalOf(R"({"LastUpdatedUtc":'\/Date(1)\/'})"),
            "/Date(1)/ is not a valid value for DateTime.")
      << "only in double quotes";
}

TEST(JavaScriptReader, ReadsAddressTypesByNumberAndName) {
  const auto type = [](std::string_view text) {
    return Read(R"({"BillingAddress":{"AddressType":)" + std::string(text) + "}}")
        .billing_address.address_type;
  };
  EXPECT_EQ(type("2"), 2);
  EXPECT_EQ(type("\"99\""), 99);
  EXPECT_EQ(type("\"billingandshipping\""), 3);
  EXPECT_EQ(type("-17"), -17);
}

TEST(JavaScriptReader, JoinsSurrogatesAndReplacesHalves) {
  EXPECT_EQ(Read(R"({"Notes":"\ud83d\ude00"})").notes, "😀");
  EXPECT_EQ(Read(R"({"Notes":"\ud83dx\ude00"})").notes, "\uFFFDx\uFFFD");
  EXPECT_EQ(Read(R"({"Notes":"\ud83d"})").notes, "\uFFFD");
}

TEST(JavaScriptReader, HostileInputIsRefused) {
  EXPECT_EQ(RefusalOf("{\"Email\":\"\xFF\"}"), "The request body is not valid UTF-8.");
  EXPECT_EQ(RefusalOf(R"({"Email":"a\u0000"})"), "Email holds a control character.");
  EXPECT_EQ(RefusalOf(R"({"Addresses":[{"City":"\u0007"}]})"), "City holds a control character.");
  EXPECT_EQ(RefusalOf(R"({"Email":"\u12"})"), "Input string was not in a correct format.");
  const std::string deep = "{\"x\":" + std::string(100'000, '[');
  EXPECT_TRUE(RefusalOf(deep).starts_with("RecursionLimit exceeded. (104): "));
  EXPECT_LT(RefusalOf(deep).size(), 1100u) << "only so much is repeated";
  EXPECT_LT(RefusalOf(std::string(1'000'000, 'x')).size(), 1100u);
  std::string many = "{";
  for (int i = 0; i < 1001; ++i) many += "m" + std::to_string(i) + ":1,";
  EXPECT_EQ(RefusalOf(many + "x:1}"),
            "Operation is not valid due to the current state of the object.");
  std::string addresses = R"({"Addresses":[{})";
  for (int i = 0; i < 1000; ++i) addresses += ",{}";
  EXPECT_EQ(RefusalOf(addresses + "]}"), "An account holds at most 1000 addresses.");
}

// Whatever is cut off or damaged, an answer comes back and it is text that can be sent.
TEST(JavaScriptReader, EveryPrefixAndEveryFlippedByteIsReadOrRefused) {
  const std::string whole = R"({"Email":"a\u00e9\ud83d\ude00😀",'x':[1,-2.5e3,{"y":null}],)"
                            R"(d:"\/Date(1)\/","TaxExempt":true})";
  ASSERT_EQ(RefusalOf(whole), "accepted");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(RefusalOf(whole.substr(0, length)), "accepted") << length;
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(byte);
      const auto value = ReadJavaScript(damaged);
      if (!value) {
        ASSERT_TRUE(IsValidUtf8(value.error().description)) << at << " " << byte;
      }
    }
  }
}

TEST(AccountJson, EscapesAsTheOriginal) {
  AccountDto account;
  account.notes = "\"\\/'<>&\b\f\n\r\t\x01\u0085\u2028\u2029é😀";
  std::string json;
  JsonWriter writer(json, JsonWriter::Style::kHotcakes);
  AppendJson(writer, account);
  EXPECT_NE(
      json.find(R"("Notes":"\"\\/\u0027\u003c\u003e\u0026\b\f\n\r\t\u0001\u0085\u2028\u2029é😀")"),
      std::string::npos)
      << json;
  EXPECT_EQ(DateJson(-62'135'596'800'000), R"("\/Date(-62135596800000)\/")");
}

TEST(CountryBvins, AreStableAndReadBack) {
  EXPECT_EQ(CountryBvinOf("US"), "bf7389a2-9b21-4d33-b276-23c9c18ea0c0");
  EXPECT_EQ(CountryBvinOf("DE"), "00000000-0000-4000-8000-000000004445");
  for (const Country& country : Countries())
    EXPECT_EQ(CountryCodeOf(CountryBvinOf(country.alpha2)), country.alpha2);
  EXPECT_EQ(CountryCodeOf("BF7389A2-9B21-4D33-B276-23C9C18EA0C0"), "US");
  EXPECT_EQ(CountryCodeOf("de"), "DE");
  EXPECT_EQ(CountryCodeOf("DEU"), "DE");
  EXPECT_EQ(CountryCodeOf("00000000-0000-4000-8000-00000000ffff"), "");
  EXPECT_EQ(CountryCodeOf("00000000-0000-4000-8000-0000000044"), "");
  EXPECT_EQ(CountryCodeOf(""), "");
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
