// What the bodies of POST and PUT /v3/customers say of one customer (contract 2.1).
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "customers/model.h"
#include "dialects/bigcommerce/address_json.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {

// Nothing where the body is silent.
struct CustomerInput {
  std::optional<int64_t> id;  // PUT
  std::optional<std::string> email, first_name, last_name;
  std::optional<std::string> company, phone, notes, tax_exempt_category;
  std::optional<int64_t> customer_group_id, origin_channel_id;
  std::optional<bool> force_password_reset, accepts_marketing;
  std::optional<std::string> new_password;   // until HashPasswords()
  std::optional<std::string> password_hash;  // after it
  std::optional<Decimal> store_credit;
  bool has_channels = false;  // then `channel_ids` counts, of which nothing means all channels
  std::optional<std::vector<int64_t>> channel_ids;
  std::optional<std::vector<customers::FormField>> form_fields;
  // POST only.
  std::optional<std::vector<AddressInput>> addresses;
  std::vector<customers::AttributeValue> attributes;

  // What the body is silent about stays.
  void ApplyTo(customers::Customer& customer) const;
};

enum class CustomerUse { kCreate, kUpdate };

// All items of a body; no password is hashed yet, so that a body with a fault in it costs little.
// Errors: kInvalid with the field's path.
Result<std::vector<CustomerInput>> ReadCustomers(const boost::json::array& items, CustomerUse use,
                                                 const Choices& choices);

// By the choices on passwords.
bool IsGoodPassword(std::string_view password, const Choices& choices);

// Takes some 20 ms a password: not in the writer's turn.
void HashPasswords(std::vector<CustomerInput>& inputs);

}  // namespace oubli::dialects::bigcommerce
