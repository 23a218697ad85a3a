#include "base/date_time.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/text.h"

namespace oubli {
namespace {

constexpr const char* kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr int64_t kMsPerDay = 86'400'000;

struct Parts {
  int year = 0;
  unsigned month = 0, day = 0, weekday = 0;
  unsigned hour = 0, minute = 0, second = 0;
};

Parts Break(UnixMs ms) {
  using std::chrono::days;
  using std::chrono::sys_days;
  ms = std::clamp(ms, kMinDateMs, kMaxDateMs);
  // Rounds down, also before 1970.
  int64_t day_number = ms / kMsPerDay;
  if (ms % kMsPerDay < 0) --day_number;
  const auto second_of_day = static_cast<unsigned>((ms - day_number * kMsPerDay) / 1000);
  const sys_days day{days{static_cast<int>(day_number)}};
  const std::chrono::year_month_day date{day};
  return Parts{static_cast<int>(date.year()),
               static_cast<unsigned>(date.month()),
               static_cast<unsigned>(date.day()),
               std::chrono::weekday{day}.c_encoding(),
               second_of_day / 3600,
               second_of_day / 60 % 60,
               second_of_day % 60};
}

void AppendPadded(std::string& out, unsigned number, int width) {
  char digits[4];
  for (int i = width - 1; i >= 0; --i, number /= 10)
    digits[i] = static_cast<char>('0' + number % 10);
  out.append(digits, static_cast<size_t>(width));
}

void AppendDate(std::string& out, const Parts& parts) {
  AppendPadded(out, static_cast<unsigned>(parts.year), 4);
  out += '-';
  AppendPadded(out, parts.month, 2);
  out += '-';
  AppendPadded(out, parts.day, 2);
}

void AppendTime(std::string& out, const Parts& parts) {
  AppendPadded(out, parts.hour, 2);
  out += ':';
  AppendPadded(out, parts.minute, 2);
  out += ':';
  AppendPadded(out, parts.second, 2);
}

std::string FormatDateAndTime(UnixMs ms, char between, std::string_view zone) {
  const Parts parts = Break(ms);
  std::string out;
  out.reserve(32);
  AppendDate(out, parts);
  out += between;
  AppendTime(out, parts);
  out += zone;
  return out;
}

std::string FormatWithNames(UnixMs ms, std::string_view zone) {
  const Parts parts = Break(ms);
  std::string out;
  out.reserve(32);
  out += kWeekdays[parts.weekday];
  out += ", ";
  AppendPadded(out, parts.day, 2);
  out += ' ';
  out += kMonths[parts.month - 1];
  out += ' ';
  AppendPadded(out, static_cast<unsigned>(parts.year), 4);
  out += ' ';
  AppendTime(out, parts);
  out += zone;
  return out;
}

// Reads a text from its front; what fails takes nothing.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }

  bool Take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `width` digits.
  bool Number(int width, int& number) {
    if (rest_.size() < static_cast<size_t>(width)) return false;
    number = 0;
    for (int i = 0; i < width; ++i) {
      const char c = rest_[static_cast<size_t>(i)];
      if (c < '0' || c > '9') return false;
      number = number * 10 + (c - '0');
    }
    rest_.remove_prefix(static_cast<size_t>(width));
    return true;
  }

  // One digit or more, what is finer than a millisecond is dropped.
  bool Fraction(int& ms) {
    ms = 0;
    int scale = 100;
    int digit = 0;
    if (!Number(1, digit)) return false;
    do {
      ms += digit * scale;
      scale /= 10;
    } while (Number(1, digit));
    return true;
  }

