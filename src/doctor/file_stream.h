// The bytes of a file that this process may have open as a database.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace oubli::doctor {

// Hands over the file's bytes in order, piece by piece, as they are while it is read. Reads in a
// child process: see ScanFiles() of raw_scan.h. `keep_going` is asked ten times a second. Errors:
// kNotFound when there is no such file, kUnavailable, also when `keep_going` says false; those of
// `take`, which end the reading.
Status StreamFile(const std::string& path, const std::function<bool()>& keep_going,
                  const std::function<Status(std::string_view)>& take);

}  // namespace oubli::doctor
