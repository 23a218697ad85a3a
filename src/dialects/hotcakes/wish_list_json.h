// The wish list item as it is on the wire.
#pragma once

#include <string>
#include <string_view>

#include "customers/wish_list.h"
#include "dialects/hotcakes/javascript_reader.h"

namespace oubli::dialects::hotcakes {

struct WishListItemDto {
  int64_t store_id = 0;
  std::string customer_id;       // the customer's Bvin
  customers::WishListItem item;  // modified_at is out only
};

void AppendJson(JsonWriter& writer, int64_t store_id, int64_t customer_id,
                const customers::WishListItem& item);

// The item in a request body; what it leaves out gets the type's default, of which Quantity's is 1.
// Refuses what cannot be read, texts that are too long, and more than 100 selections.
tl::expected<WishListItemDto, Refusal> ReadWishListItem(std::string_view body);

}  // namespace oubli::dialects::hotcakes
