// Errors of this dialect: problem details (RFC 9457). The one table of their types, each a status,
// a title and a slug that clients may compare and that never changes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace oubli::dialects::native {

inline constexpr std::string_view kProblemContentType = "application/problem+json";

enum class ProblemType {
  kMalformedJson,
  kUnauthorized,
  kForbidden,
  kNoSuchRoute,
  kCustomerNotFound,
  kInstrumentNotFound,
  kMethodNotAllowed,
  kNotAcceptable,
  kDuplicateToken,
  kUnsupportedMediaType,
  kInvalidRequest,
  kCardNumber,
  kTooManyInstruments,
  kInternalError,
  kUnavailable,
};

// What is wrong with one member of a body.
struct MemberFault {
  std::string pointer;  // a JSON Pointer as a URI fragment: "#/billing_address/city"
  std::string detail;
};

struct Problem {
  ProblemType type = ProblemType::kInternalError;
  std::string detail = {};
  std::vector<MemberFault> faults = {};
};

// The slug of a type, and its URI: "urn:oubli:problem:" and the slug.
std::string_view SlugOf(ProblemType type);
http::Response ToResponse(const Problem& problem);
// Of the errors that any call may meet: kUnavailable, and everything else as kInternalError.
Problem FromError(const Error& error);

}  // namespace oubli::dialects::native
