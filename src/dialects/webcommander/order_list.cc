// GET /admin/orders, /admin/orders/count, and a customer's orders.

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "customers/shop_records.h"
#include "dialects/webcommander/customer_lookup.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/order_json.h"
#include "dialects/webcommander/pagination.h"
#include "dialects/webcommander/text_rules.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::OwnedOrder;
using customers::StoreView;

constexpr std::array<std::string_view, 27> kNames = {"customerId",
                                                     "customerName",
                                                     "search_text",
                                                     "order_status",
                                                     "orderStatus",
                                                     "status",
                                                     "payment_status",
                                                     "shipping_status",
                                                     "total",
                                                     "gatewayCode",
                                                     "currency_code",
                                                     "productId",
                                                     "productName",
                                                     "productSku",
                                                     "orderFrom",
                                                     "orderTo",
                                                     "order_id",
                                                     "order_no",
                                                     "orderIds",
                                                     "externalReferenceOrderId",
                                                     "flag",
                                                     "sort",
                                                     "dir",
                                                     "limit",
                                                     "page",
                                                     "offset",
                                                     "field_metadata"};

constexpr std::array<std::string_view, 10> kSorts = {
    "orderNo",        "customerName", "created",       "orderStatus", "paymentStatus",
    "shippingStatus", "deliveryType", "scheduledDate", "total",       "items"};

constexpr UnixMs kDayMs = 24 * 3600 * UnixMs{1000};

bool SameFolded(std::string_view a, std::string_view b) {
  return FoldCase(Trim(a)) == FoldCase(Trim(b));
}
bool Holds(std::string_view text, std::string_view part) {
  return !part.empty() && FoldCase(text).find(FoldCase(part)) != std::string::npos;
}

struct OrderQuery {
  http::Parameters parameters;
  Place place;
  std::string sort = "created";
  bool descending = true;
  // What has to be a number or a date, read once.
  std::optional<int64_t> customer_id, product_id, order_id;
  std::optional<Decimal> total;
  std::optional<UnixMs> from, to;

  const std::string* Find(std::string_view name) const { return parameters.Find(name); }
  const std::string* Status() const {
    for (const char* name : {"order_status", "orderStatus", "status"}) {
      if (const std::string* status = Find(name)) return status;
    }
    return nullptr;
  }
};

std::optional<ApiError> CheckOrderParameters(const http::Parameters& parameters) {
  for (const http::Parameter& parameter : parameters.all()) {
    const std::string_view name = parameter.name;
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
      return ApiError{400, "unknown query parameter(s): " + ShownName(name), "unknown_parameter"};
    }
    if (parameters.Count(name) > 1) {
      return ValidationFailed(name, "invalid_value", "must be given once");
    }
    if (auto problem = CheckText(name, parameter.value, {})) return problem;
  }
  return std::nullopt;
}

std::optional<ApiError> ReadValues(OrderQuery& query) {
  for (auto [name, target] :
       {std::pair("customerId", &query.customer_id), std::pair("productId", &query.product_id),
        std::pair("order_id", &query.order_id), std::pair("order_no", &query.order_id)}) {
    const std::string* text = query.Find(name);
    if (text == nullptr) continue;
    *target = ParseInt(*text);
    if (!*target) return ValidationFailed(name, "invalid_value", "must be an integer");
  }
  if (const std::string* text = query.Find("total")) {
    query.total = Decimal::Parse(*text);
    if (!query.total) return ValidationFailed("total", "invalid_value", "must be a number");
  }
  for (auto [name, target] :
       {std::pair("orderFrom", &query.from), std::pair("orderTo", &query.to)}) {
    const std::string* text = query.Find(name);
    if (text == nullptr) continue;
    *target = text->size() == 10 ? ParseIso8601(*text) : std::nullopt;
    if (!*target) return ValidationFailed(name, "invalid_date", "must be YYYY-MM-DD");
  }
  if (const std::string* sort = query.Find("sort")) {
    if (std::find(kSorts.begin(), kSorts.end(), *sort) == kSorts.end()) {
      return ParameterRefused("sort", "invalid_sort_field", "cannot be sorted by");
    }
    query.sort = *sort;
  }
  if (const std::string* dir = query.Find("dir")) {
    query.descending = EqualsIgnoreCase(*dir, "desc");
    if (!query.descending && !EqualsIgnoreCase(*dir, "asc")) {
      return ValidationFailed("dir", "invalid_enum", "must be one of asc, desc");
    }
  }
  return std::nullopt;
}

Parsed<OrderQuery> ParseQuery(std::string_view text) {
  auto parameters = http::ParseUrlEncoded(text);
  if (!parameters) return tl::unexpected(InvalidRequest("invalid query string"));
  OrderQuery query;
  query.parameters = std::move(*parameters);
  if (auto problem = CheckOrderParameters(query.parameters))
    return tl::unexpected(std::move(*problem));
  if (auto problem = ReadValues(query)) return tl::unexpected(std::move(*problem));
  auto place = ReadPlace(query.parameters);
  if (!place) return tl::unexpected(place.error());
  query.place = *place;
  return query;
}

