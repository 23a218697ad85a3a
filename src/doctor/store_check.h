// Integrity of one store, in one snapshot and streaming: whether key pages, head rows, records,
// tokens and counters agree with each other, and everything that is somebody's opens.
#pragma once

#include "customers/store.h"
#include "doctor/finding.h"
#include "doctor/ordinal_set.h"
#include "doctor/subject.h"
#include "doctor/tree_view.h"

namespace oubli::doctor {

struct StoreCounts {
  int64_t owners = 0;
  int64_t records = 0;
  int64_t tokens = 0;
  int64_t key_pages = 0;
  int64_t waiting = 0;  // records of the erased that the sweep has not come to
};

// Who is erased meanwhile is passed over. Errors: only when the subject says to stop; what else
// goes wrong is a finding.
Result<StoreCounts> CheckStore(const Subject& subject, customers::Store& store, Findings& findings);

// ---- its parts, for CheckStore() ----

// Opens every page of the tree. The ordinals whose slots are in use. Errors: those of the database.
struct TreeSlots {
  OrdinalSet in_use;
  int64_t pages = 0;
};
Result<TreeSlots> CheckTree(const Subject& subject, TreeView& tree, Findings& findings);
Status CheckRows(const Subject& subject, TreeView& tree, const OrdinalSet& in_use,
                 Findings& findings, StoreCounts& counts);
// What segments and memberships are numbered by.
Status CheckSegments(customers::StoreView& view, Findings& findings);

}  // namespace oubli::doctor
