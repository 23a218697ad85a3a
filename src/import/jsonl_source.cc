#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

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
    while (lines_.Next(line, too_long)) {
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
    return std::nullopt;
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
  free(buffer_);
  if (file_ != stdin) fclose(file_);
}

bool LineReader::Next(std::string& line, bool& too_long) {
  line.clear();
  too_long = false;
  bool any = false;
  // Read in pieces: a file without line ends must not take the memory.
  if (buffer_ == nullptr) {
    capacity_ = 64 * 1024;
    buffer_ = static_cast<char*>(malloc(capacity_));
  }
  while (fgets(buffer_, static_cast<int>(capacity_), file_) != nullptr) {
    any = true;
    // A NUL inside would end the piece early: the rest of it is then lost, and the row refused for
    // it.
    const size_t length = strlen(buffer_);
    bytes_ += static_cast<int64_t>(length);
    const bool ends = length > 0 && buffer_[length - 1] == '\n';
    if (line.size() + length <= kMaxLine) {
      line.append(buffer_, ends ? length - 1 : length);
    } else {
      too_long = true;
    }
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
