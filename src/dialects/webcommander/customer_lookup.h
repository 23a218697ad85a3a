// Which customer a call means: by the number in its path, or by the second one.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "customers/store.h"
#include "dialects/webcommander/call.h"

namespace oubli::dialects::webcommander {

// The {customer_id} of the path. A number that no customer can have (too large, say) is 0, which
// nobody has: such a path names nobody, but it is numeric.
Parsed<int64_t> CustomerIdOf(const Call& call);

// The living customer with that internal_id. Numbers and internal numbers nearly always rise
// together, so a few look-ups find it; where an import has mixed them, the head rows are read
// through.
Result<std::optional<customers::Head>> FindByInternalId(customers::StoreView& view,
                                                        int64_t internal_id);

}  // namespace oubli::dialects::webcommander
