// The customer group object of V2, in answers and in request bodies (contract 6.2).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "customers/groups.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce::v2 {

boost::json::object GroupObject(const customers::Group& group);

// Nothing where the body is silent.
struct GroupInput {
  std::optional<std::string> name;
  std::optional<bool> is_default, is_for_guests;
  struct Access {
    customers::CategoryAccess type = customers::CategoryAccess::kAll;
    std::vector<int64_t> categories;
  };
  std::optional<Access> access;
  std::optional<std::vector<customers::DiscountRule>> rules;  // the whole set
  // Why a store-wide rule of the body is not among the rules: the group is stored without it, and
  // the answer is a 207. "" when there is no such rule.
  std::string store_wide_fault;

  void ApplyTo(customers::Group& group) const;
};

// Errors: kInvalid.
Result<GroupInput> ReadGroupBody(const boost::json::object& object, bool create,
                                 const Choices& choices);

}  // namespace oubli::dialects::bigcommerce::v2
