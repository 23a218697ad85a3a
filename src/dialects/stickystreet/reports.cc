// reports (contract, 2.12): lists of customers and of transactions, of any length.
#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/date_time.h"
#include "customers/customer_walk.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/heads.h"
#include "customers/records.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/customer_scan.h"
#include "dialects/stickystreet/customer_view.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/report_query.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;
using customers::Customer;
using customers::StoreView;

// A report that is under way: lives as long as its answer is being made.
struct Job {
  ReportQuery query;
  Caller caller;
  std::vector<Campaign> campaigns;             // that the caller sees, active or not
  int64_t last_entry = 0;                      // the newest transaction when the report began
  std::optional<std::vector<int64_t>> chosen;  // these customers alone, by id

  const Campaign* Find(int64_t id) const {
    for (const Campaign& campaign : campaigns) {
      if (campaign.id == id) return &campaign;
    }
    return nullptr;
  }
  bool Shows(const customers::Transaction& entry) const {
    return entry.id <= last_entry && query.HasEntry(caller, entry) &&
           Find(entry.campaign_id) != nullptr;
  }
};

Result<std::vector<Node>> OneCustomer(StoreView& view, const Customer& customer) {
  OUBLI_TRY_ASSIGN(const auto address, FindShownAddress(view, customer.head));
  return std::vector<Node>{NodeOf(ShownFields(customer, address))};
}

Result<std::vector<Node>> CustomerRow(const Job& job, StoreView& view, const Customer& customer) {
  if (job.chosen) {
    if (!std::ranges::binary_search(*job.chosen, customer.head.id)) return std::vector<Node>();
  } else {
    OUBLI_TRY_ASSIGN(const bool is_in, IsInReport(job.query, job.caller, view, customer));
    if (!is_in) return std::vector<Node>();
  }
  return OneCustomer(view, customer);
}

Result<std::vector<Node>> BalanceRow(const Job& job, StoreView& view, const Customer& customer) {
  OUBLI_TRY_ASSIGN(const Standing standing, ReadStanding(view, customer.head));
  const auto balance = standing.balances.find(job.query.campaign_id);
  const Campaign* campaign = job.Find(job.query.campaign_id);
  if (balance == standing.balances.end() || campaign == nullptr) return std::vector<Node>();
  OUBLI_TRY_ASSIGN(auto nodes, OneCustomer(view, customer));
  nodes[0].Add("balance", FormatAmount(*campaign, balance->second.balance));
  nodes[0].Add("cumulative", FormatAmount(*campaign, balance->second.cumulative));
  return nodes;
}

Node EntryNode(const Campaign& campaign, const Customer& customer,
               const customers::Transaction& entry) {
  const customers::Profile& profile = customer.profile;
  const bool take = entry.redeemed && entry.amount > Decimal();
  const auto custom = entry.custom_fields.find(1);
  Node node;
  node.Add("code", customers::CodeOf(customer));
  node.Add("card_number", profile.card_number);
  node.Add("first_name", profile.first_name);
  node.Add("customer", profile.last_name.empty() ? profile.first_name
                                                 : profile.first_name + " " + profile.last_name);
  node.Add("date", FormatDate(entry.date));
  node.Add("amount_number", FormatAmount(campaign, take ? entry.amount.Negated() : entry.amount));
  node.Add("amount_type", CountsMoney(campaign) ? kGlyph : std::string_view("points"));
  node.Add("original_amount", entry.purchase.ToString(2));
  node.Add("record_timestamp", FormatDateTime(entry.date));
  node.Add("custom1", custom == entry.custom_fields.end() ? std::string() : custom->second);
  node.Add("id", std::to_string(entry.id));
  node.Add("campaign", std::to_string(campaign.id));
  return node;
}

Result<std::vector<Node>> EntryRows(const Job& job, StoreView& view, const Customer& customer) {
  std::vector<Node> nodes;
  OUBLI_TRY_ASSIGN(const auto entries, customers::ListTransactions(view, customer.head));
  for (const customers::Transaction& entry : entries) {
    if (job.Shows(entry)) nodes.push_back(EntryNode(*job.Find(entry.campaign_id), customer, entry));
  }
  return nodes;
}

