// The customer and what is attached to one: plain structs, the same for all dialects. What a
// dialect cannot express stays in the struct untouched when that dialect updates the customer.
//
// Text is UTF-8 and "" when absent; times are UnixMs and 0 when absent; money is Decimal.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/decimal.h"
#include "keys/data_keys.h"

namespace oubli::customers {

using keys::Ordinal;

// What owns personal data, each erasable in the same way. The numbers are stored.
enum class OwnerKind : int64_t { kCustomer = 1, kSubscriber = 2, kGuestOrder = 3, kGuestCart = 4 };

// The head row of an owner: what lists filter and sort by, and its sealed key; nothing personal.
struct Head {
  OwnerKind kind = OwnerKind::kCustomer;
  int64_t id = 0;  // the number that all dialects use for a customer
  Ordinal ordinal = 0;
  int64_t group_id = 0;  // 0 is no group
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
};

// A form field's value: BigCommerce has text, numbers and lists of text.
struct FormField {
  std::string name;
  std::vector<std::string> values;
  enum class Shape : int64_t { kText = 0, kNumber = 1, kList = 2 } shape = Shape::kText;
};

// WebCommander's custom property of a customer.
struct CustomProperty {
  int64_t id = 0;
  std::string label;
  std::string description;
};

// WebCommander's five states; the others see an active customer.
enum class CustomerStatus : int64_t {
  kActive = 0,
  kInactive = 1,
  kPending = 2,
  kApprovalAwaiting = 3,
  kAwaitingVerification = 4,
};

// The personal fields of a customer that there is one of each: one sealed record.
struct Profile {
  // Who it is.
  std::string email;
  std::string first_name;
  std::string last_name;
  std::string company;
  std::string phone;
  std::string mobile;
  std::string fax;
  std::string gender;
  std::string notes;
  // Log-in. Hashes only.
  std::string username;  // Sticky Street's customer_username
  std::string password_hash;
  std::string pin_hash;
  bool force_password_reset = false;
  CustomerStatus status = CustomerStatus::kActive;
  UnixMs last_login_at = 0;
  std::string registration_ip_address;
  // Loyalty (Sticky Street).
  std::string
      code;  // chosen by the caller, or random; "" means the code made from the id, see CodeOf()
  std::string card_number;
  std::string custom_date;  // YYYY-MM-DD
  std::string custom_field;
  std::map<int64_t, std::string> custom_fields;  // custom_field_## by number
  bool registered = true;
  // Shop.
  bool accepts_marketing = false;  // accepts_product_review_abandoned_cart_emails
  std::string tax_exempt_category;
  bool tax_exempt = false;
  std::string pricing_group_id;
  Decimal store_credit;
  Decimal credit_limit;
  int64_t origin_channel_id = 1;
  std::optional<std::vector<int64_t>> channel_ids;  // nothing is: all channels
  std::vector<FormField> form_fields;
  // WebCommander.
  bool is_company = false;
  bool allow_credit_limit = false;
  bool account_hold = false;
  bool hide_price = false;
  bool sms_subscribed = false;
  std::string abn;
  std::string abn_branch;
  std::string default_tax_code;
  std::string source;
  std::string timezone;
  std::vector<CustomProperty> custom_properties;
  std::map<std::string, std::string> extra;  // what one dialect alone knows: "hotcakes.…" and so on
};

struct Customer {
  Head head;
  Profile profile;
};

// What an address is for. A customer has any number of addresses, at most one of each of the last
// three.
struct AddressRole {
  static constexpr int64_t kBook = 1;      // in the address book (Hotcakes' Addresses)
  static constexpr int64_t kPrimary = 2;   // Sticky Street's street1..., WebCommander's primary
  static constexpr int64_t kBilling = 4;   // Hotcakes' BillingAddress, WebCommander's billing
  static constexpr int64_t kShipping = 8;  // Hotcakes' ShippingAddress, WebCommander's shipping
};

struct Address {
  int64_t id = 0;
  int64_t roles = AddressRole::kBook;
  std::string first_name;
  std::string middle_initial;
  std::string last_name;
  std::string company;
  std::string line1;
  std::string line2;
  std::string line3;
  std::string city;
  std::string state;       // full name where known
  std::string state_code;  // "NY"
  std::string postal_code;
  std::string country_code;  // ISO 3166-1 alpha-2, upper case; "" when not known
  std::string country;       // as the caller wrote it, where country_code does not say it
  std::string phone;
  std::string mobile;
  std::string fax;
  std::string email;
  std::string website;
  std::string nick_name;
  bool commercial = false;  // BigCommerce's address_type
  std::vector<FormField> form_fields;
  std::map<std::string, std::string> extra;  // what one dialect alone knows
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
  std::string import_ref;  // names the address in the file that it was imported from
};

// The value of an attribute; the definition (name, type) is the store's.
struct AttributeValue {
  int64_t id = 0;
  int64_t attribute_id = 0;
  std::string value;
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
};

// One entry of a loyalty campaign.
struct Transaction {
  int64_t id = 0;
  int64_t campaign_id = 0;
  UnixMs date = 0;
  bool redeemed = false;  // spent; else earned
  Decimal amount;    // what changed the balance: points, counts or money, as the campaign counts
  Decimal purchase;  // money spent, where that is something else
  std::string item;  // service_product
  std::string description;
  std::string authorization;
  std::string user_name;  // who recorded it
  std::map<int64_t, std::string> custom_fields;
};

// That a customer belongs to a campaign; its id is the campaign's.
struct Enrollment {
  int64_t campaign_id = 0;
  UnixMs enrolled_at = 0;
};

struct OrderItem {
  std::string name;
  std::string sku;
  Decimal quantity;
  Decimal price;
};

// An order as a record of its customer.
struct Order {
  int64_t id = 0;
  std::string number;  // the shop's own
  UnixMs date = 0;
  std::string currency;
  std::string status;
  Decimal total;
  std::vector<OrderItem> items;
  std::string note;
  std::string import_ref;  // names the order in the file that it was imported from
};

// What was chosen of one option of a product.
struct OptionSelection {
  std::string option;  // Hotcakes' OptionBvin
  std::string value;
};

// A product on the wish list of its customer.
struct WishListItem {
  int64_t id = 0;
  std::string product;  // the shop's own id of it
  int64_t quantity = 1;
  std::vector<OptionSelection> selections;
  UnixMs modified_at = 0;
};

}  // namespace oubli::customers
