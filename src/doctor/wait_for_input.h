// Waiting for what a child process says.
#pragma once

#include <functional>

#include "base/result.h"

namespace oubli::doctor {

// Until `fd` has something to read, or is at its end. `keep_going` is asked ten times a second.
// Errors: kUnavailable when it says false.
Status WaitForInput(int fd, const std::function<bool()>& keep_going);

}  // namespace oubli::doctor
