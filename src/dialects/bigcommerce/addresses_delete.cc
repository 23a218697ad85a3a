// DELETE /v3/customers/addresses?id:in=30,31 (contract 3).
#include <utility>

#include "customers/records.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/ids_to_delete.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::OwnerKind;
using customers::RecordKind;

// Unknown ids are passed over.
Status RemoveAddresses(customers::StoreTransaction& transaction, const std::vector<int64_t>& ids) {
  for (const int64_t id : ids) {
    OUBLI_TRY_ASSIGN(const auto owner,
                     customers::FindRecordOwner(transaction, RecordKind::kAddress, id));
    if (!owner || owner->kind != OwnerKind::kCustomer) continue;
    OUBLI_TRY(customers::DeleteAddress(transaction, *owner, id));
  }
  return {};
}

}  // namespace

void DeleteAddresses(Call& call) {
  auto ids = ReadIdsToDelete(call.request, call.choices);
  if (!ids) return call.answer.Fail(ids.error(), "");
  if (ids->empty()) return call.answer(NoContent());
  call.store->Write(
      [ids = std::move(*ids)](customers::StoreTransaction& transaction) {
        return RemoveAddresses(transaction, ids);
      },
      [answer = call.answer](Status outcome) {
        if (outcome) return answer(NoContent());
        answer.Fail(outcome.error(), "");
      });
}

}  // namespace oubli::dialects::bigcommerce
