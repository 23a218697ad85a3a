#include "dialects/stickystreet/values.h"

#include "base/date_time.h"
#include "base/text.h"
#include "customers/records.h"
#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr std::string_view kCustomFieldPrefix = "custom_field_";
constexpr size_t kMoneyDecimals = 2;
constexpr Decimal kCent = Decimal::FromUnits(Decimal::kOne / 100);

// A number without exponent and without a plus; nothing on anything else.
std::optional<Decimal> ParsePlain(std::string_view text) {
  if (text.find_first_of("eE") != std::string_view::npos) return std::nullopt;
  return Decimal::Parse(text, true);
}

// Digits behind the separator are counted as written, so that "1,000" is not taken for 1.
std::optional<Decimal> ParseMoney(std::string_view text) {
  const size_t separator = text.find_first_of(".,");
  if (separator != std::string_view::npos && text.size() - separator - 1 > kMoneyDecimals) {
    return std::nullopt;
  }
  return ParsePlain(text);
}

}  // namespace

bool CountsMoney(const customers::Campaign& campaign) {
  return campaign.type == "giftcard" || campaign.type == "earned";
}

std::string FormatAmount(const customers::Campaign& campaign, Decimal amount) {
  return amount.ToString(CountsMoney(campaign) ? static_cast<int>(kMoneyDecimals) : 0);
}

Result<Decimal> ReadMoney(std::string_view text) {
  const auto exact = ParsePlain(text);
  if (exact && *exact < kCent) return Refuse(kAmountBelowCent);
  const auto amount = ParseMoney(text);
  if (!amount) return Refuse(kBadAmount);
  return *amount;
}

Result<Decimal> ReadStartAmount(std::string_view text) {
  const auto amount = ParseMoney(text);
  if (!amount || *amount < Decimal()) return Refuse(kBadAmount);
  return *amount;
}

Result<Decimal> ReadNumber(std::string_view text) {
  const auto number = ParsePlain(text);
  if (!number || *number < Decimal()) return Refuse(kBadNumber);
  return *number;
}

Result<int64_t> ReadWhole(std::string_view text, int64_t least, int64_t most, int64_t absent) {
  if (text.empty()) return absent;
  const auto number = IsDigits(text) ? ParseInt(text) : std::nullopt;
  if (!number || *number < least || *number > most) return Refuse(kBadNumber);
  return *number;
}

Result<std::string> ReadIdentity(std::string_view text) {
  if (text.find_first_of(",*%") != std::string_view::npos) return Refuse(kBadCode);
  return std::string(text);
}

Result<std::string> ReadDay(std::string_view text) {
  if (text.empty() || text == kNoDate) return std::string();
  if (text.size() != kNoDate.size() || !ParseIso8601(text)) return Refuse(kBadDate);
  return std::string(text);
}

Result<std::map<int64_t, std::string>> ReadCustomFields(const Fields& fields) {
  std::map<int64_t, std::string> found;
  for (const auto& [name, value] : fields.all()) {
    if (!name.starts_with(kCustomFieldPrefix)) continue;
    const std::string_view number = std::string_view(name).substr(kCustomFieldPrefix.size());
    // One spelling a number, so that no field can be given twice.
    const bool fits = IsDigits(number) && number.size() <= 2 && number[0] != '0';
    if (!fits) return Refuse(kOptionNotAllowed);
    found[*ParseInt(number)] = value;
  }
  return found;
}

Result<int64_t> ReadCampaignId(std::string_view text) {
  const auto id = IsDigits(text) ? ParseInt(text) : std::nullopt;
  if (!id) return Refuse(kCampaignNotValid);
  return *id;
}

Result<customers::Campaign> FindAnyCampaign(customers::StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto campaign, customers::FindCampaign(view, id));
  if (!campaign) return Refuse(kCampaignNotValid);
  return std::move(*campaign);
}

Result<customers::Campaign> FindActiveCampaign(customers::StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto campaign, customers::FindCampaign(view, id));
  if (!campaign || !campaign->active) return Refuse(kCampaignNotValid);
  return std::move(*campaign);
}

Result<customers::Customer> FindNamed(customers::StoreView& view, std::string_view code,
                                      std::string_view card_number) {
  std::optional<customers::Customer> customer;
  if (!code.empty()) {
    OUBLI_TRY_ASSIGN(customer, customers::FindCustomerByCode(view, code));
  } else if (!card_number.empty()) {
    OUBLI_TRY_ASSIGN(customer, customers::FindCustomerByCard(view, card_number));
  }
  if (!customer) return Fail(ErrorKind::kNotFound, kNoSuchCustomer);
  return std::move(*customer);
}

Result<std::optional<customers::Address>> FindShownAddress(customers::StoreView& view,
                                                           const customers::Head& owner) {
  OUBLI_TRY_ASSIGN(auto addresses, customers::ListAddresses(view, owner));
  for (const int64_t role : {customers::AddressRole::kPrimary, customers::AddressRole::kBook}) {
    for (customers::Address& address : addresses) {
      if ((address.roles & role) != 0) return std::move(address);
    }
  }
  return std::nullopt;
}

}  // namespace oubli::dialects::stickystreet
