// The subscriber object of V3 (contract 5.8).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "customers/subscribers.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {

void WriteSubscriber(JsonWriter& json, const customers::Subscriber& subscriber);
// {"data":{...},"meta":{}}
std::string SubscriberBody(const customers::Subscriber& subscriber);

// What a body says of a subscriber; an absent member changes nothing.
struct SubscriberInput {
  std::optional<std::string> email, first_name, last_name, source;
  std::optional<int64_t> order_id;  // 0 for null
  std::optional<int64_t> channel_id;
  std::optional<std::vector<std::string>> consents;

  void ApplyTo(customers::Subscriber& subscriber) const;
};
// Errors: kInvalid with a field.
Result<SubscriberInput> ReadSubscriber(const boost::json::object& object, bool create,
                                       const Choices& choices);

}  // namespace oubli::dialects::bigcommerce
