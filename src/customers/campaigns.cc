#include "customers/campaigns.h"

#include <algorithm>

#include "base/text.h"
#include "customers/heads.h"

namespace oubli::customers {
namespace {

constexpr std::string_view kPartCounter = "campaign_part_id";

Result<std::map<int64_t, std::map<int64_t, std::string>>> ListFields(StoreView& view,
                                                                     int64_t campaign_id) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT part_id, number, value FROM campaign_part_field WHERE "
                                    "campaign_id = $1"));
  select->Bind(1, campaign_id);
  std::map<int64_t, std::map<int64_t, std::string>> fields;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return fields;
    fields[select->Int(0)][select->Int(1)] = select->Text(2);
  }
}

Status DeleteFields(StoreTransaction& transaction, int64_t campaign_id, int64_t part_id) {
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare("DELETE FROM campaign_part_field WHERE "
                                                    "campaign_id = $1 AND part_id = $2"));
  erase->Bind(1, campaign_id).Bind(2, part_id);
  OUBLI_TRY(erase->Step());
  return {};
}

Status PutPart(StoreTransaction& transaction, const CampaignPart& part) {
  OUBLI_TRY_ASSIGN(
      auto put,
      transaction.connection().Prepare(
          "INSERT INTO campaign_part (campaign_id, kind, id, level, description, identifier, "
          "operand, starts, ends) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT "
          "(campaign_id, kind, id) DO UPDATE SET level = excluded.level, description = "
          "excluded.description, identifier = excluded.identifier, operand = excluded.operand, "
          "starts = excluded.starts, ends = excluded.ends"));
  put->Bind(1, part.campaign_id).Bind(2, static_cast<int64_t>(part.kind)).Bind(3, part.id);
  put->Bind(4, part.level.units()).BindText(5, part.description).BindText(6, part.identifier);
  put->BindText(7, part.operand).BindText(8, part.starts).BindText(9, part.ends);
  OUBLI_TRY(put->Step());
  OUBLI_TRY(DeleteFields(transaction, part.campaign_id, part.id));
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO campaign_part_field (campaign_id, part_id, number, value) "
                       "VALUES ($1, $2, $3, $4)"));
  for (const auto& [number, value] : part.custom_fields) {
    insert->Reset();
    insert->Bind(1, part.campaign_id).Bind(2, part.id).Bind(3, number).BindText(4, value);
    OUBLI_TRY(insert->Step());
  }
  return {};
}

// That no other part has the identifier, and how many there are.
Result<size_t> CheckIdentifier(StoreView& view, const CampaignPart& part) {
  OUBLI_TRY_ASSIGN(const auto parts, ListParts(view, part.campaign_id, part.kind));
  for (const CampaignPart& other : parts) {
    if (part.identifier.empty() || other.id == part.id) continue;
    // Ids go before identifiers in a search: neither may be taken for the other.
    if (other.identifier == part.identifier || std::to_string(other.id) == part.identifier) {
      return Fail(ErrorKind::kConflict, "another one has this identifier", "identifier");
    }
  }
  return parts.size();
}

// Deletes a campaign's rows of one table.
Status DeleteRowsOf(StoreTransaction& transaction, const char* sql, int64_t campaign_id) {
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(sql));
  erase->Bind(1, campaign_id);
  OUBLI_TRY(erase->Step());
  return {};
}

}  // namespace

Status UpdateCampaign(StoreTransaction& transaction, const Campaign& campaign) {
  OUBLI_TRY_ASSIGN(auto update,
                   transaction.connection().Prepare(
                       "UPDATE campaign SET name = $2, description = $3, points_ratio = $4, "
                       "reward_ratio = $5, amount_per_event = $6, active = $7 WHERE id = $1"));
  update->Bind(1, campaign.id).BindText(2, campaign.name).BindText(3, campaign.description);
  update->Bind(4, campaign.points_ratio.units()).Bind(5, campaign.reward_ratio.units());
  update->Bind(6, campaign.amount_per_event.units()).Bind(7, campaign.active ? 1 : 0);
  OUBLI_TRY(update->Step());
  if (update->Changes() == 0) return Fail(ErrorKind::kNotFound, "no such campaign");
  return {};
}

