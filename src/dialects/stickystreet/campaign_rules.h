// What the types of campaigns have in common and what tells them apart (contract, 3 and 4).
#pragma once

#include <string_view>

#include "base/result.h"
#include "customers/campaigns.h"
#include "dialects/stickystreet/list_query.h"
#include "dialects/stickystreet/output.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

bool IsCampaignType(std::string_view type);

// A reward, an item or a promotion on this wire: its names, and the campaigns that have such.
struct PartRule {
  customers::PartKind kind;
  std::string_view name;      // as an action, and as an element
  std::string_view id_field;  // reward_id, ...
  std::string_view error;     // of everything that is wrong with one
  // Of fields; the first one that was sent counts.
  std::string_view level[3];
  std::string_view description[3];
  std::string_view identifier;
};
// nullptr when there is no such action.
const PartRule* FindPartRule(std::string_view action);
const PartRule& RuleOf(customers::PartKind kind);
bool HasParts(const customers::Campaign& campaign, customers::PartKind kind);

// Puts what was sent into the part; names of fields begin with `prefix` ("" or "new_"). Without a
// prefix, what a part must have must have been sent. Errors: the rule's text.
Status ReadPart(const Fields& fields, const PartRule& rule, std::string_view prefix,
                customers::CampaignPart& part);

// As lists show it.
Row RowOf(const customers::CampaignPart& part);

// Whether a promotion counts on a day, YYYY-MM-DD.
bool IsOn(const customers::CampaignPart& promo, std::string_view day);

}  // namespace oubli::dialects::stickystreet
