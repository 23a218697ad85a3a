#include "customers/price_groups.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace oubli::customers {
namespace {

PriceGroup ReadRow(storage::Statement& row) {
  PriceGroup group;
  group.bvin = row.Text(0);
  group.name = row.Text(1);
  group.pricing_type = row.Int(2);
  group.adjustment = row.Int(3);
  group.modified_at = row.Int(4);
  return group;
}

Result<int64_t> CountPriceGroups(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare("SELECT COUNT(*) FROM price_group"));
  OUBLI_TRY(select->Step());
  return select->Int(0);
}

}  // namespace

Result<std::vector<PriceGroup>> ListPriceGroups(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT bvin, name, pricing_type, adjustment, "
                                             "modified_at FROM price_group"));
  std::vector<std::pair<std::string, PriceGroup>> by_name;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) break;
    PriceGroup group = ReadRow(*select);
    std::string folded = FoldCase(group.name) + '\0' + AsciiLower(group.bvin);
    by_name.emplace_back(std::move(folded), std::move(group));
  }
  std::ranges::sort(by_name, {}, &std::pair<std::string, PriceGroup>::first);
  std::vector<PriceGroup> groups;
  groups.reserve(by_name.size());
  for (auto& [name, group] : by_name) groups.push_back(std::move(group));
  return groups;
}

Result<std::optional<PriceGroup>> FindPriceGroup(StoreView& view, std::string_view bvin) {
  const std::string key = AsciiLower(bvin);
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT bvin, name, pricing_type, adjustment, "
                                             "modified_at FROM price_group WHERE key = $1"));
  select->BindText(1, key);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  return ReadRow(*select);
}

Result<PriceGroup> CreatePriceGroup(StoreTransaction& transaction, PriceGroup group) {
  OUBLI_TRY_ASSIGN(const auto existing, FindPriceGroup(transaction, group.bvin));
  if (existing) return Fail(ErrorKind::kConflict, "a price group with this id exists", "bvin");
  OUBLI_TRY_ASSIGN(const int64_t count, CountPriceGroups(transaction));
  if (count >= kMaxPriceGroups) return Fail(ErrorKind::kTooMany, "too many price groups");
  group.modified_at = transaction.now_ms();
  const std::string key = AsciiLower(group.bvin);
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO price_group (key, bvin, name, pricing_type, adjustment, "
                       "modified_at) VALUES ($1, $2, $3, $4, $5, $6)"));
  insert->BindText(1, key)
      .BindText(2, group.bvin)
      .BindText(3, group.name)
      .Bind(4, group.pricing_type)
      .Bind(5, group.adjustment)
      .Bind(6, group.modified_at);
  OUBLI_TRY(insert->Step());
  return group;
}

Result<std::optional<PriceGroup>> UpdatePriceGroup(StoreTransaction& transaction,
                                                   PriceGroup group) {
  group.modified_at = transaction.now_ms();
  const std::string key = AsciiLower(group.bvin);
  {
    OUBLI_TRY_ASSIGN(auto update, transaction.connection().Prepare(
                                      "UPDATE price_group SET name = $2, pricing_type = $3, "
                                      "adjustment = $4, modified_at = $5 WHERE key = $1"));
    update->BindText(1, key)
        .BindText(2, group.name)
        .Bind(3, group.pricing_type)
        .Bind(4, group.adjustment)
        .Bind(5, group.modified_at);
    OUBLI_TRY(update->Step());
  }
  return FindPriceGroup(transaction, group.bvin);
}

Result<bool> DeletePriceGroup(StoreTransaction& transaction, std::string_view bvin) {
  const std::string key = AsciiLower(bvin);
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare("DELETE FROM price_group WHERE key = $1"));
  erase->BindText(1, key);
  OUBLI_TRY(erase->Step());
  return erase->Changes() > 0;
}

}  // namespace oubli::customers
