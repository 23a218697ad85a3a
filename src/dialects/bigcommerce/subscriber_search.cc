#include "dialects/bigcommerce/subscriber_search.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "customers/customers.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Head;
using customers::OwnerKind;
using customers::StoreView;
using customers::Subscriber;

constexpr std::array<std::string_view, 13> kNames = {"id",
                                                     "id:in",
                                                     "email",
                                                     "first_name",
                                                     "last_name",
                                                     "source",
                                                     "order_id",
                                                     "date_created",
                                                     "date_modified",
                                                     "date_created:min",
                                                     "date_created:max",
                                                     "date_modified:min",
                                                     "date_modified:max"};

Result<std::optional<int64_t>> ReadNumber(const Query& query, std::string_view name) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  const auto number = ParseInt(*text);
  if (!number) return Fail(ErrorKind::kInvalid, "must be an integer", name);
  return number;
}

Result<std::optional<std::string>> ReadText(const Query& query, std::string_view name,
                                            const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  return ComparedText(*text, choices);
}

// Those of `id` and `id:in`: an id that is in both, when both are there.
Result<std::optional<std::vector<int64_t>>> ReadIds(const Query& query) {
  OUBLI_TRY_ASSIGN(const auto one, ReadNumber(query, "id"));
  OUBLI_TRY_ASSIGN(auto list, query.Integers("id:in"));
  if (!one) return list;
  const bool fits = !list || std::ranges::binary_search(*list, *one);
  return fits ? std::vector<int64_t>{*one} : std::vector<int64_t>();
}

// Opens a candidate if it has to; nothing when it does not fit or was erased since.
Result<std::optional<FoundSubscriber>> Consider(StoreView& view, const SubscriberFilter& filter,
                                                const Head& head, const Choices& choices) {
  if (!filter.FitsHead(head)) return std::nullopt;
  FoundSubscriber found;
  found.head = head;
  if (filter.NeedsProfile()) {
    OUBLI_TRY_ASSIGN(found.opened, customers::OpenSubscriber(view, head));
    if (!found.opened || !filter.FitsProfile(*found.opened, choices)) return std::nullopt;
  }
  return found;
}

}  // namespace

std::span<const std::string_view> SubscriberFilterNames() { return kNames; }

Result<SubscriberFilter> SubscriberFilter::Read(const Query& query, const Choices& choices) {
  SubscriberFilter filter;
  OUBLI_TRY_ASSIGN(filter.ids, ReadIds(query));
  OUBLI_TRY_ASSIGN(const auto email, query.Single("email"));
  if (email) filter.email = customers::NormalizeEmail(*email);
  OUBLI_TRY_ASSIGN(filter.first_name, ReadText(query, "first_name", choices));
  OUBLI_TRY_ASSIGN(filter.last_name, ReadText(query, "last_name", choices));
  OUBLI_TRY_ASSIGN(filter.source, ReadText(query, "source", choices));
  OUBLI_TRY_ASSIGN(filter.order_id, ReadNumber(query, "order_id"));
  OUBLI_TRY_ASSIGN(filter.created, ReadDates(query, "date_created", choices));
  OUBLI_TRY_ASSIGN(filter.modified, ReadDates(query, "date_modified", choices));
  return filter;
}

bool SubscriberFilter::IsEmpty() const {
  return !ids && !NeedsProfile() && created.IsEverything() && modified.IsEverything();
}

bool SubscriberFilter::FitsHead(const Head& head) const {
  if (ids && !std::ranges::binary_search(*ids, head.id)) return false;
  return created.Has(SecondOf(head.created_at)) && modified.Has(SecondOf(head.modified_at));
}

bool SubscriberFilter::FitsProfile(const Subscriber& subscriber, const Choices& choices) const {
  const customers::Profile& profile = subscriber.profile;
  const auto differs = [&](const std::optional<std::string>& wanted, std::string_view text) {
    return wanted && *wanted != ComparedText(text, choices);
  };
  if (email && *email != customers::NormalizeEmail(profile.email)) return false;
  if (differs(first_name, profile.first_name) || differs(last_name, profile.last_name)) {
    return false;
  }
  if (differs(source, profile.source)) return false;
  return !order_id || *order_id == customers::OrderIdOf(subscriber);
}

Status ForEachSubscriber(StoreView& view, const SubscriberFilter& filter, const Choices& choices,
                         const std::function<bool(FoundSubscriber)>& visit) {
  Status failed;
  const auto consider = [&](const Head& head) {
    auto found = Consider(view, filter, head, choices);
    if (found) return !*found || visit(std::move(**found));
    failed = Fail(found.error());
    return false;
  };
  if (filter.email) {
    OUBLI_TRY_ASSIGN(const auto subscriber, customers::FindSubscriberByEmail(view, *filter.email));
    if (subscriber) consider(subscriber->head);
  } else if (filter.ids) {
    for (const int64_t id : *filter.ids) {
      OUBLI_TRY_ASSIGN(const auto head, customers::FindHead(view, OwnerKind::kSubscriber, id));
      if (head && !consider(*head)) break;
    }
  } else {
    OUBLI_TRY(customers::ForEachHead(view, OwnerKind::kSubscriber, 0, consider));
  }
  return failed;
}

Result<bool> Fits(StoreView& view, const SubscriberFilter& filter, int64_t id,
                  const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto head, customers::FindHead(view, OwnerKind::kSubscriber, id));
  if (!head) return false;
  OUBLI_TRY_ASSIGN(const auto found, Consider(view, filter, *head, choices));
  return found.has_value();
}

}  // namespace oubli::dialects::bigcommerce
