#include "customers/codec.h"
#include "customers/consent.h"
#include "customers/heads.h"
#include "customers/metafields.h"
#include "customers/payment_instruments.h"
#include "customers/shop_records.h"
#include "customers/wish_list.h"
#include "doctor/canaries.h"

namespace oubli::doctor {
namespace {

using customers::RecordKind;
using customers::StoreTransaction;

// Of the canaries' campaigns and attributes, which are none of the store's.
constexpr int64_t kNobodysId = 999'999'999'999'983;
constexpr UnixMs kTime = 1;

std::vector<customers::FormField> CanaryFormFields(const std::string& text) {
  return {{text + "form", {text + "form value"}, customers::FormField::Shape::kList}};
}

void FillPerson(customers::Profile& profile, const std::string& text) {
  profile.email = text + "@residue.invalid";
  profile.first_name = text + "first";
  profile.last_name = text + "last";
  profile.company = text + "company";
  profile.phone = text + "phone";
  profile.mobile = text + "mobile";
  profile.fax = text + "fax";
  profile.gender = text + "gender";
  profile.notes = text + "notes";
  profile.username = text + "user";
  profile.password_hash = text + "password";
  profile.pin_hash = text + "pin";
  profile.force_password_reset = true;
  profile.status = customers::CustomerStatus::kInactive;
  profile.last_login_at = kTime;
  profile.registration_ip_address = text + "address";
}

void FillShop(customers::Profile& profile, const std::string& text) {
  profile.code = text + "code";
  profile.card_number = text + "card";
  profile.custom_date = text + "date";
  profile.custom_field = text + "field";
  profile.custom_fields = {{1, text + "numbered"}};
  profile.registered = false;
  profile.accepts_marketing = true;
  profile.tax_exempt_category = text + "tax";
  profile.tax_exempt = true;
  profile.pricing_group_id = text + "pricing";
  profile.store_credit = Decimal::FromInt(1);
  profile.credit_limit = Decimal::FromInt(1);
  profile.origin_channel_id = 2;
  profile.channel_ids = {{1}};
  profile.form_fields = CanaryFormFields(text);
  profile.is_company = true;
  profile.allow_credit_limit = true;
  profile.account_hold = true;
  profile.hide_price = true;
  profile.sms_subscribed = true;
  profile.abn = text + "abn";
  profile.abn_branch = text + "branch";
  profile.default_tax_code = text + "tax code";
  profile.source = text + "source";
  profile.timezone = text + "zone";
  profile.custom_properties = {{1, text + "label", text + "description"}};
  profile.extra = {{text + "extra", text + "extra value"}};
}

}  // namespace

customers::Profile CanaryProfile(const std::string& text) {
  customers::Profile profile;
  FillPerson(profile, text);
  FillShop(profile, text);
  return profile;
}

customers::Address CanaryAddress(const std::string& text) {
  customers::Address address;
  address.roles = customers::AddressRole::kBook | customers::AddressRole::kPrimary;
  address.first_name = text + "first";
  address.middle_initial = text + "middle";
  address.last_name = text + "last";
  address.company = text + "company";
  address.line1 = text + "line1";
  address.line2 = text + "line2";
  address.line3 = text + "line3";
  address.city = text + "city";
  address.state = text + "state";
  address.state_code = text + "code";
  address.postal_code = text + "postal";
  address.country_code = text + "country code";
  address.country = text + "country";
  address.phone = text + "phone";
  address.mobile = text + "mobile";
  address.fax = text + "fax";
  address.email = text + "@residue.invalid";
  address.website = text + "web";
  address.nick_name = text + "nick";
  address.commercial = true;
  address.form_fields = CanaryFormFields(text);
  address.extra = {{text + "extra", text + "extra value"}};
  address.created_at = kTime;
  address.modified_at = kTime;
  address.import_ref = text + "ref";
  return address;
}

customers::AttributeValue CanaryAttributeValue(const std::string& text) {
  return {.id = 0,
          .attribute_id = kNobodysId,
          .value = text + "value",
          .created_at = kTime,
          .modified_at = kTime};
}

customers::Transaction CanaryTransaction(const std::string& text) {
  customers::Transaction entry;
  entry.campaign_id = kNobodysId;
  entry.date = kTime;
  entry.redeemed = true;
  entry.amount = Decimal::FromInt(1);
  entry.purchase = Decimal::FromInt(1);
  entry.item = text + "item";
  entry.description = text + "description";
  entry.authorization = text + "authorization";
  entry.user_name = text + "user";
  entry.custom_fields = {{1, text + "numbered"}};
  return entry;
}

customers::Consent CanaryConsent(const std::string& text) {
  return {{text + "allow"}, {text + "deny"}, kTime};
}

customers::Enrollment CanaryEnrollment() { return {kNobodysId, kTime}; }

customers::Order CanaryOrder(const std::string& text) {
  customers::Order order;
  order.number = text + "number";
  order.date = kTime;
  order.currency = text + "currency";
  order.status = text + "status";
  order.total = Decimal::FromInt(1);
  order.items = {{text + "name", text + "sku", Decimal::FromInt(1), Decimal::FromInt(1)}};
  order.note = text + "note";
  order.import_ref = text + "ref";
  order.kept_id = kNobodysId;
  return order;
}

customers::KeptOrder CanaryKeptOrder(const std::string& text) {
  customers::KeptOrder order;
  order.date = kTime;
  order.currency = text + "currency";
  order.status = text + "status";
  order.total = Decimal::FromInt(1);
  order.items = {{text + "sku", Decimal::FromInt(1), Decimal::FromInt(1)}};
  return order;
}

customers::ShopperProfile CanaryShopperProfile(const std::string& text) {
  return {.id = 0, .uuid = text + "uuid", .created_at = kTime, .modified_at = kTime};
}

customers::SegmentMembership CanarySegmentMembership() { return {.id = 0, .joined_at = kTime}; }

namespace {

// The id is the ordinal: in a range that no segment and no generation of profiles has.
template <class T>
Status PutByOrdinal(StoreTransaction& transaction, const customers::Head& owner, RecordKind kind,
                    const T& record) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  return customers::PutRecord(transaction, owner, key, kind, owner.ordinal,
                              customers::Encode(record));
}

}  // namespace

