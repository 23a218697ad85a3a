// GET /admin/customers, /count and /check-email.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "customers/customers.h"
#include "dialects/webcommander/customer_json.h"
#include "dialects/webcommander/customer_search.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/list_query.h"
#include "dialects/webcommander/pagination.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr std::string_view kListPath = "/api/v4/admin/customers";

Result<CustomerPage> ReadPage(customers::Store& store, const ListQuery& query) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  return FindPage(*view, query);
}

}  // namespace

void ListCustomers(const Call& call) {
  const auto query = ParseListQuery(call.request.query);
  if (!query) return call.answer(query.error());
  const auto page = ReadPage(*call.store, *query);
  if (!page) return call.answer(FromError(page.error()));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("customers").BeginArray();
  for (const CustomerDetails& row : page->rows) WriteCustomerRow(writer, row);
  writer.EndArray();
  WritePagination(
      writer, call.request, std::string(kListPath), query->kept,
      {page->total, query->limit, query->offset, static_cast<int64_t>(page->rows.size())});
  writer.EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void CountCustomers(const Call& call) {
  const auto filter = ParseCountQuery(call.request.query);
  if (!filter) return call.answer(filter.error());
  ListQuery query;
  query.limit = 0;  // none of them is opened to be shown
  query.filter = *filter;
  const auto page = ReadPage(*call.store, query);
  if (!page) return call.answer(FromError(page.error()));
  std::string body;
  JsonWriter(body).BeginObject().Member("total", page->total).EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void CheckEmail(const Call& call) {
  const auto email = ParseEmailQuery(call.request.query);
  if (!email) return call.answer(email.error());
  auto find = [&]() -> Result<std::optional<customers::Customer>> {
    OUBLI_TRY_ASSIGN(auto view, call.store->Read());
    return customers::FindCustomerByEmail(*view, *email);
  };
  const auto found = find();
  if (!found) return call.answer(FromError(found.error()));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Member("exists", found->has_value());
  if (*found) {
    writer.Member("customer_id", (*found)->head.id)
        .Member("internal_id", InternalId((*found)->head));
  }
  writer.EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

}  // namespace oubli::dialects::webcommander
