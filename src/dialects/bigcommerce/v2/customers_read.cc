// GET /v2/customers, /v2/customers/count, /v2/customers/{id} (contract 6.2).
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "customers/customers.h"
#include "dialects/bigcommerce/customer_search.h"
#include "dialects/bigcommerce/v2/customer_json.h"
#include "dialects/bigcommerce/v2/handlers.h"
#include "dialects/bigcommerce/v2/list_query.h"
#include "dialects/bigcommerce/v2/reply.h"
#include "dialects/bigcommerce/v2/value.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

namespace json = boost::json;
using customers::Profile;

constexpr std::array<std::string_view, 16> kCustomerParameters = {"page",
                                                                  "limit",
                                                                  "first_name",
                                                                  "last_name",
                                                                  "company",
                                                                  "email",
                                                                  "phone",
                                                                  "store_credit",
                                                                  "customer_group_id",
                                                                  "min_id",
                                                                  "max_id",
                                                                  "min_date_created",
                                                                  "max_date_created",
                                                                  "min_date_modified",
                                                                  "max_date_modified",
                                                                  "tax_exempt_category"};

Result<std::optional<int64_t>> ReadInteger(const Query& query, std::string_view name) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  const auto number = ParseInt(*text);
  if (!number) return Fail(ErrorKind::kInvalid, "is not an integer", name);
  return number;
}

// The filters that V3 does not have, joined to one condition; nothing when none is given.
Result<std::function<bool(const Profile&)>> ReadProfileFilter(const Query& query,
                                                              const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto first_names, ReadText(query, "first_name", choices));
  OUBLI_TRY_ASSIGN(const auto last_names, ReadText(query, "last_name", choices));
  OUBLI_TRY_ASSIGN(const auto tax_categories, ReadText(query, "tax_exempt_category", choices));
  OUBLI_TRY_ASSIGN(const auto credit_text, query.Single("store_credit"));
  std::optional<std::string> credit;
  if (credit_text) {
    const auto amount = Decimal::Parse(*credit_text);
    if (!amount) return Fail(ErrorKind::kInvalid, "is not a decimal number", "store_credit");
    credit = MoneyText(*amount);
  }
  if (!first_names && !last_names && !tax_categories && !credit) return nullptr;
  return [first_names, last_names, tax_categories, credit, &choices](const Profile& profile) {
    if (first_names && !first_names->Has(profile.first_name, choices)) return false;
    if (last_names && !last_names->Has(profile.last_name, choices)) return false;
    if (tax_categories && !tax_categories->Has(profile.tax_exempt_category, choices)) return false;
    return !credit || *credit == MoneyText(profile.store_credit);
  };
}

Result<CustomerFilter> ReadFilter(const Query& query, const Choices& choices) {
  CustomerFilter filter;
  OUBLI_TRY_ASSIGN(filter.companies, ReadText(query, "company", choices));
  OUBLI_TRY_ASSIGN(filter.phones, ReadText(query, "phone", choices));
  OUBLI_TRY_ASSIGN(const auto email, query.Single("email"));
  if (email) filter.emails = {customers::NormalizeEmail(*email)};
  OUBLI_TRY_ASSIGN(const auto group_id, ReadInteger(query, "customer_group_id"));
  if (group_id) filter.group_ids = {*group_id};
  OUBLI_TRY_ASSIGN(const auto min_id, ReadInteger(query, "min_id"));
  OUBLI_TRY_ASSIGN(const auto max_id, ReadInteger(query, "max_id"));
  filter.min_id = std::max<int64_t>(min_id.value_or(1), 1);
  filter.max_id = max_id.value_or(INT64_MAX);
  OUBLI_TRY_ASSIGN(filter.created,
                   ReadBounds(query, "min_date_created", "max_date_created", choices));
  OUBLI_TRY_ASSIGN(filter.modified,
                   ReadBounds(query, "min_date_modified", "max_date_modified", choices));
  OUBLI_TRY_ASSIGN(filter.also, ReadProfileFilter(query, choices));
  return filter;
}

Result<json::array> CustomerRows(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, ReadQuery(call, kCustomerParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(CustomerFilter filter, ReadFilter(query, call.choices));
  if (const auto since = ModifiedSince(call.request)) {
    filter.modified.from = std::max(filter.modified.from, *since + 1);
  }
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const FoundPage found,
                   FindCustomers(*reader, filter, Order(), page, call.choices));
  const Links links(call);
  json::array rows;
  for (const customers::Customer& customer : found.customers) {
    rows.emplace_back(CustomerObject(customer, links));
  }
  return rows;
}

Result<int64_t> NumberOfCustomers(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, ReadQuery(call, kCustomerParameters));
  OUBLI_TRY(ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const CustomerFilter filter, ReadFilter(query, call.choices));
  PageRequest first;
  first.limit = 1;
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const FoundPage found,
                   FindCustomers(*reader, filter, Order(), first, call.choices));
  return found.outcome.total;
}

Result<std::optional<customers::Customer>> FindOfPath(const Call& call) {
  OUBLI_TRY(ReadQuery(call, {}));
  const auto id = IdOf(call.path_parameters[0]);
  if (!id) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  return customers::FindCustomer(*reader, *id);
}

}  // namespace

void ListCustomers(Call& call) {
  const Reply reply(call);
  auto rows = CustomerRows(call);
  if (!rows) return reply.Fail(rows.error());
  SendList(reply, "customers", std::move(*rows), ModifiedSince(call.request).has_value());
}

void CountCustomers(Call& call) {
  const Reply reply(call);
  const auto count = NumberOfCustomers(call);
  if (!count) return reply.Fail(count.error());
  reply.Object(200, "customers", {{"count", *count}});
}

void GetCustomer(Call& call) {
  const Reply reply(call);
  const auto customer = FindOfPath(call);
  if (!customer) return reply.Fail(customer.error());
  if (!*customer) return reply.NotFound();
  if (!IsModified(ModifiedSince(call.request), (*customer)->head.modified_at)) {
    return reply.NotModified();
  }
  reply.Object(200, "customer", CustomerObject(**customer, Links(call)));
}

}  // namespace oubli::dialects::bigcommerce::v2
