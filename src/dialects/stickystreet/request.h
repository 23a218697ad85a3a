// What a client sent: the merged parameters, the form of answer it wants, and who it is (contract,
// section 1 and the order of checks in section 7).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "dialects/stickystreet/output.h"
#include "http/message.h"
#include "http/parameters.h"

namespace oubli::dialects::stickystreet {

// The parameters of body and query; where both have a name, the body's value counts.
class Fields {
 public:
  // Takes what is not there yet. False when `parameters` has a name twice or one with a bracket:
  // nothing on this wire is a list, and whoever sends one means something that we would not do.
  [[nodiscard]] bool Add(const http::Parameters& parameters);

  // nullptr when it was not sent.
  const std::string* Find(std::string_view name) const;
  // Without blanks at its ends; "" when it was not sent.
  std::string_view Get(std::string_view name) const;
  // Whether it says Y, Yes, true or 1.
  bool IsYes(std::string_view name) const;
  const std::unordered_map<std::string, std::string>& all() const { return values_; }

 private:
  std::unordered_map<std::string, std::string> values_;
};

// A request as far as it can be read. An error is told in the format that was asked for, so both
// are here.
struct Input {
  Fields fields;
  Format format;
  Status status;
};
Input ReadInput(const http::Request& request);

// That every value is text that a record may hold: valid UTF-8, no control characters, not too
// long. The rows of a batch may be as long as a body.
Status CheckValues(const Fields& fields);

}  // namespace oubli::dialects::stickystreet
