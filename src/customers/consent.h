// What a customer agrees to being tracked for: one sealed record of the customer.
#pragma once

#include <optional>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// Nothing when the customer has never said anything. Errors: kNotFound when the owner has been
// erased since the view began.
Result<std::optional<Consent>> FindConsent(StoreView& view, const Head& owner);
// Replaces what was said before; updated_at is set here. Returns it as stored.
Result<Consent> PutConsent(StoreTransaction& transaction, const Head& owner, Consent consent);

}  // namespace oubli::customers
