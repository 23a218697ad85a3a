// The part of the sweep that takes away what customers have in deleted campaigns
// (customers/campaigns.h). Nobody sees it any more, but its owners are living.
#pragma once

#include <functional>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::erasure {

// Goes through the customers, from where the last slice has left off, until all are done or
// `keep_going` says no.
Status SweepDeletedCampaigns(customers::StoreTransaction& transaction,
                             const std::function<bool()>& keep_going);
Result<bool> AnyDeletedCampaign(customers::StoreView& view);

}  // namespace oubli::erasure
