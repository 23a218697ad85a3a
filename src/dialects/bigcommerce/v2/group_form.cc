#include "dialects/bigcommerce/v2/group_form.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <string_view>
#include <utility>

#include "base/date_time.h"
#include "dialects/bigcommerce/v2/body.h"
#include "dialects/bigcommerce/v2/reply.h"
#include "dialects/bigcommerce/v2/value.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

namespace json = boost::json;
using customers::CategoryAccess;
using customers::DiscountRule;
using customers::Group;
using Kind = DiscountRule::Kind;
using Method = DiscountRule::Method;

constexpr std::array<std::string_view, 3> kReadOnlyOfGroups = {"id", "date_created",
                                                               "date_modified"};
constexpr TextLength kNameLength = {1, 255};
constexpr size_t kMaxCategories = 1000;
constexpr size_t kMaxRules = 1000;

// The member that names what a rule is about; "" for one that is about everything.
std::string_view TargetOf(Kind kind) {
  switch (kind) {
    case Kind::kPriceList:
      return "price_list_id";
    case Kind::kCategory:
      return "category_id";
    case Kind::kProduct:
      return "product_id";
    case Kind::kAll:
      return "";
  }
  return "";
}

Result<GroupInput::Access> ReadAccess(const json::object& object) {
  const Fields fields(object);
  OUBLI_TRY(fields.Require("type"));
  std::optional<std::string> word;
  OUBLI_TRY(fields.Text("type", {}, word));
  const auto type = customers::ParseCategoryAccess(*word);
  if (!type) return Fault("type", "is not all, specific or none");
  GroupInput::Access access;
  access.type = *type;
  OUBLI_TRY_ASSIGN(const json::array* list, fields.Array("categories"));
  if (list != nullptr) {
    if (list->size() > kMaxCategories) return Fault("categories", "has too many elements");
    for (const json::value& element : *list) {
      const auto id = IntegerOf(element);
      if (!id || *id < 1 || *id > INT32_MAX) return Fault("categories", "has what is no id");
      access.categories.push_back(*id);
    }
  }
  if ((access.type == CategoryAccess::kSpecific) == access.categories.empty()) {
    return Fault("categories", "goes with the type specific, which needs it");
  }
  return access;
}

Result<DiscountRule> ReadRule(const json::object& object) {
  const Fields fields(object);
  DiscountRule rule;
  OUBLI_TRY(fields.Require("type"));
  std::optional<std::string> word;
  OUBLI_TRY(fields.Text("type", {}, word));
  const auto kind = customers::ParseRuleKind(*word);
  if (!kind) return Fault("type", "is not price_list, category, product or all");
  rule.kind = *kind;
  if (const std::string_view target = TargetOf(rule.kind); !target.empty()) {
    OUBLI_TRY(fields.Require(target));
    std::optional<int64_t> id;
    OUBLI_TRY(fields.Integer(target, 1, INT32_MAX, id));
    rule.target_id = *id;
  }
  if (rule.kind == Kind::kPriceList) return rule;
  OUBLI_TRY(fields.Require("method"));
  OUBLI_TRY(fields.Text("method", {}, word));
  const auto method = customers::ParseRuleMethod(*word);
  if (!method) return Fault("method", "is not percent, fixed or price");
  rule.method = *method;
  OUBLI_TRY(fields.Require("amount"));
  std::optional<Decimal> amount;
  OUBLI_TRY(fields.Money("amount", amount));
  rule.amount = *amount;
  return rule;
}

bool IsMoreThanEverything(const DiscountRule& rule) {
  return rule.method == Method::kPercent && rule.amount > Decimal::FromInt(100);
}

