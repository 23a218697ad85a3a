// Stored payment instruments of a customer. Who has any has exactly one default among them; that
// another one, the first one or none is the default now is noted in the outbox.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

inline constexpr size_t kMaxPaymentInstruments = 250;  // of one customer

// In the order in which they were added.
Result<std::vector<PaymentInstrument>> ListPaymentInstruments(StoreView& view, const Head& owner);
// Stores one; id and created_at are made here. The first one becomes the default whatever it says;
// a later one that says so takes that from the one before. Returns it as stored. Errors: kConflict
// with the field "token" when the customer has one of that token, kTooMany.
Result<PaymentInstrument> AddPaymentInstrument(StoreTransaction& transaction, const Head& owner,
                                               PaymentInstrument instrument);
// True when there was one. When it was the default, the oldest of the others becomes it.
Result<bool> DeletePaymentInstrument(StoreTransaction& transaction, const Head& owner,
                                     std::string_view token);

}  // namespace oubli::customers
