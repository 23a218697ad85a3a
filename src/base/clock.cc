#include "base/clock.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "base/text.h"

namespace oubli {
namespace {

int64_t ReadClockMs(clockid_t id) {
  timespec now{};
  // Both clocks exist on every Linux that we run on; a failure would leave the zeros.
  clock_gettime(id, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

std::string ReadSmallFile(const char* path) {
  std::string text;
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return text;
  char buffer[4096];
  // /proc/stat on a large machine is some hundred kilobytes; more is not what we look for.
  while (text.size() < (1U << 20)) {
    const size_t got = std::fread(buffer, 1, sizeof buffer, file);
    if (got == 0) break;
    text.append(buffer, got);
  }
  std::fclose(file);
  return text;
}

std::string FindBootId() {
  const std::string id = ReadSmallFile("/proc/sys/kernel/random/boot_id");
  if (const std::string_view trimmed = Trim(id); !trimmed.empty()) return std::string(trimmed);

  const std::string stat = ReadSmallFile("/proc/stat");
  for (std::string_view line : Split(stat, '\n')) {
    if (line.starts_with("btime ")) return fmt::format("btime-{}", Trim(line.substr(6)));
  }
  // No way to tell boots apart: a name that no other process has, so that nothing compares with it.
  // A window then falls back on the wall clock instead of trusting a count from another boot.
  return fmt::format("process-{}-{}-{}", getpid(), ReadClockMs(CLOCK_REALTIME),
                     ReadClockMs(CLOCK_BOOTTIME));
}

class RealClock : public Clock {
 public:
  UnixMs NowMs() const override { return ReadClockMs(CLOCK_REALTIME); }
  int64_t BootMs() const override { return ReadClockMs(CLOCK_BOOTTIME); }
  std::string BootId() const override { return boot_id_; }

 private:
  const std::string boot_id_ = FindBootId();
};

}  // namespace

const Clock& SystemClock() {
  // Never destroyed: threads that outlive main() may still ask.
  static const RealClock& clock = *new RealClock;
  return clock;
}

}  // namespace oubli
