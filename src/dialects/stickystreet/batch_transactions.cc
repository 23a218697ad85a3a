// batch_transactions (contract, 3.4): many activities of one campaign, all of them or none.
#include <utility>

#include "base/date_time.h"
#include "customers/customers.h"
#include "dialects/stickystreet/batch_rows.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/record_activity.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::StoreTransaction;

Result<Activity> ReadRow(const Fields& row, const Activity& common) {
  Activity activity = common;
  activity.code = row.Get("code");
  activity.card_number = row.Get("card_number");
  activity.amount = row.Get("amount");
  activity.item = row.Get("service_product");
  activity.quantity = row.Get("buyx_quantity");
  activity.entry.authorization = row.Get("authorization");
  OUBLI_TRY_ASSIGN(const std::string day, ReadDay(row.Get("date")));
  if (!day.empty()) activity.entry.date = ParseIso8601(day).value_or(0);
  return activity;
}

Result<std::vector<Activity>> ReadActivities(const Call& call) {
  Activity common;
  OUBLI_TRY_ASSIGN(common.campaign_id, ReadCampaignId(call.fields.Get("campaign_id")));
  common.entry.campaign_id = common.campaign_id;
  common.entry.user_name = call.principal().user_id;
  common.apply_ratio = call.fields.Get("apply_ratio").empty() || call.fields.IsYes("apply_ratio");
  OUBLI_TRY_ASSIGN(const auto rows, ReadBatch(call.fields, "Visits_Data",
                                              {"code", "card_number", "amount", "authorization",
                                               "date", "service_product", "buyx_quantity"},
                                              {"card_number", "amount", "authorization", "date"}));
  std::vector<Activity> activities;
  for (const Fields& row : rows) {
    auto activity = ReadRow(row, common);
    if (!activity) return FailRow(activity.error(), activities.size() + 1);
    activities.push_back(std::move(*activity));
  }
  return activities;
}

Status RecordAll(StoreTransaction& transaction, const std::vector<Activity>& activities) {
  ActivityRecorder recorder(transaction);
  for (size_t i = 0; i < activities.size(); ++i) {
    const Status done = recorder.Record(activities[i]);
    if (!done) return FailRow(done.error(), i + 1);
  }
  return {};
}

}  // namespace

void BatchTransactions(const Call& call) {
  auto activities = ReadActivities(call);
  if (!activities) return call.reply(Fail(activities.error()));
  const size_t count = activities->size();
  call.store.Write(
      [activities = std::move(*activities)](StoreTransaction& transaction) {
        return RecordAll(transaction, activities);
      },
      [reply = call.reply, count](const Status& outcome) {
        if (!outcome) return reply(Fail(outcome.error()));
        Node node;
        node.Add("status", "completed").Add("transactions", std::to_string(count));
        reply(Success().Add("batch", std::move(node)));
      });
}

}  // namespace oubli::dialects::stickystreet
