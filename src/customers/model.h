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
enum class OwnerKind : int64_t {
  kCustomer = 1,
  kSubscriber = 2,
  kGuestOrder = 3,
  kGuestCart = 4,
  kKeptOrder = 5,  // nobody's: what stays of an order, see kept_orders.h
};
inline constexpr OwnerKind kOwnerKinds[] = {OwnerKind::kCustomer, OwnerKind::kSubscriber,
                                            OwnerKind::kGuestOrder, OwnerKind::kGuestCart,
                                            OwnerKind::kKeptOrder};

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

// What a customer agrees to being tracked for, and what not (BigCommerce's consent): the names of
// categories.
struct Consent {
  std::vector<std::string> allow;
  std::vector<std::string> deny;
  UnixMs updated_at = 0;
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

// A customer's place in BigCommerce's segmentation: at most one a customer, found by its uuid.
struct ShopperProfile {
  int64_t id = 0;  // of the record, made from the uuid: see shopper_profiles.h
  std::string uuid;
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
};

// That a shopper profile belongs to a segment; which one, its id says.
struct SegmentMembership {
  int64_t id = 0;
  UnixMs joined_at = 0;
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
  int64_t kept_id = 0;     // of the owner that keeps its amounts; 0 is none. PutOrder() sets it
};

struct KeptItem {
  std::string sku;
  Decimal quantity;
  Decimal price;
};

// What stays of an order when its customer is erased: nothing that leads to a person.
struct KeptOrder {
  UnixMs date = 0;  // the order's day, 00:00 UTC
  std::string currency;
  std::string status;
  Decimal total;
  std::vector<KeptItem> items;
};

// A note that a client application keeps at a customer (BigCommerce).
struct Metafield {
  int64_t id = 0;
  std::string client_id;  // of the application that made it
  std::string name_space;
  std::string key;
  std::string value;
  std::string description;
  // What other applications may do with it, and whether the storefront shows it.
  enum class Access : int64_t {
    kAppOnly = 0,
    kRead = 1,
    kWrite = 2,
    kReadAndStorefront = 3,
    kWriteAndStorefront = 4,
  } access = Access::kAppOnly;
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
};

// What a payment gateway has stored for a customer: its token, and what helps to tell it from
// others. Never a card number.
struct PaymentInstrument {
  int64_t id = 0;
  enum class Type : int64_t { kCard = 0, kPaypalAccount = 1, kBankAccount = 2 } type = Type::kCard;
  std::string token;  // the gateway's; a secret
  bool is_default = false;
  // A card.
  std::string brand;
  int64_t expiry_month = 0;
  int64_t expiry_year = 0;
  std::string issuer_identification_number;
  std::string last_4;
  std::optional<Address> billing_address;
  // A PayPal account.
  std::string email;
  // A bank account.
  std::string masked_account_number;
  std::string issuer;
  UnixMs created_at = 0;
};

// A comment on an order.
struct OrderComment {
  int64_t id = 0;
  std::string content;
  std::string author;  // the shop user who wrote it
  bool visible_to_customer = false;
  UnixMs created_at = 0;
};

// What an order has beside Order: WebCommander's fields. A record of the same owner with the same
// id; an order that came another way has none.
struct OrderDetails {
  int64_t order_id = 0;
  std::optional<std::vector<int64_t>> item_ids;  // of Order::items, in order
  std::optional<std::vector<int64_t>> product_ids;
  int64_t billing_id = 0;
  int64_t shipping_id = 0;
  std::vector<Address> billing;   // one or none
  std::vector<Address> shipping;  // one or none
  std::string payment_gateway;
  std::string payment_status;
  std::string payment_method;
  std::string payment_info;
  int64_t payment_id = 0;
  Decimal paid;
  std::string delivery_type;
  std::string shipping_status;
  std::string transaction_no;
  std::string external_reference;
  std::string customer_po_number;
  std::string payment_term;
  std::string coupon_code;
  std::string cancel_reason;
  std::vector<OrderComment> comments;
  UnixMs modified_at = 0;
};

struct CartItem {
  int64_t id = 0;
  int64_t product_id = 0;
  Decimal quantity;
  std::string name;
  std::string sku;
  Decimal price;
};

// A cart, known to its shopper by a session. Its id is made from the session (shop_records.h).
struct Cart {
  int64_t id = 0;
  std::string session;
  std::vector<CartItem> items;
  std::vector<Address> billing;   // one or none
  std::vector<Address> shipping;  // one or none
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
};

// That a coupon code is a customer's; its id is the coupon's.
struct CouponAssignment {
  int64_t coupon_id = 0;
  UnixMs assigned_at = 0;
};

// One change of a customer's store credit that was made by name. The balance is the profile's.
struct CreditAdjustment {
  int64_t id = 0;
  bool deducted = false;  // else added
  Decimal amount;
  Decimal balance_before;
  Decimal balance_after;
  std::string note;
  std::string created_by;  // the shop user
  UnixMs created_at = 0;
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
