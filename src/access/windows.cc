#include "access/windows.h"

#include <algorithm>

#include "base/log.h"

namespace oubli::access {
namespace {

constexpr int64_t kMaxMinutes = 24 * 60;
// The last wall time seen is stored no oftener than this, so that looking stays cheap. It bounds
// what a clock that is set back across a reboot can win while somebody looks regularly.
constexpr int64_t kSeenEveryMs = 60'000;

struct WindowRow {
  UnixMs until = 0;
  // The end in time since boot, and the boot that it counts from.
  std::string boot_id;
  int64_t boot_deadline = 0;
  UnixMs seen_at = 0;  // the highest wall time at which anybody looked
};

struct Now {
  explicit Now(const Clock& clock)
      : wall(clock.NowMs()), boot(clock.BootMs()), boot_id(clock.BootId()) {}
  UnixMs wall;
  int64_t boot;
  std::string boot_id;
};

// Counts from now until row.until, in this boot.
void Anchor(WindowRow& row, const Now& now) {
  row.boot_id = now.boot_id;
  row.boot_deadline = now.boot + (row.until - now.wall);
  row.seen_at = now.wall;
}

bool IsOpenAt(const WindowRow& row, const Now& now) {
  // Once seen at its end it stays over, wherever the clock is set.
  if (now.wall >= row.until || row.seen_at >= row.until) return false;
  if (row.boot_id == now.boot_id) return now.boot < row.boot_deadline;
  return now.wall >= row.seen_at;
}

WindowState StateAt(const WindowRow& row, const Now& now) {
  WindowState state;
  state.until = row.until;
  state.open = IsOpenAt(row, now);
  if (state.open) {
    int64_t left_ms = row.until - now.wall;
    if (row.boot_id == now.boot_id) left_ms = std::min(left_ms, row.boot_deadline - now.boot);
    state.remaining_seconds = (left_ms + 999) / 1000;
  }
  return state;
}

// What a look changes in the row; false when there is nothing to store. An open window that is seen
// in a new boot is anchored there: from then on this boot's time counts too.
bool Look(WindowRow& row, const Now& now) {
  if (row.seen_at >= row.until) return false;
  const bool same_boot = row.boot_id == now.boot_id;
  if (now.wall >= row.until || (same_boot && now.boot >= row.boot_deadline)) {
    row.seen_at = std::max(now.wall, row.until);
    return true;
  }
  if (!same_boot) {
    if (now.wall < row.seen_at) return false;
    Anchor(row, now);
    return true;
  }
  if (now.wall < row.seen_at + kSeenEveryMs) return false;
  row.seen_at = now.wall;
  return true;
}

Status RequireStore(storage::Connection& connection, int64_t store_number) {
  OUBLI_TRY_ASSIGN(auto store, connection.Prepare("SELECT number FROM store WHERE number = $1"));
  store->Bind(1, store_number);
  OUBLI_TRY_ASSIGN(const bool found, store->Step());
  if (!found) return Fail(ErrorKind::kNotFound, "there is no such store");
  return {};
}

// The row of a window that was never opened has until = 0.
Result<WindowRow> ReadRow(storage::Connection& connection, int64_t store_number) {
  WindowRow row;
  OUBLI_TRY_ASSIGN(auto select,
                   connection.Prepare("SELECT until, boot_id, boot_deadline, seen_at FROM "
                                      "store_window WHERE store_number = $1"));
  select->Bind(1, store_number);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return row;
  row.until = select->Int(0);
  row.boot_id = select->Text(1);
  row.boot_deadline = select->Int(2);
  row.seen_at = select->Int(3);
  return row;
}

Status WriteRow(storage::Connection& connection, int64_t store_number, const WindowRow& row) {
  OUBLI_TRY_ASSIGN(auto remove,
                   connection.Prepare("DELETE FROM store_window WHERE store_number = $1"));
  remove->Bind(1, store_number);
  OUBLI_TRY(remove->Step());
  OUBLI_TRY_ASSIGN(
      auto insert,
      connection.Prepare("INSERT INTO store_window (store_number, until, boot_id, boot_deadline, "
                         "seen_at) VALUES ($1, $2, $3, $4, $5)"));
  insert->Bind(1, store_number).Bind(2, row.until).BindText(3, row.boot_id);
  insert->Bind(4, row.boot_deadline).Bind(5, row.seen_at);
  OUBLI_TRY(insert->Step());
  return {};
}

// The state of the window, and the look kept on record where that matters.
Result<WindowState> LookAt(ServerFile& file, const Clock& clock, int64_t store_number) {
  const Now now(clock);
  WindowRow row;
  OUBLI_TRY(file.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(row, ReadRow(connection, store_number));
    return row.until == 0 ? RequireStore(connection, store_number) : Status();
  }));
  WindowState state = StateAt(row, now);
  if (!Look(row, now)) return state;
  // Read again: somebody may have opened or closed it in between.
  OUBLI_TRY(file.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(row, ReadRow(connection, store_number));
    state = StateAt(row, now);
    return Look(row, now) ? WriteRow(connection, store_number, row) : Status();
  }));
  return state;
}

}  // namespace

Result<WindowState> Windows::Open(int64_t store_number, int64_t minutes) {
  if (minutes < 1 || minutes > kMaxMinutes) {
    return Fail(ErrorKind::kInvalid, "a window is open for 1 to 1440 minutes", "minutes");
  }
  const Now now(clock_);
  WindowRow row;
  row.until = (now.wall + minutes * 60'000) / 1000 * 1000;
  Anchor(row, now);
  const Status done = file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY(RequireStore(connection, store_number));
    return WriteRow(connection, store_number, row);
  });
  OUBLI_TRY(done);
  return StateAt(row, now);
}

Status Windows::Close(int64_t store_number) {
  const Now now(clock_);
  return file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY(RequireStore(connection, store_number));
    OUBLI_TRY_ASSIGN(WindowRow row, ReadRow(connection, store_number));
    if (row.until == 0 || row.seen_at >= row.until) return {};
    if (IsOpenAt(row, now)) row.until = now.wall / 1000 * 1000;
    row.seen_at = std::max({row.seen_at, now.wall, row.until});
    return WriteRow(connection, store_number, row);
  });
}

Result<WindowState> Windows::Show(int64_t store_number) {
  return LookAt(file_, clock_, store_number);
}

bool Windows::IsOpen(int64_t store_number) {
  const Result<WindowState> state = LookAt(file_, clock_, store_number);
  if (state) return state->open;
  if (state.error().kind != ErrorKind::kNotFound) {
    Log(LogLevel::kError, "window cannot be read",
        {{"store", store_number}, {"error", ErrorKindName(state.error().kind)}});
  }
  return false;
}

}  // namespace oubli::access
