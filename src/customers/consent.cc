#include "customers/consent.h"

#include "customers/codec.h"
#include "customers/records.h"

namespace oubli::customers {

Result<std::optional<Consent>> FindConsent(StoreView& view, const Head& owner) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  OUBLI_TRY_ASSIGN(const auto plain, FindRecord(view, owner, key, RecordKind::kConsent, 0));
  if (!plain) return std::nullopt;
  Consent consent;
  OUBLI_TRY(Decode(*plain, consent));
  return consent;
}

Result<Consent> PutConsent(StoreTransaction& transaction, const Head& owner, Consent consent) {
  consent.updated_at = transaction.now_ms();
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  OUBLI_TRY(PutRecord(transaction, owner, key, RecordKind::kConsent, 0, Encode(consent)));
  return consent;
}

}  // namespace oubli::customers
