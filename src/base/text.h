// Small text functions that the whole server uses. Bytes are UTF-8 unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oubli {

std::string_view Trim(std::string_view text);  // blanks, tabs, line ends, at both ends
std::string AsciiLower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);               // ASCII only
std::vector<std::string_view> Split(std::string_view text, char separator);  // "" gives one ""
bool IsDigits(std::string_view text);  // at least one, and nothing but 0-9

// A whole decimal number with an optional minus; nothing on anything else or out of range.
std::optional<int64_t> ParseInt(std::string_view text);

inline constexpr char32_t kBadCodePoint = 0xFFFFFFFF;
// The code point at `pos`, which is inside `text`, and moves `pos` behind it. kBadCodePoint, and
// one byte on, where there is none: also for surrogates, overlong forms and what is above U+10FFFF.
char32_t NextCodePoint(std::string_view text, size_t& pos);
void AppendUtf8(std::string& out, char32_t code_point);  // REQUIRES: a code point, not a surrogate

bool IsValidUtf8(std::string_view text);
// How many code points `text`, which is valid UTF-8, has: the unit of the contracts' length limits.
size_t CodePoints(std::string_view text);
// Lower case for comparing: ASCII and the Latin, Greek and Cyrillic letters that have a simple
// pair. No other letter becomes an ASCII one. Bytes that are not UTF-8 stay as they are.
std::string FoldCase(std::string_view text);
bool HasControlCharacters(std::string_view text);  // below 0x20 but tab, LF and CR; and 0x7f

std::string HexEncode(std::span<const uint8_t> bytes);  // lower case
// Decoding takes only what encoding writes: nothing for blanks, the other alphabet, padding that is
// wrong or (in the URL form) there at all, and leftover bits that are not zero.
std::string Base64UrlEncode(std::string_view bytes);  // without padding
std::optional<std::string> Base64UrlDecode(std::string_view text);
std::string Base64Encode(std::string_view bytes);
std::optional<std::string> Base64Decode(std::string_view text);

// Of `known`, the name nearest to `word` by edit distance, case ignored; "" when none is near (more
// than a third of the longer name is wrong). The first one wins a tie.
std::string_view NearestName(std::string_view word, std::span<const std::string_view> known);

}  // namespace oubli
