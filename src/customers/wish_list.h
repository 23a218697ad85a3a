// Wish lists: records of their customer, so they go with the customer.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

inline constexpr std::string_view kWishListItemCounter = "wish_list_item_id";

struct OwnedWishListItem {
  Head owner;
  WishListItem item;
};

// Nothing when no living customer has the item.
Result<std::optional<OwnedWishListItem>> FindWishListItem(StoreView& view, int64_t id);
// The items of a living customer with id < before_id, by descending id, until `visit` says false.
Status ForEachWishListItemOf(StoreView& view, const Head& owner, int64_t before_id,
                             const std::function<bool(const WishListItem& item)>& visit);

// Stores the item; id 0 takes the next one of the store, modified_at becomes now. Returns it as
// stored. Errors: kNotFound when the owner has been erased.
Result<WishListItem> PutWishListItem(StoreTransaction& transaction, const Head& owner,
                                     WishListItem item);
// The same for an item that another customer has: it leaves that one's list and keeps its id.
Result<WishListItem> MoveWishListItem(StoreTransaction& transaction, const Head& from,
                                      const Head& to, WishListItem item);
Result<bool> DeleteWishListItem(StoreTransaction& transaction, int64_t id);

}  // namespace oubli::customers
