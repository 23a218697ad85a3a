// The names beside the official ones; only for countries.cc.
#pragma once

#include <span>
#include <string_view>

#include "base/countries.h"

namespace oubli {

struct OtherCountryName {
  std::string_view name;
  std::string_view alpha2;
};

std::span<const OtherCountryName> OtherCountryNames();

}  // namespace oubli
