// The address object of V3, in answers and in request bodies (contract 3).
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "customers/model.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {

void WriteAddress(JsonWriter& json, const customers::Address& address, int64_t customer_id,
                  bool with_form_fields);

// What a body says of one address; nothing where it is silent.
struct AddressInput {
  std::optional<int64_t> id;
  std::optional<int64_t> customer_id;
  std::optional<std::string> first_name, last_name, company, phone;
  std::optional<std::string> address1, address2, city, state_or_province, postal_code;
  std::optional<std::string> country_code;  // upper case, of a country that there is
  std::optional<bool> commercial;
  std::optional<std::vector<customers::FormField>> form_fields;

  // What the body is silent about stays.
  void ApplyTo(customers::Address& address) const;
};

enum class AddressUse {
  kCreate,  // POST /customers/addresses
  kNested,  // inside POST /customers: state and postal code may be missing
  kUpdate,  // PUT /customers/addresses
};
// Errors: kInvalid with the field's path.
Result<AddressInput> ReadAddress(const boost::json::object& object, const std::string& path,
                                 AddressUse use, const Choices& choices);

// Whether a state is written as a code where the full name is wanted (T22).
bool HasStateCode(const customers::Address& address);
// Whether a text is the code ("TX") of a state of the US, Canada or Australia.
bool IsStateCode(std::string_view country_code, std::string_view state);

// Whether two addresses of one customer agree in all that makes an address unique (contract 3).
bool SameAddress(const customers::Address& a, const customers::Address& b);

}  // namespace oubli::dialects::bigcommerce
