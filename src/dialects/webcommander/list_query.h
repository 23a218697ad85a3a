// The query of GET /admin/customers: which parameters there are, and what they may hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "customers/model.h"
#include "dialects/webcommander/errors.h"
#include "http/parameters.h"

namespace oubli::dialects::webcommander {

// What customers are asked for. Texts compare without regard to case; one that is there and empty
// fits nobody, except an empty `search`, which is none.
struct CustomerFilter {
  std::string search;  // part of name, e-mail, company, phone or mobile; case-folded
  std::optional<std::string> email;
  std::optional<std::string> company;
  std::optional<std::string> phone;
  std::optional<std::string> mobile;
  std::optional<std::string> country;
  std::optional<std::string> state;
  std::optional<std::string> city;
  std::optional<std::string> post_code;
  std::optional<std::string> customer_group;
  std::optional<customers::CustomerStatus> status;

  bool empty() const;
};

enum class SortField {
  kCustomerId,
  kInternalId,
  kCreatedAt,
  kUpdatedAt,
  kFirstName,
  kLastName,
  kName,
  kEmail,
  kCompanyName,
  kStatus,
};

struct ListQuery {
  static constexpr int64_t kMaxLimit = 20;

  int64_t limit = kMaxLimit;
  int64_t offset = 0;
  CustomerFilter filter;
  SortField sort = SortField::kCustomerId;
  bool descending = false;
  http::Parameters kept;  // all but limit, offset and page: for the links to the other pages
};

Parsed<ListQuery> ParseListQuery(std::string_view query);
// Of GET /admin/customers/count.
Parsed<CustomerFilter> ParseCountQuery(std::string_view query);
// Of GET /admin/customers/check-email: the address, not empty.
Parsed<std::string> ParseEmailQuery(std::string_view query);

}  // namespace oubli::dialects::webcommander
