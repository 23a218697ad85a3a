#include "customers/groups.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "base/json.h"
#include "customers/heads.h"

namespace oubli::customers {
namespace {

namespace json = boost::json;
using storage::Statement;
using Kind = DiscountRule::Kind;
using Method = DiscountRule::Method;

template <class T>
using Words = std::array<std::pair<T, std::string_view>, 3>;

constexpr Words<CategoryAccess> kAccessWords = {{{CategoryAccess::kAll, "all"},
                                                 {CategoryAccess::kSpecific, "specific"},
                                                 {CategoryAccess::kNone, "none"}}};
constexpr Words<Method> kMethodWords = {
    {{Method::kPercent, "percent"}, {Method::kFixed, "fixed"}, {Method::kPrice, "price"}}};
constexpr std::array<std::pair<Kind, std::string_view>, 4> kKindWords = {
    {{Kind::kPriceList, "price_list"},
     {Kind::kCategory, "category"},
     {Kind::kProduct, "product"},
     {Kind::kAll, "all"}}};

template <class List, class T>
std::string_view Word(const List& words, T value) {
  for (const auto& [each, word] : words) {
    if (each == value) return word;
  }
  return {};
}

template <class T, class List>
std::optional<T> Value(const List& words, std::string_view wanted) {
  for (const auto& [each, word] : words) {
    if (word == wanted) return each;
  }
  return std::nullopt;
}

std::string EncodeCategories(const std::vector<int64_t>& ids) {
  std::string text;
  JsonWriter writer(text);
  writer.BeginArray();
  for (const int64_t id : ids) writer.Int(id);
  writer.EndArray();
  return text;
}

std::string EncodeRules(const std::vector<DiscountRule>& rules) {
  std::string text;
  JsonWriter writer(text);
  writer.BeginArray();
  for (const DiscountRule& rule : rules) {
    writer.BeginObject()
        .Member("type", WordOf(rule.kind))
        .Member("target", rule.target_id)
        .Member("method", WordOf(rule.method))
        .Member("amount", rule.amount.units())
        .EndObject();
  }
  writer.EndArray();
  return text;
}

tl::unexpected<Error> Damaged() {
  return Fail(ErrorKind::kCorrupt, "a customer group does not read");
}

Result<json::array> ReadList(std::string_view text) {
  auto value = ParseJson(text);
  if (!value || !value->is_array()) return Damaged();
  return std::move(value->get_array());
}

Status DecodeCategories(std::string_view text, std::vector<int64_t>& ids) {
  OUBLI_TRY_ASSIGN(const json::array list, ReadList(text));
  for (const json::value& element : list) {
    const auto id = AsInt(element);
    if (!id) return Damaged();
    ids.push_back(*id);
  }
  return {};
}

Status DecodeRules(std::string_view text, std::vector<DiscountRule>& rules) {
  OUBLI_TRY_ASSIGN(const json::array list, ReadList(text));
  const auto text_of = [](const json::object& object, std::string_view name) {
    const json::value* value = FindMember(object, name);
    return value == nullptr ? std::nullopt : AsString(*value);
  };
  const auto int_of = [](const json::object& object, std::string_view name) {
    const json::value* value = FindMember(object, name);
    return value == nullptr ? std::nullopt : AsInt(*value);
  };
  for (const json::value& element : list) {
    if (!element.is_object()) return Damaged();
    const json::object& object = element.get_object();
    const auto kind = ParseRuleKind(text_of(object, "type").value_or(""));
    const auto method = ParseRuleMethod(text_of(object, "method").value_or(""));
    const auto target = int_of(object, "target");
    const auto amount = int_of(object, "amount");
    if (!kind || !method || !target || !amount) return Damaged();
    rules.push_back({*kind, *target, *method, Decimal::FromUnits(*amount)});
  }
  return {};
}

Result<Group> ReadGroup(Statement& row) {
  Group group;
  group.id = row.Int(0);
  group.name = row.Text(1);
  group.created_at = row.Int(2);
  group.modified_at = row.Int(3);
  group.is_default = row.Int(4) != 0;
  group.is_for_guests = row.Int(5) != 0;
  const auto access = ParseCategoryAccess(row.Text(6));
  if (!access) return Damaged();
  group.category_access = *access;
  OUBLI_TRY(DecodeCategories(row.Text(7), group.categories));
  OUBLI_TRY(DecodeRules(row.Text(8), group.discount_rules));
  return group;
}

Result<std::optional<Group>> OneGroup(Statement& select) {
  OUBLI_TRY_ASSIGN(const bool row, select.Step());
  if (!row) return std::nullopt;
  return ReadGroup(select);
}

Result<std::optional<Group>> FindByName(StoreView& view, std::string_view name) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT id, name, created_at, modified_at, is_default, "
                                    "is_for_guests, category_access, categories, discount_rules "
                                    "FROM customer_group WHERE name = $1"));
  select->BindText(1, name);
  return OneGroup(*select);
}

