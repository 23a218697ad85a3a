#include "customers/definitions.h"

#include "crypto/random.h"
#include "customers/heads.h"

namespace oubli::customers {
namespace {

using storage::Statement;

// Runs a SELECT that has its parameters bound and reads each row.
template <class T, class Read>
Result<std::vector<T>> Rows(Statement& select, Read read) {
  std::vector<T> rows;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select.Step());
    if (!row) return rows;
    rows.push_back(read(select));
  }
}

template <class T, class Read>
Result<std::optional<T>> OneRow(Statement& select, Read read) {
  OUBLI_TRY_ASSIGN(const bool row, select.Step());
  if (!row) return std::nullopt;
  return read(select);
}

AttributeDefinition ReadAttribute(Statement& row) {
  return {row.Int(0), std::string(row.Text(1)), std::string(row.Text(2)), row.Int(3), row.Int(4)};
}

Campaign ReadCampaign(Statement& row) {
  Campaign campaign;
  campaign.id = row.Int(0);
  campaign.name = row.Text(1);
  campaign.type = row.Text(2);
  campaign.description = row.Text(3);
  campaign.points_ratio = Decimal::FromUnits(row.Int(4));
  campaign.reward_ratio = Decimal::FromUnits(row.Int(5));
  campaign.amount_per_event = Decimal::FromUnits(row.Int(6));
  campaign.active = row.Int(7) != 0;
  campaign.created_at = row.Int(8);
  return campaign;
}

}  // namespace

Result<std::vector<AttributeDefinition>> ListAttributeDefinitions(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, name, type, created_at, modified_at FROM "
                                             "attribute_definition ORDER BY id"));
  return Rows<AttributeDefinition>(*select, ReadAttribute);
}

Result<std::optional<AttributeDefinition>> FindAttributeDefinition(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, name, type, created_at, modified_at FROM "
                                             "attribute_definition WHERE id = $1"));
  select->Bind(1, id);
  return OneRow<AttributeDefinition>(*select, ReadAttribute);
}

Result<std::optional<AttributeDefinition>> FindAttributeDefinition(StoreView& view,
                                                                   std::string_view name) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, name, type, created_at, modified_at FROM "
                                             "attribute_definition WHERE name = $1"));
  select->BindText(1, name);
  return OneRow<AttributeDefinition>(*select, ReadAttribute);
}

Result<std::vector<Campaign>> ListCampaigns(StoreView& view) {
  OUBLI_TRY_ASSIGN(
      auto select,
      view.connection().Prepare(
          "SELECT id, name, type, description, points_ratio, reward_ratio, "
          "amount_per_event, active, created_at FROM campaign ORDER BY created_at, id"));
  return Rows<Campaign>(*select, ReadCampaign);
}

Result<std::optional<Campaign>> FindCampaign(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare(
                       "SELECT id, name, type, description, points_ratio, reward_ratio, "
                       "amount_per_event, active, created_at FROM campaign WHERE id = $1"));
  select->Bind(1, id);
  return OneRow<Campaign>(*select, ReadCampaign);
}

Result<Campaign> CreateCampaign(StoreTransaction& transaction, Campaign campaign) {
  // 53 bits hold 15 digits and a bit more: ids stay exact in every client's numbers.
  campaign.id =
      static_cast<int64_t>(1'000'000'000'000'000 + crypto::RandomBelow(8'000'000'000'000'000));
  campaign.created_at = transaction.now_ms();
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO campaign (id, name, type, description, points_ratio, "
                       "reward_ratio, amount_per_event, active, created_at) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"));
  insert->Bind(1, campaign.id)
      .BindText(2, campaign.name)
      .BindText(3, campaign.type)
      .BindText(4, campaign.description)
      .Bind(5, campaign.points_ratio.units())
      .Bind(6, campaign.reward_ratio.units())
      .Bind(7, campaign.amount_per_event.units())
      .Bind(8, campaign.active ? 1 : 0)
      .Bind(9, campaign.created_at);
  OUBLI_TRY(insert->Step());
  return campaign;
}

Result<Campaign> EnsureCampaign(StoreTransaction& transaction, std::string_view name) {
  {
    OUBLI_TRY_ASSIGN(auto select,
                     transaction.connection().Prepare(
                         "SELECT id, name, type, description, points_ratio, reward_ratio, "
                         "amount_per_event, active, created_at FROM campaign WHERE name = $1 "
                         "ORDER BY created_at, id"));
    select->BindText(1, name);
    OUBLI_TRY_ASSIGN(auto found, OneRow<Campaign>(*select, ReadCampaign));
    if (found) return *found;
  }
  Campaign campaign;
  campaign.name = name;
  campaign.type = "points";
  return CreateCampaign(transaction, std::move(campaign));
}

Result<std::string> ReadSetting(StoreView& view, std::string_view name) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT value FROM setting WHERE name = $1"));
  select->BindText(1, name);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  return found ? std::string(select->Text(0)) : std::string();
}

Status WriteSetting(StoreTransaction& transaction, std::string_view name, std::string_view value) {
  OUBLI_TRY_ASSIGN(auto put, transaction.connection().Prepare(
                                 "INSERT INTO setting (name, value) VALUES ($1, $2) "
                                 "ON CONFLICT (name) DO UPDATE SET value = excluded.value"));
  put->BindText(1, name).BindText(2, value);
  OUBLI_TRY(put->Step());
  return {};
}

}  // namespace oubli::customers
