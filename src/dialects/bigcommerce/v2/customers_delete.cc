// DELETE /v2/customers/{id}, and DELETE /v2/customers, which means everybody (contract 6.2).
#include <string_view>

#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/v2/handlers.h"
#include "dialects/bigcommerce/v2/list_query.h"
#include "dialects/bigcommerce/v2/reply.h"
#include "erasure/eraser.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

constexpr std::string_view kAllowedOutsideAWindow = "GET, POST";

// Whether the path is the collection's very own. One that ends in a slash is what a client makes of
// an id that came out blank.
bool NamesTheCollection(std::string_view path) {
  for (const std::string_view ending : {"/customers", "/customers.json", "/customers.xml"}) {
    if (path.ends_with(ending)) return true;
  }
  return false;
}

}  // namespace

void DeleteCustomer(Call& call) {
  const Reply reply(call);
  if (const auto query = ReadQuery(call, {}); !query) return reply.Fail(query.error());
  const auto id = IdOf(call.path_parameters[0]);
  if (!id) return reply.NotFound();
  erasure::Erase(*call.store, customers::OwnerKind::kCustomer, {*id},
                 [reply, unknown_is_404 = call.choices.unknown_delete_is_not_found](
                     const Result<erasure::Outcome>& outcome) {
                   if (!outcome) return reply.Fail(outcome.error());
                   if (outcome->erased.empty() && unknown_is_404) return reply.NotFound();
                   reply.NoContent();
                 });
}

void DeleteAllCustomers(Call& call) {
  const Reply reply(call);
  access::Windows& windows = call.environment.windows;
  const auto refuse = [reply] { reply.Send(MethodNotAllowed(kAllowedOutsideAWindow)); };
  const int64_t number = call.store->number();
  // Whoever says more than the call takes (an id, a filter, a body) does not mean everybody.
  const bool plain = call.request.query.empty() && call.request.body.empty() &&
                     NamesTheCollection(call.request.path);
  if (!plain) {
    if (!windows.IsOpen(number)) return refuse();
    return reply.Fail({ErrorKind::kInvalid, std::string(call.choices.delete_all_takes_nothing)});
  }
  erasure::ClearAll(
      *call.store, [&windows, number] { return windows.IsOpen(number); },
      [reply, refuse](const Status& status) {
        if (status) return reply.NoContent();
        if (status.error().kind == ErrorKind::kForbidden) return refuse();
        reply.Fail(status.error());
      });
}

}  // namespace oubli::dialects::bigcommerce::v2
