// GET and POST /v1/stores/{handle}/customers/{customer_id}/stored-instruments, DELETE of one by its
// token.
#include <fmt/core.h>

#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/payment_instruments.h"
#include "dialects/native/body.h"
#include "dialects/native/handlers.h"
#include "dialects/native/instrument_json.h"
#include "http/parameters.h"

namespace oubli::dialects::native {
namespace {

using customers::Head;
using customers::OwnerKind;
using customers::PaymentInstrument;
using customers::StoreTransaction;

Result<Head> FindOwner(customers::StoreView& view, int64_t customer_id) {
  OUBLI_TRY_ASSIGN(const auto owner, customers::FindHead(view, OwnerKind::kCustomer, customer_id));
  if (!owner) return Fail(ErrorKind::kNotFound, "no such customer");
  return *owner;
}

Problem ProblemOf(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kNotFound:
      return {ProblemType::kCustomerNotFound};
    case ErrorKind::kConflict:
      return {ProblemType::kDuplicateToken};
    case ErrorKind::kTooMany:
      return {ProblemType::kTooManyInstruments};
    default:
      return FromError(error);
  }
}

// kNotFound when there is no such customer, or not any more.
Result<std::vector<PaymentInstrument>> ReadAll(const Call& call, int64_t customer_id) {
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const Head owner, FindOwner(*reader, customer_id));
  return customers::ListPaymentInstruments(*reader, owner);
}

void AnswerCreated(const Answer& answer, const std::string& collection,
                   const PaymentInstrument& instrument) {
  std::string body;
  JsonWriter json(body);
  WriteInstrument(json, instrument);
  http::Response response = http::Response::Text(201, "application/json", std::move(body));
  response.AddHeader("Location", collection + "/" + http::PercentEncode(instrument.token));
  answer(std::move(response));
}

}  // namespace

void ListStoredInstruments(Call& call) {
  const auto customer_id = call.PathId(0);
  if (!customer_id) return call.answer.Refuse({ProblemType::kCustomerNotFound});
  const auto list = ReadAll(call, *customer_id);
  if (!list) return call.answer.Refuse(ProblemOf(list.error()));
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (const PaymentInstrument& instrument : *list) WriteInstrument(json, instrument);
  json.EndArray().EndObject();
  call.answer.Json(200, std::move(body));
}

void CreateStoredInstrument(Call& call) {
  const auto customer_id = call.PathId(0);
  if (!customer_id) return call.answer.Refuse({ProblemType::kCustomerNotFound});
  const auto body = ReadBody(call.request);
  if (!body) return call.answer.Refuse(body.error());
  auto instrument = ReadInstrument(*body);
  if (!instrument) return call.answer.Refuse(instrument.error());
  call.store->Write(
      [id = *customer_id, instrument = std::move(*instrument)](
          StoreTransaction& transaction) -> Result<PaymentInstrument> {
        OUBLI_TRY_ASSIGN(const Head owner, FindOwner(transaction, id));
        return customers::AddPaymentInstrument(transaction, owner, instrument);
      },
      [answer = call.answer,
       collection = call.request.path](const Result<PaymentInstrument>& stored) {
        if (!stored) return answer.Refuse(ProblemOf(stored.error()));
        AnswerCreated(answer, collection, *stored);
      });
}

void DeleteStoredInstrument(Call& call) {
  const auto customer_id = call.PathId(0);
  if (!customer_id) return call.answer.Refuse({ProblemType::kCustomerNotFound});
  call.store->Write(
      [id = *customer_id,
       token = call.path_parameters[1]](StoreTransaction& transaction) -> Result<bool> {
        OUBLI_TRY_ASSIGN(const Head owner, FindOwner(transaction, id));
        return customers::DeletePaymentInstrument(transaction, owner, token);
      },
      [answer = call.answer](const Result<bool>& deleted) {
        if (!deleted) return answer.Refuse(ProblemOf(deleted.error()));
        if (!*deleted) return answer.Refuse({ProblemType::kInstrumentNotFound});
        http::Response response;
        response.status = 204;
        answer(std::move(response));
      });
}

}  // namespace oubli::dialects::native
