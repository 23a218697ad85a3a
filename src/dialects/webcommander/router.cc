#include "dialects/webcommander/router.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/webcommander/handlers.h"
#include "http/parameters.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr std::string_view kOrders = "/api/v4/admin/orders";

// Fixed words stand before the parameters that would take them too.
constexpr std::array<Endpoint, 46> kEndpoints = {{
    {"POST", "/api/v4/oauth2/token", Audience::kAnybody, IssueToken},
    {"GET", "/api/v4/create-customer-fields", Audience::kUsers, ShowCustomerFields},
    {"GET", "/api/v4/admin/customers", Audience::kUsers, ListCustomers},
    {"POST", "/api/v4/admin/customers", Audience::kUsers, CreateCustomer},
    {"GET", "/api/v4/admin/customers/count", Audience::kUsers, CountCustomers},
    {"GET", "/api/v4/admin/customers/check-email", Audience::kUsers, CheckEmail},
    {"GET", "/api/v4/admin/customers/export", Audience::kUsers, ExportCustomers},
    {"POST", "/api/v4/admin/customers/import", Audience::kUsers, ImportCustomers},
    {"POST", "/api/v4/admin/customers/bulk-reset-password", Audience::kUsers, BulkResetPassword},
    {"GET", "/api/v4/admin/customers/{customer_id}", Audience::kUsers, GetCustomer},
    {"PUT", "/api/v4/admin/customers/{customer_id}", Audience::kUsers, UpdateCustomer},
    {"DELETE", "/api/v4/admin/customers/{customer_id}", Audience::kAdministrators, DeleteCustomer},
    {"POST", "/api/v4/admin/customers/{customer_id}/addresses", Audience::kUsers, CreateAddresses},
    {"POST", "/api/v4/admin/customers/{customer_id}/reset-password", Audience::kUsers,
     ResetPassword},
    {"POST", "/api/v4/admin/customers/{customer_id}/change-password", Audience::kUsers,
     ChangePassword},
    {"GET", "/api/v4/admin/customers/{customer_id}/store-credit/adjustments", Audience::kUsers,
     ListCreditAdjustments},
    {"POST", "/api/v4/admin/customers/{customer_id}/store-credit/adjustments", Audience::kUsers,
     AdjustCredit},
    {"GET", "/api/v4/admin/customers/{customer_id}/orders", Audience::kUsers, ListOrdersOfCustomer},
    {"GET", "/api/v4/admin/orders", Audience::kUsers, ListOrders},
    {"POST", "/api/v4/admin/orders", Audience::kUsers, CreateOrder},
    {"GET", "/api/v4/admin/orders/count", Audience::kUsers, CountOrders},
    {"POST", "/api/v4/admin/orders/with-payment", Audience::kUsers, CreateOrderWithPayment},
    {"POST", "/api/v4/admin/orders/carts/{session_id}", Audience::kUsers, CreateOrderFromCart},
    {"GET", "/api/v4/admin/orders/{order_id}", Audience::kUsers, GetOrder},
    {"PUT", "/api/v4/admin/orders/{order_id}", Audience::kUsers, ReplaceOrder},
    {"PATCH", "/api/v4/admin/orders/{order_id}", Audience::kUsers, PatchOrder},
    {"DELETE", "/api/v4/admin/orders/{order_id}", Audience::kAdministrators, DeleteOrder},
    {"PATCH", "/api/v4/admin/orders/{order_id}/addresses", Audience::kUsers, PatchOrderAddresses},
    {"POST", "/api/v4/admin/orders/{order_id}/cancel", Audience::kUsers, CancelOrder},
    {"PATCH", "/api/v4/admin/orders/{order_id}/update-status", Audience::kUsers, UpdateOrderStatus},
    {"GET", "/api/v4/admin/orders/{order_id}/comments", Audience::kUsers, ListOrderComments},
    {"POST", "/api/v4/admin/orders/{order_id}/comments", Audience::kUsers, CreateOrderComment},
    {"POST", "/api/v4/carts", Audience::kUsers, CreateCart},
    {"GET", "/api/v4/carts/{session_id}", Audience::kUsers, GetCart},
    {"PUT", "/api/v4/carts/{session_id}", Audience::kUsers, PutCartSession},
    {"PATCH", "/api/v4/carts/{session_id}", Audience::kUsers, PatchCart},
    {"DELETE", "/api/v4/carts/{session_id}", Audience::kUsers, DeleteCart},
    {"DELETE", "/api/v4/carts/{session_id}/cart_items/{cart_item_id}", Audience::kUsers,
     DeleteCartItem},
    {"GET", "/api/v4/admin/discount_profiles", Audience::kUsers, ListDiscounts},
    {"POST", "/api/v4/admin/discount_profiles", Audience::kUsers, CreateDiscount},
    {"GET", "/api/v4/admin/discount_profiles/{id}", Audience::kUsers, GetDiscount},
    {"PUT", "/api/v4/admin/discount_profiles/{id}", Audience::kUsers, UpdateDiscount},
    {"PATCH", "/api/v4/admin/discount_profiles/{id}", Audience::kUsers, PatchDiscount},
    {"DELETE", "/api/v4/admin/discount_profiles/{id}", Audience::kUsers, DeleteDiscount},
    {"POST", "/api/v4/admin/discount_profiles/{id}/create-coupons", Audience::kUsers,
     CreateCoupons},
    {"POST", "/api/v4/admin/discount_coupons/assign-customer", Audience::kUsers, AssignCoupon},
}};

bool IsParameter(std::string_view segment) { return segment.starts_with('{'); }

// The parameters of `pattern` in `segments`, when they fit.
std::optional<std::vector<std::string>> Fit(std::string_view pattern,
                                            const std::vector<std::string>& segments) {
  const std::vector<std::string_view> wanted = Split(pattern, '/');
  if (wanted.size() != segments.size()) return std::nullopt;
  std::vector<std::string> parameters;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (IsParameter(wanted[i])) {
      parameters.push_back(segments[i]);
    } else if (wanted[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

bool IsAtOrUnder(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

std::span<const Endpoint> Endpoints() { return kEndpoints; }

std::optional<Match> FindEndpoint(std::string_view method, std::string_view path) {
  std::vector<std::string> segments;
  for (std::string_view segment : Split(path, '/')) {
    segments.push_back(http::PercentDecode(segment, false));
  }
  for (const Endpoint& endpoint : kEndpoints) {
    if (endpoint.method != method) continue;
    if (auto parameters = Fit(endpoint.pattern, segments)) {
      return Match{&endpoint, std::move(*parameters)};
    }
  }
  return std::nullopt;
}

bool IsUnderRoot(std::string_view path) { return IsAtOrUnder(path, kRoot); }
bool IsUnderOrders(std::string_view path) { return IsAtOrUnder(path, kOrders); }

}  // namespace oubli::dialects::webcommander
