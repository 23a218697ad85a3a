#include "dialects/stickystreet/criteria.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/password.h"
#include "customers/customer_walk.h"
#include "customers/records.h"
#include "dialects/stickystreet/customer_view.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;
using customers::StoreView;

constexpr std::string_view kCriterionNames[] = {
    "code",        "card_number", "first_name",  "last_name",    "phone",
    "email",       "street1",     "street2",     "city",         "state",
    "postal_code", "country",     "custom_date", "custom_field", "customer_username"};

bool SameText(Comparison comparison, std::string_view value, std::string_view wanted) {
  switch (comparison) {
    case Comparison::kSensitive:
      return value == wanted;
    case Comparison::kInsensitive:
      return FoldCase(value) == FoldCase(wanted);
    case Comparison::kPartial:
      return FoldCase(value).find(FoldCase(wanted)) != std::string::npos;
  }
  return false;
}

const std::string* WantedText(const Criteria& criteria, std::string_view name) {
  const auto found = std::ranges::find(criteria.texts, name, [](const auto& t) { return t.first; });
  return found == criteria.texts.end() ? nullptr : &found->second;
}

// Exact values of these are found by their token.
constexpr std::string_view kTokenNames[] = {"code", "card_number", "customer_username", "email"};

// The customer that IsFoundAtOnce() is about; whether the rest fits is still to be seen.
Result<std::optional<Customer>> FindCandidate(StoreView& view, const Criteria& criteria) {
  if (criteria.customer_id) return customers::FindCustomer(view, *criteria.customer_id);
  if (const std::string* code = WantedText(criteria, "code")) {
    return customers::FindCustomerByCode(view, *code);
  }
  if (const std::string* card = WantedText(criteria, "card_number")) {
    return customers::FindCustomerByCard(view, *card);
  }
  if (const std::string* username = WantedText(criteria, "customer_username")) {
    return customers::FindCustomerByUsername(view, *username);
  }
  if (const std::string* email = WantedText(criteria, "email")) {
    return customers::FindCustomerByEmail(view, *email);
  }
  return std::nullopt;
}

}  // namespace

Result<Criteria> ReadCriteria(const Fields& fields, Comparison comparison) {
  Criteria criteria;
  criteria.comparison = comparison;
  for (const std::string_view name : kCriterionNames) {
    const std::string_view text = fields.Get(name);
    if (!text.empty()) criteria.texts.emplace_back(name, text);
  }
  OUBLI_TRY_ASSIGN(criteria.custom_fields, ReadCustomFields(fields));
  std::erase_if(criteria.custom_fields, [](const auto& field) { return field.second.empty(); });
  if (const std::string_view id = fields.Get("profile_uid"); !id.empty()) {
    OUBLI_TRY_ASSIGN(criteria.customer_id, ReadWhole(id, 1, INT64_MAX, 0));
  }
  if (const std::string* password = fields.Find("customer_password")) {
    criteria.password = *password;
  }
  criteria.pin = fields.Get("customer_PIN");
  return criteria;
}

bool Fits(const Criteria& criteria, const Customer& customer,
          const std::optional<customers::Address>& shown) {
  if (criteria.customer_id && *criteria.customer_id != customer.head.id) return false;
  const auto same = [&](std::string_view value, std::string_view wanted) {
    return SameText(criteria.comparison, value, wanted);
  };
  for (const auto& [number, wanted] : criteria.custom_fields) {
    const auto field = customer.profile.custom_fields.find(number);
    if (field == customer.profile.custom_fields.end() || !same(field->second, wanted)) return false;
  }
  if (criteria.texts.empty()) return true;
  const Row row = SearchedFields(customer, shown);
  return std::ranges::all_of(criteria.texts, [&](const auto& text) {
    const auto field = std::ranges::find(row, text.first, [](const auto& f) { return f.first; });
    return field != row.end() && same(field->second, text.second);
  });
}

bool SecretsFit(const Criteria& criteria, const customers::Profile& profile) {
  // Both are compared whatever the first says, so that time does not tell which one was wrong.
  bool fits = true;
  if (!criteria.password.empty()) {
    fits &= crypto::VerifyPassword(profile.password_hash, criteria.password);
  }
  if (!criteria.pin.empty()) fits &= crypto::VerifyPassword(profile.pin_hash, criteria.pin);
  return fits;
}

bool IsFoundAtOnce(const Criteria& criteria) {
  if (criteria.customer_id) return true;
  return criteria.comparison == Comparison::kSensitive &&
         std::ranges::any_of(kTokenNames,
                             [&](auto name) { return WantedText(criteria, name) != nullptr; });
}

Result<std::vector<Customer>> FindByCriteria(const std::shared_ptr<customers::Store>& store,
                                             const Criteria& criteria, size_t most) {
  const size_t enough = criteria.HasSecret() ? kMostSecrets + 1 : most;
  std::vector<Customer> found;
  // True: go on.
  const auto look = [&](StoreView& view, const Customer& customer) -> Result<bool> {
    const auto address = FindShownAddress(view, customer.head);
    // Erased meanwhile: nobody.
    if (!address && address.error().kind == ErrorKind::kNotFound) return true;
    if (!address) return Fail(address.error());
    if (Fits(criteria, customer, *address)) found.push_back(customer);
    return found.size() < enough;
  };
  if (IsFoundAtOnce(criteria)) {
    OUBLI_TRY_ASSIGN(customers::StoreReader reader, store->Read());
    OUBLI_TRY_ASSIGN(const auto candidate, FindCandidate(*reader, criteria));
    if (candidate) OUBLI_TRY(look(*reader, *candidate));
  } else {
    customers::CustomerWalk walk(store);
    for (bool more = true; more && found.size() < enough;) {
      OUBLI_TRY_ASSIGN(more, walk.NextSlice(look));
    }
  }
  if (!criteria.HasSecret()) return found;
  if (found.size() > kMostSecrets) return Refuse(kSeveralCustomers);
  std::erase_if(found,
                [&](const Customer& customer) { return !SecretsFit(criteria, customer.profile); });
  return found;
}

}  // namespace oubli::dialects::stickystreet
