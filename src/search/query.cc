#include "search/query.h"

namespace oubli::search {

bool Filter::IsEmpty() const {
  return !group_ids && created.IsEverything() && modified.IsEverything() && !names && !companies &&
         !phones && !ip_addresses && !names_like;
}

bool Before(const Place& a, const Place& b, bool descending) {
  if (a.number != b.number) return (a.number < b.number) != descending;
  if (const int order = a.text.compare(b.text); order != 0) return (order < 0) != descending;
  return a.id < b.id;
}

int64_t TimeNumber(int64_t time_ms, int64_t unit_ms) {
  const int64_t number = time_ms / unit_ms;
  return time_ms % unit_ms < 0 ? number - 1 : number;
}

}  // namespace oubli::search