Status DeleteCampaign(StoreTransaction& transaction, int64_t id) {
  {
    OUBLI_TRY_ASSIGN(auto erase,
                     transaction.connection().Prepare("DELETE FROM campaign WHERE id = $1"));
    erase->Bind(1, id);
    OUBLI_TRY(erase->Step());
    if (erase->Changes() == 0) return Fail(ErrorKind::kNotFound, "no such campaign");
  }
  for (const char* sql : {"DELETE FROM campaign_part WHERE campaign_id = $1",
                          "DELETE FROM campaign_part_field WHERE campaign_id = $1",
                          "DELETE FROM account_user_campaign WHERE campaign_id = $1"}) {
    OUBLI_TRY(DeleteRowsOf(transaction, sql, id));
  }
  return DeleteRowsOf(transaction,
                      "INSERT INTO campaign_sweep (campaign_id, after_id) VALUES ($1, 0)", id);
}

Result<std::vector<CampaignPart>> ListParts(StoreView& view, int64_t campaign_id, PartKind kind) {
  OUBLI_TRY_ASSIGN(auto fields, ListFields(view, campaign_id));
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare(
                       "SELECT id, level, description, identifier, operand, starts, ends FROM "
                       "campaign_part WHERE campaign_id = $1 AND kind = $2 ORDER BY id"));
  select->Bind(1, campaign_id).Bind(2, static_cast<int64_t>(kind));
  std::vector<CampaignPart> parts;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return parts;
    CampaignPart& part = parts.emplace_back();
    part.id = select->Int(0);
    part.campaign_id = campaign_id;
    part.kind = kind;
    part.level = Decimal::FromUnits(select->Int(1));
    part.description = select->Text(2);
    part.identifier = select->Text(3);
    part.operand = select->Text(4);
    part.starts = select->Text(5);
    part.ends = select->Text(6);
    part.custom_fields = std::move(fields[part.id]);
  }
}

Result<std::optional<CampaignPart>> FindPart(StoreView& view, int64_t campaign_id, PartKind kind,
                                             std::string_view id_or_identifier) {
  if (id_or_identifier.empty()) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto parts, ListParts(view, campaign_id, kind));
  auto found = std::ranges::find_if(
      parts, [&](const CampaignPart& part) { return std::to_string(part.id) == id_or_identifier; });
  if (found == parts.end()) {
    found = std::ranges::find(parts, id_or_identifier, &CampaignPart::identifier);
  }
  if (found == parts.end()) return std::nullopt;
  return std::move(*found);
}

Result<CampaignPart> CreatePart(StoreTransaction& transaction, CampaignPart part) {
  OUBLI_TRY_ASSIGN(part.id, NextNumber(transaction, kPartCounter));
  OUBLI_TRY_ASSIGN(const size_t before, CheckIdentifier(transaction, part));
  if (before >= kMaxParts) return Fail(ErrorKind::kTooMany, "too many parts of a campaign");
  OUBLI_TRY(PutPart(transaction, part));
  return part;
}

Status UpdatePart(StoreTransaction& transaction, const CampaignPart& part) {
  OUBLI_TRY_ASSIGN(const auto stored,
                   FindPart(transaction, part.campaign_id, part.kind, std::to_string(part.id)));
  if (!stored || stored->id != part.id) return Fail(ErrorKind::kNotFound, "no such part");
  OUBLI_TRY(CheckIdentifier(transaction, part));
  return PutPart(transaction, part);
}

Result<bool> DeletePart(StoreTransaction& transaction, int64_t campaign_id, PartKind kind,
                        int64_t id) {
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM campaign_part WHERE campaign_id = $1 AND kind = $2 "
                                   "AND id = $3"));
  erase->Bind(1, campaign_id).Bind(2, static_cast<int64_t>(kind)).Bind(3, id);
  OUBLI_TRY(erase->Step());
  if (erase->Changes() == 0) return false;
  OUBLI_TRY(DeleteFields(transaction, campaign_id, id));
  return true;
}

Result<std::vector<int64_t>> SweptCampaigns(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT campaign_id FROM campaign_sweep"));
  std::vector<int64_t> ids;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return ids;
    ids.push_back(select->Int(0));
  }
}

}  // namespace oubli::customers
