// --store of the commands that are about one store.
#pragma once

#include <string>

#include "cli/command_line.h"

namespace oubli::cli {

Parameter StoreOption();
// {"store": HANDLE}, for a command that takes nothing else.
std::string StoreArgument(const Invocation& invocation);

}  // namespace oubli::cli
