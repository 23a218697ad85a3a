#include <fmt/core.h>

#include "customers/heads.h"
#include "customers/segments.h"
#include "doctor/store_check.h"

namespace oubli::doctor {

Status CheckSegments(customers::StoreView& view, Findings& findings) {
  OUBLI_TRY_ASSIGN(auto highest, view.connection().Prepare(
                                     "SELECT COALESCE(MAX(id), 0), COALESCE(MAX(member_range), 0) "
                                     "FROM segment"));
  OUBLI_TRY(highest->Step());
  OUBLI_TRY_ASSIGN(const int64_t id, customers::ReadCounter(view, "segment_id"));
  auto range = customers::ReadRange(view, customers::kMemberRangeSetting);
  if (!range && range.error().kind != ErrorKind::kCorrupt) return Fail(range.error());
  if (id < highest->Int(0) || range.value_or(0) < highest->Int(1)) {
    findings.Error("segment-numbers",
                   fmt::format("the numbers of segments stand at {} and {}, but {} and {} are in "
                               "use: a new segment would get an old one's members; restore from a "
                               "backup",
                               id, range.value_or(0), highest->Int(0), highest->Int(1)));
  }
  return {};
}

}  // namespace oubli::doctor
