// What belongs to a loyalty campaign besides its row (definitions.h): rewards, items and
// promotions, which are nobody's; and its deletion, with all transactions that customers have in
// it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "customers/definitions.h"
#include "customers/store.h"

namespace oubli::customers {

// Replaces everything but id, type and created_at. Errors: kNotFound.
Status UpdateCampaign(StoreTransaction& transaction, const Campaign& campaign);

// Deletes the campaign with all its parts, and every customer's transactions and enrolment in it:
// nothing of them is seen from then on, and the sweep takes them away (erasure/campaign_sweep.h).
// Costs the same for any number of them. Errors: kNotFound.
Status DeleteCampaign(StoreTransaction& transaction, int64_t id);

// ---- rewards, items, promotions ----

// The numbers are stored.
enum class PartKind : int64_t { kReward = 1, kItem = 2, kPromo = 3 };
inline constexpr size_t kMaxParts = 1000;  // of a kind in a campaign

struct CampaignPart {
  int64_t id = 0;  // counted up over all campaigns of the store; never given twice
  int64_t campaign_id = 0;
  PartKind kind = PartKind::kReward;
  // What a reward costs; how many pieces of an item earn one; what a promotion adds, or multiplies
  // by.
  Decimal level;
  std::string description;
  std::string identifier;                        // the caller's own; "" for none
  std::map<int64_t, std::string> custom_fields;  // of rewards
  // Of promotions.
  std::string operand;       // "+" or "x"
  std::string starts, ends;  // YYYY-MM-DD, both days included; "" for none
};

Result<std::vector<CampaignPart>> ListParts(StoreView& view, int64_t campaign_id, PartKind kind);
// By its id, else by its identifier.
Result<std::optional<CampaignPart>> FindPart(StoreView& view, int64_t campaign_id, PartKind kind,
                                             std::string_view id_or_identifier);
// Makes the id. Errors: kConflict with the field "identifier" when another part of the campaign and
// kind has it, kTooMany above kMaxParts. REQUIRES: there is such a campaign.
Result<CampaignPart> CreatePart(StoreTransaction& transaction, CampaignPart part);
// Errors: kNotFound, kConflict as above.
Status UpdatePart(StoreTransaction& transaction, const CampaignPart& part);
// True when there was one. What customers have recorded of it stays.
Result<bool> DeletePart(StoreTransaction& transaction, int64_t campaign_id, PartKind kind,
                        int64_t id);

// ---- transactions of deleted campaigns ----

// Campaigns whose transactions wait for the sweep: to be passed over. Usually none.
Result<std::vector<int64_t>> SweptCampaigns(StoreView& view);

}  // namespace oubli::customers
