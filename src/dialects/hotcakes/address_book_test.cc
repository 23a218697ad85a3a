// Addresses shared with the other dialects: what this one cannot say has to survive it.
#include "dialects/hotcakes/address_book.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "dialects/hotcakes/test_world.h"

namespace oubli::dialects::hotcakes {
namespace {

using customers::Address;
using customers::AddressRole;
using ::testing::ElementsAre;

class AddressBookTest : public TestWorld {
 protected:
  void SetUp() override {
    store_ = world_.OpenStore("abc");
    auto created = store_->WriteAndWait([](customers::StoreTransaction& transaction) {
      customers::Customer customer;
      customer.profile.email = "ann@example.com";
      customer.profile.gender = "f";
      customer.profile.code = "CARD-1";
      customer.profile.form_fields = {{"Size", {"M"}}};
      return customers::CreateCustomer(transaction, customer);
    });
    ASSERT_TRUE(created.has_value());
    head_ = created->head;
  }
  // Another dialect's address.
  Address Put(Address address) {
    return *store_->WriteAndWait([&](customers::StoreTransaction& transaction) {
      return customers::PutAddress(transaction, head_, address);
    });
  }
  static Address Foreign(std::string_view city, int64_t roles) {
    Address address;
    address.city = city;
    address.roles = roles;
    address.state = "California";
    address.country_code = "US";
    address.mobile = "0660";
    address.commercial = true;
    address.form_fields = {{"Doorbell", {"2"}}};
    return address;
  }
  std::vector<Address> List() {
    auto reader = store_->Read();
    auto listed = customers::ListAddresses(**reader, head_);
    return listed ? *listed : std::vector<Address>();
  }
  AccountDto Account() {
    AccountDto account;
    account.bvin = std::to_string(head_.id);
    account.email = "ann@example.com";
    FillAddresses(List(), account);
    return account;
  }
  void Update(const AccountDto& account) {
    std::string json;
    JsonWriter writer(json, JsonWriter::Style::kHotcakes);
    AppendJson(writer, account);
    EXPECT_NE(Post("customeraccounts/" + account.bvin, json), kNullContent);
  }
  std::vector<std::string> BookCities() {
    std::vector<std::string> cities;
    for (const AddressDto& address : Account().addresses) cities.push_back(address.city);
    return cities;
  }

  std::shared_ptr<customers::Store> store_;
  customers::Head head_;
};

void ExpectForeignPartKept(const Address& address) {
  EXPECT_EQ(address.mobile, "0660");
  EXPECT_TRUE(address.commercial);
  ASSERT_EQ(address.form_fields.size(), 1u);
  EXPECT_EQ(address.form_fields[0].name, "Doorbell");
}

TEST_F(AddressBookTest, ShowsWhatOtherDialectsWrote) {
  const Address stored = Put(Foreign("Los Angeles", AddressRole::kBook | AddressRole::kBilling));
  const AccountDto account = Account();
  ASSERT_EQ(account.addresses.size(), 1u);
  EXPECT_EQ(account.addresses[0].bvin,
            "00000000-0000-4000-9000-00000000000" + std::to_string(stored.id));
  EXPECT_EQ(account.addresses[0].region_name, "California");
  EXPECT_EQ(account.addresses[0].country_bvin, "bf7389a2-9b21-4d33-b276-23c9c18ea0c0");
  EXPECT_EQ(account.addresses[0].country_name, "United States");
  EXPECT_TRUE(SameInput(account.addresses[0], account.billing_address));
  EXPECT_TRUE(IsBlank(account.shipping_address));
}

TEST_F(AddressBookTest, AnAccountSentBackAsReadLeavesAddressesAlone) {
  const Address before = Put(Foreign("Los Angeles", AddressRole::kBook | AddressRole::kPrimary));
  Put(Foreign("Reno", AddressRole::kShipping));
  world_.clock().Advance(5000);
  Update(Account());
  const auto after = List();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].modified_at, before.modified_at) << "not even written again";
  EXPECT_EQ(after[0].roles, before.roles);
  EXPECT_EQ(after[0].state, "California");
  EXPECT_TRUE(after[0].extra.empty());
  auto reader = store_->Read();
  const auto customer = *customers::FindCustomer(**reader, head_.id);
  EXPECT_EQ(customer->profile.gender, "f");
  EXPECT_EQ(customer->profile.code, "CARD-1");
  EXPECT_EQ(customer->profile.form_fields.size(), 1u);
}

