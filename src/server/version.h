// Which Oubli this is.
#pragma once

#include <string_view>

namespace oubli::server {

std::string_view Version();   // "0.1.0", as in the top CMakeLists.txt
std::string_view Compiler();  // "g++ 12.2.0"
bool IsOptimized();

}  // namespace oubli::server
