// The lists of campaigns, rewards, promotions and items (contract, section 4).
#include <algorithm>
#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/campaigns.h"
#include "customers/definitions.h"
#include "dialects/stickystreet/account.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/campaign_rules.h"
#include "dialects/stickystreet/customer_view.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/list_query.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;
using customers::CampaignPart;
using customers::PartKind;

Row CampaignRow(const Campaign& campaign) {
  return {{"id", std::to_string(campaign.id)},
          {"name", campaign.name},
          {"type", campaign.type},
          {"in_coalition", "N"},
          {"created_stamp", FormatDateTime(campaign.created_at)},
          {"points_ratio", campaign.points_ratio.ToString()},
          {"reward_ratio", campaign.reward_ratio.ToString()},
          {"currency", std::string(kCurrency)},
          {"glyph", std::string(kGlyph)}};
}

std::vector<std::string_view> NamesOf(const Row& row) {
  std::vector<std::string_view> names;
  for (const auto& field : row) names.emplace_back(field.first);
  return names;
}

// The types in a list with commas; empty for all.
Result<std::vector<std::string>> ReadTypes(std::string_view text) {
  std::vector<std::string> types;
  if (text.empty()) return types;
  for (const std::string_view part : Split(text, ',')) {
    if (!IsCampaignType(Trim(part))) return Refuse(kOptionNotAllowed);
    types.emplace_back(Trim(part));
  }
  return types;
}

Result<Node> ReadCampaignList(const Call& call, bool active) {
  const Row names = CampaignRow(Campaign());
  OUBLI_TRY_ASSIGN(const ListQuery query, ReadListQuery(call.fields, NamesOf(names)));
  OUBLI_TRY_ASSIGN(const auto types, ReadTypes(call.fields.Get("type_restrict")));
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const auto campaigns, customers::ListCampaigns(*reader));

  std::vector<Row> rows;
  for (const Campaign& campaign : campaigns) {
    const bool wanted = types.empty() || std::ranges::find(types, campaign.type) != types.end();
    if (campaign.active == active && wanted && call.caller.Sees(campaign.id)) {
      rows.push_back(CampaignRow(campaign));
    }
  }
  Node root = Success();
  OUBLI_TRY_ASSIGN(const std::string account, AccountName(*reader, call.principal().handle));
  root.Add("account_name", account);
  AddPage(root, "campaigns", "campaign", query, Select(query, std::move(rows)));
  return root;
}

Result<std::vector<CampaignPart>> ReadParts(const Call& call, PartKind kind) {
  OUBLI_TRY_ASSIGN(const int64_t id, ReadCampaignId(call.fields.Get("campaign_id")));
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY(FindAnyCampaign(*reader, id));
  return customers::ListParts(*reader, id, kind);
}

Result<Node> Rewards(const Call& call) {
  OUBLI_TRY_ASSIGN(const auto rewards, ReadParts(call, PartKind::kReward));
  Node list = Node::List("reward");
  for (const CampaignPart& reward : rewards) list.Append(NodeOf(RowOf(reward)));
  Node campaign;
  campaign.Add("id", call.fields.Get("campaign_id"));
  return Success().Add("campaign", std::move(campaign)).Add("rewards", std::move(list));
}

// The names that searchField and sortField have for what the rows call otherwise.
struct Alias {
  std::string_view asked;
  std::string_view field;
};
constexpr Alias kPromoNames[] = {
    {"promotion", "description"}, {"operation", "operand"}, {"multiplier", "value"}};
constexpr Alias kItemNames[] = {
    {"service_product", "description"}, {"reward_id", "id"}, {"buy_amount", "level"}};

void Translate(std::span<const Alias> aliases, std::string& field) {
  const auto alias = std::ranges::find(aliases, field, &Alias::asked);
  if (alias != aliases.end()) field = alias->field;
}

Result<Node> Parts(const Call& call, PartKind kind, std::string_view list, std::string_view element,
                   std::span<const Alias> aliases) {
  CampaignPart none;
  none.kind = kind;
  const Row names = RowOf(none);
  std::vector<std::string_view> known = NamesOf(names);
  for (const Alias& alias : aliases) known.push_back(alias.asked);
  OUBLI_TRY_ASSIGN(ListQuery query, ReadListQuery(call.fields, known));
  Translate(aliases, query.search_field);
  Translate(aliases, query.sort_field);
  OUBLI_TRY_ASSIGN(const auto parts, ReadParts(call, kind));
  std::vector<Row> rows;
  for (const CampaignPart& part : parts) rows.push_back(RowOf(part));
  Node campaign;
  campaign.Add("id", call.fields.Get("campaign_id"));
  Node root = Success();
  root.Add("campaign", std::move(campaign));
  AddPage(root, list, element, query, Select(query, std::move(rows)));
  return root;
}

}  // namespace

void CampaignsList(const Call& call) { call.reply(ReadCampaignList(call, true)); }
void CampaignsInactiveList(const Call& call) { call.reply(ReadCampaignList(call, false)); }
void CampaignRewards(const Call& call) { call.reply(Rewards(call)); }
void CampaignPromos(const Call& call) {
  call.reply(Parts(call, PartKind::kPromo, "promotions", "promotion", kPromoNames));
}
void BuyxItemsList(const Call& call) {
  call.reply(Parts(call, PartKind::kItem, "buyx_items", "buyx_item", kItemNames));
}

}  // namespace oubli::dialects::stickystreet