TEST_F(AddressBookTest, AChangeKeepsIdRolesAndWhatItCannotSay) {
  const Address before = Put(Foreign("Los Angeles", AddressRole::kBook | AddressRole::kPrimary));
  AccountDto account = Account();
  account.addresses[0].city = "Fresno";
  Update(account);
  const auto after = List();
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].id, before.id);
  EXPECT_EQ(after[0].roles, before.roles);
  EXPECT_EQ(after[0].city, "Fresno");
  EXPECT_EQ(after[0].state, "California");
  EXPECT_EQ(after[0].country_code, "US");
  ExpectForeignPartKept(after[0]);
}

TEST_F(AddressBookTest, AnAddressWithoutABvinIsKnownByItsContent) {
  const Address before = Put(Foreign("Los Angeles", AddressRole::kBook));
  AccountDto account = Account();
  account.addresses[0].bvin.reset();
  account.addresses[0].city = " LOS ANGELES ";
  Update(account);
  const auto after = List();
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].id, before.id);
  ExpectForeignPartKept(after[0]);
  EXPECT_EQ(Account().addresses[0].bvin, std::nullopt) << "as posted";
}

TEST_F(AddressBookTest, AnAddressWithoutABvinThatChangesInItsPlaceIsStillTheSame) {
  AccountDto account = Account();
  account.addresses.resize(2);
  account.addresses[0].city = "Linz";
  account.addresses[1].city = "Graz";
  Update(account);
  std::vector<Address> made = List();
  ASSERT_EQ(made.size(), 2u);
  ASSERT_FALSE(Account().addresses[0].bvin);
  made[0].mobile = "0660";
  made[0].commercial = true;
  made[0].form_fields = {{"Doorbell", {"2"}}};
  made[0].roles |= AddressRole::kPrimary;
  Put(made[0]);

  account = Account();
  account.addresses[0].line1 = "Landstrasse 1";
  Update(account);
  ASSERT_EQ(List().size(), 2u);
  EXPECT_EQ(List()[0].id, made[0].id);
  EXPECT_EQ(List()[0].roles, AddressRole::kBook | AddressRole::kPrimary);
  EXPECT_EQ(List()[0].line1, "Landstrasse 1");
  ExpectForeignPartKept(List()[0]);
  EXPECT_EQ(List()[1].id, made[1].id);

  // One that goes while another comes is not the same.
  account = Account();
  account.addresses = {account.addresses[1], AddressDto()};
  account.addresses[1].city = "Wels";
  Update(account);
  EXPECT_THAT(BookCities(), ElementsAre("Graz", "Wels"));
  for (const Address& address : List()) {
    if (address.city == "Wels") {
      EXPECT_EQ(address.mobile, "");
    }
  }
}

