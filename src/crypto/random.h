// Randomness from the operating system, through libsodium.
#pragma once

#include <cstdint>
#include <string>

namespace oubli::crypto {

// Must have returned before anything else in this module is used. Aborts when the machine offers no
// randomness. May be called more than once, from any thread.
void Initialize();

std::string RandomBytes(size_t count);
std::string RandomHex(size_t digits);          // lower case
std::string RandomDigits(size_t count);        // the first one is never 0
std::string RandomAlphanumeric(size_t count);  // A-Z a-z 0-9
std::string RandomUuid();                      // version 4, lower case with dashes
uint64_t RandomBelow(uint64_t bound);          // REQUIRES: bound > 0

}  // namespace oubli::crypto
