// Canaries of the residue check: owners of every kind with a record of every kind, whose every text
// holds a mark that is found again in raw bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "customers/records.h"
#include "customers/store.h"

namespace oubli::doctor {

// The text that all canaries of one run carry in every field: random letters of both cases, so that
// it is nowhere by chance, and differs from its folded form.
class CanaryMark {
 public:
  CanaryMark();  // a fresh one
  const std::string& text() const { return text_; }
  std::string Folded() const;  // as look-up values are normalised
  std::string Upper() const;

 private:
  std::string text_;
};

// Plants the canaries of one store, and notes whom in the same transaction (a setting of the store,
// "residue canaries"), so that they are found again should this process end before it erases them.
// `serial` keeps their e-mails, codes, cards and names apart from all others of the run. Errors:
// kUnavailable, kCorrupt.
Result<std::vector<customers::Head>> PlantCanaries(customers::Store& store, const CanaryMark& mark,
                                                   int64_t serial);
// Writes other texts into the records of some of them, and more records. Who is gone is passed
// over.
Status UpdateCanaries(customers::Store& store, const std::vector<customers::Head>& canaries,
                      const CanaryMark& mark, int64_t serial);
// The canaries that the store knows of: those of a run that was cut off, when none is under way.
Result<std::vector<customers::Head>> NotedCanaries(customers::Store& store);
// Erases them on the one deletion path and waits until their keys are gone for ever; then forgets
// the note. An owner who has the id of a canary by now, but another ordinal, is nobody of these.
// Errors: kUnavailable when an erasure is not finished; the note stays.
Status EraseCanaries(customers::Store& store, const std::vector<customers::Head>& canaries);

// One record of a kind, marked in all its texts and with no field left at its default. A kind that
// is declared in customers/record_kind.h needs a case here.
Status PutCanaryRecord(customers::StoreTransaction& transaction, const customers::Head& owner,
                       customers::RecordKind kind, const std::string& text);

// The texts themselves, for the test that no field has been forgotten. `text` ends up in each.
customers::Profile CanaryProfile(const std::string& text);
customers::Address CanaryAddress(const std::string& text);
customers::AttributeValue CanaryAttributeValue(const std::string& text);
customers::Transaction CanaryTransaction(const std::string& text);
customers::Enrollment CanaryEnrollment();
customers::Order CanaryOrder(const std::string& text);
customers::ShopperProfile CanaryShopperProfile(const std::string& text);
customers::SegmentMembership CanarySegmentMembership();
customers::KeptOrder CanaryKeptOrder(const std::string& text);
customers::Consent CanaryConsent(const std::string& text);
customers::Metafield CanaryMetafield(const std::string& text);
customers::PaymentInstrument CanaryPaymentInstrument(const std::string& text);
customers::OrderDetails CanaryOrderDetails(const std::string& text);
customers::Cart CanaryCart(const std::string& text);
customers::CouponAssignment CanaryCouponAssignment();
customers::CreditAdjustment CanaryCreditAdjustment(const std::string& text);
customers::WishListItem CanaryWishListItem(const std::string& text);

}  // namespace oubli::doctor
