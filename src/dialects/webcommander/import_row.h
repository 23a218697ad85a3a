// One row of an import file as changes of a customer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "customers/model.h"
#include "dialects/webcommander/errors.h"
#include "dialects/webcommander/table_file.h"

namespace oubli::dialects::webcommander {

// What is empty in the file is not set: it stays as it is.
struct ImportRow {
  size_t number = 0;  // of the line or row in the file; the header is 1
  std::optional<int64_t> customer_id;
  std::vector<std::pair<size_t, std::string>> fields;  // the column's place in the table, the text
  std::string email;
  std::optional<ApiError> problem;  // the first value that cannot be; names the field
};

// Which column of the file is which field: titles as in the export or as in the API, whatever
// blanks, signs and case. Columns that are none of these are passed over. Errors: none is known, or
// one comes twice.
Parsed<std::vector<std::optional<size_t>>> ReadHeader(const Row& header);
// Checks every value.
ImportRow ReadImportRow(const std::vector<std::optional<size_t>>& columns, const Row& row,
                        size_t number);

// Sets the fields of the row. `group` is what the row calls the customer's group.
void ApplyRow(const ImportRow& row, customers::Profile& profile, customers::Address& address,
              bool& has_address, std::string& group);

}  // namespace oubli::dialects::webcommander
