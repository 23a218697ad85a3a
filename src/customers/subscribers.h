// Newsletter subscribers: owners of personal data without a customer, keyed by e-mail address. One
// has a profile record, of which few fields are used. (Erasing one is erasure/eraser.h.)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/heads.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

struct Subscriber {
  Head head;
  Profile profile;  // email, first_name, last_name, source, origin_channel_id, and the two below
};
// What no field of a profile is for.
int64_t OrderIdOf(const Subscriber& subscriber);  // the order that it came with; 0 is none
void SetOrderId(Subscriber& subscriber, int64_t order_id);
std::vector<std::string> ConsentsOf(const Subscriber& subscriber);
void SetConsents(Subscriber& subscriber, const std::vector<std::string>& consents);

// Reads. Nothing when there is no such living subscriber; errors are kCorrupt and kUnavailable.
Result<std::optional<Subscriber>> FindSubscriber(StoreView& view, int64_t id);
Result<std::optional<Subscriber>> FindSubscriberByEmail(StoreView& view, std::string_view email);
// Opens the one of a head that was read from this view; nothing when it was erased since.
Result<std::optional<Subscriber>> OpenSubscriber(StoreView& view, const Head& head);

// Stores a new one; id, ordinal and times are made here. Errors: kConflict with the field
// "subscriber_email" when somebody has the address; kInvalid without an address.
Result<Subscriber> CreateSubscriber(StoreTransaction& transaction, Subscriber subscriber);
// Replaces the profile of a living one. modified_at becomes now. Errors: the same, kNotFound.
Result<Subscriber> UpdateSubscriber(StoreTransaction& transaction, Subscriber subscriber);

// The subscriber with the e-mail address of a living customer, also when the customer's records do
// not open: the token in the customer's head row leads to it. While a reindex is under way the two
// may have tokens of different keys, and then all subscribers may have to be opened.
Result<std::optional<Head>> FindSubscriberOf(StoreView& view, const HeadAndTokens& customer);

}  // namespace oubli::customers
