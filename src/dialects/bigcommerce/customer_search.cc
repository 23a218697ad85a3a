#include "dialects/bigcommerce/customer_search.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/bigcommerce/customer_index.h"
#include "dialects/bigcommerce/customer_place.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Customer;
using customers::Head;
using customers::OwnerKind;
using customers::StoreView;
using search::Before;

// A customer that fits, as far as it has been read.
struct CustomerRow {
  search::Place place;
  std::optional<Head> head;
  std::optional<Customer> customer;
};

// Keeps of the rows that are offered in order those of the page.
class CustomerWindow {
 public:
  CustomerWindow(const PageRequest& page, bool descending, std::optional<search::Place> cursor)
      : page_(page), descending_(descending), cursor_(std::move(cursor)) {}

  // The number of all rows is known: what comes behind the page need not be offered.
  void SetTotal(int64_t total) { total_ = total; }

  // False: enough.
  bool Offer(CustomerRow row) {
    if (page_.after) return OfferAfter(std::move(row));
    if (page_.before) return OfferBefore(std::move(row));
    const int64_t index = seen_++;
    if (index >= page_.offset() && index < page_.offset() + page_.limit) {
      kept_.push_back(std::move(row));
    }
    return !total_ || seen_ < page_.offset() + page_.limit;
  }

  std::deque<CustomerRow>& kept() { return kept_; }

  PageOutcome Outcome() const {
    PageOutcome outcome;
    outcome.count = static_cast<int64_t>(kept_.size());
    outcome.has_cursors = true;
    if (page_.by_cursor()) {
      // There is a way back to where the caller came from.
      outcome.has_next = page_.after ? more_ : true;
      outcome.has_previous = page_.after ? true : more_;
    } else {
      outcome.total = total_.value_or(seen_);
      outcome.has_next = outcome.total > page_.offset() + page_.limit;
    }
    return outcome;
  }

 private:
  bool OfferAfter(CustomerRow row) {
    if (!Before(*cursor_, row.place, descending_)) return true;
    if (static_cast<int64_t>(kept_.size()) == page_.limit) {
      more_ = true;
      return false;
    }
    kept_.push_back(std::move(row));
    return true;
  }

  bool OfferBefore(CustomerRow row) {
    if (!Before(row.place, *cursor_, descending_)) return false;
    kept_.push_back(std::move(row));
    if (static_cast<int64_t>(kept_.size()) > page_.limit) {
      kept_.pop_front();
      more_ = true;
    }
    return true;
  }

  const PageRequest& page_;
  const bool descending_;
  const std::optional<search::Place> cursor_;
  std::optional<int64_t> total_;
  int64_t seen_ = 0;
  bool more_ = false;
  std::deque<CustomerRow> kept_;
};

class CustomerSearch {
 public:
  CustomerSearch(StoreView& view, const CustomerFilter& filter, const Order& order,
                 const PageRequest& page, const Choices& choices)
      : view_(view), filter_(filter), order_(order), page_(page), choices_(choices) {}

  Result<FoundPage> Run() {
    OUBLI_TRY_ASSIGN(auto cursor, CursorPlace());
    if (IsForIndex(filter_, order_, page_, choices_)) {
      OUBLI_TRY_ASSIGN(auto found, FindInIndex(view_, filter_, order_, page_, cursor, choices_));
      if (found) return *std::move(found);
    }
    CustomerWindow window(page_, order_.descending, std::move(cursor));
    if (order_.by == Order::By::kId) {
      OUBLI_TRY(FeedById(window));
    } else {
      OUBLI_TRY(FeedSorted(window));
    }
    return Finish(window);
  }

 private:
  using Visit = std::function<bool(CustomerRow)>;

  Status FeedById(CustomerWindow& window) {
    if (filter_.IsEmpty() && !page_.by_cursor()) {
      OUBLI_TRY_ASSIGN(const int64_t total, customers::CountOwners(view_, OwnerKind::kCustomer));
      window.SetTotal(total);
    }
    const int64_t after_id = page_.after ? page_.after->id : 0;
    return ForEachMatch(after_id, [&](CustomerRow row) { return window.Offer(std::move(row)); });
  }

  Status FeedSorted(CustomerWindow& window) {
    std::vector<search::Place> places;
    OUBLI_TRY(ForEachMatch(0, [&](CustomerRow row) {
      places.push_back(std::move(row.place));
      return true;
    }));
    std::ranges::sort(places, [this](const search::Place& a, const search::Place& b) {
      return Before(a, b, order_.descending);
    });
    for (search::Place& place : places) {
      if (!window.Offer({std::move(place), std::nullopt, std::nullopt})) break;
    }
    return {};
  }

