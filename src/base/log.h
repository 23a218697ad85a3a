// The server's log: JSON lines on stderr or in a file. The only place that knows spdlog. A line is
// {"time":"2024-01-01T00:00:00.000Z","level":"info","event":"store opened", and the fields}.
//
// Nothing personal is ever logged: callers pass ids, counts, route patterns and error kinds. Values
// of customer records, paths, queries, bodies, tokens and keys do not go in here.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace oubli {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

struct LogField {
  std::string_view name;
  std::variant<int64_t, std::string_view> value;
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  std::string file;  // empty: stderr
};

// Once, at start; before it lines go to stderr at kInfo. A file is appended to. Returns false, and
// changes nothing, when the file cannot be opened.
bool ConfigureLog(const LogOptions& options);

// `event` is a short constant phrase ("store opened"). Safe from any thread; the line is handed to
// the operating system before this returns. A line that cannot be written is dropped, with a word
// on stderr.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace oubli