customers::Metafield CanaryMetafield(const std::string& text) {
  customers::Metafield metafield;
  metafield.client_id = text + "client";
  metafield.name_space = text + "namespace";
  metafield.key = text + "key";
  metafield.value = text + "value";
  metafield.description = text + "description";
  metafield.access = customers::Metafield::Access::kRead;
  metafield.created_at = kTime;
  metafield.modified_at = kTime;
  return metafield;
}

customers::PaymentInstrument CanaryPaymentInstrument(const std::string& text) {
  customers::PaymentInstrument instrument;
  instrument.type = customers::PaymentInstrument::Type::kBankAccount;
  instrument.token = text + "token";
  instrument.is_default = true;
  instrument.brand = text + "brand";
  instrument.expiry_month = 1;
  instrument.expiry_year = 1;
  instrument.issuer_identification_number = text + "iin";
  instrument.last_4 = text + "last";
  instrument.billing_address = CanaryAddress(text);
  instrument.email = text + "@residue.invalid";
  instrument.masked_account_number = text + "account";
  instrument.issuer = text + "issuer";
  instrument.created_at = kTime;
  return instrument;
}

customers::OrderDetails CanaryOrderDetails(const std::string& text) {
  customers::OrderDetails details;
  details.order_id = kNobodysId;
  details.item_ids = {{1}};
  details.product_ids = {{1}};
  details.billing_id = 1;
  details.shipping_id = 1;
  details.billing = {CanaryAddress(text)};
  details.shipping = {CanaryAddress(text)};
  details.payment_gateway = text + "gateway";
  details.payment_status = text + "payment";
  details.payment_method = text + "method";
  details.payment_info = text + "info";
  details.payment_id = 1;
  details.paid = Decimal::FromInt(1);
  details.delivery_type = text + "delivery";
  details.shipping_status = text + "shipping";
  details.transaction_no = text + "transaction";
  details.external_reference = text + "reference";
  details.customer_po_number = text + "purchase order";
  details.payment_term = text + "term";
  details.coupon_code = text + "coupon";
  details.cancel_reason = text + "reason";
  details.comments = {{1, text + "comment", text + "author", true, kTime}};
  details.modified_at = kTime;
  return details;
}

