// XLSX files (ECMA-376): a zip of XML parts, here with one table of text. Both directions are in
// memory alone: clear personal data is never in a file, not even one that has no name.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/webcommander/table_file.h"

namespace oubli::dialects::webcommander {

// The first sheet. Of a formula the stored result counts; nothing is computed. A document type
// declaration is refused. Errors: kInvalid, with the field "type" when it is no XLSX file.
Result<std::vector<Row>> ReadXlsx(std::string_view bytes, const TableLimits& limits);

struct Cell {
  std::string text;
  bool number = false;  // `text` is a decimal number
};

// Makes an XLSX file from rows that are asked for one after the other, so that what is in memory is
// the packed file and one piece of it unpacked. Text stays text: a cell that begins like a formula
// is marked as quoted, so that it stays one when it is edited too.
class XlsxWriter {
 public:
  static constexpr size_t kRowsPerSheet = 1'048'575;  // and the header: the format's limit

  // Fills in the next row; false at the end. Errors end the writing.
  using NextRow = std::function<Result<bool>(std::vector<Cell>& row)>;

  // `expected_rows` says how many sheets there have to be. Errors: the source's, kUnavailable.
  static Result<std::string> Write(const std::vector<std::string>& header, size_t expected_rows,
                                   NextRow next);
};

}  // namespace oubli::dialects::webcommander
