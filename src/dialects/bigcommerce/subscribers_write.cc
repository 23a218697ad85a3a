// POST /v3/customers/subscribers and PUT /v3/customers/subscribers/{subscriber_id}
// (contract 5.8).
#include <utility>

#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/subscriber_json.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::StoreTransaction;
using customers::Subscriber;

// The body, or nothing when the call has been answered.
std::optional<SubscriberInput> ReadBody(const Call& call, bool create) {
  const auto body = ReadObjectBody(call.request, call.choices);
  if (!body) {
    call.answer(body.error());
    return std::nullopt;
  }
  auto input = ReadSubscriber(body->get_object(), create, call.choices);
  if (!input) {
    call.answer.Fail(input.error(), call.choices.invalid_subscriber);
    return std::nullopt;
  }
  return std::move(*input);
}

http::Response AnswerOf(const Result<Subscriber>& stored, const Choices& choices) {
  if (stored) return http::Response::Text(200, kJsonContentType, SubscriberBody(*stored));
  if (stored.error().kind == ErrorKind::kConflict) return Conflict(choices.subscriber_conflict);
  if (stored.error().kind == ErrorKind::kNotFound) return ResourceNotFound();
  return FromError(choices, stored.error(), choices.invalid_subscriber);
}

}  // namespace

void CreateSubscriber(Call& call) {
  auto input = ReadBody(call, true);
  if (!input) return;
  call.store->Write(
      [input = std::move(*input)](StoreTransaction& transaction) {
        Subscriber subscriber;
        input.ApplyTo(subscriber);
        return customers::CreateSubscriber(transaction, std::move(subscriber));
      },
      [&choices = call.choices, answer = call.answer](const Result<Subscriber>& stored) {
        answer(AnswerOf(stored, choices));
      });
}

void UpdateSubscriber(Call& call) {
  const auto id = call.PathId(0);
  if (!id) return call.answer(ResourceNotFound());
  auto input = ReadBody(call, false);
  if (!input) return;
  call.store->Write(
      [id = *id, input = std::move(*input)](StoreTransaction& transaction) -> Result<Subscriber> {
        OUBLI_TRY_ASSIGN(auto found, customers::FindSubscriber(transaction, id));
        if (!found) return Fail(ErrorKind::kNotFound, "no such subscriber");
        input.ApplyTo(*found);
        return customers::UpdateSubscriber(transaction, std::move(*found));
      },
      [&choices = call.choices, answer = call.answer](const Result<Subscriber>& stored) {
        answer(AnswerOf(stored, choices));
      });
}

}  // namespace oubli::dialects::bigcommerce
