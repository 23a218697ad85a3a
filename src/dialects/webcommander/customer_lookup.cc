#include "dialects/webcommander/customer_lookup.h"

#include <string_view>

#include "base/text.h"
#include "customers/customers.h"
#include "customers/heads.h"
#include "dialects/webcommander/customer_details.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Head;
using customers::OwnerKind;

// The first living customer with an id above `after`.
Result<std::optional<Head>> NextHead(customers::StoreView& view, int64_t after) {
  std::optional<Head> next;
  OUBLI_TRY(customers::ForEachHead(view, OwnerKind::kCustomer, after, [&](const Head& head) {
    next = head;
    return false;
  }));
  return next;
}

// As if ordinals rose with the ids.
Result<std::optional<Head>> SearchByHalves(customers::StoreView& view, int64_t internal_id) {
  const customers::Ordinal wanted = internal_id / 2;
  int64_t low = 0;  // ids above `low` and up to `high` are still possible
  OUBLI_TRY_ASSIGN(int64_t high,
                   customers::ReadCounter(view, customers::IdCounter(OwnerKind::kCustomer)));
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    OUBLI_TRY_ASSIGN(const auto head, NextHead(view, middle));
    if (head && InternalId(*head) == internal_id) return head;
    if (head && head->ordinal < wanted) {
      low = head->id;
    } else {
      high = middle;
    }
  }
  OUBLI_TRY_ASSIGN(const auto head, NextHead(view, low > 0 ? low - 1 : 0));
  if (head && InternalId(*head) == internal_id) return head;
  return std::nullopt;
}

}  // namespace

Parsed<int64_t> CustomerIdOf(const Call& call) {
  std::string_view text = call.path_parameters.front();
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (!IsDigits(digits)) {
    return tl::unexpected(ApiError{400,
                                   "invalid customer id",
                                   "validation_failed",
                                   {{"id", "invalid_id", "customer id must be numeric"}}});
  }
  return ParseInt(text).value_or(0);
}

Result<std::optional<Head>> FindByInternalId(customers::StoreView& view, int64_t internal_id) {
  if (internal_id < 2) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto found, SearchByHalves(view, internal_id));
  if (found) return found;
  OUBLI_TRY(customers::ForEachHead(view, OwnerKind::kCustomer, 0, [&](const Head& head) {
    if (InternalId(head) == internal_id) found = head;
    return !found;
  }));
  return found;
}

}  // namespace oubli::dialects::webcommander
