// reports (contract, 2.12): lists of customers and of transactions, of any length.
#include <algorithm>
#include <functional>
#include <utility>

#include "base/date_time.h"
#include "customers/customers.h"
#include "customers/definitions.h"
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
  std::vector<Campaign> campaigns;  // that the caller sees, active or not

  const Campaign* Find(int64_t id) const {
    for (const Campaign& campaign : campaigns) {
      if (campaign.id == id) return &campaign;
    }
    return nullptr;
  }
  bool Shows(const customers::Transaction& entry) const {
    return query.HasEntry(entry) && Find(entry.campaign_id) != nullptr;
  }
};

Result<std::vector<Node>> OneCustomer(StoreView& view, const Customer& customer) {
  OUBLI_TRY_ASSIGN(const auto address, FindShownAddress(view, customer.head));
  return std::vector<Node>{NodeOf(ShownFields(customer, address))};
}

Result<std::vector<Node>> CustomerRow(const Job& job, StoreView& view, const Customer& customer) {
  OUBLI_TRY_ASSIGN(const bool is_in, IsInReport(job.query, view, customer));
  if (!is_in) return std::vector<Node>();
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

// How many elements the list will have, where that has to be known in front.
Result<int64_t> Count(StoreView& view,
                      const std::function<Result<int64_t>(const Customer&)>& count) {
  int64_t sum = 0;
  Status failed;
  OUBLI_TRY(customers::ForEachCustomer(view, 0, [&](const Customer& customer) {
    const auto of_customer = count(customer);
    if (of_customer) {
      sum += *of_customer;
    } else if (of_customer.error().kind != ErrorKind::kNotFound) {
      failed = Fail(of_customer.error());
    }
    return failed.has_value();
  }));
  OUBLI_TRY(failed);
  return sum;
}

Status SetLast(const Job& job, StoreView& view, ScanForm& form) {
  if (job.query.last == 0) return {};
  OUBLI_TRY_ASSIGN(const int64_t all, Count(view, [&](const Customer& customer) -> Result<int64_t> {
                     OUBLI_TRY_ASSIGN(const bool is_in, IsInReport(job.query, view, customer));
                     return is_in ? 1 : 0;
                   }));
  form.offset = std::max<int64_t>(0, all - job.query.last);
  return {};
}

Status SetTransactions(const Job& job, StoreView& view, ScanForm& form) {
  form.list = "transactions";
  form.element = "transaction";
  OUBLI_TRY_ASSIGN(const int64_t all, Count(view, [&](const Customer& customer) -> Result<int64_t> {
                     OUBLI_TRY_ASSIGN(const auto entries,
                                      customers::ListTransactions(view, customer.head));
                     int64_t count = 0;
                     for (const customers::Transaction& entry : entries)
                       count += job.Shows(entry) ? 1 : 0;
                     return count;
                   }));
  form.root.Add("transactions_count", std::to_string(all));
  return {};
}

Status Answer(const Call& call) {
  Job job;
  job.caller = call.caller;
  ScanForm form;
  {
    OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
    OUBLI_TRY_ASSIGN(job.query, ReadReportQuery(call.fields, reader->now_ms()));
    OUBLI_TRY_ASSIGN(job.campaigns, customers::ListCampaigns(*reader));
    std::erase_if(job.campaigns,
                  [&](const Campaign& campaign) { return !job.caller.Sees(campaign.id); });
    if (job.query.report == Report::kBalances) {
      OUBLI_TRY(FindActiveCampaign(*reader, job.query.campaign_id));
      form.offset = job.query.offset;
      form.limit = job.query.limit;
    } else if (job.query.report == Report::kTransactions) {
      OUBLI_TRY(SetTransactions(job, *reader, form));
    } else {
      OUBLI_TRY(SetLast(job, *reader, form));
    }
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
