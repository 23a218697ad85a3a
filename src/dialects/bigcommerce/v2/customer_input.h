// What the bodies of POST and PUT /v2/customers say of one customer (contract 6.2).
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/customer_input.h"

namespace oubli::dialects::bigcommerce::v2 {

struct CustomerBody {
  CustomerInput fields;  // those that V3 has too; a password is not hashed yet
  std::optional<std::string> registration_ip_address;
  bool says_something = false;

  // What the body is silent about stays.
  void ApplyTo(customers::Customer& customer) const;
};

// Errors: kInvalid.
Result<CustomerBody> ReadCustomerBody(const boost::json::object& object, CustomerUse use,
                                      const Choices& choices);

}  // namespace oubli::dialects::bigcommerce::v2
