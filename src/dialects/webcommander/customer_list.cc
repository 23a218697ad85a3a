// GET /admin/customers.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "dialects/webcommander/customer_json.h"
#include "dialects/webcommander/customer_search.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/list_query.h"
#include "http/parameters.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr std::string_view kPath = "/api/v4/admin/customers";

// "https://shop.example", or "" when the Host header holds what no host name does: then links are
// paths.
std::string Origin(const http::Request& request) {
  const std::string* host = request.FindHeader("Host");
  if (host == nullptr || host->empty()) return "";
  const bool plain = std::all_of(host->begin(), host->end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == ':' || c == '-' || c == '[' || c == ']';
  });
  if (!plain) return "";
  return (request.tls ? "https://" : "http://") + *host;
}

// The list's own URL with the same filters at another place.
std::string PageUrl(const http::Request& request, const ListQuery& query, int64_t offset) {
  std::string url = Origin(request) + std::string(kPath) + "?";
  for (const http::Parameter& parameter : query.kept.all()) {
    url += parameter.name + "=" + http::PercentEncode(parameter.value) + "&";
  }
  return url + "limit=" + std::to_string(query.limit) + "&offset=" + std::to_string(offset);
}

void WritePagination(JsonWriter& writer, const http::Request& request, const ListQuery& query,
                     const CustomerPage& page) {
  const auto count = static_cast<int64_t>(page.rows.size());
  const bool has_next = query.offset < page.total - count;
  const bool has_previous = query.offset > 0;
  writer.Key("pagination")
      .BeginObject()
      .Member("total", page.total)
      .Member("limit", query.limit)
      .Member("offset", query.offset)
      .Member("count", count)
      .Member("current_page", query.offset / query.limit + 1)
      .Member("total_pages", (page.total + query.limit - 1) / query.limit)
      .Member("has_next", has_next)
      .Member("has_previous", has_previous);
  writer.Key("previous_page");
  if (has_previous) {
    writer.String(PageUrl(request, query, std::max<int64_t>(0, query.offset - query.limit)));
  } else {
    writer.Null();
  }
  writer.Key("next_page");
  if (has_next) {
    writer.String(PageUrl(request, query, query.offset + query.limit));
  } else {
    writer.Null();
  }
  writer.EndObject();
}

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
  WritePagination(writer, call.request, *query, *page);
  writer.EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

}  // namespace oubli::dialects::webcommander