customers::Cart CanaryCart(const std::string& text) {
  customers::Cart cart;
  cart.session = text + "session";
  cart.items = {{1, 1, Decimal::FromInt(1), text + "name", text + "sku", Decimal::FromInt(1)}};
  cart.billing = {CanaryAddress(text)};
  cart.shipping = {CanaryAddress(text)};
  cart.created_at = kTime;
  cart.modified_at = kTime;
  return cart;
}

customers::CouponAssignment CanaryCouponAssignment() { return {kNobodysId, kTime}; }

customers::CreditAdjustment CanaryCreditAdjustment(const std::string& text) {
  customers::CreditAdjustment adjustment;
  adjustment.deducted = true;
  adjustment.amount = Decimal::FromInt(1);
  adjustment.balance_before = Decimal::FromInt(2);
  adjustment.balance_after = Decimal::FromInt(1);
  adjustment.note = text + "note";
  adjustment.created_by = text + "user";
  adjustment.created_at = kTime;
  return adjustment;
}

customers::WishListItem CanaryWishListItem(const std::string& text) {
  customers::WishListItem item;
  item.product = text + "product";
  item.quantity = 2;
  item.selections = {{text + "option", text + "value"}};
  item.modified_at = kTime;
  return item;
}

Status PutCanaryRecord(StoreTransaction& transaction, const customers::Head& owner, RecordKind kind,
                       const std::string& text) {
  // No default: a kind without a case does not compile.
  switch (kind) {
    case RecordKind::kProfile: {
      OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
      return customers::PutRecord(transaction, owner, key, kind, 0,
                                  customers::Encode(CanaryProfile(text)));
    }
    case RecordKind::kAddress:
      OUBLI_TRY(customers::PutAddress(transaction, owner, CanaryAddress(text)));
      return {};
    case RecordKind::kAttributeValue:
      OUBLI_TRY(customers::PutAttributeValue(transaction, owner, CanaryAttributeValue(text)));
      return {};
    case RecordKind::kTransaction:
      OUBLI_TRY(customers::PutTransaction(transaction, owner, CanaryTransaction(text)));
      return {};
    case RecordKind::kEnrollment:
      return customers::PutEnrollment(transaction, owner, CanaryEnrollment());
    case RecordKind::kOrder:
      // Not PutOrder(): an order that was none must not stay in a store's books.
      OUBLI_TRY(customers::PutOrderRecord(transaction, owner, CanaryOrder(text)));
      return {};
    case RecordKind::kShopperProfile:
      return PutByOrdinal(transaction, owner, kind, CanaryShopperProfile(text));
    case RecordKind::kSegmentMembership:
      return PutByOrdinal(transaction, owner, kind, CanarySegmentMembership());
    case RecordKind::kKeptOrder: {
      OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
      return customers::PutRecord(transaction, owner, key, kind, 0,
                                  customers::Encode(CanaryKeptOrder(text)));
    }
    case RecordKind::kConsent:
      OUBLI_TRY(customers::PutConsent(transaction, owner, CanaryConsent(text)));
      return {};
    case RecordKind::kMetafield:
      OUBLI_TRY(customers::PutMetafield(transaction, owner, CanaryMetafield(text)));
      return {};
    case RecordKind::kPaymentInstrument:
      OUBLI_TRY(customers::AddPaymentInstrument(transaction, owner, CanaryPaymentInstrument(text)));
      return {};
    case RecordKind::kCart: {
      customers::Cart cart = CanaryCart(text);
      cart.session += std::to_string(owner.ordinal);  // a session is one owner's
      OUBLI_TRY(customers::PutCart(transaction, owner, std::move(cart)));
      return {};
    }
    case RecordKind::kCouponAssignment: {
      customers::CouponAssignment assignment = CanaryCouponAssignment();
      assignment.coupon_id += owner.ordinal;  // and so is a coupon
      return customers::PutCouponAssignment(transaction, owner, assignment);
    }
    case RecordKind::kCreditAdjustment:
      OUBLI_TRY(customers::PutCreditAdjustment(transaction, owner, CanaryCreditAdjustment(text)));
      return {};
    case RecordKind::kOrderDetails:
      return customers::PutOrderDetails(transaction, owner, CanaryOrderDetails(text));
    case RecordKind::kWishListItem:
      OUBLI_TRY(customers::PutWishListItem(transaction, owner, CanaryWishListItem(text)));
      return {};
  }
  return Fail(ErrorKind::kInvalid, "a kind of record has no canary");
}

}  // namespace oubli::doctor
