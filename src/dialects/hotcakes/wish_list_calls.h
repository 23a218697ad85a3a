// The resource wishlistitems: find, create, update, delete. Items belong to a customer and go with
// the customer.
#pragma once

#include <memory>

#include "dialects/hotcakes/resource.h"

namespace oubli::dialects::hotcakes {

std::unique_ptr<Resource> MakeWishListItems();

}  // namespace oubli::dialects::hotcakes
