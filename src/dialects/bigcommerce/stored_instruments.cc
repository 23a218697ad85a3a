// GET /v3/customers/{customer_id}/stored-instruments: a bare array (contract 5.5). Instruments are
// made by the dialect `native`.
#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/payment_instruments.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Address;
using customers::PaymentInstrument;

void WriteBillingAddress(JsonWriter& json, const Address& address) {
  json.Key("billing_address").BeginObject();
  json.Member("first_name", address.first_name)
      .Member("last_name", address.last_name)
      .Member("email", address.email)
      .Member("company", address.company)
      .Member("address1", address.line1)
      .Member("address2", address.line2)
      .Member("city", address.city)
      .Member("postal_code", address.postal_code)
      .Member("state_or_province", address.state)
      .Member("state_or_province_code", address.state_code)
      .Member("country_code", address.country_code)
      .Member("phone", address.phone)
      .EndObject();
}

void WriteInstrument(JsonWriter& json, const PaymentInstrument& instrument) {
  const auto begin = [&](std::string_view type) {
    json.BeginObject().Member("type", type).Member("token", instrument.token);
    json.Member("is_default", instrument.is_default);
  };
  switch (instrument.type) {
    case PaymentInstrument::Type::kCard:
      begin("stored_card");
      json.Member("brand", instrument.brand)
          .Member("expiry_month", instrument.expiry_month)
          .Member("expiry_year", instrument.expiry_year)
          .Member("issuer_identification_number", instrument.issuer_identification_number)
          .Member("last_4", instrument.last_4);
      if (instrument.billing_address) WriteBillingAddress(json, *instrument.billing_address);
      break;
    case PaymentInstrument::Type::kPaypalAccount:
      begin("stored_paypal_account");
      json.Member("email", instrument.email);
      break;
    case PaymentInstrument::Type::kBankAccount:
      begin("stored_bank_account");
      json.Member("masked_account_number", instrument.masked_account_number)
          .Member("issuer", instrument.issuer);
      break;
  }
  json.EndObject();
}

Result<std::string> InstrumentsOf(const Call& call, int64_t customer_id) {
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindHead(*reader, customers::OwnerKind::kCustomer, customer_id));
  std::string body;
  JsonWriter json(body);
  json.BeginArray();
  if (owner) {
    const auto list = customers::ListPaymentInstruments(*reader, *owner);
    // kNotFound: erased since the view began.
    if (!list && list.error().kind != ErrorKind::kNotFound) return Fail(list.error());
    if (list) {
      for (const PaymentInstrument& instrument : *list) WriteInstrument(json, instrument);
    }
  }
  json.EndArray();
  return body;
}

}  // namespace

void ListStoredInstruments(Call& call) {
  const auto customer_id = call.PathId(0);
  if (!customer_id) return call.answer(ResourceNotFound());
  auto body = InstrumentsOf(call, *customer_id);
  if (!body) return call.answer.Fail(body.error(), "");
  call.answer(http::Response::Text(200, kJsonContentType, std::move(*body)));
}

}  // namespace oubli::dialects::bigcommerce
