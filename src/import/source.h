// Where rows come from: one file, row by row.
#pragma once

#include <boost/json/object.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "import/import.h"

namespace oubli::import {

// One customer's row, and the lines of the file that it came from.
struct SourceRow {
  boost::json::object object;
  int64_t line = 0;
  // CSV: the line of each element of a list ("transactions" -> lines).
  std::map<std::string, std::vector<int64_t>, std::less<>> lines;
  std::optional<Problem> problem;  // the row cannot be read at all

  int64_t LineOf(const Problem& problem) const;
};

// A file, line by line, with a cap on the length of a line.
class LineReader {
 public:
  explicit LineReader(std::FILE* file) : file_(file), buffer_(64 * 1024, '\0') {}
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // False at the end. `line` is without its line end. A line over 16 MiB comes cut, with
  // `too_long`. Errors: kUnavailable when the file cannot be read further.
  Result<bool> Next(std::string& line, bool& too_long);
  int64_t bytes() const { return bytes_; }
  int64_t number() const { return number_; }

 private:
  std::FILE* file_;
  std::string buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  int64_t bytes_ = 0;
  int64_t number_ = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  // Nothing at the end. Errors: kInvalid when what follows cannot be read as this format at all.
  virtual Result<std::optional<SourceRow>> Next() = 0;
  virtual int64_t bytes() const = 0;  // read so far
};

// Each takes over the file.
std::unique_ptr<Source> MakeJsonLinesSource(std::FILE* file);
// Errors: kInvalid for a header that is not this format's.
Result<std::unique_ptr<Source>> MakeCsvSource(std::FILE* file);

}  // namespace oubli::import
