#include "dialects/stickystreet/campaign_rules.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::CampaignPart;
using customers::PartKind;

constexpr std::string_view kCampaignTypes[] = {"points", "giftcard", "buyx", "events", "earned"};
constexpr std::string_view kFieldPrefix = "reward_custom_field";

constexpr PartRule kRules[] = {
    {PartKind::kReward,
     "reward",
     "reward_id",
     kBadReward,
     {"reward_level"},
     {"reward_description"},
     "reward_identifier"},
    {PartKind::kItem,
     "item",
     "item_id",
     kBadItem,
     {"reward_level", "buy_amount"},
     {"item_description"},
     "item_identifier"},
    {PartKind::kPromo,
     "promo",
     "promo_id",
     kBadPromo,
     {"promo_value", "multiplier"},
     {"promo_description", "promotion"},
     "promo_custom_id"},
};

// The first of the fields that was sent; nullptr when none was.
const std::string* FirstOf(const Fields& fields, std::string_view prefix,
                           const std::string_view (&names)[3]) {
  for (const std::string_view name : names) {
    if (name.empty()) continue;
    if (const std::string* text = fields.Find(std::string(prefix) + std::string(name))) return text;
  }
  return nullptr;
}

// reward_custom_field_1, or reward_custom_field1.
Status ReadRewardFields(const Fields& fields, std::string_view prefix, CampaignPart& part) {
  const std::string start = std::string(prefix) + std::string(kFieldPrefix);
  for (const auto& [name, value] : fields.all()) {
    if (!name.starts_with(start)) continue;
    std::string_view number = std::string_view(name).substr(start.size());
    if (number.starts_with('_')) number.remove_prefix(1);
    const bool fits = IsDigits(number) && number.size() <= 2 && number[0] != '0';
    if (!fits) return Refuse(kBadReward);
    if (value.empty()) {
      part.custom_fields.erase(*ParseInt(number));
    } else {
      part.custom_fields[*ParseInt(number)] = value;
    }
  }
  return {};
}

Status ReadPromo(const Fields& fields, std::string_view prefix, CampaignPart& part) {
  const std::string start(prefix);
  static constexpr std::string_view kOperand[3] = {"promo_operand", "operation"};
  if (const std::string* operand = FirstOf(fields, prefix, kOperand)) part.operand = Trim(*operand);
  if (part.operand != "+" && part.operand != "x") return Refuse(kBadPromo);
  for (auto [name, day] :
       {std::pair("promo_start_date", &part.starts), std::pair("promo_end_date", &part.ends)}) {
    if (fields.Find(start + name) == nullptr) continue;
    OUBLI_TRY_ASSIGN(*day, ReadDay(fields.Get(start + name)));
  }
  const bool backwards = !part.starts.empty() && !part.ends.empty() && part.ends < part.starts;
  return backwards ? Status(Refuse(kBadPromo)) : Status();
}

}  // namespace

bool IsCampaignType(std::string_view type) {
  return std::ranges::find(kCampaignTypes, type) != std::end(kCampaignTypes);
}

const PartRule* FindPartRule(std::string_view action) {
  const auto* const rule = std::ranges::find(kRules, action, &PartRule::name);
  return rule == std::end(kRules) ? nullptr : rule;
}

const PartRule& RuleOf(PartKind kind) {
  const auto* const rule = std::ranges::find(kRules, kind, &PartRule::kind);
  OUBLI_CHECK(rule != std::end(kRules));
  return *rule;
}

bool HasParts(const customers::Campaign& campaign, PartKind kind) {
  switch (kind) {
    case PartKind::kReward:
      return campaign.type == "points" || campaign.type == "events";
    case PartKind::kItem:
      return campaign.type == "buyx";
    case PartKind::kPromo:
      return campaign.type == "points";
  }
  return false;
}

Status ReadPart(const Fields& fields, const PartRule& rule, std::string_view prefix,
                CampaignPart& part) {
  if (const std::string* level = FirstOf(fields, prefix, rule.level)) {
    const auto number = ReadNumber(Trim(*level));
    if (!number) return Refuse(rule.error);
    part.level = *number;
  }
  if (const std::string* description = FirstOf(fields, prefix, rule.description)) {
    part.description = Trim(*description);
  }
  const std::string identifier = std::string(prefix) + std::string(rule.identifier);
  if (fields.Find(identifier) != nullptr) part.identifier = fields.Get(identifier);
  if (part.level <= Decimal() || part.description.empty()) return Refuse(rule.error);
  if (rule.kind == PartKind::kReward) return ReadRewardFields(fields, prefix, part);
  return rule.kind == PartKind::kPromo ? ReadPromo(fields, prefix, part) : Status();
}

Row RowOf(const CampaignPart& part) {
  Row row = {{"id", std::to_string(part.id)}};
  switch (part.kind) {
    case PartKind::kReward:
      row.emplace_back("level", part.level.ToString());
      row.emplace_back("description", part.description);
      if (!part.identifier.empty()) row.emplace_back("reward_id", part.identifier);
      for (const auto& [number, value] : part.custom_fields) {
        row.emplace_back("reward_custom_field_" + std::to_string(number), value);
      }
      return row;
    case PartKind::kItem:
      row.emplace_back("description", part.description);
      row.emplace_back("level", part.level.ToString());
      row.emplace_back("item_identifier", part.identifier);
      return row;
    case PartKind::kPromo:
      row.emplace_back("operand", part.operand);
      row.emplace_back("value", part.level.ToString());
      row.emplace_back("description", part.description);
      row.emplace_back("promo_custom_id", part.identifier);
      row.emplace_back("promo_start_date", part.starts.empty() ? kNoDate : part.starts);
      row.emplace_back("promo_end_date", part.ends.empty() ? kNoDate : part.ends);
      return row;
  }
  return row;
}

bool IsOn(const CampaignPart& promo, std::string_view day) {
  return (promo.starts.empty() || promo.starts <= day) && (promo.ends.empty() || day <= promo.ends);
}

}  // namespace oubli::dialects::stickystreet
