#include "customers/record_kind.h"

#include <algorithm>

namespace oubli::customers {
namespace {

constexpr RecordKindRule kRecordKindRules[] = {
    {RecordKind::kProfile, "profile", Retention::kGoesWithOwner, false, true},
    {RecordKind::kAddress, "address", Retention::kGoesWithOwner, true, false},
    {RecordKind::kAttributeValue, "attribute_value", Retention::kGoesWithOwner, true, false},
    {RecordKind::kTransaction, "transaction", Retention::kGoesWithOwner, false, false},
    {RecordKind::kEnrollment, "enrollment", Retention::kGoesWithOwner, false, false},
    {RecordKind::kOrder, "order", Retention::kGoesWithOwner, true, false},
    {RecordKind::kShopperProfile, "shopper_profile", Retention::kGoesWithOwner, true, false},
    {RecordKind::kSegmentMembership, "segment_membership", Retention::kGoesWithOwner, true, false},
    {RecordKind::kKeptOrder, "kept_order", Retention::kGoesWithOwner, false, true},
    {RecordKind::kConsent, "consent", Retention::kGoesWithOwner, false, true},
    {RecordKind::kMetafield, "metafield", Retention::kGoesWithOwner, true, false},
    {RecordKind::kPaymentInstrument, "payment_instrument", Retention::kGoesWithOwner, false, false},
    {RecordKind::kCart, "cart", Retention::kGoesWithOwner, true, false},
    {RecordKind::kCouponAssignment, "coupon_assignment", Retention::kGoesWithOwner, true, false},
    {RecordKind::kCreditAdjustment, "credit_adjustment", Retention::kGoesWithOwner, false, false},
    {RecordKind::kOrderDetails, "order_details", Retention::kGoesWithOwner, false, false},
    {RecordKind::kWishListItem, "wish_list_item", Retention::kGoesWithOwner, true, false},
};

}  // namespace

std::span<const RecordKindRule> RecordKinds() { return kRecordKindRules; }

const RecordKindRule* FindRecordKind(int64_t kind) {
  const auto* rule = std::ranges::find_if(kRecordKindRules, [kind](const RecordKindRule& r) {
    return static_cast<int64_t>(r.kind) == kind;
  });
  return rule == std::end(kRecordKindRules) ? nullptr : rule;
}

}  // namespace oubli::customers
