// DELETE /v3/customers?id:in=4,5,6 (the seed page; contract 2.5).
#include <utility>

#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/ids_to_delete.h"
#include "erasure/eraser.h"

namespace oubli::dialects::bigcommerce {

void DeleteCustomers(Call& call) {
  auto ids = ReadIdsToDelete(call.request, call.choices);
  if (!ids) return call.answer.Fail(ids.error(), "");
  if (ids->empty()) return call.answer(NoContent());
  erasure::Erase(*call.store, customers::OwnerKind::kCustomer, std::move(*ids),
                 [answer = call.answer](Result<erasure::Outcome> outcome) {
                   // Unknown ids are no error: what matters is that nobody has them now.
                   if (outcome) return answer(NoContent());
                   answer.Fail(outcome.error(), "");
                 });
}

}  // namespace oubli::dialects::bigcommerce
