// DELETE /v3/customers/subscribers and /v3/customers/subscribers/{subscriber_id} (contract 5.8).
// Without a filter the original deletes everybody; here that needs an open window.
#include <utility>
#include <vector>

#include "customers/customers.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/ids_to_delete.h"
#include "dialects/bigcommerce/subscriber_search.h"
#include "erasure/eraser.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::OwnerKind;
using customers::StoreView;
using Ids = std::vector<int64_t>;

void EraseAndAnswer(const Call& call, erasure::Chooser choose) {
  erasure::EraseChosen(
      *call.store, OwnerKind::kSubscriber, std::move(choose),
      [&choices = call.choices, answer = call.answer](const Result<erasure::Outcome>& outcome) {
        // Nobody to delete is no error: what matters is that nobody is there now.
        if (outcome) return answer(NoContent());
        if (outcome.error().kind == ErrorKind::kForbidden) {
          return answer(ErrorEnvelope(422, choices.delete_all_is_closed));
        }
        answer.Fail(outcome.error(), "");
      });
}

void DeleteAll(const Call& call) {
  // The window is looked at in the writer's turn: what is told "gone" was allowed then.
  EraseAndAnswer(call,
                 [&windows = call.environment.windows,
                  store = call.store->number()](StoreView& view) -> Result<Ids> {
                   if (!windows.IsOpen(store))
                     return Fail(ErrorKind::kForbidden, "the window is closed");
                   Ids ids;
                   OUBLI_TRY(customers::ForEachHead(view, OwnerKind::kSubscriber, 0,
                                                    [&ids](const customers::Head& head) {
                                                      ids.push_back(head.id);
                                                      return true;
                                                    }));
                   return ids;
                 });
}

// A filter for empty texts would mean most subscribers; nobody writes that on purpose.
Status CheckValues(const Query& query) {
  for (const Query::Pair& pair : query.pairs()) {
    if (pair.value.empty() && pair.name != "id:in") {
      return Fail(ErrorKind::kInvalid, "must not be empty", pair.name);
    }
  }
  return {};
}

Result<SubscriberFilter> ReadDeleteFilter(const Query& query, const Choices& choices) {
  OUBLI_TRY(query.CheckNames(SubscriberFilterNames()));
  OUBLI_TRY(CheckValues(query));
  OUBLI_TRY_ASSIGN(SubscriberFilter filter, SubscriberFilter::Read(query, choices));
  // What a client makes of an order that it does not have: most subscribers have none.
  if (filter.order_id && *filter.order_id < 1) {
    return Fail(ErrorKind::kInvalid, "must be the id of an order", "order_id");
  }
  // Cannot be: each of the names restricts something.
  if (filter.IsEmpty()) return Fail(ErrorKind::kInvalid, choices.bad_filter_value);
  return filter;
}

Result<Ids> FindCandidates(const Call& call, const SubscriberFilter& filter) {
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  Ids ids;
  OUBLI_TRY(ForEachSubscriber(*reader, filter, call.choices, [&ids](const FoundSubscriber& found) {
    ids.push_back(found.head.id);
    return true;
  }));
  return ids;
}

}  // namespace

void DeleteSubscribers(Call& call) {
  const auto query = Query::Parse(call.request.query);
  if (!query) return call.answer.Fail(query.error(), "");
  if (query->empty() && !MayMeanAll(call.request)) {
    const bool is_open = call.environment.windows.IsOpen(call.store->number());
    return call.answer(
        ErrorEnvelope(422, is_open ? kDeleteAllTakesNothing : call.choices.delete_all_is_closed));
  }
  if (query->empty()) return DeleteAll(call);
  auto filter = ReadDeleteFilter(*query, call.choices);
  if (!filter) return call.answer.Fail(filter.error(), call.choices.bad_filter_value);
  // Found outside of the writer's turn, which a long search would hold up, and looked at again
  // inside it: nobody goes who does not fit at that moment.
  auto candidates = FindCandidates(call, *filter);
  if (!candidates) return call.answer.Fail(candidates.error(), "");
  EraseAndAnswer(call,
                 [filter = std::move(*filter), candidates = std::move(*candidates),
                  &choices = call.choices](StoreView& view) -> Result<Ids> {
                   Ids ids;
                   for (const int64_t id : candidates) {
                     OUBLI_TRY_ASSIGN(const bool fits, Fits(view, filter, id, choices));
                     if (fits) ids.push_back(id);
                   }
                   return ids;
                 });
}

void DeleteSubscriber(Call& call) {
  const auto id = call.PathId(0);
  if (!id) return call.answer(ResourceNotFound());
  erasure::Erase(*call.store, OwnerKind::kSubscriber, {*id},
                 [answer = call.answer](const Result<erasure::Outcome>& outcome) {
                   if (outcome) return answer(NoContent());
                   answer.Fail(outcome.error(), "");
                 });
}

}  // namespace oubli::dialects::bigcommerce
