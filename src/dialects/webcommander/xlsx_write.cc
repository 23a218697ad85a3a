// XlsxStream of xlsx.h.

#include <utility>

#include "dialects/webcommander/xlsx_parts.h"

namespace oubli::dialects::webcommander {

Status XlsxStream::Add(const std::vector<Part>& parts, std::string& out) {
  for (const Part& part : parts) {
    OUBLI_TRY(zip_.Begin(part.name, out));
    OUBLI_TRY(zip_.Write(part.text, out));
  }
  return {};
}

Status XlsxStream::Write(std::string_view text, std::string& out) {
  text_bytes_ += text.size();
  return zip_.Write(text, out);
}

Status XlsxStream::BeginSheet(std::string& out) {
  if (sheets_ == 0) OUBLI_TRY(Add(FirstParts(), out));
  ++sheets_;
  OUBLI_TRY(zip_.Begin("xl/worksheets/sheet" + std::to_string(sheets_) + ".xml", out));
  std::string text(kSheetStart);
  std::vector<Cell> cells;
  for (const std::string& title : header_) cells.push_back({title});
  AppendRow(text, 1, cells);
  rows_ = 0;
  return Write(text, out);
}

Status XlsxStream::AddRow(const std::vector<Cell>& row, std::string& out) {
  const bool full = rows_ == limits_.rows || zip_.part_bytes() >= limits_.sheet_bytes;
  if (sheets_ > 0 && full) OUBLI_TRY(Write(kSheetEnd, out));
  if (sheets_ == 0 || full) OUBLI_TRY(BeginSheet(out));
  std::string text;
  AppendRow(text, ++rows_ + 1, row);  // behind the header
  return Write(text, out);
}

Status XlsxStream::Finish(std::string& out) {
  if (sheets_ == 0) OUBLI_TRY(BeginSheet(out));
  OUBLI_TRY(Write(kSheetEnd, out));
  OUBLI_TRY(Add(LastParts(sheets_), out));
  return zip_.Finish(out);
}

}  // namespace oubli::dialects::webcommander
