// The window: the time-boxed permission to clear a store of all its customers.
#pragma once

#include <cstdint>

#include "access/server_file.h"
#include "base/clock.h"
#include "base/result.h"

namespace oubli::access {

struct WindowState {
  bool open = false;
  UnixMs until = 0;               // whole seconds; 0 when it was never opened
  int64_t remaining_seconds = 0;  // rounded up; 0 when closed
};

// Safe from any thread. Kept in the server file: survives a restart. Calls do not use it up; it is
// over at now = until. A wall clock that is set back does not lengthen it: within one boot of the
// machine the time since boot counts too, and across boots a wall clock that is behind the last
// time seen means closed. The last time seen is that of the last look (any call here), to the
// minute: whoever serves looks at every store's window once a minute and at start, so that a reboot
// with a clock set back wins a minute at most.
class Windows {
 public:
  Windows(ServerFile& file, const Clock& clock) : file_(file), clock_(clock) {}

  // From now on; opening again restarts it. Errors: kInvalid (minutes not 1 to 1440), kNotFound
  // (store).
  Result<WindowState> Open(int64_t store_number, int64_t minutes = 60);
  // Over at once. Nothing to do when it is not open. Errors: kNotFound (store).
  Status Close(int64_t store_number);
  // Errors: kNotFound (store), kUnavailable.
  Result<WindowState> Show(int64_t store_number);
  // For the call that clears: false also when the server file cannot be read.
  bool IsOpen(int64_t store_number);

 private:
  ServerFile& file_;
  const Clock& clock_;
};

}  // namespace oubli::access