// Sorts out a store-wide rule that cannot be in force; any other fault is the whole body's.
Status Consider(const DiscountRule& rule, const Choices& choices, GroupInput& input) {
  std::string_view fault;
  if (rule.kind == Kind::kAll &&
      std::ranges::find(*input.rules, Kind::kAll, &DiscountRule::kind) != input.rules->end()) {
    fault = "there can be one of them";
  } else if (rule.kind != Kind::kPriceList && IsMoreThanEverything(rule)) {
    fault = "it is more than 100 percent";
  }
  if (fault.empty()) {
    input.rules->push_back(rule);
    return {};
  }
  if (rule.kind != Kind::kAll || !choices.store_wide_fault_is_207) {
    return Fault("amount", "does not make a discount: " + std::string(fault));
  }
  input.store_wide_fault = fault;
  return {};
}

Status ReadRules(const json::array& list, const Choices& choices, GroupInput& input) {
  if (list.size() > kMaxRules) return Fault("discount_rules", "has too many elements");
  input.rules.emplace();
  for (const json::value& element : list) {
    if (!element.is_object()) return Fault("discount_rules", "has what is not an object");
    OUBLI_TRY_ASSIGN(const DiscountRule rule, ReadRule(element.get_object()));
    OUBLI_TRY(Consider(rule, choices, input));
  }
  const bool has_price_list =
      std::ranges::find(*input.rules, Kind::kPriceList, &DiscountRule::kind) != input.rules->end();
  if (has_price_list && list.size() > 1) {
    return Fault("discount_rules", "has a price list and something else");
  }
  return {};
}

json::object RuleObject(const DiscountRule& rule) {
  json::object object;
  PutText(object, "type", customers::WordOf(rule.kind));
  if (const std::string_view target = TargetOf(rule.kind); !target.empty()) {
    object[json::string_view(target.data(), target.size())] = rule.target_id;
  }
  if (rule.kind == Kind::kPriceList) return object;
  PutText(object, "method", customers::WordOf(rule.method));
  PutText(object, "amount", MoneyText(rule.amount));
  return object;
}

}  // namespace

json::object GroupObject(const Group& group) {
  json::object access;
  PutText(access, "type", customers::WordOf(group.category_access));
  if (group.category_access == CategoryAccess::kSpecific) {
    json::array categories;
    for (const int64_t id : group.categories) categories.emplace_back(id);
    access["categories"] = std::move(categories);
  }
  json::array rules;
  for (const DiscountRule& rule : group.discount_rules) rules.emplace_back(RuleObject(rule));
  json::object object;
  object["id"] = group.id;
  PutText(object, "name", group.name);
  object["is_default"] = group.is_default;
  object["category_access"] = std::move(access);
  object["discount_rules"] = std::move(rules);
  PutText(object, "date_created", FormatDateTime(group.created_at));
  PutText(object, "date_modified", FormatDateTime(group.modified_at));
  object["is_group_for_guests"] = group.is_for_guests;
  return object;
}

void GroupInput::ApplyTo(Group& group) const {
  if (name) group.name = *name;
  if (is_default) group.is_default = *is_default;
  if (is_for_guests) group.is_for_guests = *is_for_guests;
  if (access) {
    group.category_access = access->type;
    group.categories = access->categories;
  }
  if (rules) group.discount_rules = *rules;
}

Result<GroupInput> ReadGroupBody(const json::object& object, bool create, const Choices& choices) {
  const Fields fields(object);
  OUBLI_TRY(fields.Refuse(kReadOnlyOfGroups));
  GroupInput input;
  if (create) OUBLI_TRY(fields.Require("name"));
  OUBLI_TRY(fields.Text("name", kNameLength, input.name));
  OUBLI_TRY(fields.Boolean("is_default", input.is_default));
  OUBLI_TRY(fields.Boolean("is_group_for_guests", input.is_for_guests));
  OUBLI_TRY_ASSIGN(const json::object* access, fields.Object("category_access"));
  if (access != nullptr) {
    OUBLI_TRY_ASSIGN(input.access, ReadAccess(*access));
  }
  OUBLI_TRY_ASSIGN(const json::array* rules, fields.Array("discount_rules"));
  if (rules != nullptr) OUBLI_TRY(ReadRules(*rules, choices, input));
  return input;
}

}  // namespace oubli::dialects::bigcommerce::v2
