#include "dialects/stickystreet/customer_view.h"

#include <algorithm>

#include "base/countries.h"
#include "base/date_time.h"
#include "customers/records.h"
#include "dialects/stickystreet/balances.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

// As it was written, unless another dialect has changed the code since.
std::string_view CountryOf(const customers::Address& address) {
  if (address.country_code.empty()) return address.country;
  const Country* written = FindCountry(address.country);
  const bool same = written != nullptr && written->alpha2 == address.country_code;
  return same ? address.country : address.country_code;
}

}  // namespace

Row ShownFields(const customers::Customer& customer,
                const std::optional<customers::Address>& shown) {
  const customers::Profile& profile = customer.profile;
  const customers::Address address = shown.value_or(customers::Address());
  return {
      {"code", customers::CodeOf(customer)},
      {"card_number", profile.card_number},
      {"first_name", profile.first_name},
      {"last_name", profile.last_name},
      {"phone", profile.phone},
      {"email", profile.email},
      {"street1", address.line1},
      {"street2", address.line2},
      {"city", address.city},
      {"state", address.state.empty() ? address.state_code : address.state},
      {"postal_code", address.postal_code},
      {"country", std::string(CountryOf(address))},
      {"custom_date", profile.custom_date.empty() ? std::string(kNoDate) : profile.custom_date},
      {"custom_field", profile.custom_field},
      {"customer_username", profile.username},
  };
}

Row SearchedFields(const customers::Customer& customer,
                   const std::optional<customers::Address>& shown) {
  Row row = ShownFields(customer, shown);
  for (auto& [name, value] : row) {
    if (name == "custom_date" && value == kNoDate) value.clear();
  }
  return row;
}

Node NodeOf(const Row& row) {
  Node node;
  for (const auto& [name, value] : row) node.Add(name, value);
  return node;
}

Result<Standing> ReadStanding(customers::StoreView& view, const customers::Head& owner) {
  Standing standing;
  OUBLI_TRY_ASSIGN(standing.entries, customers::ListTransactions(view, owner));
  OUBLI_TRY_ASSIGN(standing.balances, SumByCampaign(standing.entries));
  OUBLI_TRY_ASSIGN(const auto enrollments, customers::ListEnrollments(view, owner));
  for (const customers::Enrollment& enrollment : enrollments) {
    standing.balances.try_emplace(enrollment.campaign_id);
  }
  return standing;
}

Node ShortBalances(const std::vector<customers::Campaign>& campaigns, const Standing& standing) {
  Node list = Node::List("campaign");
  for (const customers::Campaign& campaign : campaigns) {
    const auto balance = standing.balances.find(campaign.id);
    if (balance == standing.balances.end()) continue;
    Node node;
    node.Add("id", std::to_string(campaign.id));
    node.Add("balance", FormatAmount(campaign, balance->second.balance));
    list.Append(std::move(node));
  }
  return list;
}

Result<std::vector<customers::Campaign>> SeenCampaigns(customers::StoreView& view,
                                                       const Caller& caller) {
  OUBLI_TRY_ASSIGN(auto campaigns, customers::ListCampaigns(view));
  std::erase_if(campaigns, [&](const customers::Campaign& campaign) {
    return !campaign.active || !caller.Sees(campaign.id);
  });
  return campaigns;
}

}  // namespace oubli::dialects::stickystreet
