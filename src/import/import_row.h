// One row of the import format, read and checked.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "customers/model.h"
#include "import/import.h"

namespace oubli::import {

struct AttributeRow {
  std::string name;
  std::string value;
};

struct TransactionRow {
  std::string ref;
  std::string campaign;
  customers::Transaction entry;
};

struct ImportRow {
  // Profile fields that the row has; those that it has not stay as they are in the store.
  std::map<std::string, std::string, std::less<>> fields;
  int64_t id = 0;
  std::optional<std::string> group;
  UnixMs created_at = 0;
  std::optional<Decimal> store_credit;
  std::optional<bool> accepts_marketing;
  std::optional<bool> registered;
  std::vector<customers::Address> addresses;  // import_ref set
  std::vector<AttributeRow> attributes;
  std::vector<TransactionRow> transactions;  // ref set
  std::vector<customers::Order> orders;      // import_ref set
};

// Reads and checks a row; on a bad one the problem says where.
tl::expected<ImportRow, Problem> ReadRow(const boost::json::object& object);

// The names of the customer's own text fields, and of those of each list: what CSV columns may be.
std::span<const std::string_view> ProfileFieldNames();

}  // namespace oubli::import
