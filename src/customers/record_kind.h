// The one table of record kinds. What is not declared here cannot be stored, so no kind can escape
// the deletion of its owner.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace oubli::customers {

// The numbers are stored. Never reuse one.
enum class RecordKind : int64_t {
  kProfile = 1,
  kAddress = 2,
  kAttributeValue = 3,
  kTransaction = 4,
  kEnrollment = 5,
  kOrder = 6,
  kShopperProfile = 10,
  kSegmentMembership = 11,
  kKeptOrder = 23,
  kConsent = 7,
  kMetafield = 8,
  kPaymentInstrument = 9,
  kCart = 12,
  kCouponAssignment = 14,
  kCreditAdjustment = 15,
  kOrderDetails = 16,
  kWishListItem = 13,
};

enum class Retention {
  kGoesWithOwner,  // erased with the customer, subscriber, or whoever else owns it
};

struct RecordKindRule {
  RecordKind kind;
  std::string_view name;  // for metrics and reports
  Retention retention;
  bool found_by_id;   // has an id of its own that callers look it up by (the table record_id)
  bool one_an_owner;  // its id is always 0
};

std::span<const RecordKindRule> RecordKinds();
// nullptr when the number is not declared.
const RecordKindRule* FindRecordKind(int64_t kind);

}  // namespace oubli::customers
