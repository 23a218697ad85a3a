#include "dialects/bigcommerce/v2/value.h"

namespace oubli::dialects::bigcommerce::v2 {

std::string MoneyText(Decimal amount) {
  constexpr int64_t kStep = 100;  // of a millionth each: the fourth decimal
  const int64_t units = amount.units();
  const int64_t rest = units % kStep;
  int64_t rounded = units - rest;
  if (rest >= kStep / 2 && rounded <= INT64_MAX - kStep) rounded += kStep;
  if (rest <= -kStep / 2 && rounded >= INT64_MIN + kStep) rounded -= kStep;
  return Decimal::FromUnits(rounded).ToString(4);
}

}  // namespace oubli::dialects::bigcommerce::v2
