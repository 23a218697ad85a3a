// The administrator's command import.batch: rows of the import format, written into a store.
//
//   import.batch {store, rows: [{...}, ...]}   {outcomes: [{result, problem}, ...]}
//
// `result` is created, updated or refused; a refused row has a problem: {list, index, field, text}.
#pragma once

#include <boost/json/fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/stores.h"
#include "admin/arguments.h"
#include "base/result.h"
#include "import/import.h"

namespace oubli::admin {

inline constexpr std::string_view kImportBatch = "import.batch";

// Errors: kNotFound (store), kInvalid (rows that are no objects), kUnavailable.
Result<std::string> ImportBatch(access::Stores& stores, const Arguments& arguments);

// The client's side of it.
std::string EncodeImportBatch(std::string_view store, std::span<const boost::json::object> rows);
// Errors: kCorrupt when the result is not one of ImportBatch() for so many rows.
Result<std::vector<import::RowOutcome>> DecodeImportOutcomes(std::string_view result, size_t rows);

}  // namespace oubli::admin
