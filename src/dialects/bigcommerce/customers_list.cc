// GET /v3/customers (contract 2.2).
#include <array>
#include <string_view>

#include "base/json_writer.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/customer_json.h"
#include "dialects/bigcommerce/customer_search.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/handlers.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr std::array<std::string_view, 20> kCustomerParameters = {
    "page",          "limit",
    "after",         "before",
    "id:in",         "company:in",
    "email:in",      "customer_group_id:in",
    "date_created",  "date_created:min",
    "date_modified", "date_created:max",
    "name:in",       "date_modified:min",
    "name:like",     "date_modified:max",
    "phone:in",      "registration_ip_address:in",
    "include",       "sort"};

Result<std::string> PageOfCustomers(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kCustomerParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, true));
  OUBLI_TRY_ASSIGN(const CustomerFilter filter, ReadCustomerFilter(query, call.choices));
  OUBLI_TRY_ASSIGN(const Order order, ReadOrder(query));
  OUBLI_TRY_ASSIGN(const Includes includes, ReadIncludes(query));

  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(FoundPage found, FindCustomers(*reader, filter, order, page, call.choices));
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (customers::Customer& customer : found.customers) {
    OUBLI_TRY_ASSIGN(const CustomerView view,
                     ReadCustomerView(*reader, std::move(customer), includes));
    WriteCustomer(json, view, includes, call.choices);
  }
  json.EndArray();
  WriteMeta(json, query, call.choices, page, found.outcome);
  json.EndObject();
  return body;
}

}  // namespace

void ListCustomers(Call& call) { AnswerList(call, PageOfCustomers(call)); }

}  // namespace oubli::dialects::bigcommerce
