#include "dialects/webcommander/list_query.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/text.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/text_rules.h"

namespace oubli::dialects::webcommander {
namespace {

using Problem = std::optional<ApiError>;

struct TextFilter {
  std::string_view name;
  std::optional<std::string> CustomerFilter::*member;
};
constexpr std::array<TextFilter, 9> kTextFilters = {{
    {"email", &CustomerFilter::email},
    {"companyName", &CustomerFilter::company},
    {"phone", &CustomerFilter::phone},
    {"mobile", &CustomerFilter::mobile},
    {"country", &CustomerFilter::country},
    {"state", &CustomerFilter::state},
    {"city", &CustomerFilter::city},
    {"postCode", &CustomerFilter::post_code},
    {"customerGroup", &CustomerFilter::customer_group},
}};

constexpr std::array<std::string_view, 4> kSearchNames = {"search", "searchText", "query",
                                                          "keyword"};
// Known, and without any effect.
constexpr std::array<std::string_view, 4> kIgnoredNames = {"createdFrom", "createdTo",
                                                           "updatedFrom", "updatedTo"};
// `order_by` and `direction` are the older page's.
constexpr std::array<std::string_view, 7> kOtherNames = {"limit", "offset",   "page",     "status",
                                                         "sort",  "order_by", "direction"};

constexpr std::array<std::pair<std::string_view, SortField>, 20> kSortFields = {{
    {"customer_id", SortField::kCustomerId},
    {"customerId", SortField::kCustomerId},
    {"id", SortField::kCustomerId},
    {"internal_id", SortField::kInternalId},
    {"internalId", SortField::kInternalId},
    {"created_at", SortField::kCreatedAt},
    {"createdAt", SortField::kCreatedAt},
    {"created", SortField::kCreatedAt},
    {"updated_at", SortField::kUpdatedAt},
    {"updatedAt", SortField::kUpdatedAt},
    {"updated", SortField::kUpdatedAt},
    {"first_name", SortField::kFirstName},
    {"firstName", SortField::kFirstName},
    {"last_name", SortField::kLastName},
    {"lastName", SortField::kLastName},
    {"name", SortField::kName},
    {"email", SortField::kEmail},
    {"company_name", SortField::kCompanyName},
    {"companyName", SortField::kCompanyName},
    {"status", SortField::kStatus},
}};

template <class Names>
bool Contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const TextFilter* FindTextFilter(std::string_view name) {
  for (const TextFilter& filter : kTextFilters) {
    if (filter.name == name) return &filter;
  }
  return nullptr;
}

// A parameter's name for an error text: what looks like a name is shown, and nothing else, since a
// caller may have put a value where the name belongs.
std::string Shown(std::string_view name) {
  const bool plain =
      !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
      });
  return plain ? std::string(name) : "{...}";
}

// Unknown names, and names that come twice: which of two values counts would be a guess.
Problem CheckNames(const http::Parameters& parameters) {
  size_t searches = 0;
  for (const http::Parameter& parameter : parameters.all()) {
    const std::string_view name = parameter.name;
    const bool is_search = Contains(kSearchNames, name);
    if (!is_search && FindTextFilter(name) == nullptr && !Contains(kIgnoredNames, name) &&
        !Contains(kOtherNames, name)) {
      return ParameterRefused(Shown(name), "unknown_parameter", "this parameter is not known");
    }
    if (is_search) ++searches;
    if (searches > 1 || parameters.Count(name) > 1) {
      return ValidationFailed(name, "invalid_value", "must be given once");
    }
  }
  return std::nullopt;
}

Problem ReadNumber(const http::Parameters& parameters, std::string_view name, int64_t min,
                   std::optional<int64_t>& number) {
  const std::string* text = parameters.Find(name);
  if (text == nullptr) return std::nullopt;
  number = ParseInt(*text);
  if (!number) return ValidationFailed(name, "invalid_value", "must be an integer");
  if (*number < min) {
    return ValidationFailed(name, "out_of_range", "must be at least " + std::to_string(min));
  }
  return std::nullopt;
}

