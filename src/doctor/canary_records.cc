#include "customers/codec.h"
#include "customers/heads.h"
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
  return order;
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
      OUBLI_TRY(customers::PutOrder(transaction, owner, CanaryOrder(text)));
      return {};
    case RecordKind::kWishListItem:
      OUBLI_TRY(customers::PutWishListItem(transaction, owner, CanaryWishListItem(text)));
      return {};
  }
  return Fail(ErrorKind::kInvalid, "a kind of record has no canary");
}

}  // namespace oubli::doctor
