// campaign_new, campaign_update, campaign_delete, campaign_deactivate and campaign_reactivate
// (contract, section 4).
#include <functional>
#include <utility>

#include "base/text.h"
#include "customers/campaigns.h"
#include "customers/definitions.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/campaign_rules.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;
using customers::CampaignPart;
using customers::StoreTransaction;

Node CampaignNode(int64_t id) {
  Node made;
  made.Add("id", std::to_string(id));
  return Success().Add("campaign", std::move(made));
}

Node PartNode(const PartRule& rule, int64_t id) {
  Node part;
  part.Add("id", std::to_string(id));
  return Success().Add("campaign", Node().Add(rule.name, std::move(part)));
}

Node DeletedNode(std::string_view name, int64_t id) {
  Node deleted;
  deleted.Attribute("status", "deleted").Add("id", std::to_string(id));
  return Success().Add(name, std::move(deleted));
}

// What concerns coalitions has nothing to count for here, and still has to be yes or no.
Status CheckFlags(const Fields& fields) {
  for (const char* name : {"coalition_opt_out", "two_tier_opt_out"}) {
    const std::string_view text = fields.Get(name);
    const bool no = EqualsIgnoreCase(text, "N") || EqualsIgnoreCase(text, "No") ||
                    EqualsIgnoreCase(text, "false") || text == "0";
    if (!text.empty() && !no && !fields.IsYes(name)) return Refuse(kOptionNotAllowed);
  }
  return {};
}

Status ReadRatios(const Fields& fields, const std::string& prefix, Campaign& campaign) {
  for (auto [name, ratio] : {std::pair("points_ratio", &campaign.points_ratio),
                             std::pair("reward_ratio", &campaign.reward_ratio),
                             std::pair("amount_per_event", &campaign.amount_per_event)}) {
    const std::string_view text = fields.Get(prefix + name);
    if (text.empty()) continue;
    OUBLI_TRY_ASSIGN(*ratio, ReadNumber(text));
  }
  return CheckFlags(fields);
}

Result<Campaign> ReadNewCampaign(const Fields& fields) {
  Campaign campaign;
  campaign.name = fields.Get("campaign_name");
  campaign.type = fields.Get("campaign_type");
  campaign.description = fields.Get("campaign_description");
  if (campaign.name.empty() || !IsCampaignType(campaign.type)) return Refuse(kBadCampaign);
  OUBLI_TRY(ReadRatios(fields, "", campaign));
  return campaign;
}

// What the store's writer does for a call.
using CampaignChange = std::function<Result<Node>(StoreTransaction&)>;

Result<CampaignChange> NewCampaign(const Call& call) {
  if (!call.caller.May(Permission::kAllCampaigns)) return Refuse(kNoPermission);
  OUBLI_TRY_ASSIGN(Campaign campaign, ReadNewCampaign(call.fields));
  return CampaignChange(
      [campaign = std::move(campaign)](StoreTransaction& transaction) -> Result<Node> {
        OUBLI_TRY_ASSIGN(const Campaign made, customers::CreateCampaign(transaction, campaign));
        return CampaignNode(made.id);
      });
}

Result<CampaignChange> NewPart(const Call& call, const PartRule& rule) {
  OUBLI_TRY_ASSIGN(const int64_t id, ReadCampaignId(call.fields.Get("campaign_id")));
  CampaignPart part;
  part.campaign_id = id;
  part.kind = rule.kind;
  OUBLI_TRY(ReadPart(call.fields, rule, "", part));
  return CampaignChange(
      [part = std::move(part), &rule](StoreTransaction& transaction) -> Result<Node> {
        OUBLI_TRY_ASSIGN(const Campaign campaign, FindAnyCampaign(transaction, part.campaign_id));
        if (!HasParts(campaign, rule.kind)) return Refuse(rule.error);
        OUBLI_TRY_ASSIGN(const CampaignPart made, customers::CreatePart(transaction, part));
        return PartNode(rule, made.id);
      });
}

Result<CampaignChange> UpdateCampaign(const Call& call) {
  OUBLI_TRY_ASSIGN(const int64_t id, ReadCampaignId(call.fields.Get("campaign_id")));
  return CampaignChange([id, fields = call.fields](StoreTransaction& transaction) -> Result<Node> {
    OUBLI_TRY_ASSIGN(Campaign campaign, FindAnyCampaign(transaction, id));
    if (fields.Find("new_campaign_name") != nullptr) {
      campaign.name = fields.Get("new_campaign_name");
    }
    if (fields.Find("new_campaign_description") != nullptr) {
      campaign.description = fields.Get("new_campaign_description");
    }
    if (campaign.name.empty()) return Refuse(kBadCampaign);
    OUBLI_TRY(ReadRatios(fields, "new_", campaign));
    OUBLI_TRY(customers::UpdateCampaign(transaction, campaign));
    return CampaignNode(id);
  });
}