  // Those that fit, in ascending order of id, until `visit` returns false.
  Status ForEachMatch(int64_t after_id, const Visit& visit) {
    after_id = std::max(after_id, filter_.min_id - 1);
    if (filter_.ids) return ForEachOfIds(after_id, visit);
    if (filter_.emails) return ForEachOfEmails(after_id, visit);
    Status failed;
    OUBLI_TRY(customers::ForEachHead(view_, OwnerKind::kCustomer, after_id, [&](const Head& head) {
      auto go_on = OfferHead(head, visit);
      if (go_on) return *go_on;
      failed = Fail(go_on.error());
      return false;
    }));
    return failed;
  }

  Status ForEachOfIds(int64_t after_id, const Visit& visit) {
    for (const int64_t id : *filter_.ids) {
      if (id <= after_id) continue;
      OUBLI_TRY_ASSIGN(const auto head, customers::FindHead(view_, OwnerKind::kCustomer, id));
      if (!head) continue;
      OUBLI_TRY_ASSIGN(const bool go_on, OfferHead(*head, visit));
      if (!go_on) break;
    }
    return {};
  }

  Status ForEachOfEmails(int64_t after_id, const Visit& visit) {
    std::vector<Head> heads;
    for (const std::string& email : *filter_.emails) {
      OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomerByEmail(view_, email));
      if (customer && customer->head.id > after_id) heads.push_back(customer->head);
    }
    std::ranges::sort(heads, {}, &Head::id);
    for (const Head& head : heads) {
      OUBLI_TRY_ASSIGN(const bool go_on, OfferHead(head, visit));
      if (!go_on) break;
    }
    return {};
  }

  Result<bool> OfferHead(const Head& head, const Visit& visit) {
    if (head.id > filter_.max_id) return false;
    if (!filter_.MatchesHead(head)) return true;
    CustomerRow row;
    row.head = head;
    if (filter_.NeedsProfile() || order_.by == Order::By::kLastName) {
      OUBLI_TRY_ASSIGN(row.customer, customers::OpenIfLiving(view_, head));
      if (!row.customer) return true;
      if (!filter_.MatchesProfile(row.customer->profile, choices_)) return true;
    }
    row.place = PlaceOf(order_, head, row.customer);
    return visit(std::move(row));
  }

  Result<std::optional<search::Place>> CursorPlace() {
    const auto& cursor = page_.after ? page_.after : page_.before;
    if (!cursor) return std::nullopt;
    if (auto place = PlaceIn(order_, *cursor)) return place;
    OUBLI_TRY_ASSIGN(const auto customer, customers::FindCustomer(view_, cursor->id));
    if (!customer) {
      return Fail(ErrorKind::kInvalid, "stands at a customer that is gone",
                  page_.after ? "after" : "before");
    }
    return PlaceOf(order_, customer->head, customer);
  }

  Result<FoundPage> Finish(CustomerWindow& window) {
    FoundPage found;
    found.outcome = window.Outcome();
    if (!window.kept().empty()) {
      found.outcome.first = CursorOf(order_, window.kept().front().place);
      found.outcome.last = CursorOf(order_, window.kept().back().place);
    }
    for (CustomerRow& row : window.kept()) {
      if (!row.customer && row.head) {
        OUBLI_TRY_ASSIGN(row.customer, customers::OpenIfLiving(view_, *row.head));
      } else if (!row.customer) {
        OUBLI_TRY_ASSIGN(row.customer, customers::FindCustomer(view_, row.place.id));
      }
      if (!row.customer) continue;  // erased since this view began
      found.customers.push_back(std::move(*row.customer));
    }
    return found;
  }

  StoreView& view_;
  const CustomerFilter& filter_;
  const Order& order_;
  const PageRequest& page_;
  const Choices& choices_;
};

}  // namespace

Result<Order> ReadOrder(const Query& query) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single("sort"));
  Order order;
  if (!text) return order;
  const size_t colon = text->find(':');
  const std::string_view name = text->substr(0, colon);
  const std::string_view direction =
      colon == std::string_view::npos ? std::string_view() : text->substr(colon + 1);
  if (name == "date_created") {
    order.by = Order::By::kCreated;
  } else if (name == "date_modified") {
    order.by = Order::By::kModified;
  } else if (name == "last_name") {
    order.by = Order::By::kLastName;
  } else {
    return Fail(ErrorKind::kInvalid, "is not an order of this list", "sort");
  }
  if (direction != "asc" && direction != "desc") {
    return Fail(ErrorKind::kInvalid, "must end in :asc or :desc", "sort");
  }
  order.descending = direction == "desc";
  return order;
}

Result<FoundPage> FindCustomers(StoreView& view, const CustomerFilter& filter, const Order& order,
                                const PageRequest& page, const Choices& choices) {
  return CustomerSearch(view, filter, order, page, choices).Run();
}

}  // namespace oubli::dialects::bigcommerce
