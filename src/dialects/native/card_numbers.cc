#include "dialects/native/card_numbers.h"

#include <algorithm>
#include <string>
#include <vector>

namespace oubli::dialects::native {
namespace {

constexpr size_t kMinDigits = 13;
constexpr size_t kMaxDigits = 19;
constexpr size_t kMaxGap = 3;  // other signs between two digits of one number

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Digits that belong together, and whether a letter stands right beside them.
struct Run {
  std::string digits;
  bool beside_letter = false;
};

std::vector<Run> RunsOf(std::string_view text) {
  std::vector<Run> runs;
  size_t gap = kMaxGap + 1;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!IsDigit(text[i])) {
      // A letter ends a number at once.
      gap = IsLetter(text[i]) ? kMaxGap + 1 : gap + 1;
      continue;
    }
    if (gap > kMaxGap) runs.emplace_back();
    gap = 0;
    Run& run = runs.back();
    run.digits += text[i];
    run.beside_letter |= i > 0 && IsLetter(text[i - 1]);
    run.beside_letter |= i + 1 < text.size() && IsLetter(text[i + 1]);
  }
  return runs;
}

// 3 to 6: travel, banking and merchandising; 2221 to 2720: MasterCard's second range.
bool BeginsAsCard(std::string_view digits) {
  if (digits[0] >= '3' && digits[0] <= '6') return true;
  return digits.substr(0, 4) >= "2221" && digits.substr(0, 4) <= "2720";
}

// The check digit by Luhn's formula: every second digit from the right counts twice.
bool HasRightCheckDigit(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    int value = *digit - '0';
    if (twice) value = value * 2 - (value > 4 ? 9 : 0);
    sum += value;
    twice = !twice;
  }
  return sum % 10 == 0;
}

bool IsCard(std::string_view digits) {
  return digits.size() >= kMinDigits && digits.size() <= kMaxDigits && BeginsAsCard(digits) &&
         HasRightCheckDigit(digits);
}

bool HasCardInside(std::string_view digits) {
  for (size_t at = 0; at + kMinDigits <= digits.size(); ++at) {
    const size_t longest = std::min(kMaxDigits, digits.size() - at);
    for (size_t size = kMinDigits; size <= longest; ++size) {
      if (IsCard(digits.substr(at, size))) return true;
    }
  }
  return false;
}

}  // namespace

bool HoldsCardNumber(std::string_view text) {
  return std::ranges::any_of(RunsOf(text),
                             [](const Run& run) { return HasCardInside(run.digits); });
}

bool IsCardNumber(std::string_view token) {
  return std::ranges::any_of(
      RunsOf(token), [](const Run& run) { return !run.beside_letter && IsCard(run.digits); });
}

}  // namespace oubli::dialects::native
