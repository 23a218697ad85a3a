// The address object of V2, in answers and in request bodies (contract 6.2).
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>

#include "customers/model.h"
#include "dialects/bigcommerce/address_json.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce::v2 {

boost::json::object AddressObject(const customers::Address& address, int64_t customer_id);

// A body for an address of the customer `customer_id`; `create` requires what an address must have.
// Errors: kInvalid.
Result<AddressInput> ReadAddressBody(const boost::json::object& object, int64_t customer_id,
                                     bool create, const Choices& choices);

}  // namespace oubli::dialects::bigcommerce::v2
