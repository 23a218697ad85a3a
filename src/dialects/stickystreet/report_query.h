// What the reports are asked (contract, 2.12), and which customers and transactions fit.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "customers/customers.h"
#include "dialects/stickystreet/customer_view.h"
#include "dialects/stickystreet/permissions.h"
#include "dialects/stickystreet/phrase.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

enum class Report {
  kAll,
  kNew,
  kFrequent,
  kInactive,
  kBirthday,
  kCustomDate,
  kSearch,
  kBalances,
  kTransactions,
};

struct ReportQuery {
  Report report = Report::kAll;
  // Days, YYYY-MM-DD, both included; "" has no end.
  std::string start;
  std::string end;
  std::set<int64_t> campaigns;  // empty for all
  int64_t frequency = 1;
  bool include_redeemed = false;
  int64_t last = 0;         // of all: only so many, the last ones; 0 for all
  int64_t campaign_id = 0;  // of balances
  int64_t offset = 0;
  int64_t limit = 0;
  std::optional<Phrase> phrase;

  bool HasDay(UnixMs time) const;
  // Whether an entry is in its time and its campaigns. What `caller` may not see is in no report
  // and in no count: who is in a report would tell of it.
  bool HasEntry(const Caller& caller, const customers::Transaction& entry) const;
};

// Some reports default to days before, or the day of, `now_ms`. Errors: the contract's texts.
Result<ReportQuery> ReadReportQuery(const Fields& fields, UnixMs now_ms);

// Whether a customer is in a report, as far as `caller` sees. REQUIRES: the caller sees the query's
// campaigns (CheckCampaigns). Errors: kNotFound when the customer has been erased meanwhile.
Result<bool> IsInReport(const ReportQuery& query, const Caller& caller, customers::StoreView& view,
                        const customers::Customer& customer);

}  // namespace oubli::dialects::stickystreet
