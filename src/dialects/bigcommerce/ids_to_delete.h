// The query of a DELETE with `id:in`: the same for customers and for what hangs on them
// (contract 2.5).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/bigcommerce/choices.h"
#include "http/message.h"

namespace oubli::dialects::bigcommerce {

// Distinct ids, ascending. Empty, whatever else the query says, without `id:in` or with an empty
// one: then nothing may be deleted. Errors: kInvalid, the title as text, for an element that is not
// the number of anything, for more ids than one call may have, and for another parameter beside
// `id:in`.
Result<std::vector<int64_t>> ReadIdsToDelete(const http::Request& request, const Choices& choices);

// Whether a delete that deletes everything without a filter may mean that: who ends its path in a
// slash had an id that came out blank, and who sends a body put the ids there.
bool MayMeanAll(const http::Request& request);
inline constexpr std::string_view kDeleteAllTakesNothing =
    "A delete without a filter takes no body, and no slash at the end. Nothing was deleted.";

}  // namespace oubli::dialects::bigcommerce
