#include "dialects/webcommander/list_query.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/pagination.h"
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

// What the count takes: fewer filters than the list has, and nothing that the list is older for.
constexpr std::array<std::string_view, 8> kCountNames = {
    "search", "searchText", "email", "status", "companyName", "phone", "city", "state"};
constexpr std::array<std::string_view, 9> kCountIgnores = {
    "country",     "limit",     "offset",      "page",     "sort",
    "createdFrom", "createdTo", "updatedFrom", "updatedTo"};

// Unknown names, and names that come twice: which of two values counts would be a guess.
Problem CheckListNames(const http::Parameters& parameters) {
  size_t searches = 0;
  for (const http::Parameter& parameter : parameters.all()) {
    const std::string_view name = parameter.name;
    const bool is_search = Contains(kSearchNames, name);
    if (!is_search && FindTextFilter(name) == nullptr && !Contains(kIgnoredNames, name) &&
        !Contains(kOtherNames, name)) {
      return ParameterRefused(ShownName(name), "unknown_parameter", "this parameter is not known");
    }
    if (is_search) ++searches;
    if (searches > 1 || parameters.Count(name) > 1) {
      return ValidationFailed(name, "invalid_value", "must be given once");
    }
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
  Problem problem = CheckListNames(*parameters);
  if (!problem) problem = ReadFilter(*parameters, query.filter);
  if (!problem) problem = ReadSort(*parameters, query);
  if (problem) return tl::unexpected(std::move(*problem));
  const auto place = ReadPlace(*parameters);
  if (!place) return tl::unexpected(place.error());
  query.limit = place->limit;
  query.offset = place->offset;
  for (const http::Parameter& parameter : parameters->all()) {
    if (parameter.name == "limit" || parameter.name == "offset" || parameter.name == "page")
      continue;
    if (Contains(kIgnoredNames, parameter.name)) continue;
    query.kept.Add(parameter.name, parameter.value);
  }
  return query;
}

Parsed<CustomerFilter> ParseCountQuery(std::string_view text) {
  const auto parameters = http::ParseUrlEncoded(text);
  if (!parameters) return tl::unexpected(InvalidRequest("invalid query string"));
  http::Parameters honoured;
  for (const http::Parameter& parameter : parameters->all()) {
    const std::string_view name = parameter.name;
    if (Contains(kCountIgnores, name)) continue;
    if (!Contains(kCountNames, name) && name != "customerGroup") {
      return tl::unexpected(
          ParameterRefused(ShownName(name), "unknown_parameter", "this parameter is not known"));
    }
    honoured.Add(parameter.name, parameter.value);
  }
  CustomerFilter filter;
  Problem problem = CheckListNames(honoured);
  if (!problem) problem = ReadFilter(honoured, filter);
  if (problem) return tl::unexpected(std::move(*problem));
  return filter;
}

Parsed<std::string> ParseEmailQuery(std::string_view text) {
  const auto parameters = http::ParseUrlEncoded(text);
  if (!parameters) return tl::unexpected(InvalidRequest("invalid query string"));
  for (const http::Parameter& parameter : parameters->all()) {
    if (parameter.name == "email") continue;
    return tl::unexpected(ParameterRefused(ShownName(parameter.name), "unknown_parameter",
                                           "this parameter is not known"));
  }
  if (parameters->Count("email") != 1) {
    return tl::unexpected(ValidationFailed("email", "invalid_value", "must be given once"));
  }
  const std::string& email = *parameters->Find("email");
  if (auto problem = CheckText("email", email, {})) return tl::unexpected(std::move(*problem));
  if (Trim(email).empty()) {
    return tl::unexpected(ValidationFailed("email", "invalid_value", "must not be empty"));
  }
  return email;
}

}  // namespace oubli::dialects::webcommander
