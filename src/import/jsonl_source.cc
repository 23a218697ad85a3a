#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "base/text.h"
#include "import/source.h"

namespace oubli::import {
namespace {

constexpr size_t kMaxLine = 16 * 1024 * 1024;

class JsonLinesSource final : public Source {
 public:
  explicit JsonLinesSource(std::FILE* file) : lines_(file) {}

  Result<std::optional<SourceRow>> Next() override {
    std::string line;
    bool too_long = false;
    while (true) {
      OUBLI_TRY_ASSIGN(const bool read, lines_.Next(line, too_long));
      if (!read) return std::nullopt;
      std::string_view text = Trim(line);
      // A byte-order mark, as some editors write in front.
      if (lines_.number() == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
      if (text.empty()) continue;
      SourceRow row;
      row.line = lines_.number();
      if (too_long) {
        row.problem = Problem{"", -1, "", "the line is too long"};
        return row;
      }
      auto value = ParseJson(text);
      if (!value) {
        row.problem = Problem{"", -1, "", "is not JSON: " + value.error().text};
      } else if (!value->is_object()) {
        row.problem = Problem{"", -1, "", "is not a JSON object"};
      } else {
        row.object = std::move(value->as_object());
      }
      return row;
    }
  }
  int64_t bytes() const override { return lines_.bytes(); }

 private:
  LineReader lines_;
};

}  // namespace

int64_t SourceRow::LineOf(const Problem& where) const {
  const auto list = lines.find(where.list);
  if (list == lines.end() || where.index < 0) return line;
  const auto index = static_cast<size_t>(where.index);
  return index < list->second.size() ? list->second[index] : line;
}

LineReader::~LineReader() {
  if (file_ != stdin) fclose(file_);
}

Result<bool> LineReader::Next(std::string& line, bool& too_long) {
  line.clear();
  too_long = false;
  bool any = false;
  // Taken in pieces: a file without line ends must not take the memory.
  while (true) {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = fread(buffer_.data(), 1, buffer_.size(), file_);
      if (end_ == 0) {
        if (ferror(file_) != 0) return Fail(ErrorKind::kUnavailable, "the file cannot be read");
        break;
      }
    }
    any = true;
    const std::string_view left(buffer_.data() + begin_, end_ - begin_);
    const size_t length = std::min(left.find('\n'), left.size());
    if (line.size() + length <= kMaxLine) {
      line.append(left.substr(0, length));
    } else {
      too_long = true;
    }
    const bool ends = length < left.size();
    begin_ += length + (ends ? 1 : 0);
    bytes_ += static_cast<int64_t>(length + (ends ? 1 : 0));
    if (ends) break;
  }
  if (!any) return false;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  ++number_;
  return true;
}

std::unique_ptr<Source> MakeJsonLinesSource(std::FILE* file) {
  return std::make_unique<JsonLinesSource>(file);
}

}  // namespace oubli::import
