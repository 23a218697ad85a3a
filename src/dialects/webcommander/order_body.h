// Reading the bodies of order calls.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "customers/model.h"
#include "dialects/webcommander/fields.h"

namespace oubli::dialects::webcommander {

inline constexpr int64_t kMaxQuantity = 1'000'000;  // of one product, in a cart too

struct NewOrder {
  int64_t customer_id = 0;  // 0: a guest
  customers::Order order;
  customers::OrderDetails details;
  bool nameless_address = false;  // which the system answers with a 500 and nothing else
};

// `with_payment`: the body must carry `payment`.
Parsed<NewOrder> ParseNewOrder(std::string_view body, bool with_payment);

// What PUT and PATCH change; nothing is: it stays.
struct OrderChanges {
  std::optional<int64_t> customer_id;
  std::optional<std::string> status;
  std::optional<std::string> customer_po_number;
  std::optional<std::string> payment_term;
  std::optional<customers::Address> billing;
  std::optional<customers::Address> shipping;
};
enum class OrderCall { kPut, kPatch, kAddresses, kStatus };
// Members that the call does not know are refused: an update that does nothing would look as if it
// had.
Parsed<OrderChanges> ParseOrderChanges(std::string_view body, OrderCall call);
void ApplyChanges(const OrderChanges& changes, customers::Order& order,
                  customers::OrderDetails& details);

}  // namespace oubli::dialects::webcommander
