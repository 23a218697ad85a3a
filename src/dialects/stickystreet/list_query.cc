#include "dialects/stickystreet/list_query.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/decimal.h"
#include "base/text.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr int64_t kDefaultLength = 10;
constexpr int64_t kMaxLength = 1000;

const std::string& ValueOf(const Row& row, std::string_view name) {
  static const std::string kNone;
  const auto found =
      std::find_if(row.begin(), row.end(), [&](const auto& field) { return field.first == name; });
  return found == row.end() ? kNone : found->second;
}

bool IsOneOf(const std::string& value, std::string_view list) {
  const auto parts = Split(list, ',');
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return FoldCase(Trim(part)) == value; });
}

// The operations without their negation, by the code of the plain one. Case does not count.
struct Operation {
  std::string_view plain;
  std::string_view negated;
  bool (*holds)(const std::string& value, const std::string& wanted);
};
constexpr Operation kOperations[] = {
    {"eq", "ne", [](const std::string& v, const std::string& w) { return v == w; }},
    {"bw", "bn", [](const std::string& v, const std::string& w) { return v.starts_with(w); }},
    {"ew", "en", [](const std::string& v, const std::string& w) { return v.ends_with(w); }},
    {"cn", "nc",
     [](const std::string& v, const std::string& w) { return v.find(w) != std::string::npos; }},
    {"nu", "nn", [](const std::string& v, const std::string&) { return v.empty(); }},
    {"in", "ni", [](const std::string& v, const std::string& w) { return IsOneOf(v, w); }},
};

const Operation* FindOperation(std::string_view name) {
  for (const Operation& operation : kOperations) {
    if (name == operation.plain || name == operation.negated) return &operation;
  }
  return nullptr;
}

// Numbers by size, before texts, which go without regard to case.
bool Less(const std::string& a, const std::string& b) {
  const auto x = Decimal::Parse(a);
  const auto y = Decimal::Parse(b);
  if (x && y) return *x < *y;
  if (x.has_value() != y.has_value()) return x.has_value();
  return FoldCase(a) < FoldCase(b);
}

Result<std::string> ReadField(std::string_view name, const std::vector<std::string_view>& known) {
  if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end()) {
    return Refuse(kOptionNotAllowed);
  }
  return std::string(name);
}

}  // namespace

Result<ListQuery> ReadListQuery(const Fields& fields, const std::vector<std::string_view>& known) {
  ListQuery query;
  OUBLI_TRY_ASSIGN(query.search_field, ReadField(fields.Get("searchField"), known));
  OUBLI_TRY_ASSIGN(query.sort_field, ReadField(fields.Get("sortField"), known));
  query.search_oper = fields.Find("searchOper") == nullptr ? "eq" : fields.Get("searchOper");
  query.search_value = FoldCase(fields.Get("searchValue"));
  if (FindOperation(query.search_oper) == nullptr) return Refuse(kOptionNotAllowed);
  const std::string order = AsciiLower(fields.Get("sortOrder"));
  if (!order.empty() && order != "asc" && order != "desc") return Refuse(kOptionNotAllowed);
  query.descending = order == "desc";
  OUBLI_TRY_ASSIGN(query.offset,
                   ReadWhole(fields.Get("offset"), 0, std::numeric_limits<int64_t>::max() / 2, 0));
  OUBLI_TRY_ASSIGN(query.length, ReadWhole(fields.Get("length"), 1, kMaxLength, kDefaultLength));
  return query;
}

std::vector<Row> Select(const ListQuery& query, std::vector<Row> rows) {
  if (!query.search_field.empty()) {
    const Operation& operation = *FindOperation(query.search_oper);
    const bool wanted = query.search_oper == operation.plain;
    std::erase_if(rows, [&](const Row& row) {
      const std::string value = FoldCase(ValueOf(row, query.search_field));
      return operation.holds(value, query.search_value) != wanted;
    });
  }
  if (query.sort_field.empty()) return rows;
  // Equal ones keep their order: the place breaks the tie.
  std::vector<size_t> places(rows.size());
  std::iota(places.begin(), places.end(), size_t{0});
  std::sort(places.begin(), places.end(), [&](size_t a, size_t b) {
    const std::string& x = ValueOf(rows[a], query.sort_field);
    const std::string& y = ValueOf(rows[b], query.sort_field);
    if (query.descending ? Less(y, x) : Less(x, y)) return true;
    return a < b && !(query.descending ? Less(x, y) : Less(y, x));
  });
  std::vector<Row> sorted;
  sorted.reserve(rows.size());
  for (const size_t place : places) sorted.push_back(std::move(rows[place]));
  return sorted;
}

void AddPage(Node& root, std::string_view name, std::string_view element, const ListQuery& query,
             const std::vector<Row>& rows) {
  Node list = Node::List(element);
  const auto total = static_cast<int64_t>(rows.size());
  const int64_t end = std::min(total, query.offset + query.length);
  for (int64_t i = query.offset; i < end; ++i) {
    Node node;
    for (const auto& [field, value] : rows[static_cast<size_t>(i)]) node.Add(field, value);
    list.Append(std::move(node));
  }
  Node pagination;
  pagination.Add("total", std::to_string(total));
  pagination.Add("offset", std::to_string(query.offset));
  pagination.Add("length", std::to_string(query.length));
  root.Add(name, std::move(list));
  root.Add("pagination", std::move(pagination));
}

}  // namespace oubli::dialects::stickystreet
