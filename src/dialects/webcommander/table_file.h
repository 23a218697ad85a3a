// Tables that come as a file: CSV and XLSX, read into rows of text within fixed limits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::dialects::webcommander {

using Row = std::vector<std::string>;

// What a file may come to, whatever it says of itself.
struct TableLimits {
  size_t rows = 50'000;
  size_t columns = 256;
  size_t part_bytes = 32 * 1024 * 1024;  // of one part of an XLSX file, unpacked
  size_t text_bytes = 32 * 1024 * 1024;  // of all cells together
};

// The kind is what the bytes are, whatever the file is called. Errors: kInvalid, with the field
// "type" when it is neither CSV in UTF-8 nor XLSX (the older .xls is not either), else for a
// damaged file or one beyond a limit. Never with a piece of the file.
Result<std::vector<Row>> ReadTable(std::string_view bytes, const TableLimits& limits = {});

// RFC 4180, with ',' ';' or a tab between the fields, whichever the first line has most of.
Result<std::vector<Row>> ReadCsv(std::string_view bytes, const TableLimits& limits = {});

}  // namespace oubli::dialects::webcommander
