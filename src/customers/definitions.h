// What is nobody's and stays when customers go: attribute definitions, campaigns, settings, and the
// groups of groups.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "customers/groups.h"
#include "customers/store.h"

namespace oubli::customers {

struct AttributeDefinition {
  int64_t id = 0;
  std::string name;
  std::string type = "string";  // string, number or date
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
};
Result<std::vector<AttributeDefinition>> ListAttributeDefinitions(StoreView& view);
Result<std::optional<AttributeDefinition>> FindAttributeDefinition(StoreView& view, int64_t id);
Result<std::optional<AttributeDefinition>> FindAttributeDefinition(StoreView& view,
                                                                   std::string_view name);

// A loyalty campaign. Its id is 16 random digits, never given twice.
struct Campaign {
  int64_t id = 0;
  std::string name;
  std::string type;  // points, giftcard, buyx, events, earned
  std::string description;
  Decimal points_ratio = Decimal::FromInt(1);  // points for one unit of money
  Decimal reward_ratio;
  Decimal amount_per_event = Decimal::FromInt(1);
  bool active = true;
  UnixMs created_at = 0;
};
Result<std::vector<Campaign>> ListCampaigns(StoreView& view);  // by created_at, then id
Result<std::optional<Campaign>> FindCampaign(StoreView& view, int64_t id);
// id and created_at are made here.
Result<Campaign> CreateCampaign(StoreTransaction& transaction, Campaign campaign);
// The campaign of that name, else a new one of type points.
Result<Campaign> EnsureCampaign(StoreTransaction& transaction, std::string_view name);

// A setting of the store; "" when it was never set.
Result<std::string> ReadSetting(StoreView& view, std::string_view name);
Status WriteSetting(StoreTransaction& transaction, std::string_view name, std::string_view value);

}  // namespace oubli::customers
