// All form fields of a store in one order, for GET /v3/customers/form-field-values.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::dialects::bigcommerce {

// Where a field stands, in the terms of the cursors: `session` is the id of the customer or address
// that has it (of equal ones the customer comes first), `field` its place among their fields, that
// of an address with kAddressFields added. Fields are only ever added behind the others, so a place
// stays a field's own.
struct FieldPlace {
  static constexpr int64_t kAddressFields = 1'000'000;

  int64_t session = 0;
  int64_t field = 0;

  friend auto operator<=>(const FieldPlace&, const FieldPlace&) = default;
};

struct PlacedField {
  FieldPlace place;
  bool of_address = false;  // else of a customer
  customers::FormField field;
};

// Whose fields: everybody's by default.
struct FieldOwners {
  std::optional<int64_t> customer_id;
  std::optional<int64_t> address_id;  // with a customer_id: of that customer
};

// The fields from `start` on, ascending, until `visit` returns false. Costs what it visits. Those
// who are erased meanwhile are passed over. Errors: kCorrupt, kUnavailable.
Status ForEachFormField(customers::StoreView& view, const FieldOwners& owners, FieldPlace start,
                        const std::function<bool(PlacedField)>& visit);

}  // namespace oubli::dialects::bigcommerce
