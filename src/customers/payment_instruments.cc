#include "customers/payment_instruments.h"

#include <algorithm>

#include "crypto/secret_hash.h"
#include "customers/codec.h"
#include "customers/heads.h"
#include "customers/outbox.h"
#include "customers/records.h"

namespace oubli::customers {
namespace {

Status Put(StoreTransaction& transaction, const Head& owner, const PaymentInstrument& instrument) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  return PutRecord(transaction, owner, key, RecordKind::kPaymentInstrument, instrument.id,
                   Encode(instrument));
}

Status SetDefault(StoreTransaction& transaction, const Head& owner, PaymentInstrument instrument,
                  bool is_default) {
  if (instrument.is_default == is_default) return {};
  instrument.is_default = is_default;
  return Put(transaction, owner, instrument);
}

}  // namespace

Result<std::vector<PaymentInstrument>> ListPaymentInstruments(StoreView& view, const Head& owner) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  std::vector<PaymentInstrument> list;
  OUBLI_TRY(ForEachRecord(view, owner, key, RecordKind::kPaymentInstrument,
                          [&](int64_t id, std::string_view plain) -> Status {
                            PaymentInstrument& instrument = list.emplace_back();
                            instrument.id = id;
                            return Decode(plain, instrument);
                          }));
  return list;
}

Result<PaymentInstrument> AddPaymentInstrument(StoreTransaction& transaction, const Head& owner,
                                               PaymentInstrument instrument) {
  OUBLI_TRY_ASSIGN(const auto others, ListPaymentInstruments(transaction, owner));
  for (const PaymentInstrument& other : others) {
    if (crypto::ConstantTimeEqual(other.token, instrument.token)) {
      return Fail(ErrorKind::kConflict, "already in use", "token");
    }
  }
  if (others.size() >= kMaxPaymentInstruments) {
    return Fail(ErrorKind::kTooMany, "the customer has too many payment instruments");
  }
  if (others.empty()) instrument.is_default = true;
  if (instrument.is_default) {
    for (const PaymentInstrument& other : others) {
      OUBLI_TRY(SetDefault(transaction, owner, other, false));
    }
  }
  OUBLI_TRY_ASSIGN(instrument.id, NextNumber(transaction, "payment_instrument_id"));
  instrument.created_at = transaction.now_ms();
  OUBLI_TRY(Put(transaction, owner, instrument));
  if (instrument.is_default) OUBLI_TRY(NoteDefaultInstrumentUpdated(transaction, owner.id));
  return instrument;
}

Result<bool> DeletePaymentInstrument(StoreTransaction& transaction, const Head& owner,
                                     std::string_view token) {
  OUBLI_TRY_ASSIGN(auto list, ListPaymentInstruments(transaction, owner));
  const auto found = std::ranges::find_if(list, [&](const PaymentInstrument& instrument) {
    return crypto::ConstantTimeEqual(instrument.token, token);
  });
  if (found == list.end()) return false;
  const bool was_default = found->is_default;
  OUBLI_TRY(DeleteRecord(transaction, owner, RecordKind::kPaymentInstrument, found->id));
  list.erase(found);
  if (!was_default) return true;
  if (!list.empty()) OUBLI_TRY(SetDefault(transaction, owner, list.front(), true));
  OUBLI_TRY(NoteDefaultInstrumentUpdated(transaction, owner.id));
  return true;
}

}  // namespace oubli::customers
