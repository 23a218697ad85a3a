// V2's answers: no wrapper around the data, errors in an array, JSON or XML (contract 6).
//
// How an Error is read here. kInvalid with a `field`: 400 about that field, its text as the reason;
// without one: 400 with the text as message. kConflict: 409. kNotFound: 404. kTooMany: 413. What is
// left has the newer gateway's envelope, as have routes, tokens and scopes: kForbidden, which
// stands for a body of another type, 415, and 503 and 500.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>

#include "base/result.h"
#include "dialects/bigcommerce/call.h"
#include "dialects/bigcommerce/v2/format.h"

namespace oubli::dialects::bigcommerce::v2 {

// The text of an Error about a required field that is not there.
inline constexpr std::string_view kNotSupplied = "not supplied";

// That a resource has no such field, parameter, or way to write it.
Error NotSupported(std::string_view field);

// Copies may outlive the call: a write keeps one until its commit. Safe from any thread.
class Reply {
 public:
  explicit Reply(const Call& call);

  // `root` is the name of XML's outermost element: "customer", "customers".
  void Object(int status, std::string_view root, boost::json::object object) const;
  void Array(int status, std::string_view root, boost::json::array array) const;
  void Fail(const Error& error) const;
  // The same in the shape of customer groups, whose 400 is {"errors":[{status, title, type}]}.
  void FailGroup(const Error& error) const;
  void NotFound() const;
  void NotModified() const;
  void NoContent() const;
  void Send(http::Response response) const { answer_(std::move(response)); }

 private:
  http::Response Body(int status, std::string_view root, const boost::json::value& value) const;

  Answer answer_;
  Format format_;
  const Choices& choices_;
};

}  // namespace oubli::dialects::bigcommerce::v2
