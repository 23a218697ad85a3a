// Memory for keys: locked against swapping, left out of core dumps, wiped when it is given back.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

namespace oubli::crypto {

// Safe from any thread; lives as long as the process. Where the system refuses to lock (its limit
// on locked memory), the memory is used all the same: see LockedMemoryRefused().
std::pmr::memory_resource* LockedMemory();

// True when some of LockedMemory() could not be locked. For doctor and the log.
bool LockedMemoryRefused();

}  // namespace oubli::crypto
