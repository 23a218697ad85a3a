#include "dialects/bigcommerce/customer_index.h"

#include <utility>
#include <vector>

#include "customers/search_index.h"
#include "dialects/bigcommerce/customer_place.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Customer;

// So many head rows are passed over in less time than an index takes to be built.
constexpr int64_t kRowsPassedOver = 1000;

int64_t FirstMs(int64_t second) {
  return second <= INT64_MIN / kMsASecond ? INT64_MIN : second * kMsASecond;
}

int64_t LastMs(int64_t second) {
  return second >= INT64_MAX / kMsASecond ? INT64_MAX : second * kMsASecond + kMsASecond - 1;
}

search::Range RangeOf(const SecondsRange& range) { return {FirstMs(range.from), LastMs(range.to)}; }

search::Filter::Texts TextsOf(const std::optional<TextList>& list) {
  return list ? search::Filter::Texts(list->texts()) : std::nullopt;
}

search::Filter FilterOf(const CustomerFilter& filter) {
  search::Filter searched;
  searched.group_ids = filter.group_ids;
  searched.created = RangeOf(filter.created);
  searched.modified = RangeOf(filter.modified);
  searched.names = TextsOf(filter.names);
  searched.names_like = TextsOf(filter.names_like);
  searched.companies = TextsOf(filter.companies);
  searched.phones = TextsOf(filter.phones);
  searched.ip_addresses = TextsOf(filter.ip_addresses);
  return searched;
}

search::Order OrderOf(const Order& order) {
  search::Order::By by = search::Order::By::kId;
  if (order.by == Order::By::kCreated) by = search::Order::By::kCreated;
  if (order.by == Order::By::kModified) by = search::Order::By::kModified;
  if (order.by == Order::By::kLastName) by = search::Order::By::kLastName;
  return {by, order.descending, false, kMsASecond};
}

class IndexSearch {
 public:
  IndexSearch(customers::StoreView& view, const CustomerFilter& filter, const Order& order,
              const PageRequest& page, const Choices& choices)
      : view_(view), filter_(filter), order_(order), page_(page), choices_(choices) {}

  Result<std::optional<FoundPage>> Run(const std::optional<search::Place>& cursor) {
    search::Window window;
    window.limit = page_.limit;
    window.offset = page_.offset();
    (page_.before ? window.before : window.after) = cursor;
    const search::Filter filter = FilterOf(filter_);
    std::optional<int64_t> total;
    while (true) {
      const auto found = view_.search()->Find(filter, OrderOf(order_), window);
      if (!found) return std::nullopt;
      if (!total) total = found->total;
      OUBLI_TRY_ASSIGN(std::vector<Row> fitting, ReadFitting(found->rows));
      const auto at = page_.before ? rows_.begin() : rows_.end();
      rows_.insert(at, std::make_move_iterator(fitting.begin()),
                   std::make_move_iterator(fitting.end()));
      window.limit = page_.limit - static_cast<int64_t>(rows_.size());
      more_ = found->more;
      // Rows that have changed since the view began are passed over. An empty page would end a
      // client's way through the list, so others take their places.
      if (window.limit == 0 || !more_) break;
      (page_.before ? window.before : window.after) =
          page_.before ? found->rows.front() : found->rows.back();
    }
    return Finish(*total);
  }

 private:
  struct Row {
    search::Place place;
    Customer customer;
  };

  Result<std::vector<Row>> ReadFitting(const std::vector<search::Place>& places) {
    std::vector<Row> rows;
    for (const search::Place& place : places) {
      OUBLI_TRY_ASSIGN(const auto head,
                       customers::FindHead(view_, customers::OwnerKind::kCustomer, place.id));
      if (!head || !filter_.MatchesHead(*head)) continue;
      OUBLI_TRY_ASSIGN(auto customer, customers::OpenIfLiving(view_, *head));
      if (!customer || !filter_.MatchesProfile(customer->profile, choices_)) continue;
      if (PlaceOf(order_, *head, customer) != place) continue;
      rows.push_back({place, *std::move(customer)});
    }
    return rows;
  }

  FoundPage Finish(int64_t total) {
    FoundPage found;
    PageOutcome& outcome = found.outcome;
    outcome.count = static_cast<int64_t>(rows_.size());
    outcome.has_cursors = true;
    if (page_.by_cursor()) {
      // There is a way back to where the caller came from.
      outcome.has_next = page_.after ? more_ : true;
      outcome.has_previous = page_.after ? true : more_;
    } else {
      outcome.total = total;
      outcome.has_next = total > page_.offset() + page_.limit;
    }
    if (!rows_.empty()) {
      outcome.first = CursorOf(order_, rows_.front().place);
      outcome.last = CursorOf(order_, rows_.back().place);
    }
    for (Row& row : rows_) found.customers.push_back(std::move(row.customer));
    return found;
  }

  customers::StoreView& view_;
  const CustomerFilter& filter_;
  const Order& order_;
  const PageRequest& page_;
  const Choices& choices_;
  std::vector<Row> rows_;
  bool more_ = false;
};

}  // namespace

bool IsForIndex(const CustomerFilter& filter, const Order& order, const PageRequest& page,
                const Choices& choices) {
  // The index has texts in one form only.
  if (filter.ids || filter.emails || !choices.text_filters_ignore_case) return false;
  // Nor has it what V2's conditions look at.
  if (filter.also || filter.min_id > 1 || filter.max_id != INT64_MAX) return false;
  if (!filter.IsEmpty() || order.by != Order::By::kId) return true;
  if (page.by_cursor()) return page.before && page.before->id > kRowsPassedOver;
  return page.offset() > kRowsPassedOver;
}

Result<std::optional<FoundPage>> FindInIndex(customers::StoreView& view,
                                             const CustomerFilter& filter, const Order& order,
                                             const PageRequest& page,
                                             const std::optional<search::Place>& cursor,
                                             const Choices& choices) {
  if (view.search() == nullptr) return std::nullopt;
  return IndexSearch(view, filter, order, page, choices).Run(cursor);
}

}  // namespace oubli::dialects::bigcommerce
