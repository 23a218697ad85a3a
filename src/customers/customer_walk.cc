#include "customers/customer_walk.h"

#include <vector>

#include "customers/customers.h"

namespace oubli::customers {
namespace {

// Heads are read before any customer is opened, so that opening one does not run inside another
// query. A slice seldom needs all of them.
constexpr size_t kHeads = 200;
// Passing one over costs little, but a snapshot should not live for a million of them.
constexpr int64_t kSkipped = 50'000;

}  // namespace

Result<std::vector<Head>> CustomerWalk::NextHeads(StoreView& view, bool& more) {
  std::vector<Head> heads;
  int64_t skipped = 0;
  more = false;
  OUBLI_TRY(ForEachHead(view, OwnerKind::kCustomer, after_id_, [&](const Head& head) {
    if (skip_ > 0) {
      --skip_;
      after_id_ = head.id;
      more = ++skipped == kSkipped;
    } else {
      heads.push_back(head);
      more = heads.size() == kHeads;
    }
    return !more;
  }));
  return heads;
}

Result<bool> CustomerWalk::NextSlice(const Visit& visit) {
  if (left_ <= 0) return false;
  OUBLI_TRY_ASSIGN(StoreReader reader, store_->Read());
  reader->ReadOnce();
  bool more = false;
  OUBLI_TRY_ASSIGN(const auto heads, NextHeads(*reader, more));
  for (const Head& head : heads) {
    after_id_ = head.id;
    OUBLI_TRY_ASSIGN(const auto customer, OpenIfLiving(*reader, head));
    if (!customer) continue;
    OUBLI_TRY_ASSIGN(const bool go_on, visit(*reader, *customer));
    if (--left_ == 0) return false;
    if (!go_on) return more || &head != &heads.back();
  }
  return more;
}

}  // namespace oubli::customers
