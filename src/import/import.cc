#include "import/import.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "import/source.h"

namespace oubli::import {
namespace {

int64_t FileBytes(const std::string& name) {
  struct stat status {};
  return name != "-" && stat(name.c_str(), &status) == 0 ? status.st_size : 0;
}

std::string NameFile(const std::string& name, const std::string& text) {
  return text.starts_with(name) ? text : fmt::format("{}: {}", name, text);
}

Result<std::unique_ptr<Source>> OpenSource(const std::string& name) {
  std::FILE* file = name == "-" ? stdin : std::fopen(name.c_str(), "rbe");
  if (file == nullptr) return Fail(ErrorKind::kNotFound, fmt::format("cannot read {}", name));
  if (AsciiLower(name).ends_with(".csv")) {
    auto source = MakeCsvSource(file);
    if (!source) return Fail(source.error().kind, fmt::format("{}: {}", name, source.error().text));
    return source;
  }
  return MakeJsonLinesSource(file);
}

// Collects rows into batches and hands their outcomes on.
class FileImport {
 public:
  FileImport(const std::string& name, const BatchSink& sink, const Options& options, Counts& counts)
      : name_(name), sink_(sink), options_(options), counts_(counts) {}

  Status Run(Source& source, const std::function<void(int64_t)>& progress) {
    while (true) {
      OUBLI_TRY_ASSIGN(auto row, source.Next());
      if (row && !row->problem) {
        objects_.push_back(std::move(row->object));
        rows_.push_back(std::move(*row));
        if (objects_.size() < options_.batch_rows) continue;
      }
      // Before a row that cannot be read, and at the end, what has been collected goes first:
      // reports stay in the order of the file, and with stop_at_bad_row all rows before the bad one
      // are in.
      OUBLI_TRY(Flush());
      progress(source.bytes());
      if (!row) return {};
      if (row->problem) OUBLI_TRY(Refuse(*row, *row->problem));
    }
  }

 private:
  Status Flush() {
    if (objects_.empty()) return {};
    OUBLI_TRY_ASSIGN(const std::vector<RowOutcome> outcomes, sink_(objects_));
    for (size_t i = 0; i < outcomes.size() && i < rows_.size(); ++i) {
      switch (outcomes[i].result) {
        case RowResult::kCreated:
          ++counts_.created;
          break;
        case RowResult::kUpdated:
          ++counts_.updated;
          break;
        case RowResult::kRefused:
          OUBLI_TRY(Refuse(rows_[i], outcomes[i].problem));
          break;
      }
    }
    objects_.clear();
    rows_.clear();
    return {};
  }

  Status Refuse(const SourceRow& row, const Problem& problem) {
    ++counts_.refused;
    const Report report{name_, row.LineOf(problem), problem};
    if (options_.on_bad_row) options_.on_bad_row(report);
    if (!options_.stop_at_bad_row) return {};
    return Fail(ErrorKind::kInvalid, fmt::format("{}: stopped at line {}", name_, report.line));
  }

  const std::string& name_;
  const BatchSink& sink_;
  const Options& options_;
  Counts& counts_;
  std::vector<boost::json::object> objects_;
  std::vector<SourceRow> rows_;
};

}  // namespace

Result<Counts> Run(const std::vector<std::string>& files, const BatchSink& sink,
                   const Options& options) {
  int64_t total = 0;
  for (const std::string& name : files) total += FileBytes(name);
  int64_t before = 0;
  Counts counts;
  for (const std::string& name : files) {
    OUBLI_TRY_ASSIGN(auto source, OpenSource(name));
    FileImport file(name, sink, options, counts);
    int64_t read = 0;
    const Status done = file.Run(*source, [&](int64_t bytes) {
      read = bytes;
      if (options.on_progress) options.on_progress(before + bytes, total, counts);
    });
    if (!done) return Fail(done.error().kind, NameFile(name, done.error().text));
    before += read;
  }
  return counts;
}

}  // namespace oubli::import
