// CSV (RFC 4180, UTF-8, comma). The column `record` says what a row is; rows of other kinds belong
// to the customer row above them. Without that column every row is a customer.
#include <algorithm>

#include "base/text.h"
#include "import/import_row.h"
#include "import/source.h"

namespace oubli::import {
namespace {

namespace json = boost::json;

// One record of the file: quoted fields may span lines.
class CsvReader {
 public:
  explicit CsvReader(std::FILE* file) : lines_(file) {}

  // False at the end. `problem` is set when the record is malformed. Errors: kUnavailable.
  Result<bool> Next(std::vector<std::string>& fields, int64_t& line, std::string& problem) {
    fields.clear();
    problem.clear();
    std::string text;
    bool too_long = false;
    OUBLI_TRY_ASSIGN(const bool read, lines_.Next(text, too_long));
    if (!read) return false;
    line = lines_.number();
    if (line == 1 && text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
    while (!too_long && InsideQuotes(text)) {
      std::string more;
      OUBLI_TRY_ASSIGN(const bool read_more, lines_.Next(more, too_long));
      if (!read_more) {
        problem = "a quote is not closed before the end of the file";
        return true;
      }
      text += '\n';
      text += more;
      if (text.size() > kMaxRecord) too_long = true;
    }
    if (too_long) {
      problem = "the row is too long";
      return true;
    }
    Split(text, fields, problem);
    return true;
  }
  int64_t bytes() const { return lines_.bytes(); }

 private:
  static constexpr size_t kMaxRecord = 16 * 1024 * 1024;

  static bool InsideQuotes(std::string_view text) { return std::ranges::count(text, '"') % 2 != 0; }

  static void Split(std::string_view text, std::vector<std::string>& fields, std::string& problem) {
    size_t at = 0;
    while (true) {
      std::string field;
      if (at < text.size() && text[at] == '"') {
        ++at;
        while (at < text.size()) {
          if (text[at] != '"') {
            field += text[at++];
          } else if (at + 1 < text.size() && text[at + 1] == '"') {
            field += '"';
            at += 2;
          } else {
            break;
          }
        }
        ++at;  // the closing quote
        if (at < text.size() && text[at] != ',') {
          problem = "text behind a closing quote";
          return;
        }
      } else {
        while (at < text.size() && text[at] != ',') field += text[at++];
      }
      fields.push_back(std::move(field));
      if (at >= text.size()) return;
      ++at;  // the comma
      if (at == text.size()) {
        fields.emplace_back();
        return;
      }
    }
  }

  LineReader lines_;
};

struct ListOf {
  std::string_view record;
  std::string_view list;
};
constexpr ListOf kLists[] = {{"address", "addresses"},
                             {"attribute", "attributes"},
                             {"transaction", "transactions"},
                             {"order", "orders"}};

class CsvSource final : public Source {
 public:
  explicit CsvSource(std::FILE* file) : reader_(file) {}

  Status ReadHeader() {
    int64_t line = 0;
    std::string problem;
    OUBLI_TRY_ASSIGN(const bool read, reader_.Next(columns_, line, problem));
    if (!read || !problem.empty()) {
      return Fail(ErrorKind::kInvalid, "the file has no readable header row");
    }
    for (std::string& column : columns_) column = std::string(Trim(column));
    for (const std::string_view key : {"id", "email", "code", "card_number"}) {
      if (std::ranges::find(columns_, key) != columns_.end()) return {};
    }
    return Fail(ErrorKind::kInvalid,
                "the header row has none of the columns id, email, code and card_number");
  }

  Result<std::optional<SourceRow>> Next() override {
    std::optional<SourceRow> row = std::exchange(ahead_, std::nullopt);
    // A bad row stands alone: what follows it must not be taken for its customer's.
    if (row && row->problem) return row;
    while (true) {
      std::vector<std::string> fields;
      int64_t line = 0;
      std::string problem;
      OUBLI_TRY_ASSIGN(const bool read, reader_.Next(fields, line, problem));
      if (!read) return row;
      if (fields.size() == 1 && fields[0].empty() && problem.empty()) continue;  // an empty line
      if (problem.empty() && fields.size() > columns_.size())
        problem = "has more columns than the header";
      json::object object;
      std::string record = "customer";
      for (size_t i = 0; i < fields.size() && i < columns_.size(); ++i) {
        if (columns_[i] == "record") {
          if (!fields[i].empty()) record = AsciiLower(Trim(fields[i]));
        } else if (!fields[i].empty()) {
          object[columns_[i]] = fields[i];
        }
      }
      const auto* list = std::ranges::find(kLists, std::string_view(record), &ListOf::record);
      if (problem.empty() && list != std::end(kLists)) {
        if (row) {
          Attach(*row, list->list, std::move(object), line);
          continue;
        }
        problem = "stands before any customer row";
      } else if (problem.empty() && record != "customer") {
        problem = "the column record must be customer, address, attribute, transaction or order";
      }
      SourceRow next;
      next.line = line;
      next.object = std::move(object);
      if (!problem.empty()) next.problem = Problem{"", -1, "", std::move(problem)};
      if (!row) {
        row = std::move(next);
        if (row->problem) return row;
        continue;
      }
      ahead_ = std::move(next);
      return row;
    }
  }
  int64_t bytes() const override { return reader_.bytes(); }

 private:
  static void Attach(SourceRow& row, std::string_view list, json::object object, int64_t line) {
    json::value& elements = row.object[list];
    if (!elements.is_array()) elements.emplace_array();
    elements.as_array().push_back(std::move(object));
    row.lines[std::string(list)].push_back(line);
  }

  CsvReader reader_;
  std::vector<std::string> columns_;
  std::optional<SourceRow> ahead_;
};

}  // namespace

Result<std::unique_ptr<Source>> MakeCsvSource(std::FILE* file) {
  auto source = std::make_unique<CsvSource>(file);
  OUBLI_TRY(source->ReadHeader());
  return source;
}

}  // namespace oubli::import
