#include "dialects/stickystreet/receipt.h"

#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

Node Money(std::string_view amount) {
  Node node;
  node.Add("amount", amount).Add("currency", kCurrency).Add("glyph", kGlyph);
  return node;
}

Node CustomerPart(const Receipt& receipt) {
  const customers::Profile& profile = receipt.customer.profile;
  Node node;
  node.Add("first_name", profile.first_name);
  node.Add("last_name", profile.last_name);
  node.Add("card_number", profile.card_number);
  node.Add("phone", profile.phone);
  node.Add("email", profile.email);
  node.Add("custom_date",
           profile.custom_date.empty() ? kNoDate : std::string_view(profile.custom_date));
  node.Add("street1", receipt.address ? receipt.address->line1 : "");
  return node;
}

// Gift cards and earned money.
Node MoneyPart(const Receipt& receipt) {
  const auto format = [&](Decimal amount) { return FormatAmount(receipt.campaign, amount); };
  Node node;
  node.Add("id", std::to_string(receipt.entry.id));
  if (receipt.entry.redeemed) {
    Node taken;
    taken.Add("amount", receipt.entry.amount.Negated().ToString()).Add("currency", kCurrency);
    node.Add("deduct", taken.Add("description", receipt.entry.description));
  } else {
    node.Add("add",
             Money(format(receipt.entry.amount)).Add("description", receipt.entry.description));
  }
  node.Add("balance", Money(format(receipt.balance.balance)));
  node.Add("cumulative_balance", Money(format(receipt.balance.cumulative)));
  node.Add("coalition_cumulative_balance", Money(format(Decimal())));
  return node;
}

// Points, pieces and events. Only points have a purchase behind them.
Node PointsPart(const Receipt& receipt) {
  const auto points = [&](Decimal amount) {
    return Node().Add("points", FormatAmount(receipt.campaign, amount));
  };
  const customers::Transaction& entry = receipt.entry;
  Node node;
  node.Add("id", std::to_string(entry.id));
  const bool purchase = receipt.campaign.type == "points" && !entry.redeemed;
  if (purchase) node.Add("purchase", Money(entry.purchase.ToString()));
  if (entry.redeemed) {
    node.Add("redeemed", points(entry.amount.Negated()).Add("description", entry.description));
  } else {
    node.Add("recorded", points(entry.amount).Add("description", entry.description));
  }
  node.Add("balance", points(receipt.balance.balance));
  node.Add("cumulative_balance", points(receipt.balance.cumulative));
  return node;
}

}  // namespace

Node ReceiptNode(const Receipt& receipt, std::string_view account_name) {
  Node agency;
  agency.Add("id", "1").Add("name", "Oubli").Add("email", "");
  Node campaign;
  campaign.Add("id", std::to_string(receipt.campaign.id));
  campaign.Add("name", receipt.campaign.name).Add("type", receipt.campaign.type);
  Node node;
  node.Add("account_name", account_name);
  node.Add("agency", std::move(agency));
  node.Add("campaign", std::move(campaign));
  node.Add("customer", CustomerPart(receipt));
  node.Add("transaction", CountsMoney(receipt.campaign) ? MoneyPart(receipt) : PointsPart(receipt));
  return node;
}

}  // namespace oubli::dialects::stickystreet