bool FitsItems(const OrderQuery& query, const OwnedOrder& owned) {
  if (query.product_id) {
    const auto& ids = owned.details.product_ids;
    if (!ids || std::find(ids->begin(), ids->end(), *query.product_id) == ids->end()) return false;
  }
  const std::string* name = query.Find("productName");
  const std::string* sku = query.Find("productSku");
  const auto any = [&](auto fits) {
    return std::any_of(owned.order.items.begin(), owned.order.items.end(), fits);
  };
  if (name != nullptr && !any([&](const auto& item) { return Holds(item.name, *name); })) {
    return false;
  }
  return sku == nullptr || any([&](const auto& item) { return SameFolded(item.sku, *sku); });
}

bool FitsNumbers(const OrderQuery& query, const OwnedOrder& owned) {
  if (query.order_id && owned.order.id != *query.order_id) return false;
  if (query.total && owned.order.total != *query.total) return false;
  if (query.from && owned.order.date < *query.from) return false;
  if (query.to && owned.order.date >= *query.to + kDayMs) return false;
  if (const std::string* ids = query.Find("orderIds")) {
    const std::string own = std::to_string(OrderInternalId(owned.order));
    const auto list = Split(*ids, ',');
    if (std::none_of(list.begin(), list.end(),
                     [&](std::string_view id) { return Trim(id) == own; })) {
      return false;
    }
  }
  // No order has a flag.
  return query.Find("flag") == nullptr;
}

bool FitsStates(const OrderQuery& query, const OwnedOrder& owned) {
  const std::string status = OrderStatus(owned.order);
  if (const std::string* wanted = query.Status()) {
    if (!SameFolded(*wanted, status)) return false;
  } else if (status == "cancelled") {
    return false;
  }
  const customers::OrderDetails& details = owned.details;
  const auto fits = [&](const char* name, const std::string& value, const char* standard) {
    const std::string* wanted = query.Find(name);
    return wanted == nullptr || SameFolded(*wanted, value.empty() ? standard : value);
  };
  return fits("payment_status", details.payment_status, "unpaid") &&
         fits("shipping_status", details.shipping_status, "not_shipped") &&
         fits("gatewayCode", details.payment_gateway, "") &&
         fits("currency_code", owned.order.currency, "") &&
         fits("externalReferenceOrderId", details.external_reference, "");
}

bool FitsPerson(const OrderQuery& query, const OrderView& view) {
  const std::string* name = query.Find("customerName");
  if (name != nullptr && !Holds(OrderCustomerName(view), *name)) return false;
  const std::string* email = query.Find("search_text");
  if (email == nullptr) return true;
  if (view.customer) return SameFolded(view.customer->customer.profile.email, *email);
  const auto& billing = view.owned.details.billing;
  return !billing.empty() && SameFolded(billing.front().email, *email);
}

struct OrderSortKey {
  Decimal number;
  std::string text;
  int64_t id = 0;
  bool operator<(const OrderSortKey& other) const {
    return std::tie(number, text, id) < std::tie(other.number, other.text, other.id);
  }
};

OrderSortKey KeyOf(const std::string& sort, const OrderView& view) {
  const customers::Order& order = view.owned.order;
  OrderSortKey key{{}, "", order.id};
  if (sort == "created") key.number = Decimal::FromUnits(order.date);
  if (sort == "total") key.number = order.total;
  if (sort == "items") key.number = Decimal::FromInt(static_cast<int64_t>(order.items.size()));
  if (sort == "orderStatus") key.text = OrderStatus(order);
  if (sort == "paymentStatus") key.text = PaymentStatus(view);
  if (sort == "shippingStatus") key.text = view.owned.details.shipping_status;
  if (sort == "deliveryType") key.text = view.owned.details.delivery_type;
  if (sort == "customerName") key.text = FoldCase(OrderCustomerName(view));
  return key;
}

// Reads the orders one by one, and keeps of those that fit what they are sorted by.
class OrderScan {
 public:
  OrderScan(StoreView& view, const OrderQuery& query) : view_(view), query_(query) {
    person_ = query.Find("customerName") != nullptr || query.Find("search_text") != nullptr ||
              query.sort == "customerName";
  }

  Status Run() {
    if (query_.customer_id) {
      OUBLI_TRY_ASSIGN(const auto head, FindByInternalId(view_, *query_.customer_id));
      if (!head) return {};
      auto orders = customers::ListOwnedOrders(view_, *head);
      if (!orders) return PassOver(orders.error());
      for (OwnedOrder& owned : *orders) OUBLI_TRY(Look(std::move(owned)));
      return {};
    }
    Status failed;
    const int64_t after = query_.order_id ? *query_.order_id - 1 : 0;
    OUBLI_TRY(customers::ForEachRecordOwner(
        view_, customers::RecordKind::kOrder, after, [&](int64_t id, const customers::Head&) {
          auto owned = customers::FindOrder(view_, id);
          failed =
              !owned ? Status(Fail(owned.error())) : (*owned ? Look(std::move(**owned)) : Status());
          return failed.has_value() && !query_.order_id;
        }));
    return failed;
  }

