#include "dialects/stickystreet/report_query.h"

#include <algorithm>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/records.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;
using customers::StoreView;

struct NamedReport {
  std::string_view name;
  Report report;
};
constexpr NamedReport kReports[] = {
    {"customers_all", Report::kAll},
    {"customers_new", Report::kNew},
    {"customers_frequent", Report::kFrequent},
    {"customers_inactive", Report::kInactive},
    {"customers_birthday", Report::kBirthday},
    {"customers_custom_date", Report::kCustomDate},
    {"customers_search", Report::kSearch},
    {"customers_balances", Report::kBalances},
    {"transactions_all", Report::kTransactions},
};

// Their ids are kept while the answer is made.
constexpr int64_t kMostLast = 100'000;
constexpr int64_t kDefaultDays = 30;
constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1000;
constexpr size_t kMonthAndDay = 5;  // of YYYY-MM-DD

Status ReadDays(const Fields& fields, UnixMs now_ms, ReportQuery& query) {
  OUBLI_TRY_ASSIGN(query.start, ReadDay(fields.Get("date_start")));
  OUBLI_TRY_ASSIGN(query.end, ReadDay(fields.Get("date_end")));
  const bool none = query.start.empty() && query.end.empty();
  if (none && (query.report == Report::kNew || query.report == Report::kInactive)) {
    query.start = FormatDate(now_ms - kDefaultDays * kDayMs);
  }
  if (none && (query.report == Report::kBirthday || query.report == Report::kCustomDate)) {
    query.start = query.end = FormatDate(now_ms);
  }
  // Birthdays may go over the end of the year.
  const bool backwards = !query.start.empty() && !query.end.empty() && query.end < query.start;
  return backwards && query.report != Report::kBirthday ? Status(Refuse(kBadDate)) : Status();
}

Status ReadCampaigns(const Fields& fields, ReportQuery& query) {
  for (const std::string_view part : Split(fields.Get("selected_campaigns"), ',')) {
    if (Trim(part).empty()) continue;
    OUBLI_TRY_ASSIGN(const int64_t id, ReadCampaignId(Trim(part)));
    query.campaigns.insert(id);
  }
  return {};
}

Status ReadBalances(const Fields& fields, ReportQuery& query) {
  // There are no coalitions to show the balances of.
  if (!fields.Get("coalition_balance").empty()) return Refuse(kOptionNotAllowed);
  OUBLI_TRY_ASSIGN(query.campaign_id, ReadCampaignId(fields.Get("campaign_id")));
  OUBLI_TRY_ASSIGN(query.offset, ReadWhole(fields.Get("offset"), 0, INT64_MAX, 0));
  OUBLI_TRY_ASSIGN(query.limit, ReadWhole(fields.Get("limit"), 1, INT64_MAX, INT64_MAX));
  return {};
}

bool IsBetween(std::string_view day, std::string_view start, std::string_view end) {
  return (start.empty() || start <= day) && (end.empty() || day <= end);
}

bool HasBirthday(const ReportQuery& query, const std::string& date) {
  if (date.size() != kNoDate.size()) return false;
  const std::string_view day = std::string_view(date).substr(kMonthAndDay);
  const auto part = [](const std::string& text) {
    return text.empty() ? std::string_view() : std::string_view(text).substr(kMonthAndDay);
  };
  const std::string_view start = part(query.start);
  const std::string_view end = part(query.end);
  if (!start.empty() && !end.empty() && end < start) return day >= start || day <= end;
  return IsBetween(day, start, end);
}

Result<bool> IsEnrolled(const ReportQuery& query, StoreView& view, const Customer& customer) {
  if (query.campaigns.empty()) return true;
  OUBLI_TRY_ASSIGN(const Standing standing, ReadStanding(view, customer.head));
  return std::ranges::any_of(query.campaigns,
                             [&](int64_t id) { return standing.balances.contains(id); });
}

Result<int64_t> CountEntries(const ReportQuery& query, const Caller& caller, StoreView& view,
                             const Customer& customer) {
  OUBLI_TRY_ASSIGN(const auto entries, customers::ListTransactions(view, customer.head));
  return std::ranges::count_if(entries, [&](const customers::Transaction& entry) {
    return query.HasEntry(caller, entry) && (query.include_redeemed || !entry.redeemed);
  });
}

}  // namespace

bool ReportQuery::HasDay(UnixMs time) const { return IsBetween(FormatDate(time), start, end); }

bool ReportQuery::HasEntry(const Caller& caller, const customers::Transaction& entry) const {
  if (!caller.Sees(entry.campaign_id)) return false;
  return HasDay(entry.date) && (campaigns.empty() || campaigns.contains(entry.campaign_id));
}

Result<ReportQuery> ReadReportQuery(const Fields& fields, UnixMs now_ms) {
  const auto* const named = std::ranges::find(kReports, fields.Get("report"), &NamedReport::name);
  if (named == std::end(kReports)) return Refuse(kActionUndefined);
  ReportQuery query;
  query.report = named->report;
  OUBLI_TRY(ReadDays(fields, now_ms, query));
  OUBLI_TRY(ReadCampaigns(fields, query));
  OUBLI_TRY_ASSIGN(query.frequency, ReadWhole(fields.Get("frequency"), 1, INT64_MAX, 1));
  OUBLI_TRY_ASSIGN(query.last, ReadWhole(fields.Get("last"), 1, kMostLast, 0));
  query.include_redeemed = fields.IsYes("include_redeemed") || query.report == Report::kInactive;
  if (query.report == Report::kSearch) {
    OUBLI_TRY_ASSIGN(query.phrase, Phrase::Parse(fields.Get("search_text")));
  }
  if (query.report == Report::kBalances) OUBLI_TRY(ReadBalances(fields, query));
  return query;
}

Result<bool> IsInReport(const ReportQuery& query, const Caller& caller, StoreView& view,
                        const Customer& customer) {
  switch (query.report) {
    case Report::kAll:
    case Report::kNew:
      if (!query.HasDay(customer.head.created_at)) return false;
      return IsEnrolled(query, view, customer);
    case Report::kFrequent: {
      OUBLI_TRY_ASSIGN(const int64_t count, CountEntries(query, caller, view, customer));
      return count >= query.frequency;
    }
    case Report::kInactive: {
      OUBLI_TRY_ASSIGN(const bool enrolled, IsEnrolled(query, view, customer));
      if (!enrolled) return false;
      OUBLI_TRY_ASSIGN(const int64_t count, CountEntries(query, caller, view, customer));
      return count == 0;
    }
    case Report::kBirthday:
      if (!HasBirthday(query, customer.profile.custom_date)) return false;
      return IsEnrolled(query, view, customer);
    case Report::kCustomDate: {
      const std::string& date = customer.profile.custom_date;
      if (date.empty() || !IsBetween(date, query.start, query.end)) return false;
      return IsEnrolled(query, view, customer);
    }
    case Report::kSearch: {
      OUBLI_TRY_ASSIGN(const auto address, FindShownAddress(view, customer.head));
      return query.phrase->Fits(SearchedFields(customer, address), customer.profile.custom_fields);
    }
    case Report::kBalances:
    case Report::kTransactions:
      return true;
  }
  return false;
}

}  // namespace oubli::dialects::stickystreet
