// GET /v3/customers/subscribers and /v3/customers/subscribers/{subscriber_id} (contract 5.8).
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/pagination.h"
#include "dialects/bigcommerce/subscriber_json.h"
#include "dialects/bigcommerce/subscriber_search.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::StoreView;

// Keeps the rows of the page; of the others only their number.
Status TakePage(StoreView& view, const SubscriberFilter& filter, const PageRequest& page,
                const Choices& choices, std::vector<FoundSubscriber>& rows, PageOutcome& outcome) {
  const bool all = filter.IsEmpty();
  int64_t seen = 0;
  OUBLI_TRY(ForEachSubscriber(view, filter, choices, [&](FoundSubscriber row) {
    const int64_t index = seen++;
    if (index >= page.offset() && index < page.offset() + page.limit) {
      rows.push_back(std::move(row));
    }
    return !all || seen < page.offset() + page.limit;
  }));
  outcome.total = seen;
  if (all) {
    OUBLI_TRY_ASSIGN(outcome.total,
                     customers::CountOwners(view, customers::OwnerKind::kSubscriber));
  }
  return {};
}

Result<std::string> PageOfSubscribers(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  std::vector<std::string_view> known = {"page", "limit"};
  known.insert(known.end(), SubscriberFilterNames().begin(), SubscriberFilterNames().end());
  OUBLI_TRY(query.CheckNames(known));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const auto filter, SubscriberFilter::Read(query, call.choices));

  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  std::vector<FoundSubscriber> rows;
  PageOutcome outcome;
  OUBLI_TRY(TakePage(*reader, filter, page, call.choices, rows, outcome));
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (FoundSubscriber& row : rows) {
    if (!row.opened) {
      OUBLI_TRY_ASSIGN(row.opened, customers::OpenSubscriber(*reader, row.head));
    }
    if (!row.opened) continue;  // erased since this view began
    WriteSubscriber(json, *row.opened);
    ++outcome.count;
  }
  json.EndArray();
  WriteMeta(json, query, call.choices, page, outcome);
  json.EndObject();
  return body;
}

}  // namespace

void ListSubscribers(Call& call) { AnswerList(call, PageOfSubscribers(call)); }

void GetSubscriber(Call& call) {
  const auto id = call.PathId(0);
  if (!id) return call.answer(ResourceNotFound());
  auto reader = call.store->Read();
  if (!reader) return call.answer.Fail(reader.error(), "");
  const auto found = customers::FindSubscriber(**reader, *id);
  if (!found) return call.answer.Fail(found.error(), "");
  if (!*found) return call.answer(ResourceNotFound());
  call.answer(http::Response::Text(200, kJsonContentType, SubscriberBody(**found)));
}

}  // namespace oubli::dialects::bigcommerce
