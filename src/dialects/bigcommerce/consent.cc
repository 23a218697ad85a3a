// GET and PUT /v3/customers/{customer_id}/consent (contract 5.4).
#include "customers/consent.h"

#include <algorithm>
#include <array>

#include "base/date_time.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "customers/customers.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Consent;
using customers::OwnerKind;

constexpr std::array<std::string_view, 4> kCategories = {"essential", "functional", "analytics",
                                                         "targeting"};

Result<std::vector<std::string>> ReadCategories(const FieldReader& reader, std::string_view name) {
  OUBLI_TRY(reader.Require(name));
  OUBLI_TRY_ASSIGN(const boost::json::array* list, reader.Array(name));
  std::vector<std::string> categories;
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string path = std::string(name) + "." + std::to_string(i);
    const auto category = AsString((*list)[i]);
    if (!category) return Fail(ErrorKind::kInvalid, kExpectedString, path);
    if (std::ranges::find(kCategories, *category) == kCategories.end()) {
      return Fail(ErrorKind::kInvalid, "must be essential, functional, analytics or targeting",
                  path);
    }
    if (std::ranges::find(categories, *category) != categories.end()) {
      return Fail(ErrorKind::kInvalid, "must not be there twice", path);
    }
    categories.emplace_back(*category);
  }
  return categories;
}

Result<Consent> ReadConsent(const boost::json::object& object) {
  const FieldReader reader(object, "");
  Consent consent;
  OUBLI_TRY_ASSIGN(consent.allow, ReadCategories(reader, "allow"));
  OUBLI_TRY_ASSIGN(consent.deny, ReadCategories(reader, "deny"));
  for (const std::string& category : consent.deny) {
    if (std::ranges::find(consent.allow, category) != consent.allow.end()) {
      return reader.Fault("deny", "must have nothing that allow has");
    }
  }
  return consent;
}

http::Response AnswerOf(const Consent& consent) {
  std::string body;
  JsonWriter json(body);
  const auto write = [&json](std::string_view name, const std::vector<std::string>& categories) {
    json.Key(name).BeginArray();
    for (const std::string& category : categories) json.String(category);
    json.EndArray();
  };
  json.BeginObject();
  write("allow", consent.allow);
  write("deny", consent.deny);
  json.Member("updated_at", FormatIso8601(consent.updated_at)).EndObject();
  return http::Response::Text(200, kJsonContentType, std::move(body));
}

tl::unexpected<Error> NoSuchCustomer() { return Fail(ErrorKind::kNotFound, "no such customer"); }

void Refuse(const Answer& answer, const Choices& choices, const Error& error) {
  if (error.kind == ErrorKind::kNotFound) {
    return answer(ErrorEnvelope(404, choices.resource_not_found));
  }
  answer.Fail(error, choices.consent_failed);
}

Result<Consent> Find(Call& call) {
  const auto id = ParseInt(call.path_parameters[0]);
  if (!id) return NoSuchCustomer();
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const auto head, customers::FindHead(*reader, OwnerKind::kCustomer, *id));
  if (!head) return NoSuchCustomer();
  OUBLI_TRY_ASSIGN(const auto stored, customers::FindConsent(*reader, *head));
  Consent consent = stored.value_or(Consent());
  if (!stored || call.choices.consent_time_is_of_the_call) consent.updated_at = reader->now_ms();
  return consent;
}

}  // namespace

void GetConsent(Call& call) {
  const auto consent = Find(call);
  if (!consent) return Refuse(call.answer, call.choices, consent.error());
  call.answer(AnswerOf(*consent));
}

void PutConsent(Call& call) {
  const Choices& choices = call.choices;
  const auto body = ReadObjectBody(call.request, choices);
  if (!body) return call.answer(body.error());
  auto consent = ReadConsent(body->get_object());
  if (!consent) return call.answer.Fail(consent.error(), choices.consent_failed);
  call.store->Write(
      [id = ParseInt(call.path_parameters[0]),
       consent = std::move(*consent)](customers::StoreTransaction& transaction) -> Result<Consent> {
        if (!id) return NoSuchCustomer();
        OUBLI_TRY_ASSIGN(const auto head,
                         customers::FindHead(transaction, OwnerKind::kCustomer, *id));
        if (!head) return NoSuchCustomer();
        return customers::PutConsent(transaction, *head, consent);
      },
      [&choices, answer = call.answer](Result<Consent> stored) {
        if (stored) return answer(AnswerOf(*stored));
        Refuse(answer, choices, stored.error());
      });
}

}  // namespace oubli::dialects::bigcommerce
