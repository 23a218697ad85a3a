// card_replace (contract, 2.10): another card, or another code, for the one customer who is meant.
#include <utility>

#include "crypto/password.h"
#include "customers/customers.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/criteria.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/fresh_numbers.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;
using customers::StoreTransaction;

// What becomes of a card number that somebody else has.
enum class Clash { kRefuse, kTake, kLeave };

struct Replacement {
  std::string previous_code;
  std::string previous_card;
  Criteria criteria;
  std::string code;
  std::string card;
  std::optional<CardPattern> pattern;
  Clash clash = Clash::kRefuse;
};

Result<Clash> ReadClash(const Fields& fields) {
  const std::string_view keep = fields.Get("keep_which");
  if (!keep.empty() && keep != "matched" && keep != "duplicate") return Refuse(kOptionNotAllowed);
  if (!fields.IsYes("check_override")) return Clash::kRefuse;
  return keep == "duplicate" ? Clash::kLeave : Clash::kTake;
}

Result<Replacement> ReadReplacement(const Fields& fields) {
  Replacement wanted;
  wanted.previous_code = fields.Get("previous_code");
  wanted.previous_card = fields.Get("previous_card");
  OUBLI_TRY_ASSIGN(wanted.criteria, ReadCriteria(fields, Comparison::kInsensitive));
  OUBLI_TRY_ASSIGN(wanted.code, ReadIdentity(fields.Get("new_code")));
  OUBLI_TRY_ASSIGN(wanted.card, ReadIdentity(fields.Get("new_card_number")));
  OUBLI_TRY_ASSIGN(wanted.pattern, ReadCardPattern(fields, "card_number_generate"));
  OUBLI_TRY_ASSIGN(wanted.clash, ReadClash(fields));
  if (wanted.code.empty() && wanted.card.empty() && !wanted.pattern) return Refuse(kNoData);
  const bool named = !wanted.previous_code.empty() || !wanted.previous_card.empty();
  if (!named && wanted.criteria.empty()) return Refuse(kNoSuchCustomer);
  return wanted;
}

// Whom a code or card names, if everything that was sent beside it fits.
Result<Customer> FindNamedAndFitting(const Call& call, const Replacement& wanted) {
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(Customer customer,
                   FindNamed(*reader, wanted.previous_code, wanted.previous_card));
  OUBLI_TRY_ASSIGN(const auto address, FindShownAddress(*reader, customer.head));
  if (!Fits(wanted.criteria, customer, address)) return Refuse(kNoSuchCustomer);
  return customer;
}

// Who is meant, found before the writer has its turn, since passwords are slow to compare.
Result<int64_t> FindMeant(const Call& call, const Replacement& wanted) {
  if (wanted.previous_code.empty() && wanted.previous_card.empty()) {
    OUBLI_TRY_ASSIGN(const auto found, FindByCriteria(call.shared_store, wanted.criteria, 2));
    if (found.empty()) return Refuse(kNoSuchCustomer);
    if (found.size() > 1) return Refuse(kSeveralCustomers);
    return found[0].head.id;
  }
  OUBLI_TRY_ASSIGN(const Customer customer, FindNamedAndFitting(call, wanted));
  if (!SecretsFit(wanted.criteria, customer.profile)) return Refuse(kNoSuchCustomer);
  return customer.head.id;
}

// The card goes over to the customer who is meant. Nobody is deleted: the other one stays, without
// a card.
Status TakeAway(StoreTransaction& transaction, Customer other) {
  // A code that was the card is kept: it is how the other one is known.
  other.profile.card_number.clear();
  OUBLI_TRY(customers::UpdateCustomer(transaction, std::move(other)));
  return {};
}

Result<Customer> Replace(StoreTransaction& transaction, Replacement wanted, int64_t id) {
  OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
  if (!customer) return Refuse(kNoSuchCustomer);
  if (wanted.card.empty() && wanted.pattern) {
    OUBLI_TRY_ASSIGN(wanted.card, FreshCard(transaction, *wanted.pattern));
  }
  if (!wanted.card.empty() && wanted.clash != Clash::kRefuse) {
    OUBLI_TRY_ASSIGN(auto other, customers::FindCustomerByCard(transaction, wanted.card));
    if (other && other->head.id != id) {
      if (wanted.clash == Clash::kLeave) return std::move(*other);
      OUBLI_TRY(TakeAway(transaction, std::move(*other)));
    }
  }
  if (!wanted.card.empty()) customer->profile.card_number = wanted.card;
  if (!wanted.code.empty()) customer->profile.code = wanted.code;
  return customers::UpdateCustomer(transaction, std::move(*customer));
}

}  // namespace

void CardReplace(const Call& call) {
  auto wanted = ReadReplacement(call.fields);
  if (!wanted) return call.reply(Fail(wanted.error()));
  const auto id = FindMeant(call, *wanted);
  if (!id) return call.reply(Fail(id.error()));
  call.store.Write([wanted = std::move(*wanted), id = *id](
                       StoreTransaction& transaction) { return Replace(transaction, wanted, id); },
                   [reply = call.reply](const Result<Customer>& outcome) {
                     if (!outcome) return reply(Fail(outcome.error()));
                     Node customer;
                     customer.Add("code", customers::CodeOf(*outcome));
                     customer.Add("card_number", outcome->profile.card_number);
                     reply(Success().Add("customer", std::move(customer)));
                   });
}

}  // namespace oubli::dialects::stickystreet
