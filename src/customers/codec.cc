#include "customers/codec.h"

#include <concepts>
#include <utility>

namespace oubli::customers {
namespace {

constexpr char kVersion = 1;

// ---- what is in each struct: one list, for both directions ----

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

// ---- numbers ----

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

bool ReadVarint(std::string_view& in, uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (in.empty()) return false;
    const auto byte = static_cast<uint8_t>(in[0]);
    in.remove_prefix(1);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

uint64_t Zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
int64_t Unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

template <class T>
concept NumberLike = std::integral<T> || std::is_enum_v<T>;

// ---- writing ----

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void Field(uint64_t tag, const std::string& text) {
    if (!text.empty()) Put(tag, text);
  }
  template <NumberLike T>
  void Field(uint64_t tag, const T& value) {
    if (value != T{}) PutNumber(tag, static_cast<int64_t>(value));
  }
  // For a field whose default is not zero.
  template <NumberLike T>
  void FieldOr(T standard, uint64_t tag, const T& value) {
    if (value != standard) PutNumber(tag, static_cast<int64_t>(value));
  }
  void Field(uint64_t tag, const Decimal& value) {
    if (value != Decimal()) PutNumber(tag, value.units());
  }
  void Field(uint64_t tag, const std::optional<std::vector<int64_t>>& list) {
    if (!list) return;
    std::string numbers;
    for (const int64_t number : *list) AppendVarint(numbers, Zigzag(number));
    Put(tag, numbers);
  }
  void Field(uint64_t tag, const std::vector<std::string>& list) {
    for (const std::string& text : list) Put(tag, text);
  }
  template <class T>
  void Field(uint64_t tag, const std::vector<T>& list) {
    for (const T& element : list) PutNested(tag, element);
  }
  template <class T>
  void Field(uint64_t tag, const std::optional<T>& nested) {
    if (nested) PutNested(tag, *nested);
  }
  template <class K, class W>
  void Field(uint64_t tag, const std::map<K, W>& map) {
    for (const auto& entry : map) PutNested(tag, entry);
  }

 private:
  void Put(uint64_t tag, std::string_view bytes) {
    AppendVarint(out_, tag);
    AppendVarint(out_, bytes.size());
    out_ += bytes;
  }
  void PutNumber(uint64_t tag, int64_t value) {
    std::string number;
    AppendVarint(number, Zigzag(value));
    Put(tag, number);
  }
  template <class T>
  void PutNested(uint64_t tag, const T& element) {
    std::string nested;
    Writer writer(nested);
    Fields(writer, element);
    Put(tag, nested);
  }

  std::string& out_;
};

// ---- reading ----

// Offered each field of a struct in turn, takes the one whose tag it holds.
class Reader {
 public:
  Reader(uint64_t tag, std::string_view bytes) : tag_(tag), bytes_(bytes) {}
  bool taken() const { return taken_; }
  bool failed() const { return failed_; }

  void Field(uint64_t tag, std::string& text) {
    if (Take(tag)) text = bytes_;
  }
  template <NumberLike T>
  void Field(uint64_t tag, T& value) {
    if (Take(tag)) value = static_cast<T>(Number());
  }
  template <NumberLike T>
  void FieldOr(T, uint64_t tag, T& value) {
    Field(tag, value);
  }
  void Field(uint64_t tag, Decimal& value) {
    if (Take(tag)) value = Decimal::FromUnits(Number());
  }
  void Field(uint64_t tag, std::optional<std::vector<int64_t>>& list) {
    if (!Take(tag)) return;
    list.emplace();
    while (!bytes_.empty() && !failed_) list->push_back(Number());
  }
  void Field(uint64_t tag, std::vector<std::string>& list) {
    if (Take(tag)) list.emplace_back(bytes_);
  }
  template <class T>
  void Field(uint64_t tag, std::vector<T>& list) {
    if (Take(tag)) Nested(list.emplace_back());
  }
  template <class T>
  void Field(uint64_t tag, std::optional<T>& nested) {
    if (Take(tag)) Nested(nested.emplace());
  }
  template <class K, class W>
  void Field(uint64_t tag, std::map<K, W>& map) {
    if (!Take(tag)) return;
    std::pair<K, W> entry{};
    Nested(entry);
    map.insert(std::move(entry));
  }

 private:
  bool Take(uint64_t tag) {
    if (tag != tag_) return false;
    taken_ = true;
    return true;
  }
  int64_t Number() {
    uint64_t value = 0;
    if (!ReadVarint(bytes_, value)) failed_ = true;
    return Unzigzag(value);
  }
  template <class T>
  void Nested(T& element);