Problem ReadPaging(const http::Parameters& parameters, ListQuery& query) {
  std::optional<int64_t> limit, offset, page;
  if (auto problem = ReadNumber(parameters, "limit", 1, limit)) return problem;
  if (auto problem = ReadNumber(parameters, "offset", 0, offset)) return problem;
  if (auto problem = ReadNumber(parameters, "page", 1, page)) return problem;
  query.limit = std::min(limit.value_or(ListQuery::kMaxLimit), ListQuery::kMaxLimit);
  // So far behind every customer that offset + limit still is a number.
  constexpr int64_t kMaxOffset = std::numeric_limits<int64_t>::max() / 2;
  if (offset) {
    query.offset = std::min(*offset, kMaxOffset);
  } else if (page) {
    query.offset = *page - 1 > kMaxOffset / query.limit ? kMaxOffset : (*page - 1) * query.limit;
  }
  return std::nullopt;
}

Problem ReadFilter(const http::Parameters& parameters, CustomerFilter& filter) {
  for (const http::Parameter& parameter : parameters.all()) {
    // Of what is ignored, nothing is judged.
    if (Contains(kIgnoredNames, parameter.name)) continue;
    if (auto problem = CheckText(parameter.name, parameter.value, {})) return problem;
    if (const TextFilter* text = FindTextFilter(parameter.name)) {
      filter.*text->member = parameter.value;
    } else if (Contains(kSearchNames, parameter.name)) {
      filter.search = FoldCase(Trim(parameter.value));
    }
  }
  if (const std::string* status = parameters.Find("status")) {
    filter.status = ParseStatus(*status);
    if (!filter.status) return ValidationFailed("status", "invalid_enum", AllowedStatusesText());
  }
  return std::nullopt;
}

Problem ReadSort(const http::Parameters& parameters, ListQuery& query) {
  for (std::string_view name : {"sort", "order_by"}) {
    const std::string* text = parameters.Find(name);
    if (text == nullptr) continue;
    const auto known = std::find_if(kSortFields.begin(), kSortFields.end(),
                                    [&](const auto& entry) { return entry.first == *text; });
    if (known == kSortFields.end()) {
      return ParameterRefused(name, "invalid_sort_field", "cannot be sorted by");
    }
    query.sort = known->second;
    break;
  }
  if (const std::string* direction = parameters.Find("direction")) {
    query.descending = EqualsIgnoreCase(*direction, "desc");
    if (!query.descending && !EqualsIgnoreCase(*direction, "asc")) {
      return ValidationFailed("direction", "invalid_enum", "must be one of asc, desc");
    }
  }
  return std::nullopt;
}

}  // namespace

bool CustomerFilter::empty() const {
  return search.empty() && !status &&
         std::all_of(kTextFilters.begin(), kTextFilters.end(),
                     [this](const TextFilter& filter) { return !(this->*filter.member); });
}

Parsed<ListQuery> ParseListQuery(std::string_view text) {
  const auto parameters = http::ParseUrlEncoded(text);
  if (!parameters) return tl::unexpected(InvalidRequest("invalid query string"));
  ListQuery query;
  Problem problem = CheckNames(*parameters);
  if (!problem) problem = ReadPaging(*parameters, query);
  if (!problem) problem = ReadFilter(*parameters, query.filter);
  if (!problem) problem = ReadSort(*parameters, query);
  if (problem) return tl::unexpected(std::move(*problem));
  for (const http::Parameter& parameter : parameters->all()) {
    if (parameter.name == "limit" || parameter.name == "offset" || parameter.name == "page")
      continue;
    if (Contains(kIgnoredNames, parameter.name)) continue;
    query.kept.Add(parameter.name, parameter.value);
  }
  return query;
}

}  // namespace oubli::dialects::webcommander
