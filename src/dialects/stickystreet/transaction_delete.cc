// transaction_delete (contract, 3.3): one entry of one customer in one campaign. All three must
// agree, so that a slip deletes nothing. Balances are sums, so they are right afterwards.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

struct EntryToDelete {
  int64_t campaign_id = 0;
  std::string code;
  int64_t id = 0;
};

Result<EntryToDelete> ReadEntryToDelete(const Fields& fields) {
  EntryToDelete wanted;
  OUBLI_TRY_ASSIGN(wanted.campaign_id, ReadCampaignId(fields.Get("campaign_id")));
  wanted.code = fields.Get("code");
  if (wanted.code.empty()) return Refuse(kMissingCode);
  const std::string_view id = fields.Get("transaction_id");
  const auto number = IsDigits(id) ? ParseInt(id) : std::nullopt;
  if (!number) return Refuse(kNoSuchTransaction);
  wanted.id = *number;
  return wanted;
}

Status Delete(customers::StoreTransaction& transaction, const EntryToDelete& wanted) {
  OUBLI_TRY(FindAnyCampaign(transaction, wanted.campaign_id));
  OUBLI_TRY_ASSIGN(const auto customer, FindNamed(transaction, wanted.code, ""));
  OUBLI_TRY_ASSIGN(const auto entries, customers::ListTransactions(transaction, customer.head));
  const auto entry = std::ranges::find(entries, wanted.id, &customers::Transaction::id);
  if (entry == entries.end() || entry->campaign_id != wanted.campaign_id) {
    return Refuse(kNoSuchTransaction);
  }
  OUBLI_TRY(customers::DeleteTransaction(transaction, customer.head, wanted.id));
  return {};
}

}  // namespace

void TransactionDelete(const Call& call) {
  const auto wanted = ReadEntryToDelete(call.fields);
  if (!wanted) return call.reply(Fail(wanted.error()));
  call.store.Write(
      [wanted = *wanted](customers::StoreTransaction& transaction) {
        return Delete(transaction, wanted);
      },
      [reply = call.reply, id = wanted->id](const Status& outcome) {
        if (!outcome) return reply(Fail(outcome.error()));
        Node entry;
        entry.Attribute("status", "deleted").Add("id", std::to_string(id));
        reply(Success().Add("transaction", std::move(entry)));
      });
}

}  // namespace oubli::dialects::stickystreet
