// customer_search and customer_find (contract, 2.5 and 2.6).
#include <utility>

#include "base/text.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/criteria.h"
#include "dialects/stickystreet/customer_scan.h"
#include "dialects/stickystreet/customer_view.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/phrase.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;
using customers::StoreView;

Result<Comparison> ReadComparison(std::string_view text) {
  if (text.empty()) return Comparison::kPartial;
  if (text == "sensitive") return Comparison::kSensitive;
  if (text == "insensitive") return Comparison::kInsensitive;
  return Refuse(kOptionNotAllowed);
}

// How a customer of the answer looks.
struct View {
  bool with_balances = false;
  std::vector<customers::Campaign> campaigns;  // whose balances are shown

  Result<Node> Of(StoreView& view, const Customer& customer, const Row& fields) const {
    Node node = NodeOf(fields);
    if (!with_balances) return node;
    OUBLI_TRY_ASSIGN(const Standing standing, ReadStanding(view, customer.head));
    node.Add("campaigns", ShortBalances(campaigns, standing));
    return node;
  }
};

Result<View> ReadView(const Call& call) {
  View view;
  view.with_balances = call.fields.IsYes("include_balances");
  if (!view.with_balances) return view;
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(view.campaigns, SeenCampaigns(*reader, call.caller));
  return view;
}

using Matches = std::function<bool(const Customer&, const std::optional<customers::Address>&)>;

void AnswerMatching(const Call& call, View look, Matches matches) {
  ScanForm form;
  form.empty_is_error = true;
  AnswerWithScan(call, std::move(form),
                 [look = std::move(look), matches = std::move(matches)](
                     StoreView& view, const Customer& customer) -> Result<std::vector<Node>> {
                   OUBLI_TRY_ASSIGN(const auto address, FindShownAddress(view, customer.head));
                   std::vector<Node> nodes;
                   if (!matches(customer, address)) return nodes;
                   OUBLI_TRY_ASSIGN(Node node,
                                    look.Of(view, customer, ShownFields(customer, address)));
                   nodes.push_back(std::move(node));
                   return nodes;
                 });
}

// The few whom a password, or an exact code, card, user name or e-mail leaves. Whoever was erased
// since they were found is nobody.
Result<std::string> PrintFew(const Call& call, const View& look,
                             const std::vector<Customer>& found) {
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  ListPrinter printer(call.reply.format(), "customers", "customer");
  std::string body;
  printer.Begin(body, Success());
  bool any = false;
  for (const Customer& one : found) {
    OUBLI_TRY_ASSIGN(const auto customer, customers::FindCustomer(*reader, one.head.id));
    if (!customer || customer->head.ordinal != one.head.ordinal) continue;
    const auto address = FindShownAddress(*reader, customer->head);
    if (!address && address.error().kind == ErrorKind::kNotFound) continue;
    OUBLI_TRY(address);
    const auto node = look.Of(*reader, *customer, ShownFields(*customer, *address));
    if (!node && node.error().kind == ErrorKind::kNotFound) continue;
    OUBLI_TRY(node);
    printer.Add(body, *node);
    any = true;
  }
  if (!any) return Refuse(kNoSuchCustomer);
  printer.End(body);
  return body;
}

Status Search(const Call& call) {
  OUBLI_TRY_ASSIGN(const Comparison comparison, ReadComparison(call.fields.Get("exact_match")));
  OUBLI_TRY_ASSIGN(Criteria criteria, ReadCriteria(call.fields, comparison));
  OUBLI_TRY_ASSIGN(View look, ReadView(call));
  if (IsFoundAtOnce(criteria) || criteria.HasSecret()) {
    OUBLI_TRY_ASSIGN(const auto found, FindByCriteria(call.shared_store, criteria, kMostSecrets));
    OUBLI_TRY_ASSIGN(std::string body, PrintFew(call, look, found));
    call.reply.Stream(std::move(body));
    return {};
  }
  AnswerMatching(call, std::move(look),
                 [criteria = std::move(criteria)](const Customer& customer, const auto& address) {
                   return Fits(criteria, customer, address);
                 });
  return {};
}

Status Find(const Call& call) {
  OUBLI_TRY_ASSIGN(Phrase phrase, Phrase::Parse(call.fields.Get("find_customer")));
  OUBLI_TRY_ASSIGN(View look, ReadView(call));
  AnswerMatching(call, std::move(look),
                 [phrase = std::move(phrase)](const Customer& customer, const auto& address) {
                   return phrase.Fits(SearchedFields(customer, address),
                                      customer.profile.custom_fields);
                 });
  return {};
}

}  // namespace

void CustomerSearch(const Call& call) {
  if (const Status status = Search(call); !status) call.reply(Fail(status.error()));
}

void CustomerFind(const Call& call) {
  if (const Status status = Find(call); !status) call.reply(Fail(status.error()));
}

}  // namespace oubli::dialects::stickystreet