  int64_t total() const { return static_cast<int64_t>(found_.size()); }

  Result<std::vector<OrderView>> Page() {
    if (query_.descending) {
      std::sort(found_.rbegin(), found_.rend());
    } else {
      std::sort(found_.begin(), found_.end());
    }
    std::vector<OrderView> page;
    const auto end = std::min(total(), query_.place.offset + query_.place.limit);
    for (int64_t i = query_.place.offset; i < end; ++i) {
      OUBLI_TRY_ASSIGN(auto owned, customers::FindOrder(view_, found_[static_cast<size_t>(i)].id));
      if (!owned) continue;
      auto row = ReadOrderView(view_, std::move(*owned));
      if (row) {
        page.push_back(std::move(*row));
      } else {
        OUBLI_TRY(PassOver(row.error()));
      }
    }
    return page;
  }

 private:
  // Who has been erased since the view began is passed over.
  static Status PassOver(const Error& error) {
    if (error.kind == ErrorKind::kNotFound) return {};
    return Fail(error);
  }

  Status Look(OwnedOrder owned) {
    if (!FitsNumbers(query_, owned) || !FitsStates(query_, owned) || !FitsItems(query_, owned)) {
      return {};
    }
    OrderView shown;
    if (person_) {
      auto read = ReadOrderView(view_, std::move(owned));
      if (!read) return PassOver(read.error());
      shown = std::move(*read);
    } else {
      shown.owned = std::move(owned);
    }
    if (person_ && !FitsPerson(query_, shown)) return {};
    found_.push_back(KeyOf(query_.sort, shown));
    return {};
  }

  StoreView& view_;
  const OrderQuery& query_;
  bool person_ = false;  // the customers have to be opened too
  std::vector<OrderSortKey> found_;
};

struct OrderPage {
  int64_t total = 0;
  std::vector<OrderView> rows;
};

Result<OrderPage> FindOrders(customers::Store& store, const OrderQuery& query, bool rows) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  OrderScan scan(*view, query);
  OUBLI_TRY(scan.Run());
  OrderPage page;
  page.total = scan.total();
  if (rows) {
    OUBLI_TRY_ASSIGN(page.rows, scan.Page());
  }
  return page;
}

struct CustomerOrders {
  customers::Head head;
  std::vector<OrderView> orders;
};

Result<CustomerOrders> OrdersOf(customers::Store& store, int64_t id) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  OUBLI_TRY_ASSIGN(const auto head,
                   customers::FindHead(*view, customers::OwnerKind::kCustomer, id));
  if (!head) return Fail(ErrorKind::kNotFound, "no such customer");
  OUBLI_TRY_ASSIGN(auto list, customers::ListOwnedOrders(*view, *head));
  std::ranges::sort(list, [](const OwnedOrder& a, const OwnedOrder& b) {
    return std::tie(a.order.date, a.order.id) > std::tie(b.order.date, b.order.id);
  });
  CustomerOrders orders{*head, {}};
  for (OwnedOrder& owned : list) {
    if (OrderStatus(owned.order) == "cancelled") continue;
    OUBLI_TRY_ASSIGN(auto shown, ReadOrderView(*view, std::move(owned)));
    orders.orders.push_back(std::move(shown));
  }
  return orders;
}

}  // namespace

void ListOrders(const Call& call) {
  auto query = ParseQuery(call.request.query);
  if (!query) return call.answer(WrappedError(query.error()));
  const auto page = FindOrders(*call.store, *query, true);
  if (!page) return call.answer(WrappedError(FromError(page.error())));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("orders").BeginArray();
  for (const OrderView& row : page->rows) WriteSectionedOrder(writer, row, OrderShape::kRow);
  writer.EndArray();
  http::Parameters kept;
  for (const http::Parameter& parameter : query->parameters.all()) {
    const std::string& name = parameter.name;
    if (name != "limit" && name != "offset" && name != "page") kept.Add(name, parameter.value);
  }
  query->place.total = page->total;
  query->place.count = static_cast<int64_t>(page->rows.size());
  WritePagination(writer, call.request, "/api/v4/admin/orders", kept, query->place);
  writer.EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void CountOrders(const Call& call) {
  const auto query = ParseQuery(call.request.query);
  if (!query) return call.answer(WrappedError(query.error()));
  const auto page = FindOrders(*call.store, *query, false);
  if (!page) return call.answer(WrappedError(FromError(page.error())));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("orders").BeginObject().Member("count", page->total);
  writer.EndObject().EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void ListOrdersOfCustomer(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  const auto orders = OrdersOf(*call.store, *id);
  if (!orders) return call.answer(FromError(orders.error()));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject()
      .Member("customer_id", orders->head.id)
      .Member("internal_id", InternalId(orders->head));
  writer.Key("orders").BeginArray();
  for (const OrderView& order : orders->orders) WriteFlatOrder(writer, order);
  writer.EndArray().EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

}  // namespace oubli::dialects::webcommander
