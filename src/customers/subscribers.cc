#include "customers/subscribers.h"

#include <fmt/format.h>

#include "base/text.h"
#include "customers/codec.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "customers/tokens.h"

namespace oubli::customers {
namespace {

constexpr const char* kOrderId = "subscriber.order_id";
constexpr const char* kConsents = "subscriber.consents";

std::string ExtraOf(const Subscriber& subscriber, const char* name) {
  const auto found = subscriber.profile.extra.find(name);
  return found == subscriber.profile.extra.end() ? std::string() : found->second;
}

void SetExtra(Subscriber& subscriber, const char* name, std::string value) {
  if (value.empty()) {
    subscriber.profile.extra.erase(name);
  } else {
    subscriber.profile.extra[name] = std::move(value);
  }
}

Status Put(StoreTransaction& transaction, const Subscriber& subscriber,
           std::string_view old_tokens) {
  if (NormalizeEmail(subscriber.profile.email).empty()) {
    return Fail(ErrorKind::kInvalid, "a subscriber needs an e-mail address", "email");
  }
  OUBLI_TRY_ASSIGN(const std::string tokens,
                   ReplaceTokens(transaction, subscriber.head, old_tokens, subscriber.profile));
  OUBLI_TRY(UpdateHead(transaction, subscriber.head, tokens));
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(subscriber.head));
  return PutRecord(transaction, subscriber.head, key, RecordKind::kProfile, 0,
                   Encode(subscriber.profile));
}

// The subscriber whose address has this token of a customer's under some index key, by opening one
// after the other. Those that do not open have no address that anybody could know.
Result<std::optional<Head>> SearchAll(StoreView& view, std::string_view email_token) {
  std::optional<Head> found;
  Status failed;
  OUBLI_TRY(ForEachHead(view, OwnerKind::kSubscriber, 0, [&](const Head& head) {
    const auto subscriber = OpenSubscriber(view, head);
    if (!subscriber && subscriber.error().kind != ErrorKind::kCorrupt) {
      failed = Fail(subscriber.error());
      return false;
    }
    if (!subscriber || !*subscriber) return true;
    const std::string email = NormalizeEmail((*subscriber)->profile.email);
    for (const crypto::Key& key : view.keys().index_keys()) {
      if (EmailToken(key, email) == email_token) found = head;
    }
    return !found;
  }));
  OUBLI_TRY(failed);
  return found;
}

}  // namespace

int64_t OrderIdOf(const Subscriber& subscriber) {
  return ParseInt(ExtraOf(subscriber, kOrderId)).value_or(0);
}

void SetOrderId(Subscriber& subscriber, int64_t order_id) {
  SetExtra(subscriber, kOrderId, order_id == 0 ? std::string() : std::to_string(order_id));
}

std::vector<std::string> ConsentsOf(const Subscriber& subscriber) {
  std::vector<std::string> consents;
  const std::string stored = ExtraOf(subscriber, kConsents);
  if (stored.empty()) return consents;
  for (const std::string_view consent : Split(stored, ',')) consents.emplace_back(consent);
  return consents;
}

void SetConsents(Subscriber& subscriber, const std::vector<std::string>& consents) {
  SetExtra(subscriber, kConsents, fmt::format("{}", fmt::join(consents, ",")));
}

Result<std::optional<Subscriber>> OpenSubscriber(StoreView& view, const Head& head) {
  const auto key = view.KeyOf(head);
  if (!key && key.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!key) return Fail(key.error());
  OUBLI_TRY_ASSIGN(const auto plain, FindRecord(view, head, *key, RecordKind::kProfile, 0));
  if (!plain) return Fail(ErrorKind::kCorrupt, "a subscriber has no profile record");
  Subscriber subscriber;
  subscriber.head = head;
  OUBLI_TRY(Decode(*plain, subscriber.profile));
  return subscriber;
}

Result<std::optional<Subscriber>> FindSubscriber(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(const auto head, FindHead(view, OwnerKind::kSubscriber, id));
  if (!head) return std::nullopt;
  return OpenSubscriber(view, *head);
}

Result<std::optional<Subscriber>> FindSubscriberByEmail(StoreView& view, std::string_view email) {
  const std::string wanted = NormalizeEmail(email);
  if (wanted.empty()) return std::nullopt;
  OUBLI_TRY_ASSIGN(const auto head, FindByValue(view, TokenField::kSubscriberEmail, wanted));
  if (!head) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto subscriber, OpenSubscriber(view, *head));
  if (subscriber && NormalizeEmail(subscriber->profile.email) != wanted) return std::nullopt;
  return subscriber;
}

Result<Subscriber> CreateSubscriber(StoreTransaction& transaction, Subscriber subscriber) {
  OUBLI_TRY_ASSIGN(subscriber.head, CreateOwner(transaction, OwnerKind::kSubscriber, 0));
  OUBLI_TRY(Put(transaction, subscriber, ""));
  return subscriber;
}

Result<Subscriber> UpdateSubscriber(StoreTransaction& transaction, Subscriber subscriber) {
  OUBLI_TRY_ASSIGN(const auto stored,
                   FindHeadAndTokens(transaction, OwnerKind::kSubscriber, subscriber.head.id));
  if (!stored || stored->head.ordinal != subscriber.head.ordinal) {
    return Fail(ErrorKind::kNotFound, "no such subscriber");
  }
  subscriber.head = stored->head;
  subscriber.head.modified_at = transaction.now_ms();
  OUBLI_TRY(Put(transaction, subscriber, stored->tokens));
  return subscriber;
}

Result<std::optional<Head>> FindSubscriberOf(StoreView& view, const HeadAndTokens& customer) {
  const std::string_view email_token = TokenOf(customer.tokens, TokenField::kEmail);
  if (email_token.empty()) return std::nullopt;
  for (const crypto::Key& key : view.keys().index_keys()) {
    OUBLI_TRY_ASSIGN(const auto found, FindByToken(view, SubscriberToken(key, email_token)));
    if (found) return found;
  }
  if (view.keys().index_keys().size() == 1) return std::nullopt;
  const auto opened = OpenIfLiving(view, customer.head);
  if (!opened && opened.error().kind != ErrorKind::kCorrupt) return Fail(opened.error());
  if (!opened || !*opened) return SearchAll(view, email_token);
  return FindByValue(view, TokenField::kSubscriberEmail, NormalizeEmail((*opened)->profile.email));
}

}  // namespace oubli::customers
