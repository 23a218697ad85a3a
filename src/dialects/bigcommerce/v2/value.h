// Putting members into the objects of V2's answers.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace oubli::dialects::bigcommerce::v2 {

inline boost::json::value TextValue(std::string_view text) {
  return boost::json::value(boost::json::string(text.data(), text.size()));
}

inline void PutText(boost::json::object& object, std::string_view name, std::string_view text) {
  object[boost::json::string_view(name.data(), name.size())] = TextValue(text);
}

// Money as V2 prints it: four decimals, rounded half away from zero.
std::string MoneyText(Decimal amount);

}  // namespace oubli::dialects::bigcommerce::v2
