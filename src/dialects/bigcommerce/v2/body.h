// Request bodies of V2: one object, in JSON or XML, read field by field.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/decimal.h"
#include "base/result.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/choices.h"
#include "http/message.h"

namespace oubli::dialects::bigcommerce::v2 {

// The object in a request's body by its Content-Type; `root` is XML's element. Errors: kInvalid
// without a body or a type and for what does not read, kTooMany for XML that is too long;
// kForbidden stands for another type, which is a 415.
Result<boost::json::value> ReadBody(const http::Request& request, std::string_view root,
                                    const Choices& choices);

// The error of a member that is not right.
tl::unexpected<Error> Fault(std::string_view name, std::string_view reason);

// Reads the members of one object. XML has texts alone and V2 prints amounts as texts, so numbers
// and booleans may be texts in JSON too. Null is as good as absent. Members that nobody asks for
// are passed over. Errors are kInvalid with the member's name as field.
class Fields {
 public:
  explicit Fields(const boost::json::object& object) : object_(object) {}

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  bool IsNull(std::string_view name) const;
  // Errors: NotSupported() of the first one that is there.
  Status Refuse(std::span<const std::string_view> read_only) const;
  Status Require(std::string_view name) const;

  // Each leaves `into` alone when the member is absent.
  Status Text(std::string_view name, TextLength length, std::optional<std::string>& into) const;
  Status Integer(std::string_view name, int64_t min, int64_t max,
                 std::optional<int64_t>& into) const;
  Status Boolean(std::string_view name, std::optional<bool>& into) const;
  // Not negative.
  Status Money(std::string_view name, std::optional<Decimal>& into) const;
  // nullptr when absent.
  Result<const boost::json::object*> Object(std::string_view name) const;
  Result<const boost::json::array*> Array(std::string_view name) const;

 private:
  const boost::json::value* Find(std::string_view name) const;

  const boost::json::object& object_;
};

// A number that is one, or a text of its digits.
std::optional<int64_t> IntegerOf(const boost::json::value& value);

}  // namespace oubli::dialects::bigcommerce::v2
