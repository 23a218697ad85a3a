// What can be asked of a table of rows (table.h): filters, an order, and which rows of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oubli::search {

// One row as it is filled in. Texts are in the form in which they are compared (FoldCase).
struct Row {
  int64_t id = 0;
  int64_t created_at = 0;  // UnixMs, as all times here
  int64_t modified_at = 0;
  int64_t group_id = 0;
  std::string_view name;    // first name, a blank, last name
  size_t last_name_at = 0;  // where the last name begins in it
  std::string_view company;
  std::string_view phone;
  std::string_view ip_address;
};

// Both ends included.
struct Range {
  int64_t from = INT64_MIN;
  int64_t to = INT64_MAX;
  bool Has(int64_t number) const { return from <= number && number <= to; }
  bool IsEverything() const { return from == INT64_MIN && to == INT64_MAX; }
};

// An absent filter lets everything through. Lists are ascending but for `names_like`, texts in the
// form of Row.
struct Filter {
  using Texts = std::optional<std::vector<std::string>>;
  std::optional<std::vector<int64_t>> group_ids;
  Range created, modified;
  Texts names, companies, phones, ip_addresses;  // as a whole
  Texts names_like;                              // one of them somewhere inside

  bool IsEmpty() const;
};

struct Order {
  enum class By { kId, kCreated, kModified, kLastName } by = By::kId;
  bool descending = false;  // of equal rows the lower id comes first, unless:
  bool ids_descend_too = false;
  int64_t unit_ms = 1;  // times are equal when they are in the same unit: 1000 for seconds
};

// Where a row stands: by number (time / unit) or text (last name), then by id.
struct Place {
  int64_t number = 0;
  std::string text;
  int64_t id = 0;
  bool operator==(const Place&) const = default;
};
bool Before(const Place& a, const Place& b, bool descending);

// The number that a time is sorted by: rounded down, also before 1970.
int64_t TimeNumber(int64_t time_ms, int64_t unit_ms);

// Which rows of those that fit, in their order.
struct Window {
  int64_t limit = 0;
  int64_t offset = 0;          // from the first one; with `after` or `before` it counts for nothing
  std::optional<Place> after;  // the first rows behind this place, or
  std::optional<Place> before;  // the last rows in front of this one

  bool by_place() const { return after || before; }
};

struct Found {
  std::vector<Place> rows;  // in order
  bool more = false;        // behind them; for Window::before: in front of them
  int64_t total = 0;        // of all rows that fit; not counted for a window by place
};

}  // namespace oubli::search
