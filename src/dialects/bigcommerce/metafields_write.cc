// POST /v3/customers/{customer_id}/metafields, PUT and DELETE
// /v3/customers/{customer_id}/metafields/{metafield_id}: one at a time (contract 5.7).
#include <utility>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/metafields.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/metafield_json.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Head;
using customers::Metafield;
using customers::OwnerKind;
using customers::StoreTransaction;

// kNotFound when there is none that the caller may see, kForbidden when it may not be written.
Result<FoundMetafield> FindToWrite(StoreTransaction& transaction, const access::Principal& caller,
                                   int64_t customer_id, int64_t id, const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindHead(transaction, OwnerKind::kCustomer, customer_id));
  if (!owner) return Fail(ErrorKind::kNotFound, "no such customer");
  OUBLI_TRY_ASSIGN(auto metafield, customers::FindMetafield(transaction, *owner, id));
  if (!metafield || !MaySee(caller, *metafield, choices)) {
    return Fail(ErrorKind::kNotFound, "no such metafield");
  }
  if (!MayWrite(caller, *metafield)) return Fail(ErrorKind::kForbidden, "another application's");
  return FoundMetafield{*owner, std::move(*metafield)};
}

http::Response Refusal(const Choices& choices, const Error& error, std::string_view forbidden) {
  switch (error.kind) {
    case ErrorKind::kNotFound:
      return ResourceNotFound();
    case ErrorKind::kForbidden:
      return ErrorEnvelope(403, forbidden);
    case ErrorKind::kConflict:
      return Conflict(choices.metafield_conflict);
    case ErrorKind::kTooMany:
      return ErrorEnvelope(422, choices.too_many_metafields_of_client);
    default:
      return FromError(choices, error, choices.invalid_metafield);
  }
}

http::Response Written(const Metafield& metafield, int64_t customer_id) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data");
  WriteMetafield(json, metafield, customer_id, {});
  json.Key("meta").BeginObject().EndObject().EndObject();
  return http::Response::Text(200, kJsonContentType, std::move(body));
}

// The body, or nothing when the call has been answered.
std::optional<MetafieldInput> ReadBody(const Call& call, MetafieldUse use) {
  const auto body = ReadObjectBody(call.request, call.choices);
  if (!body) {
    call.answer(body.error());
    return std::nullopt;
  }
  auto input = ReadMetafield(body->get_object(), "", use);
  if (!input) {
    call.answer.Fail(input.error(), call.choices.invalid_metafield);
    return std::nullopt;
  }
  return std::move(*input);
}

}  // namespace

void CreateMetafield(Call& call) {
  const auto customer_id = call.PathId(0);
  if (!customer_id) return call.answer(ResourceNotFound());
  auto input = ReadBody(call, MetafieldUse::kCreate);
  if (!input) return;
  call.store->Write(
      [id = *customer_id, input = std::move(*input),
       client_id = call.principal.client_id](StoreTransaction& transaction) -> Result<Metafield> {
        OUBLI_TRY_ASSIGN(const auto owner,
                         customers::FindHead(transaction, OwnerKind::kCustomer, id));
        if (!owner) return Fail(ErrorKind::kNotFound, "no such customer");
        Metafield metafield;
        metafield.client_id = client_id;
        input.ApplyTo(metafield);
        return customers::PutMetafield(transaction, *owner, std::move(metafield));
      },
      [id = *customer_id, &choices = call.choices,
       answer = call.answer](const Result<Metafield>& made) {
        answer(made ? Written(*made, id) : Refusal(choices, made.error(), ""));
      });
}

void UpdateMetafield(Call& call) {
  const auto customer_id = call.PathId(0);
  const auto id = call.PathId(1);
  if (!customer_id || !id) return call.answer(ResourceNotFound());
  auto input = ReadBody(call, MetafieldUse::kUpdate);
  if (!input) return;
  if (input->id && *input->id != *id) {
    return call.answer.Fail({ErrorKind::kInvalid, "is not the id of the URL", "id"},
                            call.choices.invalid_metafield);
  }
  call.store->Write(
      [customer_id = *customer_id, id = *id, input = std::move(*input), caller = call.principal,
       &choices = call.choices](StoreTransaction& transaction) -> Result<Metafield> {
        OUBLI_TRY_ASSIGN(FoundMetafield found,
                         FindToWrite(transaction, caller, customer_id, id, choices));
        input.ApplyTo(found.metafield);
        return customers::PutMetafield(transaction, found.owner, std::move(found.metafield));
      },
      [id = *customer_id, &choices = call.choices,
       answer = call.answer](const Result<Metafield>& made) {
        answer(made ? Written(*made, id) : Refusal(choices, made.error(), choices.may_not_update));
      });
}

void DeleteMetafield(Call& call) {
  const auto customer_id = call.PathId(0);
  const auto id = call.PathId(1);
  if (!customer_id || !id) return call.answer(ResourceNotFound());
  call.store->Write(
      [customer_id = *customer_id, id = *id, caller = call.principal,
       &choices = call.choices](StoreTransaction& transaction) -> Status {
        OUBLI_TRY_ASSIGN(const FoundMetafield found,
                         FindToWrite(transaction, caller, customer_id, id, choices));
        OUBLI_TRY(customers::DeleteMetafield(transaction, found.owner, id));
        return {};
      },
      [&choices = call.choices, answer = call.answer](const Status& done) {
        answer(done ? NoContent() : Refusal(choices, done.error(), choices.may_not_delete));
      });
}

}  // namespace oubli::dialects::bigcommerce
