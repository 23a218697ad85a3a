// Telling payment card numbers from other texts, so that none is ever stored.
#pragma once

#include <string_view>

namespace oubli::dialects::native {

// Whether somewhere in a text there are 13 to 19 digits, one after the other or with up to three
// signs between that are no letters, that begin as card numbers do and have a right check digit
// (ISO/IEC 7812-1). A long number of another kind is taken for one now and then.
bool HoldsCardNumber(std::string_view text);
// The same for a token, which is a long random text and may have such digits by chance: only a
// number that stands for itself, without letters beside it, counts.
bool IsCardNumber(std::string_view token);

}  // namespace oubli::dialects::native
