// A new password from whoever runs the command, never from its arguments, which others can see.
#pragma once

#include <string>

#include "base/result.h"

namespace oubli::cli {

// At a terminal asks twice without showing it; else reads the first line of standard input. Errors:
// kInvalid when the two differ, or nothing comes.
Result<std::string> ReadNewPassword();

}  // namespace oubli::cli
