// The fields of record_customer (contract, 2.2 and 2.3), read once and then put into a customer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "customers/model.h"
#include "dialects/stickystreet/fresh_numbers.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

struct CustomerForm {
  enum class Action { kNew, kRegister, kEdit };
  Action action = Action::kNew;
  // Who it is. "" when not given.
  std::string code;
  std::string card_number;
  std::optional<CardPattern> generate_card;
  bool random_code = false;  // new_code=Yes: do not take the card number for a code
  // What is set: only the fields that were sent, "" included.
  std::map<std::string, std::string> texts;  // by the name of the field
  std::map<int64_t, std::string> custom_fields;
  std::string password_hash;  // "" when not sent or empty: then the old one stays
  std::string pin_hash;
  // Where to enrol, and with what. Of new and register alone.
  std::vector<int64_t> campaign_ids;
  Decimal auto_add;
};

// Checks every field, and hashes password and PIN, which takes its time: not on a writer thread.
// Errors: the contract's texts.
Result<CustomerForm> ReadCustomerForm(const Fields& fields);

// Sets what was sent, but not the code; the card number only when it is given.
void Apply(const CustomerForm& form, customers::Profile& profile);
// Whether one of street1 to country was sent.
bool HasAddress(const CustomerForm& form);
void Apply(const CustomerForm& form, customers::Address& address);

}  // namespace oubli::dialects::stickystreet