// Goes over all customers before the answer begins, slice by slice: nothing is held meanwhile.
Status LookAtAll(const std::shared_ptr<customers::Store>& store,
                 const std::function<Status(StoreView&, const Customer&)>& look) {
  customers::CustomerWalk walk(store);
  for (bool more = true; more;) {
    OUBLI_TRY_ASSIGN(more,
                     walk.NextSlice([&](StoreView& view, const Customer& customer) -> Result<bool> {
                       const Status looked = look(view, customer);
                       // Erased meanwhile: nobody.
                       if (!looked && looked.error().kind != ErrorKind::kNotFound)
                         return Fail(looked.error());
                       return true;
                     }));
  }
  return {};
}

// Who they are, the last ones, has to be known before the first of them is shown. Those and no
// others are: who comes or goes meanwhile pushes nobody in or out.
Status SetLast(const Call& call, Job& job, ScanForm& form) {
  if (job.query.last == 0) return {};
  std::deque<int64_t> ids;
  OUBLI_TRY(LookAtAll(call.shared_store, [&](StoreView& view, const Customer& customer) -> Status {
    OUBLI_TRY_ASSIGN(const bool is_in, IsInReport(job.query, job.caller, view, customer));
    if (!is_in) return {};
    ids.push_back(customer.head.id);
    if (ids.size() > static_cast<size_t>(job.query.last)) ids.pop_front();
    return {};
  }));
  form.after_id = ids.empty() ? 0 : ids.front() - 1;
  form.last_id = ids.empty() ? 0 : ids.back();
  job.chosen = std::vector<int64_t>(ids.begin(), ids.end());
  return {};
}

// The count stands in front of the transactions. It is of those that are there when the report
// begins, and no later one is shown; of what is deleted before its turn comes, fewer are.
Status SetTransactions(const Call& call, const Job& job, ScanForm& form) {
  form.list = "transactions";
  form.element = "transaction";
  int64_t count = 0;
  OUBLI_TRY(LookAtAll(call.shared_store, [&](StoreView& view, const Customer& customer) -> Status {
    OUBLI_TRY_ASSIGN(const auto entries, customers::ListTransactions(view, customer.head));
    for (const customers::Transaction& entry : entries) count += job.Shows(entry) ? 1 : 0;
    return {};
  }));
  form.root.Add("transactions_count", std::to_string(count));
  return {};
}

Result<Job> ReadJob(const Call& call) {
  Job job;
  job.caller = call.caller;
  job.caller.api_key.clear();  // a job may live for minutes
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(job.query, ReadReportQuery(call.fields, reader->now_ms()));
  OUBLI_TRY_ASSIGN(job.last_entry, customers::ReadCounter(*reader, "transaction_id"));
  OUBLI_TRY_ASSIGN(job.campaigns, customers::ListCampaigns(*reader));
  std::erase_if(job.campaigns,
                [&](const Campaign& campaign) { return !job.caller.Sees(campaign.id); });
  if (job.query.report == Report::kBalances) {
    OUBLI_TRY(FindActiveCampaign(*reader, job.query.campaign_id));
  }
  return job;
}

Status Answer(const Call& call) {
  OUBLI_TRY_ASSIGN(Job job, ReadJob(call));
  ScanForm form;
  if (job.query.report == Report::kBalances) {
    form.offset = job.query.offset;
    form.limit = job.query.limit;
  } else if (job.query.report == Report::kTransactions) {
    OUBLI_TRY(SetTransactions(call, job, form));
  } else {
    OUBLI_TRY(SetLast(call, job, form));
  }
  auto* row = job.query.report == Report::kBalances       ? BalanceRow
              : job.query.report == Report::kTransactions ? EntryRows
                                                          : CustomerRow;
  AnswerWithScan(call, std::move(form),
                 [job = std::move(job), row](StoreView& view, const Customer& customer) {
                   return row(job, view, customer);
                 });
  return {};
}

}  // namespace

void Reports(const Call& call) {
  if (const Status status = Answer(call); !status) call.reply(Fail(status.error()));
}

}  // namespace oubli::dialects::stickystreet
