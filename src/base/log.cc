#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/date_time.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace oubli {
namespace {

const char* LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
    case LogLevel::kOff:
      break;
  }
  return "error";
}

std::shared_ptr<spdlog::logger> MakeLogger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("oubli", std::move(sink));
  // Our own level decides. The line is complete as it comes, and it is out when Log() returns: the
  // last lines before a crash are those that are wanted.
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  logger->set_pattern("%v");
  return logger;
}

class LogState {
 public:
  LogState() : logger_(MakeLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

  void Set(LogLevel level, std::shared_ptr<spdlog::logger> logger) {
    const std::lock_guard lock(mutex_);
    logger_ = std::move(logger);
    level_ = level;
  }

  bool Wants(LogLevel level) const { return level != LogLevel::kOff && level >= level_.load(); }

  std::shared_ptr<spdlog::logger> logger() {
    const std::lock_guard lock(mutex_);
    return logger_;
  }

 private:
  std::atomic<LogLevel> level_ = LogLevel::kInfo;
  std::mutex mutex_;
  std::shared_ptr<spdlog::logger> logger_;
};

LogState& State() {
  // Never destroyed: threads and destructors may log until the very end.
  static LogState& state = *new LogState;
  return state;
}

void AppendText(JsonWriter& line, std::string_view text) {
  // A line that no JSON reader takes would be lost with all its fields.
  line.String(IsValidUtf8(text) ? text : "(not UTF-8)");
}

std::string FormatLine(LogLevel level, std::string_view event,
                       std::initializer_list<LogField> fields) {
  std::string out;
  JsonWriter line(out);
  line.BeginObject();
  line.Member("time", FormatIso8601Ms(SystemClock().NowMs()));
  line.Member("level", LevelName(level));
  line.Key("event");
  AppendText(line, event);
  for (const LogField& field : fields) {
    line.Key(field.name);
    if (const auto* number = std::get_if<int64_t>(&field.value)) {
      line.Int(*number);
    } else {
      AppendText(line, std::get<std::string_view>(field.value));
    }
  }
  line.EndObject();
  return out;
}

}  // namespace

bool ConfigureLog(const LogOptions& options) try {
  spdlog::sink_ptr sink;
  if (options.file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
  }
  State().Set(options.level, MakeLogger(std::move(sink)));
  return true;
} catch (const std::exception&) {
  return false;
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  LogState& state = State();
  if (!state.Wants(level)) return;
  const std::string line = FormatLine(level, event, fields);
  state.logger()->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace oubli
