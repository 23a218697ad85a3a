// campaign_new with action=campaign, and campaigns_list (contract, section 4).
#include <algorithm>
#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/definitions.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/list_query.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;

constexpr std::string_view kCampaignTypes[] = {"points", "giftcard", "buyx", "events", "earned"};

bool IsCampaignType(std::string_view type) {
  return std::find(std::begin(kCampaignTypes), std::end(kCampaignTypes), type) !=
         std::end(kCampaignTypes);
}

Result<Campaign> ReadCampaign(const Fields& fields) {
  if (fields.Get("action") != "campaign") return Refuse(kActionUndefined);
  Campaign campaign;
  campaign.name = fields.Get("campaign_name");
  campaign.type = fields.Get("campaign_type");
  if (campaign.name.empty() || !IsCampaignType(campaign.type)) return Refuse(kBadCampaign);
  for (auto [name, ratio] : {std::pair("points_ratio", &campaign.points_ratio),
                             std::pair("reward_ratio", &campaign.reward_ratio),
                             std::pair("amount_per_event", &campaign.amount_per_event)}) {
    const std::string_view text = fields.Get(name);
    if (text.empty()) continue;
    OUBLI_TRY_ASSIGN(*ratio, ReadNumber(text));
  }
  return campaign;
}

Row RowOf(const Campaign& campaign) {
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

Result<Node> ListActive(const Call& call) {
  std::vector<std::string_view> known;
  const Row names = RowOf(Campaign());
  for (const auto& field : names) known.push_back(field.first);
  OUBLI_TRY_ASSIGN(const ListQuery query, ReadListQuery(call.fields, known));
  OUBLI_TRY_ASSIGN(const auto types, ReadTypes(call.fields.Get("type_restrict")));
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const auto campaigns, customers::ListCampaigns(*reader));

  std::vector<Row> rows;
  for (const Campaign& campaign : campaigns) {
    const bool wanted =
        types.empty() || std::find(types.begin(), types.end(), campaign.type) != types.end();
    if (campaign.active && wanted) rows.push_back(RowOf(campaign));
  }
  Node root = Success();
  root.Add("account_name", call.principal.handle);
  AddPage(root, "campaigns", "campaign", query, Select(query, std::move(rows)));
  return root;
}

}  // namespace

void CampaignNew(const Call& call) {
  auto campaign = ReadCampaign(call.fields);
  if (!campaign) {
    call.reply(Fail(campaign.error()));
    return;
  }
  call.store.Write(
      [campaign = std::move(*campaign)](customers::StoreTransaction& transaction) {
        return customers::CreateCampaign(transaction, campaign);
      },
      [reply = call.reply](const Result<Campaign>& outcome) {
        if (!outcome) return reply(Fail(outcome.error()));
        Node made;
        made.Add("id", std::to_string(outcome->id));
        reply(Success().Add("campaign", std::move(made)));
      });
}

void CampaignsList(const Call& call) { call.reply(ListActive(call)); }

}  // namespace oubli::dialects::stickystreet
