// A checksum that finds damage in what lies on a disk.
#pragma once

#include <string>
#include <string_view>

namespace oubli::crypto {

inline constexpr size_t kChecksumSize = 32;

// BLAKE2b-256 without a key (RFC 7693): finds torn and rotten bytes, keeps nobody from making
// others.
std::string Checksum(std::string_view bytes);

}  // namespace oubli::crypto
