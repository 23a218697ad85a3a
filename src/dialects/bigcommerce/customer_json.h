// The customer object of V3 answers (contract 2.1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/query.h"

namespace oubli::dialects::bigcommerce {

// `include=`: what is shown besides the customer's own fields.
struct Includes {
  bool addresses = false;
  bool store_credit = false;
  bool attributes = false;
  bool form_fields = false;
  bool shopper_profile_id = false;
  bool segment_ids = false;
};
// Errors: kInvalid for a word that `include` does not have.
Result<Includes> ReadIncludes(const Query& query);

// A customer with what an answer shows of it.
struct CustomerView {
  customers::Customer customer;
  std::optional<std::vector<customers::Address>> addresses;
  std::optional<std::vector<customers::AttributeValue>> attributes;
  std::string shopper_profile_id = {};  // "" without one
  std::vector<std::string> segment_ids = {};
};
// Reads what `includes` asks for.
Result<CustomerView> ReadCustomerView(customers::StoreView& view, customers::Customer customer,
                                      const Includes& includes);

void WriteCustomer(JsonWriter& json, const CustomerView& view, const Includes& includes,
                   const Choices& choices);

// A form field of a customer or an address: {"customer_id":11,"name":"...","value":...}.
void WriteFormField(JsonWriter& json, std::string_view owner_member, int64_t owner_id,
                    const customers::FormField& field);

}  // namespace oubli::dialects::bigcommerce
