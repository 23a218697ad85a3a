#include "dialects/bigcommerce/ids_to_delete.h"

#include <array>

#include "dialects/bigcommerce/query.h"

namespace oubli::dialects::bigcommerce {

Result<std::vector<int64_t>> ReadIdsToDelete(const http::Request& request, const Choices& choices) {
  constexpr std::string_view kIds = "id:in";
  constexpr std::array<std::string_view, 1> kKnown = {kIds};
  if (request.query.empty()) return std::vector<int64_t>();
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(request.query));
  auto ids = query.Integers(kIds);
  if (ids && (!*ids || (*ids)->empty())) return std::vector<int64_t>();
  if (choices.unknown_filter_stops_delete) OUBLI_TRY(query.CheckNames(kKnown));
  if (!ids || (*ids)->front() < 1 || (*ids)->size() > choices.max_ids_a_delete) {
    return Fail(ErrorKind::kInvalid, choices.bad_ids_to_delete);
  }
  return std::move(**ids);
}

bool MayMeanAll(const http::Request& request) {
  return request.query.empty() && request.body.empty() && !request.path.ends_with('/');
}

}  // namespace oubli::dialects::bigcommerce