 private:
  std::string_view rest_;
};

bool ReadDate(Reader& reader, int64_t& ms) {
  int year = 0, month = 0, day = 0;
  if (!reader.Number(4, year) || !reader.Take('-') || !reader.Number(2, month) ||
      !reader.Take('-') || !reader.Number(2, day) || year == 0) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return false;
  ms = std::chrono::sys_days{date}.time_since_epoch().count() * kMsPerDay;
  return true;
}

bool ReadTime(Reader& reader, int64_t& ms) {
  int hour = 0, minute = 0, second = 0, fraction_ms = 0;
  if (!reader.Number(2, hour) || !reader.Take(':') || !reader.Number(2, minute) ||
      !reader.Take(':') || !reader.Number(2, second)) {
    return false;
  }
  if (reader.Take('.') && !reader.Fraction(fraction_ms)) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  ms += ((hour * 60 + minute) * 60 + second) * int64_t{1000} + fraction_ms;
  return true;
}

bool ReadZone(Reader& reader, int64_t& ms) {
  if (reader.AtEnd() || reader.Take('Z')) return true;
  const bool east = reader.Take('+');
  int hour = 0, minute = 0;
  if ((!east && !reader.Take('-')) || !reader.Number(2, hour)) return false;
  reader.Take(':');
  if (!reader.Number(2, minute) || hour > 23 || minute > 59) return false;
  const int64_t offset_ms = (hour * 60 + minute) * int64_t{60'000};
  ms += east ? -offset_ms : offset_ms;
  return true;
}

// The number of `word` in a list of names of three letters.
template <size_t kCount>
std::optional<unsigned> NumberOfName(const char* const (&names)[kCount], std::string_view word) {
  for (unsigned i = 0; i < kCount; ++i) {
    if (EqualsIgnoreCase(names[i], word)) return i;
  }
  return std::nullopt;
}

// Hours and minutes, with or without seconds.
bool ReadClock(std::string_view word, int64_t& ms) {
  if (word.size() == 5) return ReadClock(std::string(word) + ":00", ms);
  Reader reader(word);
  return word.size() == 8 && ReadTime(reader, ms) && reader.AtEnd();
}

bool ReadMailZone(std::string_view word, int64_t& ms) {
  if (word == "GMT" || word == "UT" || word == "UTC" || word == "Z") return true;
  const std::string zone =
      word.starts_with('+') || word.starts_with('-') ? std::string(word) : "+" + std::string(word);
  Reader reader(zone);
  return zone.size() == 5 && ReadZone(reader, ms) && reader.AtEnd();
}

}  // namespace

std::string FormatIso8601(UnixMs ms) { return FormatDateAndTime(ms, 'T', "Z"); }
std::string FormatIso8601Offset(UnixMs ms) { return FormatDateAndTime(ms, 'T', "+00:00"); }
std::string FormatRfc2822(UnixMs ms) { return FormatWithNames(ms, " +0000"); }
std::string FormatHttpDate(UnixMs ms) { return FormatWithNames(ms, " GMT"); }
std::string FormatDateTime(UnixMs ms) { return FormatDateAndTime(ms, ' ', ""); }

std::string FormatIso8601Ms(UnixMs ms) {
  ms = std::clamp(ms, kMinDateMs, kMaxDateMs);
  std::string out = FormatDateAndTime(ms, 'T', ".");
  const int64_t fraction = ms % 1000;
  AppendPadded(out, static_cast<unsigned>(fraction < 0 ? fraction + 1000 : fraction), 3);
  out += 'Z';
  return out;
}

std::string FormatDate(UnixMs ms) {
  std::string out;
  AppendDate(out, Break(ms));
  return out;
}

std::optional<UnixMs> ParseIso8601(std::string_view text) {
  Reader reader(text);
  int64_t ms = 0;
  if (!ReadDate(reader, ms)) return std::nullopt;
  if (reader.AtEnd()) return ms;
  if (!reader.Take('T') && !reader.Take(' ')) return std::nullopt;
  if (!ReadTime(reader, ms) || !ReadZone(reader, ms) || !reader.AtEnd()) return std::nullopt;
  // A zone can push the first and the last day out of the years that we print.
  if (ms < kMinDateMs || ms > kMaxDateMs) return std::nullopt;
  return ms;
}

std::optional<UnixMs> ParseRfc2822(std::string_view text) {
  if (const size_t comma = text.find(','); comma != std::string_view::npos) {
    if (!NumberOfName(kWeekdays, Trim(text.substr(0, comma)))) return std::nullopt;
    text.remove_prefix(comma + 1);
  }
  std::vector<std::string_view> words;
  for (const std::string_view word : Split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  if (words.size() != 5 || words[0].size() > 2 || words[2].size() != 4) return std::nullopt;
  const auto month = NumberOfName(kMonths, words[1]);
  if (!month || !IsDigits(words[0]) || !IsDigits(words[2])) return std::nullopt;
  std::string date(words[2]);
  date += '-';
  AppendPadded(date, *month + 1, 2);
  date += '-';
  AppendPadded(date, static_cast<unsigned>(*ParseInt(words[0])), 2);
  Reader reader(date);
  int64_t ms = 0;
  if (!ReadDate(reader, ms) || !ReadClock(words[3], ms) || !ReadMailZone(words[4], ms)) {
    return std::nullopt;
  }
  if (ms < kMinDateMs || ms > kMaxDateMs) return std::nullopt;
  return ms;
}

}  // namespace oubli
