// customer_delete (seed page; contract, 2.1): one customer, permanently, with all transactions.
#include "customers/customers.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "erasure/eraser.h"

namespace oubli::dialects::stickystreet {
namespace {

// The one code. Whatever could mean more than one customer is refused: on purpose this call removes
// one.
Result<std::string> ReadCode(const Fields& fields) {
  const std::string_view code = fields.Get("code");
  if (code.empty()) return Refuse(kMissingCode);
  if (code.find_first_of(",*%") != std::string_view::npos) return Refuse(kOneCustomerOnly);
  return std::string(code);
}

Node Deleted(const std::string& code) {
  Node customer;
  customer.Attribute("status", "deleted").Add("code", code);
  return Success().Add("customer", std::move(customer));
}

}  // namespace

void CustomerDelete(const Call& call) {
  auto code = ReadCode(call.fields);
  if (!code) {
    call.reply(Fail(code.error()));
    return;
  }
  const auto find = [code = *code](customers::StoreView& view) {
    return customers::FindHeadByCode(view, code);
  };
  const auto done = [code = *code, reply = call.reply](const Result<erasure::Outcome>& outcome) {
    if (!outcome) {
      reply(Fail(outcome.error()));
    } else if (outcome->erased.empty()) {
      reply(Refuse(kNoSuchCustomer));
    } else {
      reply(Deleted(code));
    }
  };
  erasure::EraseFound(call.store, find, done);
}

}  // namespace oubli::dialects::stickystreet
