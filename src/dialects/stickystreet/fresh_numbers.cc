#include "dialects/stickystreet/fresh_numbers.h"

#include "base/text.h"
#include "crypto/random.h"
#include "customers/customers.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::StoreView;

constexpr size_t kCodeDigits = 16;
constexpr int64_t kMaxCardDigits = 32;
constexpr int kAttempts = 20;

Result<Node> Generate(const Call& call) {
  OUBLI_TRY_ASSIGN(const auto asked, ReadCardPattern(call.fields, "how_many_digits"));
  CardPattern pattern = asked.value_or(CardPattern());
  if (!asked) OUBLI_TRY(ReadEnds(call.fields, pattern));
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const std::string card, FreshCard(*reader, pattern));
  return Success().Add("customer", Node().Add("card_number", card));
}

}  // namespace

Status ReadEnds(const Fields& fields, CardPattern& pattern) {
  for (auto [name, part] : {std::pair("card_number_prefix", &pattern.prefix),
                            std::pair("card_number_suffix", &pattern.suffix)}) {
    *part = fields.Get(name);
    if (part->empty()) continue;
    if (!IsDigits(*part) || part->size() > kMaxCardDigits) return Refuse(kBadNumber);
  }
  return {};
}

Result<std::optional<CardPattern>> ReadCardPattern(const Fields& fields, std::string_view digits) {
  const std::string_view text = fields.Get(digits);
  if (text.empty()) return std::nullopt;
  CardPattern pattern;
  OUBLI_TRY_ASSIGN(pattern.digits, ReadWhole(text, 1, kMaxCardDigits, pattern.digits));
  OUBLI_TRY(ReadEnds(fields, pattern));
  return pattern;
}

Result<std::string> FreshCode(StoreView& view) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::string code = crypto::RandomDigits(kCodeDigits);
    if (code[0] == '8') continue;
    OUBLI_TRY_ASSIGN(const auto taken, customers::FindCustomerByCode(view, code));
    if (!taken) return code;
  }
  return Refuse(kNoIdLeft);
}

Result<std::string> FreshCard(StoreView& view, const CardPattern& pattern) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::string card =
        pattern.prefix + crypto::RandomDigits(static_cast<size_t>(pattern.digits)) + pattern.suffix;
    OUBLI_TRY_ASSIGN(const auto taken, customers::FindCustomerByCard(view, card));
    if (!taken) return card;
  }
  return Refuse(kNoIdLeft);
}

void GenerateCardNumber(const Call& call) { call.reply(Generate(call)); }

}  // namespace oubli::dialects::stickystreet
