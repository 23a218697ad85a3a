#include "customers/codec.h"

#include <concepts>
#include <utility>

#include "customers/record_fields.h"

namespace oubli::customers {
namespace {

constexpr char kVersion = 1;

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