// The id of a part in its field. Errors: the rule's text.
Result<int64_t> ReadPartId(const Fields& fields, const PartRule& rule) {
  const std::string_view text = fields.Get(rule.id_field);
  const auto id = IsDigits(text) ? ParseInt(text) : std::nullopt;
  if (!id) return Refuse(rule.error);
  return *id;
}

Result<CampaignPart> FindById(StoreTransaction& transaction, int64_t campaign_id,
                              const PartRule& rule, int64_t id) {
  OUBLI_TRY(FindAnyCampaign(transaction, campaign_id));
  OUBLI_TRY_ASSIGN(auto parts, customers::ListParts(transaction, campaign_id, rule.kind));
  for (CampaignPart& part : parts) {
    if (part.id == id) return std::move(part);
  }
  return Refuse(rule.error);
}

Result<CampaignChange> UpdatePart(const Call& call, const PartRule& rule) {
  OUBLI_TRY_ASSIGN(const int64_t campaign_id, ReadCampaignId(call.fields.Get("campaign_id")));
  OUBLI_TRY_ASSIGN(const int64_t id, ReadPartId(call.fields, rule));
  return CampaignChange([campaign_id, id, &rule,
                         fields = call.fields](StoreTransaction& transaction) -> Result<Node> {
    OUBLI_TRY_ASSIGN(CampaignPart part, FindById(transaction, campaign_id, rule, id));
    OUBLI_TRY(ReadPart(fields, rule, "new_", part));
    OUBLI_TRY(customers::UpdatePart(transaction, part));
    return PartNode(rule, id);
  });
}

Result<CampaignChange> DeleteCampaign(const Call& call) {
  OUBLI_TRY_ASSIGN(const int64_t id, ReadCampaignId(call.fields.Get("campaign_id")));
  return CampaignChange([id](StoreTransaction& transaction) -> Result<Node> {
    OUBLI_TRY(FindAnyCampaign(transaction, id));
    OUBLI_TRY(customers::DeleteCampaign(transaction, id));
    return DeletedNode("campaign", id);
  });
}

Result<CampaignChange> DeletePart(const Call& call, const PartRule& rule) {
  OUBLI_TRY_ASSIGN(const int64_t campaign_id, ReadCampaignId(call.fields.Get("campaign_id")));
  OUBLI_TRY_ASSIGN(const int64_t id, ReadPartId(call.fields, rule));
  return CampaignChange([campaign_id, id, &rule](StoreTransaction& transaction) -> Result<Node> {
    OUBLI_TRY(FindById(transaction, campaign_id, rule, id));
    OUBLI_TRY(customers::DeletePart(transaction, campaign_id, rule.kind, id));
    return DeletedNode(rule.name, id);
  });
}

Result<CampaignChange> SetActive(const Call& call, bool active) {
  OUBLI_TRY_ASSIGN(const int64_t id, ReadCampaignId(call.fields.Get("campaign_id")));
  return CampaignChange([id, active](StoreTransaction& transaction) -> Result<Node> {
    OUBLI_TRY_ASSIGN(Campaign campaign, FindAnyCampaign(transaction, id));
    campaign.active = active;
    OUBLI_TRY(customers::UpdateCampaign(transaction, campaign));
    return CampaignNode(id);
  });
}

// `wakes`: leaves something to the sweep.
void Answer(const Call& call, Result<CampaignChange> change, bool wakes = false) {
  if (!change) return call.reply(Fail(change.error()));
  // On the writer's own thread the store is there: it is what runs this.
  customers::Store* const store = wakes ? &call.store : nullptr;
  call.store.Write(std::move(*change), [reply = call.reply, store](const Result<Node>& outcome) {
    if (outcome && store != nullptr) store->writer().WakeBackground();
    reply(outcome);
  });
}

using OnCampaign = Result<CampaignChange> (*)(const Call&);
using OnPart = Result<CampaignChange> (*)(const Call&, const PartRule&);

Result<CampaignChange> ByAction(const Call& call, OnCampaign on_campaign, OnPart on_part) {
  const std::string_view action = call.fields.Get("action");
  if (action == "campaign") return on_campaign(call);
  const PartRule* rule = FindPartRule(action);
  if (rule == nullptr) return Refuse(kActionUndefined);
  return on_part(call, *rule);
}

}  // namespace

void CampaignNew(const Call& call) { Answer(call, ByAction(call, NewCampaign, NewPart)); }
void CampaignUpdate(const Call& call) { Answer(call, ByAction(call, UpdateCampaign, UpdatePart)); }
void CampaignDelete(const Call& call) {
  Answer(call, ByAction(call, DeleteCampaign, DeletePart), true);
}
void CampaignDeactivate(const Call& call) { Answer(call, SetActive(call, false)); }
void CampaignReactivate(const Call& call) { Answer(call, SetActive(call, true)); }

}  // namespace oubli::dialects::stickystreet
