// customer_info (contract, 2.7): one customer with the balances in the campaigns.
#include <algorithm>

#include "base/date_time.h"
#include "customers/campaigns.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/field_definitions.h"
#include "customers/records.h"
#include "dialects/stickystreet/account.h"
#include "dialects/stickystreet/balances.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/customer_view.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;
using customers::CampaignPart;
using customers::Customer;
using customers::PartKind;
using customers::StoreView;

std::string DayOrNone(UnixMs ms) { return ms == 0 ? std::string(kNoDate) : FormatDate(ms); }

// Labels of the numbered fields, by number.
std::map<int64_t, std::string> LabelsOf(const std::vector<customers::FieldDefinition>& fields) {
  std::map<int64_t, std::string> labels;
  for (const customers::FieldDefinition& field : fields) labels[field.number] = field.label;
  return labels;
}

Node CustomerNode(const Customer& customer, const std::optional<customers::Address>& address,
                  bool with_custom_fields, const std::map<int64_t, std::string>& labels) {
  Row row = ShownFields(customer, address);
  if (!with_custom_fields) {
    std::erase_if(row, [](const auto& field) { return field.first == "custom_field"; });
  }
  Node node = NodeOf(row);
  node.Add("registered", customer.profile.registered ? "Y" : "N");
  node.Add("record_timestamp", FormatDateTime(customer.head.created_at));
  if (!with_custom_fields) return node;
  for (const auto& [number, text] : customer.profile.custom_fields) {
    const std::string name = "custom_field_" + std::to_string(number);
    const auto label = labels.find(number);
    Node field;
    // Without a definition of its own (manage_fields) a field is labelled with its name.
    field.Add("label", label == labels.end() ? name : label->second).Add("data", text);
    node.Add(name, std::move(field));
  }
  return node;
}

// The pieces of a buyx campaign, by item: those that are defined, and what the customer has of
// others that once were.
Node ItemBalances(const Balance& balance, const std::vector<CampaignPart>& items) {
  Node list = Node::List("item");
  std::map<std::string, Decimal> left = balance.items;
  for (const CampaignPart& item : items) {
    const auto found = left.find(std::to_string(item.id));
    const Decimal amount = found == left.end() ? Decimal() : found->second;
    if (found != left.end()) left.erase(found);
    Node node;
    node.Add("id", std::to_string(item.id)).Add("description", item.description);
    node.Add("balance", amount.ToString()).Add("level", item.level.ToString());
    list.Append(std::move(node));
  }
  for (const auto& [item, amount] : left) {
    if (amount == Decimal()) continue;
    Node node;
    node.Add("id", item).Add("description", item).Add("balance", amount.ToString());
    list.Append(std::move(node));
  }
  return list;
}

Node RewardsFor(const Balance& balance, const std::vector<CampaignPart>& rewards) {
  Node list = Node::List("reward");
  for (const CampaignPart& reward : rewards) {
    const auto missing = reward.level.Plus(balance.balance.Negated()).value_or(reward.level);
    Node node;
    node.Add("id", std::to_string(reward.id)).Add("name", reward.identifier);
    node.Add("level", reward.level.ToString()).Add("description", reward.description);
    node.Add("needed_to_redeem", std::max(missing, Decimal()).ToString());
    list.Append(std::move(node));
  }
  return list;
}

std::string MonetaryBalance(const Campaign& campaign, const Balance& balance) {
  if (CountsMoney(campaign)) return balance.balance.ToString(2);
  return balance.balance.Times(campaign.reward_ratio).value_or(Decimal()).ToString(2);
}

Result<Node> CampaignNode(StoreView& view, const Campaign& campaign, const Balance& balance) {
  OUBLI_TRY_ASSIGN(const auto rewards, ListParts(view, campaign.id, PartKind::kReward));
  OUBLI_TRY_ASSIGN(const auto items, ListParts(view, campaign.id, PartKind::kItem));
  Node node;
  node.Add("id", std::to_string(campaign.id));
  node.Add("name", campaign.name);
  node.Add("description", campaign.description);
  node.Add("type", campaign.type);
  node.Add("balance", FormatAmount(campaign, balance.balance));
  node.Add("cumulative", FormatAmount(campaign, balance.cumulative));
  // There are no coalitions: every store is on its own.
  node.Add("balance_coalition", "0");
  node.Add("cumulative_coalition", "0");
  node.Add("monetary_balance", MonetaryBalance(campaign, balance));
  node.Add("currency", kCurrency);
  node.Add("glyph", kGlyph);
  node.Add("first_transaction", DayOrNone(balance.first_at));
  node.Add("last_transaction", DayOrNone(balance.last_at));
  node.Add("in_coalition", "N");
  node.Add("opt_out", "N");
  node.Add("optout_capable", "N");
  node.Add("available_rewards", RewardsFor(balance, rewards));
  node.Add("balances", campaign.type == "buyx" ? ItemBalances(balance, items) : Node::List("item"));
  return node;
}

// The active campaigns that the customer is in, by enrolment or by a transaction; of these `only`,
// if it is not 0.
Result<Node> CampaignNodes(StoreView& view, const Call& call, const Customer& customer,
                           int64_t only) {
  OUBLI_TRY_ASSIGN(const Standing standing, ReadStanding(view, customer.head));
  OUBLI_TRY_ASSIGN(const auto campaigns, SeenCampaigns(view, call.caller));
  Node list = Node::List("campaign");
  for (const Campaign& campaign : campaigns) {
    const auto balance = standing.balances.find(campaign.id);
    if (balance == standing.balances.end() || (only != 0 && campaign.id != only)) continue;
    OUBLI_TRY_ASSIGN(Node node, CampaignNode(view, campaign, balance->second));
    list.Append(std::move(node));
  }
  return list;
}

Result<Node> ReadCustomerInfo(const Call& call) {
  const bool with_balances =
      call.fields.Get("include_balances").empty() || call.fields.IsYes("include_balances");
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const Customer customer,
                   FindNamed(*reader, call.fields.Get("code"), call.fields.Get("card_number")));
  int64_t only = 0;
  if (const std::string_view id = call.fields.Get("campaign_id"); !id.empty()) {
    OUBLI_TRY_ASSIGN(only, ReadCampaignId(id));
    OUBLI_TRY(FindActiveCampaign(*reader, only));
  }
  OUBLI_TRY_ASSIGN(const auto address, FindShownAddress(*reader, customer.head));

  Node root = Success();
  OUBLI_TRY_ASSIGN(const auto fields, customers::ListFieldDefinitions(*reader));
  OUBLI_TRY_ASSIGN(const std::string account, AccountName(*reader, call.principal().handle));
  root.Add("account_name", account);
  root.Add("customer", CustomerNode(customer, address, !call.fields.IsYes("hide_custom_field"),
                                    LabelsOf(fields)));
  if (with_balances) {
    OUBLI_TRY_ASSIGN(Node campaigns, CampaignNodes(*reader, call, customer, only));
    root.Add("campaigns", std::move(campaigns));
  }
  return root;
}

}  // namespace

void CustomerInfo(const Call& call) { call.reply(ReadCustomerInfo(call)); }

}  // namespace oubli::dialects::stickystreet