  uint64_t tag_;
  std::string_view bytes_;
  bool taken_ = false;
  bool failed_ = false;
};

template <class T>
bool ReadFields(std::string_view bytes, T& into) {
  while (!bytes.empty()) {
    uint64_t tag = 0;
    uint64_t length = 0;
    if (!ReadVarint(bytes, tag) || !ReadVarint(bytes, length) || length > bytes.size())
      return false;
    Reader reader(tag, bytes.substr(0, length));
    Fields(reader, into);
    if (!reader.taken() || reader.failed()) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

template <class T>
void Reader::Nested(T& element) {
  if (!ReadFields(bytes_, element)) failed_ = true;
}

template <class T>
std::string EncodeRecord(const T& record) {
  std::string out(1, kVersion);
  Writer writer(out);
  Fields(writer, record);
  return out;
}

template <class T>
Status DecodeRecord(std::string_view bytes, T& record) {
  if (bytes.empty() || bytes[0] != kVersion) {
    return Fail(ErrorKind::kCorrupt, "a record has a format that this version does not know");
  }
  if (!ReadFields(bytes.substr(1), record)) {
    return Fail(ErrorKind::kCorrupt, "a record's fields are damaged or from a newer version");
  }
  return {};
}

}  // namespace

std::string Encode(const Profile& profile) { return EncodeRecord(profile); }
std::string Encode(const Address& address) { return EncodeRecord(address); }
std::string Encode(const AttributeValue& value) { return EncodeRecord(value); }
std::string Encode(const Transaction& transaction) { return EncodeRecord(transaction); }
std::string Encode(const Enrollment& enrollment) { return EncodeRecord(enrollment); }
std::string Encode(const Order& order) { return EncodeRecord(order); }
std::string Encode(const ShopperProfile& profile) { return EncodeRecord(profile); }
std::string Encode(const SegmentMembership& membership) { return EncodeRecord(membership); }
std::string Encode(const KeptOrder& order) { return EncodeRecord(order); }
std::string Encode(const Consent& consent) { return EncodeRecord(consent); }
std::string Encode(const Metafield& metafield) { return EncodeRecord(metafield); }
std::string Encode(const PaymentInstrument& instrument) { return EncodeRecord(instrument); }
std::string Encode(const OrderDetails& details) { return EncodeRecord(details); }
std::string Encode(const Cart& cart) { return EncodeRecord(cart); }
std::string Encode(const CouponAssignment& assignment) { return EncodeRecord(assignment); }
std::string Encode(const CreditAdjustment& adjustment) { return EncodeRecord(adjustment); }
std::string Encode(const WishListItem& item) { return EncodeRecord(item); }

Status Decode(std::string_view bytes, Profile& profile) { return DecodeRecord(bytes, profile); }
Status Decode(std::string_view bytes, Address& address) { return DecodeRecord(bytes, address); }
Status Decode(std::string_view bytes, AttributeValue& value) { return DecodeRecord(bytes, value); }
Status Decode(std::string_view bytes, Transaction& transaction) {
  return DecodeRecord(bytes, transaction);
}
Status Decode(std::string_view bytes, Enrollment& enrollment) {
  return DecodeRecord(bytes, enrollment);
}
Status Decode(std::string_view bytes, Order& order) { return DecodeRecord(bytes, order); }
Status Decode(std::string_view bytes, ShopperProfile& profile) {
  return DecodeRecord(bytes, profile);
}
Status Decode(std::string_view bytes, SegmentMembership& membership) {
  return DecodeRecord(bytes, membership);
}
Status Decode(std::string_view bytes, KeptOrder& order) { return DecodeRecord(bytes, order); }
Status Decode(std::string_view bytes, Consent& consent) { return DecodeRecord(bytes, consent); }
Status Decode(std::string_view bytes, Metafield& metafield) {
  return DecodeRecord(bytes, metafield);
}
Status Decode(std::string_view bytes, PaymentInstrument& instrument) {
  return DecodeRecord(bytes, instrument);
}
Status Decode(std::string_view bytes, OrderDetails& details) {
  return DecodeRecord(bytes, details);
}
Status Decode(std::string_view bytes, Cart& cart) { return DecodeRecord(bytes, cart); }
Status Decode(std::string_view bytes, CouponAssignment& assignment) {
  return DecodeRecord(bytes, assignment);
}
Status Decode(std::string_view bytes, CreditAdjustment& adjustment) {
  return DecodeRecord(bytes, adjustment);
}
Status Decode(std::string_view bytes, WishListItem& item) { return DecodeRecord(bytes, item); }

}  // namespace oubli::customers
