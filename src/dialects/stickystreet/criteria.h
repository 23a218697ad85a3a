// Who is meant by a set of values: customer_search (contract, 2.5) and card_replace (2.10).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/customers.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

enum class Comparison {
  kPartial,    // a part of the value, case does not count
  kSensitive,  // the whole value
  kInsensitive,
};

// All of it has to fit. A value that was sent empty is none.
struct Criteria {
  Comparison comparison = Comparison::kPartial;
  std::vector<std::pair<std::string, std::string>> texts;  // by the name of ShownFields()
  std::map<int64_t, std::string> custom_fields;
  std::optional<int64_t> customer_id;  // profile_uid
  // Checked last, and only on few: see FindByCriteria().
  std::string password;
  std::string pin;

  bool empty() const {
    return texts.empty() && custom_fields.empty() && !customer_id && !HasSecret();
  }
  bool HasSecret() const { return !password.empty() || !pin.empty(); }
};

// Errors: kOptionNotAllowed for a numbered field that there is not, kBadNumber for a profile_uid.
Result<Criteria> ReadCriteria(const Fields& fields, Comparison comparison);

// Everything but password and PIN.
bool Fits(const Criteria& criteria, const customers::Customer& customer,
          const std::optional<customers::Address>& shown);

// Password and PIN, those of them that are asked for. Slow on purpose: not inside a transaction,
// nor while a snapshot is held.
bool SecretsFit(const Criteria& criteria, const customers::Profile& profile);

// Whether one of the criteria leads to its customer without a look at all of them.
bool IsFoundAtOnce(const Criteria& criteria);

// Whoever fits, by id, until `most` are found. Password and PIN are compared on at most
// kMostSecrets customers that fit otherwise, and on nobody when more do. Goes over the customers in
// slices, so what it found is to be looked up again where it is shown. Errors: kSeveralCustomers
// when more than kMostSecrets fit.
inline constexpr size_t kMostSecrets = 10;
Result<std::vector<customers::Customer>> FindByCriteria(
    const std::shared_ptr<customers::Store>& store, const Criteria& criteria, size_t most);

}  // namespace oubli::dialects::stickystreet
