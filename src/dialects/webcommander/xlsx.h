// XLSX files (ECMA-376): a zip of XML parts, here with one table of text. Both directions are in
// memory alone: clear personal data is never in a file, not even one that has no name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dialects/webcommander/table_file.h"
#include "dialects/webcommander/zip_stream.h"

namespace oubli::dialects::webcommander {

// The first sheet. Of a formula the stored result counts; nothing is computed. A document type
// declaration is refused. Errors: kInvalid, with the field "type" when it is no XLSX file.
Result<std::vector<Row>> ReadXlsx(std::string_view bytes, const TableLimits& limits);

struct Cell {
  std::string text;
  bool number = false;  // `text` is a decimal number
};

struct Part;  // xlsx_parts.h

// Makes an XLSX file row by row: what is in memory is the packer's window, whatever the file comes
// to. Where a sheet is full, the table goes on in the next one, under the same header. Text stays
// text: a cell that begins like a formula is marked as quoted, so that it stays one when it is
// edited too.
class XlsxStream {
 public:
  struct Limits {
    size_t rows = 1'048'575;                   // of a sheet, and the header: the format's limit
    uint64_t sheet_bytes = uint64_t{1} << 30;  // unpacked, so that a part stays below 4 GiB
  };

  explicit XlsxStream(std::vector<std::string> header) : XlsxStream(std::move(header), Limits()) {}
  XlsxStream(std::vector<std::string> header, Limits limits)
      : header_(std::move(header)), limits_(limits) {}

  // Each appends what is packed by then to `out`. After an error the file is lost. Errors:
  // kUnavailable.
  Status AddRow(const std::vector<Cell>& row, std::string& out);
  Status Finish(std::string& out);

  uint64_t text_bytes() const { return text_bytes_; }  // unpacked, of all sheets

 private:
  Status Add(const std::vector<Part>& parts, std::string& out);
  Status BeginSheet(std::string& out);
  Status Write(std::string_view text, std::string& out);

  const std::vector<std::string> header_;
  const Limits limits_;
  ZipStream zip_;
  size_t sheets_ = 0;
  size_t rows_ = 0;  // of the sheet, without the header
  uint64_t text_bytes_ = 0;
};

}  // namespace oubli::dialects::webcommander
