// Orders as WebCommander writes them: one by sections, one flat, one as a row of the list.
#pragma once

#include <optional>
#include <string>

#include "base/json_writer.h"
#include "base/result.h"
#include "customers/shop_records.h"
#include "dialects/webcommander/customer_details.h"

namespace oubli::dialects::webcommander {

// An order together with the customer it belongs to; a guest's has none.
struct OrderView {
  customers::OwnedOrder owned;
  std::optional<CustomerDetails> customer;
};

// kNotFound when the owner has been erased meanwhile.
Result<OrderView> ReadOrderView(customers::StoreView& view, customers::OwnedOrder owned);

// The second number of an order: twice the first, so never the same one.
int64_t OrderInternalId(const customers::Order& order);
// The states that an order may have; one that came another way counts as in_progress.
std::string OrderStatus(const customers::Order& order);
std::string PaymentStatus(const OrderView& view);
// What the customer is called: of the customer's record, or of a guest's billing address.
std::string OrderCustomerName(const OrderView& view);

void WriteOrderItems(JsonWriter& writer, const OrderView& view);
void WriteOrderAddress(JsonWriter& writer, int64_t id,
                       const std::vector<customers::Address>& address);  // null for none
enum class OrderShape { kSectioned, kRow };  // a row has no addresses and less of the customer
void WriteSectionedOrder(JsonWriter& writer, const OrderView& view, OrderShape shape);
void WriteFlatOrder(JsonWriter& writer, const OrderView& view);

}  // namespace oubli::dialects::webcommander