TEST_F(AddressBookTest, ARegionOrCountryThatChangesTakesItsNameAlong) {
  Put(Foreign("Los Angeles", AddressRole::kBook));
  AccountDto account = Account();
  account.addresses[0].region_bvin = "ON";
  account.addresses[0].country_bvin = "94052DCF-1AC8-4B65-813B-B17B12A0491F";
  Update(account);
  EXPECT_EQ(List()[0].state, "");
  EXPECT_EQ(List()[0].state_code, "ON");
  EXPECT_EQ(List()[0].country_code, "CA");
  account = Account();
  EXPECT_EQ(account.addresses[0].country_name, "Canada");
  EXPECT_EQ(account.addresses[0].country_bvin, "94052DCF-1AC8-4B65-813B-B17B12A0491F")
      << "as posted";
  account.addresses[0].country_bvin = "an-id-of-that-site";
  Update(account);
  EXPECT_EQ(List()[0].country_code, "");
  EXPECT_EQ(Account().addresses[0].country_bvin, "an-id-of-that-site");
  Address moved = List()[0];
  moved.country_code = "DE";
  Put(moved);
  EXPECT_EQ(Account().addresses[0].country_bvin, "00000000-0000-4000-8000-000000004445");
  account = Account();
  account.addresses[0].country_bvin = "";
  Update(account);
  EXPECT_EQ(List()[0].country_code, "");
  EXPECT_EQ(Account().addresses[0].country_name, "");
}

TEST_F(AddressBookTest, TheBookIsReplacedAsAWholeAndInItsOrder) {
  Put(Foreign("A", AddressRole::kBook));
  Put(Foreign("B", AddressRole::kBook));
  Put(Foreign("C", AddressRole::kBook | AddressRole::kPrimary));
  AccountDto account = Account();
  std::reverse(account.addresses.begin(), account.addresses.end());
  AddressDto fresh;
  fresh.city = "New";
  account.addresses.insert(account.addresses.begin() + 1, fresh);
  Update(account);
  EXPECT_THAT(BookCities(), ElementsAre("C", "New", "B", "A"));
  account = Account();
  account.addresses = {account.addresses[3], account.addresses[1]};
  Update(account);
  EXPECT_THAT(BookCities(), ElementsAre("A", "New"));
  const auto left = List();
  ASSERT_EQ(left.size(), 3u);
  EXPECT_EQ(left[1].city, "C");
  EXPECT_EQ(left[1].roles, AddressRole::kPrimary) << "another dialect's primary address stays";
}

TEST_F(AddressBookTest, TwoAddressesOfOneContentStayTwo) {
  AccountDto account = Account();
  AddressDto twin;
  twin.city = "Graz";
  account.addresses = {twin, twin};
  Update(account);
  EXPECT_THAT(BookCities(), ElementsAre("Graz", "Graz"));
  Update(Account());
  EXPECT_EQ(List().size(), 2u);
}

TEST_F(AddressBookTest, ABillingAddressThatIsAlsoSomethingElseIsSplitWhenItChanges) {
  const Address shared = Put(Foreign("Reno", AddressRole::kPrimary | AddressRole::kBilling));
  AccountDto account = Account();
  account.billing_address.city = "Elko";
  Update(account);
  const auto after = List();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].id, shared.id);
  EXPECT_EQ(after[0].city, "Reno");
  EXPECT_EQ(after[0].roles, AddressRole::kPrimary);
  EXPECT_EQ(after[1].city, "Elko");
  EXPECT_EQ(after[1].roles, AddressRole::kBilling);
  ExpectForeignPartKept(after[1]);
}

TEST_F(AddressBookTest, AChangeInTheBookLeavesTheBillingAddressThatWasTheSame) {
  Put(Foreign("Reno", AddressRole::kBook | AddressRole::kBilling));
  AccountDto account = Account();
  account.addresses[0].city = "Elko";
  Update(account);
  account = Account();
  ASSERT_EQ(account.addresses.size(), 1u);
  EXPECT_EQ(account.addresses[0].city, "Elko");
  EXPECT_EQ(account.billing_address.city, "Reno");
}

TEST_F(AddressBookTest, ABlankBillingAddressRemovesIt) {
  AccountDto account = Account();
  account.billing_address.city = "Graz";
  account.shipping_address.address_type = 2;
  Update(account);
  EXPECT_EQ(List().size(), 2u);
  EXPECT_EQ(Account().shipping_address.address_type, 2) << "a type alone is kept";
  account = Account();
  account.billing_address = {};
  account.shipping_address = {};
  Update(account);
  EXPECT_TRUE(List().empty());
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
