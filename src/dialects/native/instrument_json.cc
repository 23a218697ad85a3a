#include "dialects/native/instrument_json.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/countries.h"
#include "base/date_time.h"
#include "base/text.h"
#include "dialects/native/body.h"

namespace oubli::dialects::native {
namespace {

using customers::Address;
using customers::PaymentInstrument;
using Type = customers::PaymentInstrument::Type;

constexpr size_t kMaxToken = 255;

struct NamedType {
  std::string_view name;
  Type type;
};
constexpr std::array<NamedType, 3> kInstrumentTypes = {{
    {"stored_card", Type::kCard},
    {"stored_paypal_account", Type::kPaypalAccount},
    {"stored_bank_account", Type::kBankAccount},
}};

struct AddressField {
  std::string_view name;
  std::string Address::*member;
  size_t max;
};
// In the order in which they are shown.
constexpr std::array<AddressField, 12> kAddressFields = {{
    {"first_name", &Address::first_name, 255},
    {"last_name", &Address::last_name, 255},
    {"email", &Address::email, 255},
    {"company", &Address::company, 255},
    {"address1", &Address::line1, 255},
    {"address2", &Address::line2, 255},
    {"city", &Address::city, 100},
    {"postal_code", &Address::postal_code, 30},
    {"state_or_province", &Address::state, 100},
    {"state_or_province_code", &Address::state_code, 10},
    {"country_code", &Address::country_code, 2},
    {"phone", &Address::phone, 50},
}};

std::string_view NameOf(Type type) {
  return std::ranges::find(kInstrumentTypes, type, &NamedType::type)->name;
}

Address ReadBillingAddress(ObjectReader reader) {
  Address address;
  for (const AddressField& field : kAddressFields) {
    address.*field.member = reader.Text(field.name, {0, field.max}, false);
  }
  if (!address.country_code.empty()) {
    const Country* country = FindCountryByAlpha2(address.country_code);
    if (country == nullptr) {
      reader.Fault("country_code", "must be the code of a country, of two letters");
    } else {
      address.country_code = country->alpha2;
    }
  }
  reader.RefuseOthers();
  return address;
}

void ReadCard(ObjectReader& reader, Faults& faults, PaymentInstrument& card) {
  constexpr std::string_view kAddress = "billing_address";
  card.brand = reader.Text("brand", {1, 50});
  card.expiry_month = reader.Integer("expiry_month", 1, 12);
  card.expiry_year = reader.Integer("expiry_year", 2000, 2099);
  card.issuer_identification_number = reader.Digits("issuer_identification_number", 6, 8);
  card.last_4 = reader.Digits("last_4", 4, 4);
  if (const boost::json::object* address = reader.Object(kAddress)) {
    card.billing_address =
        ReadBillingAddress(ObjectReader(*address, reader.PointerTo(kAddress), faults));
  }
}

void ReadPaypalAccount(ObjectReader& reader, PaymentInstrument& account) {
  account.email = reader.Text("email", {1, 255});
  const size_t at = account.email.find('@');
  const bool looks_right = at != std::string::npos && at > 0 && at + 1 < account.email.size() &&
                           account.email.find_first_of(" \t\r\n,") == std::string::npos;
  if (!account.email.empty() && !looks_right) reader.Fault("email", "must be an e-mail address");
}

// An account number is shown so that its owner knows it again, not so that others can use it.
bool IsMasked(std::string_view number) {
  constexpr std::ptrdiff_t kMaxDigitsShown = 8;
  const auto digits = std::ranges::count_if(number, [](char c) { return c >= '0' && c <= '9'; });
  const auto masks =
      std::ranges::count_if(number, [](char c) { return c == 'X' || c == 'x' || c == '*'; });
  return digits <= kMaxDigitsShown && masks >= 2;
}

void ReadBankAccount(ObjectReader& reader, PaymentInstrument& account) {
  constexpr std::string_view kNumber = "masked_account_number";
  account.masked_account_number = reader.Text(kNumber, {4, 50});
  if (!account.masked_account_number.empty() && !IsMasked(account.masked_account_number)) {
    reader.Fault(kNumber,
                 "must have 8 digits at most and X, x or * for the others, twice at least");
  }
  account.issuer = reader.Text("issuer", {1, 100});
}

void WriteBillingAddress(JsonWriter& json, const Address& address) {
  json.Key("billing_address").BeginObject();
  for (const AddressField& field : kAddressFields) json.Member(field.name, address.*field.member);
  json.EndObject();
}

}  // namespace

void WriteInstrument(JsonWriter& json, const PaymentInstrument& instrument) {
  json.BeginObject().Member("type", NameOf(instrument.type)).Member("token", instrument.token);
  json.Member("is_default", instrument.is_default);
  switch (instrument.type) {
    case Type::kCard:
      json.Member("brand", instrument.brand)
          .Member("expiry_month", instrument.expiry_month)
          .Member("expiry_year", instrument.expiry_year)
          .Member("issuer_identification_number", instrument.issuer_identification_number)
          .Member("last_4", instrument.last_4);
      if (instrument.billing_address) WriteBillingAddress(json, *instrument.billing_address);
      break;
    case Type::kPaypalAccount:
      json.Member("email", instrument.email);
      break;
    case Type::kBankAccount:
      json.Member("masked_account_number", instrument.masked_account_number)
          .Member("issuer", instrument.issuer);
      break;
  }
  json.Member("created_at", FormatIso8601(instrument.created_at)).EndObject();
}

tl::expected<PaymentInstrument, Problem> ReadInstrument(const boost::json::object& object) {
  Faults faults;
  ObjectReader reader(object, "#", faults);
  PaymentInstrument instrument;
  const std::string type = reader.Text("type", {0, SIZE_MAX});
  const auto* named = std::ranges::find(kInstrumentTypes, type, &NamedType::name);
  if (named == kInstrumentTypes.end()) {
    // Which other members there may be is not known then.
    if (faults.list.empty()) {
      reader.Fault("type", "must be stored_card, stored_paypal_account or stored_bank_account");
    }
    return tl::unexpected<Problem>(*faults.ToProblem());
  }
  instrument.type = named->type;
  instrument.token = reader.Token("token", kMaxToken);
  instrument.is_default = reader.Boolean("is_default", false);
  if (instrument.type == Type::kCard) ReadCard(reader, faults, instrument);
  if (instrument.type == Type::kPaypalAccount) ReadPaypalAccount(reader, instrument);
  if (instrument.type == Type::kBankAccount) ReadBankAccount(reader, instrument);
  reader.RefuseOthers();
  if (auto problem = faults.ToProblem()) return tl::unexpected<Problem>(std::move(*problem));
  return instrument;
}

}  // namespace oubli::dialects::native
