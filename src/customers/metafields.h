// Metafields of a customer: records that are found by their id (contract 5.7).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// One application may keep so many at one customer.
inline constexpr size_t kMaxMetafields = 250;

// By id, ascending.
Result<std::vector<Metafield>> ListMetafields(StoreView& view, const Head& owner);
Result<std::optional<Metafield>> FindMetafield(StoreView& view, const Head& owner, int64_t id);
// Stores or replaces one; id 0 takes the next one of the store. Times are set here. Returns it as
// stored. Errors: kConflict with the field "key" when the application has another one of that
// namespace and key at this customer; kTooMany when it has kMaxMetafields already.
Result<Metafield> PutMetafield(StoreTransaction& transaction, const Head& owner,
                               Metafield metafield);
// True when there was one.
Result<bool> DeleteMetafield(StoreTransaction& transaction, const Head& owner, int64_t id);

}  // namespace oubli::customers