Status CheckName(StoreTransaction& transaction, const Group& group) {
  OUBLI_TRY_ASSIGN(const auto other, FindByName(transaction, group.name));
  if (!other || other->id == group.id) return {};
  return Fail(ErrorKind::kConflict, "already in use", "name");
}

// Takes a role from every group but one.
Status TakeRole(StoreTransaction& transaction, GroupRole role, int64_t but_id) {
  OUBLI_TRY_ASSIGN(auto clear, transaction.connection().Prepare(
                                   role == GroupRole::kDefault
                                       ? "UPDATE customer_group SET is_default = 0, modified_at = "
                                         "$2 WHERE is_default <> 0 AND id <> $1"
                                       : "UPDATE customer_group SET is_for_guests = 0, modified_at "
                                         "= $2 WHERE is_for_guests <> 0 AND id <> $1"));
  clear->Bind(1, but_id).Bind(2, transaction.now_ms());
  OUBLI_TRY(clear->Step());
  return {};
}

// Takes from the other groups what only one can be.
Status KeepSingle(StoreTransaction& transaction, const Group& group) {
  if (group.is_default) OUBLI_TRY(TakeRole(transaction, GroupRole::kDefault, group.id));
  if (group.is_for_guests) OUBLI_TRY(TakeRole(transaction, GroupRole::kForGuests, group.id));
  return {};
}

}  // namespace

std::string_view WordOf(CategoryAccess access) { return Word(kAccessWords, access); }
std::string_view WordOf(Kind kind) { return Word(kKindWords, kind); }
std::string_view WordOf(Method method) { return Word(kMethodWords, method); }
std::optional<CategoryAccess> ParseCategoryAccess(std::string_view word) {
  return Value<CategoryAccess>(kAccessWords, word);
}
std::optional<Kind> ParseRuleKind(std::string_view word) { return Value<Kind>(kKindWords, word); }
std::optional<Method> ParseRuleMethod(std::string_view word) {
  return Value<Method>(kMethodWords, word);
}

Result<std::vector<Group>> ListGroups(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT id, name, created_at, modified_at, is_default, "
                                    "is_for_guests, category_access, categories, discount_rules "
                                    "FROM customer_group ORDER BY id"));
  std::vector<Group> groups;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return groups;
    OUBLI_TRY_ASSIGN(Group group, ReadGroup(*select));
    groups.push_back(std::move(group));
  }
}

Result<std::optional<Group>> FindGroup(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT id, name, created_at, modified_at, is_default, "
                                    "is_for_guests, category_access, categories, discount_rules "
                                    "FROM customer_group WHERE id = $1"));
  select->Bind(1, id);
  return OneGroup(*select);
}

