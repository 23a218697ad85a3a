// Where the file of a root slot holds its root keys.
#pragma once

#include <cstddef>

namespace oubli::permanence {

inline constexpr size_t kCellBlock = 4096;
inline constexpr size_t kRootAt = 64;  // in each block

}  // namespace oubli::permanence
