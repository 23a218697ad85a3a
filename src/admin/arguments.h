// Reads the arguments of an administrator's command: a JSON object with known names.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::admin {

// Errors of all: kInvalid, with the argument's name in `field`. The object outlives this.
class Arguments {
 public:
  explicit Arguments(const boost::json::object& object) : object_(object) {}

  // Whether there is nothing but these.
  Status CheckNames(std::initializer_list<std::string_view> known) const;

  Result<std::string> Text(std::string_view name) const;
  Result<std::optional<std::string>> OptionalText(std::string_view name) const;
  Result<int64_t> Int(std::string_view name) const;
  Result<int64_t> Int(std::string_view name, int64_t otherwise) const;
  // Empty when it is not there.
  Result<std::vector<std::string>> Texts(std::string_view name) const;

  const boost::json::object& object() const { return object_; }

 private:
  const boost::json::object& object_;
};

}  // namespace oubli::admin
