// Finds subscribers by the filters of their list, which are those of their deletion too
// (contract 5.8).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/subscribers.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/query.h"

namespace oubli::dialects::bigcommerce {

// What a filter may be called; the list has `page` and `limit` besides.
std::span<const std::string_view> SubscriberFilterNames();

// An absent filter lets everything through.
struct SubscriberFilter {
  std::optional<std::vector<int64_t>> ids;  // ascending; of `id` and `id:in` together
  std::optional<std::string> email;         // normalised
  std::optional<std::string> first_name, last_name, source;  // as filters compare texts
  std::optional<int64_t> order_id;
  SecondsRange created, modified;

  static Result<SubscriberFilter> Read(const Query& query, const Choices& choices);
  bool IsEmpty() const;
  bool NeedsProfile() const { return email || first_name || last_name || source || order_id; }
  bool FitsHead(const customers::Head& head) const;
  bool FitsProfile(const customers::Subscriber& subscriber, const Choices& choices) const;
};

// One that fits; opened when the filter had to.
struct FoundSubscriber {
  customers::Head head;
  std::optional<customers::Subscriber> opened;
};
// Those that fit, by id, until `visit` returns false. `id`, `id:in` and `email` cost what they
// find.
Status ForEachSubscriber(customers::StoreView& view, const SubscriberFilter& filter,
                         const Choices& choices, const std::function<bool(FoundSubscriber)>& visit);
// Whether the living subscriber of an id fits.
Result<bool> Fits(customers::StoreView& view, const SubscriberFilter& filter, int64_t id,
                  const Choices& choices);

}  // namespace oubli::dialects::bigcommerce
