// The receipt of a transaction (contract, 3.2), for record_activity and every call that moves a
// balance.
#pragma once

#include <optional>
#include <string_view>

#include "customers/definitions.h"
#include "customers/model.h"
#include "dialects/stickystreet/balances.h"
#include "dialects/stickystreet/output.h"

namespace oubli::dialects::stickystreet {

struct Receipt {
  customers::Campaign campaign;
  customers::Customer customer;
  std::optional<customers::Address> address;
  customers::Transaction entry;
  Balance balance;  // with the entry
};

Node ReceiptNode(const Receipt& receipt, std::string_view account_name);

}  // namespace oubli::dialects::stickystreet
