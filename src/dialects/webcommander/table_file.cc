#include "dialects/webcommander/table_file.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/webcommander/xlsx.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr std::string_view kZip = "PK\x03\x04";
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";

char DelimiterOf(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  char best = ',';
  for (const char candidate : {';', '\t'}) {
    if (std::ranges::count(line, candidate) > std::ranges::count(line, best)) best = candidate;
  }
  return best;
}

// Takes one field off `text`; false at a quote that is not closed or has something behind it.
bool TakeField(std::string_view& text, char delimiter, std::string& field) {
  if (!text.starts_with('"')) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.find(delimiter));
    field = text.substr(0, end);
    text.remove_prefix(field.size());
    return true;
  }
  text.remove_prefix(1);
  while (true) {
    const size_t quote = text.find('"');
    if (quote == std::string_view::npos) return false;
    field += text.substr(0, quote);
    text.remove_prefix(quote + 1);
    if (!text.starts_with('"')) break;
    field += '"';
    text.remove_prefix(1);
  }
  return text.empty() || text[0] == delimiter || text[0] == '\r' || text[0] == '\n';
}

void DropLineEnd(std::string_view& text) {
  if (text.starts_with('\r')) text.remove_prefix(1);
  if (text.starts_with('\n')) text.remove_prefix(1);
}

}  // namespace

Result<std::vector<Row>> ReadCsv(std::string_view text, const TableLimits& limits) {
  if (text.starts_with(kUtf8Mark)) text.remove_prefix(kUtf8Mark.size());
  const char delimiter = DelimiterOf(text);
  std::vector<Row> rows;
  while (!text.empty()) {
    if (rows.size() > limits.rows) return Fail(ErrorKind::kInvalid, "too many rows", "file");
    Row& row = rows.emplace_back();
    while (true) {
      std::string field;
      if (!TakeField(text, delimiter, field)) {
        return Fail(ErrorKind::kInvalid, "a quoted field does not end", "file");
      }
      row.push_back(std::move(field));
      if (row.size() > limits.columns) {
        return Fail(ErrorKind::kInvalid, "too many columns", "file");
      }
      if (!text.starts_with(delimiter)) break;
      text.remove_prefix(1);
    }
    DropLineEnd(text);
  }
  return rows;
}

Result<std::vector<Row>> ReadTable(std::string_view bytes, const TableLimits& limits) {
  if (bytes.starts_with(kZip)) return ReadXlsx(bytes, limits);
  if (bytes.size() > limits.text_bytes) {
    return Fail(ErrorKind::kInvalid, "the file is too large", "file");
  }
  if (!IsValidUtf8(bytes) || HasControlCharacters(bytes)) {
    return Fail(ErrorKind::kInvalid, "neither CSV in UTF-8 nor XLSX", "type");
  }
  return ReadCsv(bytes, limits);
}

}  // namespace oubli::dialects::webcommander
