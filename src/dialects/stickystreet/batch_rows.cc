#include "dialects/stickystreet/batch_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"
#include "http/parameters.h"

namespace oubli::dialects::stickystreet {
namespace {

using Cells = std::vector<std::string>;

constexpr int64_t kMaxColumns = 200;

// One character that is no part of ordinary values; "tab" and "\t" are understood too.
Result<char> ReadDelimiter(const Fields& fields) {
  const std::string* text = fields.Find("delimiter");
  if (text == nullptr || text->empty()) return ',';
  if (*text == "tab" || *text == "\\t") return '\t';
  const char c = (*text)[0];
  const bool ordinary = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool fits = text->size() == 1 && !ordinary && c > 0 && c != '"' && c != '\n' && c != '\r';
  if (!fits) return Refuse(kBadDelimiter);
  return c;
}

// Splits into rows and cells. A cell may stand in quotes, and then hold delimiters, line ends, and
// quotes that are written twice.
class RowReader {
 public:
  RowReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  bool AtEnd() const { return pos_ >= text_.size(); }
  Cells Next() {
    Cells cells;
    do {
      cells.push_back(Cell());
    } while (Take(delimiter_));
    Take('\r');
    Take('\n');
    return cells;
  }

 private:
  bool Take(char c) {
    if (AtEnd() || text_[pos_] != c) return false;
    ++pos_;
    return true;
  }
  std::string Cell() {
    std::string cell;
    if (Take('"')) {
      while (!AtEnd()) {
        const char c = text_[pos_++];
        if (c == '"' && !Take('"')) break;
        cell += c;
      }
      return cell;
    }
    while (!AtEnd() && text_[pos_] != delimiter_ && text_[pos_] != '\n' && text_[pos_] != '\r') {
      cell += text_[pos_++];
    }
    return std::string(Trim(cell));
  }

  std::string_view text_;
  char delimiter_;
  size_t pos_ = 0;
};

Result<std::vector<Cells>> ReadRows(std::string_view text, char delimiter) {
  std::vector<Cells> rows;
  RowReader reader(text, delimiter);
  while (!reader.AtEnd()) {
    Cells cells = reader.Next();
    const bool blank = std::ranges::all_of(cells, [](const auto& cell) { return cell.empty(); });
    if (!blank) rows.push_back(std::move(cells));
    if (rows.size() > kMaxBatchRows + 1) return Refuse(kTooManyRows);  // one may be the header
  }
  return rows;
}

struct Column {
  std::string name;
  size_t index = 0;
};

// The columns that the call names. A name that is no number makes the first row a header.
Result<std::vector<Column>> NamedColumns(const Fields& fields,
                                         const std::vector<std::string>& columns,
                                         std::vector<Cells>& rows) {
  std::vector<Column> named;
  bool has_header = false;
  for (const std::string& name : columns) {
    const std::string_view place = fields.Get(name);
    if (place.empty()) continue;
    if (IsDigits(place)) {
      OUBLI_TRY_ASSIGN(const int64_t number, ReadWhole(place, 1, kMaxColumns, 1));
      named.push_back({name, static_cast<size_t>(number - 1)});
      continue;
    }
    has_header = true;
    const auto cell = rows.empty() ? Cells::iterator() : std::ranges::find(rows[0], place);
    if (rows.empty() || cell == rows[0].end()) return Refuse(kOptionNotAllowed);
    named.push_back({name, static_cast<size_t>(cell - rows[0].begin())});
  }
  if (has_header) rows.erase(rows.begin());
  return named;
}

}  // namespace

tl::unexpected<Error> FailRow(const Error& error, size_t row) {
  if (error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kCorrupt) {
    return Fail(error);
  }
  return Refuse(fmt::format("Row {}: {}", row, TextOf(error)));
}

Result<std::vector<Fields>> ReadBatch(const Fields& fields, std::string_view data,
                                      const std::vector<std::string>& columns,
                                      const std::vector<std::string>& positions) {
  const std::string* text = fields.Find(data);
  if (text == nullptr || Trim(*text).empty()) return Refuse(kNoData);
  OUBLI_TRY_ASSIGN(const char delimiter, ReadDelimiter(fields));
  OUBLI_TRY_ASSIGN(auto rows, ReadRows(*text, delimiter));
  OUBLI_TRY_ASSIGN(auto named, NamedColumns(fields, columns, rows));
  if (named.empty()) {
    for (size_t i = 0; i < positions.size(); ++i) named.push_back({positions[i], i});
  }
  if (rows.empty() || named.empty()) return Refuse(kNoData);
  if (rows.size() > kMaxBatchRows) return Refuse(kTooManyRows);
  std::vector<Fields> batch;
  for (const Cells& cells : rows) {
    http::Parameters parameters;
    for (const Column& column : named) {
      if (column.index < cells.size()) parameters.Add(column.name, cells[column.index]);
    }
    Fields& row = batch.emplace_back();
    if (!row.Add(parameters)) return Refuse(kGivenTwice);
    if (const Status clean = CheckValues(row); !clean) {
      return FailRow(clean.error(), batch.size());
    }
  }
  return batch;
}

}  // namespace oubli::dialects::stickystreet
