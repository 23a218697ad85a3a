// Groups of customers: the store's own words and rules, nobody's personal data. They stay when
// customers go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "customers/store.h"

namespace oubli::customers {

// Which of the shop's categories the members see.
enum class CategoryAccess { kAll, kSpecific, kNone };

struct DiscountRule {
  enum class Kind { kPriceList, kCategory, kProduct, kAll };
  enum class Method { kPercent, kFixed, kPrice };

  Kind kind = Kind::kAll;
  int64_t target_id = 0;  // of the price list, category or product
  Method method = Method::kPercent;
  Decimal amount;
};

// What at most one group of a store is.
enum class GroupRole {
  kDefault,    // for new customers that nobody puts into another one
  kForGuests,  // for who is not logged in
};

struct Group {
  int64_t id = 0;
  std::string name = {};  // no two groups have the same
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
  bool is_default = false;     // GroupRole::kDefault
  bool is_for_guests = false;  // GroupRole::kForGuests
  CategoryAccess category_access = CategoryAccess::kAll;
  std::vector<int64_t> categories = {};  // of kSpecific
  std::vector<DiscountRule> discount_rules = {};
};

// The words in which they are stored, which are BigCommerce's.
std::string_view WordOf(CategoryAccess access);
std::string_view WordOf(DiscountRule::Kind kind);
std::string_view WordOf(DiscountRule::Method method);
std::optional<CategoryAccess> ParseCategoryAccess(std::string_view word);
std::optional<DiscountRule::Kind> ParseRuleKind(std::string_view word);
std::optional<DiscountRule::Method> ParseRuleMethod(std::string_view word);

Result<std::vector<Group>> ListGroups(StoreView& view);  // by id
Result<std::optional<Group>> FindGroup(StoreView& view, int64_t id);
Result<int64_t> GroupOfRole(StoreView& view, GroupRole role);  // 0: none is
// The group of that name, made if there is none.
Result<Group> EnsureGroup(StoreTransaction& transaction, std::string_view name);

// The id and the dates are made here. A group that is the default, or the guests', takes that from
// the one that was. Errors: kConflict with the field "name".
Result<Group> CreateGroup(StoreTransaction& transaction, Group group);
// Replaces all but id and created_at; modified_at becomes now. Errors: kNotFound, kConflict as
// above.
Result<Group> UpdateGroup(StoreTransaction& transaction, Group group);
// Takes a role from the group that has it and gives it to another one; 0: to none. Errors:
// kNotFound, and then nothing is changed.
Status MoveRole(StoreTransaction& transaction, GroupRole role, int64_t id);
// Its members, however many, are in no group from this commit on, and no group has its roles. False
// when there was no such group.
Result<bool> DeleteGroup(StoreTransaction& transaction, int64_t id);

}  // namespace oubli::customers
