// What is in each stored struct: the numbers of its fields, one list for writing and reading. A
// number is never given twice, also when its field is gone. Of codec.cc alone.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "customers/model.h"

namespace oubli::customers {

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, FormField>
void Fields(V& v, T& f) {
  v.Field(1, f.name);
  v.Field(2, f.values);
  v.Field(3, f.shape);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, CustomProperty>
void Fields(V& v, T& p) {
  v.Field(1, p.id);
  v.Field(2, p.label);
  v.Field(3, p.description);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, OrderItem>
void Fields(V& v, T& i) {
  v.Field(1, i.name);
  v.Field(2, i.sku);
  v.Field(3, i.quantity);
  v.Field(4, i.price);
}

template <class V, class K, class W>
void Fields(V& v, std::pair<K, W>& entry) {
  v.Field(1, entry.first);
  v.Field(2, entry.second);
}
template <class V, class K, class W>
void Fields(V& v, const std::pair<K, W>& entry) {
  v.Field(1, entry.first);
  v.Field(2, entry.second);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, Profile>
void Fields(V& v, T& p) {
  v.Field(1, p.email);
  v.Field(2, p.first_name);
  v.Field(3, p.last_name);
  v.Field(4, p.company);
  v.Field(5, p.phone);
  v.Field(6, p.mobile);
  v.Field(7, p.fax);
  v.Field(8, p.gender);
  v.Field(9, p.notes);
  v.Field(10, p.username);
  v.Field(11, p.password_hash);
  v.Field(12, p.pin_hash);
  v.Field(13, p.force_password_reset);
  v.Field(14, p.status);
  v.Field(15, p.last_login_at);
  v.Field(16, p.registration_ip_address);
  v.Field(17, p.code);
  v.Field(18, p.card_number);
  v.Field(19, p.custom_date);
  v.Field(20, p.custom_field);
  v.Field(21, p.custom_fields);
  v.FieldOr(true, 22, p.registered);
  v.Field(23, p.accepts_marketing);
  v.Field(24, p.tax_exempt_category);
  v.Field(25, p.tax_exempt);
  v.Field(26, p.pricing_group_id);
  v.Field(27, p.store_credit);
  v.Field(28, p.credit_limit);
  v.FieldOr(int64_t{1}, 29, p.origin_channel_id);
  v.Field(30, p.channel_ids);
  v.Field(31, p.form_fields);
  v.Field(32, p.is_company);
  v.Field(33, p.allow_credit_limit);
  v.Field(34, p.account_hold);
  v.Field(35, p.hide_price);
  v.Field(36, p.sms_subscribed);
  v.Field(37, p.abn);
  v.Field(38, p.abn_branch);
  v.Field(39, p.default_tax_code);
  v.Field(40, p.source);
  v.Field(41, p.timezone);
  v.Field(42, p.custom_properties);
  v.Field(43, p.extra);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, Address>
void Fields(V& v, T& a) {
  v.FieldOr(AddressRole::kBook, 1, a.roles);
  v.Field(2, a.first_name);
  v.Field(3, a.middle_initial);
  v.Field(4, a.last_name);
  v.Field(5, a.company);
  v.Field(6, a.line1);
  v.Field(7, a.line2);
  v.Field(8, a.line3);
  v.Field(9, a.city);
  v.Field(10, a.state);
  v.Field(11, a.state_code);
  v.Field(12, a.postal_code);
  v.Field(13, a.country_code);
  v.Field(14, a.country);
  v.Field(15, a.phone);
  v.Field(16, a.mobile);
  v.Field(17, a.fax);
  v.Field(18, a.email);
  v.Field(19, a.website);
  v.Field(20, a.nick_name);
  v.Field(21, a.commercial);
  v.Field(22, a.form_fields);
  v.Field(23, a.extra);
  v.Field(24, a.created_at);
  v.Field(25, a.modified_at);
  v.Field(26, a.import_ref);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, AttributeValue>
void Fields(V& v, T& a) {
  v.Field(1, a.attribute_id);
  v.Field(2, a.value);
  v.Field(3, a.created_at);
  v.Field(4, a.modified_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, Transaction>
void Fields(V& v, T& t) {
  v.Field(1, t.campaign_id);
  v.Field(2, t.date);
  v.Field(3, t.redeemed);
  v.Field(4, t.amount);
  v.Field(5, t.purchase);
  v.Field(6, t.item);
  v.Field(7, t.description);
  v.Field(8, t.authorization);
  v.Field(9, t.user_name);
  v.Field(10, t.custom_fields);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, Enrollment>
void Fields(V& v, T& e) { v.Field(1, e.enrolled_at); }

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, ShopperProfile>
void Fields(V& v, T& p) {
  v.Field(1, p.uuid);
  v.Field(2, p.created_at);
  v.Field(3, p.modified_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, SegmentMembership>
void Fields(V& v, T& m) { v.Field(1, m.joined_at); }

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, Order>
void Fields(V& v, T& o) {
  v.Field(1, o.number);
  v.Field(2, o.date);
  v.Field(3, o.currency);
  v.Field(4, o.status);
  v.Field(5, o.total);
  v.Field(6, o.items);
  v.Field(7, o.note);
  v.Field(8, o.import_ref);
  v.Field(9, o.kept_id);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, KeptItem>
void Fields(V& v, T& i) {
  v.Field(1, i.sku);
  v.Field(2, i.quantity);
  v.Field(3, i.price);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, KeptOrder>
void Fields(V& v, T& o) {
  v.Field(1, o.date);
  v.Field(2, o.currency);
  v.Field(3, o.status);
  v.Field(4, o.total);
  v.Field(5, o.items);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, Consent>
void Fields(V& v, T& c) {
  v.Field(1, c.allow);
  v.Field(2, c.deny);
  v.Field(3, c.updated_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, Metafield>
void Fields(V& v, T& m) {
  v.Field(1, m.client_id);
  v.Field(2, m.name_space);
  v.Field(3, m.key);
  v.Field(4, m.value);
  v.Field(5, m.description);
  v.Field(6, m.access);
  v.Field(7, m.created_at);
  v.Field(8, m.modified_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, PaymentInstrument>
void Fields(V& v, T& i) {
  v.Field(1, i.type);
  v.Field(2, i.token);
  v.Field(3, i.is_default);
  v.Field(4, i.brand);
  v.Field(5, i.expiry_month);
  v.Field(6, i.expiry_year);
  v.Field(7, i.issuer_identification_number);
  v.Field(8, i.last_4);
  v.Field(9, i.billing_address);
  v.Field(10, i.email);
  v.Field(11, i.masked_account_number);
  v.Field(12, i.issuer);
  v.Field(13, i.created_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, OrderComment>
void Fields(V& v, T& c) {
  v.Field(1, c.id);
  v.Field(2, c.content);
  v.Field(3, c.author);
  v.Field(4, c.visible_to_customer);
  v.Field(5, c.created_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, OrderDetails>
void Fields(V& v, T& d) {
  v.Field(1, d.item_ids);
  v.Field(2, d.product_ids);
  v.Field(3, d.billing_id);
  v.Field(4, d.shipping_id);
  v.Field(5, d.billing);
  v.Field(6, d.shipping);
  v.Field(7, d.payment_gateway);
  v.Field(8, d.payment_status);
  v.Field(9, d.payment_method);
  v.Field(10, d.payment_info);
  v.Field(11, d.payment_id);
  v.Field(12, d.paid);
  v.Field(13, d.delivery_type);
  v.Field(14, d.shipping_status);
  v.Field(15, d.transaction_no);
  v.Field(16, d.external_reference);
  v.Field(17, d.customer_po_number);
  v.Field(18, d.payment_term);
  v.Field(19, d.coupon_code);
  v.Field(20, d.cancel_reason);
  v.Field(21, d.comments);
  v.Field(22, d.modified_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, CartItem>
void Fields(V& v, T& i) {
  v.Field(1, i.id);
  v.Field(2, i.product_id);
  v.Field(3, i.quantity);
  v.Field(4, i.name);
  v.Field(5, i.sku);
  v.Field(6, i.price);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, Cart>
void Fields(V& v, T& c) {
  v.Field(1, c.session);
  v.Field(2, c.items);
  v.Field(3, c.billing);
  v.Field(4, c.shipping);
  v.Field(5, c.created_at);
  v.Field(6, c.modified_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, CouponAssignment>
void Fields(V& v, T& a) { v.Field(1, a.assigned_at); }

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, CreditAdjustment>
void Fields(V& v, T& a) {
  v.Field(1, a.deducted);
  v.Field(2, a.amount);
  v.Field(3, a.balance_before);
  v.Field(4, a.balance_after);
  v.Field(5, a.note);
  v.Field(6, a.created_by);
  v.Field(7, a.created_at);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, OptionSelection>
void Fields(V& v, T& s) {
  v.Field(1, s.option);
  v.Field(2, s.value);
}

template <class V, class T>
requires std::same_as<std::remove_const_t<T>, WishListItem>
void Fields(V& v, T& i) {
  v.Field(1, i.product);
  v.FieldOr(int64_t{1}, 2, i.quantity);
  v.Field(3, i.selections);
  v.Field(4, i.modified_at);
}

}  // namespace oubli::customers