Result<int64_t> GroupOfRole(StoreView& view, GroupRole role) {
  OUBLI_TRY_ASSIGN(
      auto select,
      view.connection().Prepare(role == GroupRole::kDefault
                                    ? "SELECT id FROM customer_group WHERE is_default <> 0"
                                    : "SELECT id FROM customer_group WHERE is_for_guests <> 0"));
  OUBLI_TRY_ASSIGN(const bool row, select->Step());
  return row ? select->Int(0) : 0;
}

Result<Group> EnsureGroup(StoreTransaction& transaction, std::string_view name) {
  OUBLI_TRY_ASSIGN(auto found, FindByName(transaction, name));
  if (found) return *std::move(found);
  Group group;
  group.name = name;
  return CreateGroup(transaction, std::move(group));
}

Result<Group> CreateGroup(StoreTransaction& transaction, Group group) {
  group.id = 0;
  OUBLI_TRY(CheckName(transaction, group));
  OUBLI_TRY_ASSIGN(group.id, NextNumber(transaction, "group_id"));
  group.created_at = group.modified_at = transaction.now_ms();
  OUBLI_TRY(KeepSingle(transaction, group));
  const std::string categories = EncodeCategories(group.categories);
  const std::string rules = EncodeRules(group.discount_rules);
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO customer_group (id, name, created_at, modified_at, is_default, "
                       "is_for_guests, category_access, categories, discount_rules) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"));
  insert->Bind(1, group.id)
      .BindText(2, group.name)
      .Bind(3, group.created_at)
      .Bind(4, group.modified_at)
      .Bind(5, group.is_default ? 1 : 0)
      .Bind(6, group.is_for_guests ? 1 : 0)
      .BindText(7, WordOf(group.category_access))
      .BindText(8, categories)
      .BindText(9, rules);
  OUBLI_TRY(insert->Step());
  return group;
}

Result<Group> UpdateGroup(StoreTransaction& transaction, Group group) {
  OUBLI_TRY_ASSIGN(const auto stored, FindGroup(transaction, group.id));
  if (!stored) return Fail(ErrorKind::kNotFound, "no such group");
  OUBLI_TRY(CheckName(transaction, group));
  OUBLI_TRY(KeepSingle(transaction, group));
  group.created_at = stored->created_at;
  group.modified_at = transaction.now_ms();
  const std::string categories = EncodeCategories(group.categories);
  const std::string rules = EncodeRules(group.discount_rules);
  OUBLI_TRY_ASSIGN(auto update, transaction.connection().Prepare(
                                    "UPDATE customer_group SET name = $2, modified_at = $3, "
                                    "is_default = $4, is_for_guests = $5, category_access = $6, "
                                    "categories = $7, discount_rules = $8 WHERE id = $1"));
  update->Bind(1, group.id)
      .BindText(2, group.name)
      .Bind(3, group.modified_at)
      .Bind(4, group.is_default ? 1 : 0)
      .Bind(5, group.is_for_guests ? 1 : 0)
      .BindText(6, WordOf(group.category_access))
      .BindText(7, categories)
      .BindText(8, rules);
  OUBLI_TRY(update->Step());
  return group;
}

Status MoveRole(StoreTransaction& transaction, GroupRole role, int64_t id) {
  if (id == 0) return TakeRole(transaction, role, 0);
  OUBLI_TRY_ASSIGN(auto group, FindGroup(transaction, id));
  if (!group) return Fail(ErrorKind::kNotFound, "no such group");
  bool& has_role = role == GroupRole::kDefault ? group->is_default : group->is_for_guests;
  if (has_role) return {};
  has_role = true;
  OUBLI_TRY(UpdateGroup(transaction, *std::move(group)));
  return {};
}

Result<bool> DeleteGroup(StoreTransaction& transaction, int64_t id) {
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare("DELETE FROM customer_group WHERE id = $1"));
  erase->Bind(1, id);
  OUBLI_TRY(erase->Step());
  if (erase->Changes() == 0) return false;
  OUBLI_TRY(MoveGroupMembers(transaction, id, 0));
  return true;
}

}  // namespace oubli::customers
