// customer_info (contract, 2.7): one customer with the balances in the campaigns.
#include <algorithm>

#include "base/countries.h"
#include "base/date_time.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "dialects/stickystreet/balances.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;
using customers::Customer;
using customers::StoreView;

std::string DayOrNone(UnixMs ms) { return ms == 0 ? std::string(kNoDate) : FormatDate(ms); }

// As it was written, unless another dialect has changed the code since.
std::string_view CountryOf(const customers::Address& address) {
  if (address.country_code.empty()) return address.country;
  const Country* written = FindCountry(address.country);
  const bool same = written != nullptr && written->alpha2 == address.country_code;
  return same ? address.country : address.country_code;
}

void AddAddress(Node& node, const customers::Address& address) {
  node.Add("street1", address.line1);
  node.Add("street2", address.line2);
  node.Add("city", address.city);
  node.Add("state", address.state.empty() ? address.state_code : address.state);
  node.Add("postal_code", address.postal_code);
  node.Add("country", CountryOf(address));
}

Node CustomerNode(const Customer& customer, const customers::Address& address,
                  bool with_custom_fields) {
  const customers::Profile& profile = customer.profile;
  Node node;
  node.Add("code", customers::CodeOf(customer));
  node.Add("card_number", profile.card_number);
  node.Add("first_name", profile.first_name);
  node.Add("last_name", profile.last_name);
  node.Add("phone", profile.phone);
  node.Add("email", profile.email);
  AddAddress(node, address);
  node.Add("custom_date",
           profile.custom_date.empty() ? kNoDate : std::string_view(profile.custom_date));
  if (with_custom_fields) node.Add("custom_field", profile.custom_field);
  node.Add("customer_username", profile.username);
  node.Add("registered", profile.registered ? "Y" : "N");
  node.Add("record_timestamp", FormatDateTime(customer.head.created_at));
  if (!with_custom_fields) return node;
  for (const auto& [number, text] : profile.custom_fields) {
    const std::string name = "custom_field_" + std::to_string(number);
    Node field;
    // Without a definition of its own (manage_fields) a field is labelled with its name.
    field.Add("label", name).Add("data", text);
    node.Add(name, std::move(field));
  }
  return node;
}

// The pieces of a buyx campaign, by item.
Node ItemBalances(const Campaign& campaign, const Balance& balance) {
  Node list = Node::List("item");
  if (campaign.type != "buyx") return list;
  for (const auto& [item, amount] : balance.items) {
    if (amount == Decimal()) continue;
    Node node;
    node.Add("id", item).Add("description", item).Add("balance", amount.ToString());
    list.Append(std::move(node));
  }
  return list;
}

std::string MonetaryBalance(const Campaign& campaign, const Balance& balance) {
  if (CountsMoney(campaign)) return balance.balance.ToString(2);
  return balance.balance.Times(campaign.reward_ratio).value_or(Decimal()).ToString(2);
}

Node CampaignNode(const Campaign& campaign, const Balance& balance) {
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
  node.Add("available_rewards", Node::List("reward"));
  node.Add("balances", ItemBalances(campaign, balance));
  return node;
}

// The active campaigns that the customer is in, by enrolment or by a transaction; of these `only`,
// if it is not 0.
Result<Node> CampaignNodes(StoreView& view, const Customer& customer, int64_t only) {
  OUBLI_TRY_ASSIGN(const auto entries, customers::ListTransactions(view, customer.head));
  OUBLI_TRY_ASSIGN(auto balances, SumByCampaign(entries));
  OUBLI_TRY_ASSIGN(const auto enrollments, customers::ListEnrollments(view, customer.head));
  for (const customers::Enrollment& enrollment : enrollments) {
    balances.try_emplace(enrollment.campaign_id);
  }
  OUBLI_TRY_ASSIGN(const auto campaigns, customers::ListCampaigns(view));
  Node list = Node::List("campaign");
  for (const Campaign& campaign : campaigns) {
    const auto balance = balances.find(campaign.id);
    if (!campaign.active || balance == balances.end()) continue;
    if (only != 0 && campaign.id != only) continue;
    list.Append(CampaignNode(campaign, balance->second));
  }
  return list;
}

Result<Node> ReadInfo(const Call& call) {
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
  root.Add("account_name", call.principal.handle);
  root.Add("customer", CustomerNode(customer, address.value_or(customers::Address()),
                                    !call.fields.IsYes("hide_custom_field")));
  if (with_balances) {
    OUBLI_TRY_ASSIGN(Node campaigns, CampaignNodes(*reader, customer, only));
    root.Add("campaigns", std::move(campaigns));
  }
  return root;
}

}  // namespace

void CustomerInfo(const Call& call) { call.reply(ReadInfo(call)); }

}  // namespace oubli::dialects::stickystreet
