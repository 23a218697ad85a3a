#include "dialects/native/problems.h"

#include <array>

#include "base/check.h"
#include "base/json_writer.h"

namespace oubli::dialects::native {
namespace {

struct TypeRow {
  ProblemType type;
  int status;
  std::string_view slug;
  std::string_view title;
};

constexpr std::array<TypeRow, 15> kProblemTypes = {{
    {ProblemType::kMalformedJson, 400, "malformed-json", "The body is not JSON."},
    {ProblemType::kUnauthorized, 401, "unauthorized", "The call needs a valid key."},
    {ProblemType::kForbidden, 403, "forbidden", "The key is not of this store."},
    {ProblemType::kNoSuchRoute, 404, "no-such-route", "There is nothing at this path."},
    {ProblemType::kCustomerNotFound, 404, "customer-not-found", "There is no such customer."},
    {ProblemType::kInstrumentNotFound, 404, "stored-instrument-not-found",
     "The customer has no such stored instrument."},
    {ProblemType::kMethodNotAllowed, 405, "method-not-allowed", "The path has no such method."},
    {ProblemType::kNotAcceptable, 406, "not-acceptable", "The answer would be JSON."},
    {ProblemType::kDuplicateToken, 409, "duplicate-token",
     "The customer has a stored instrument of this token already."},
    {ProblemType::kUnsupportedMediaType, 415, "unsupported-media-type",
     "The body has to be application/json."},
    {ProblemType::kInvalidRequest, 422, "invalid-request", "The body is not what the call takes."},
    {ProblemType::kCardNumber, 422, "card-number",
     "A full card number is never stored. Nothing was kept."},
    {ProblemType::kTooManyInstruments, 422, "too-many-stored-instruments",
     "The customer has as many stored instruments as there may be."},
    {ProblemType::kInternalError, 500, "internal-error", "The server could not do it."},
    {ProblemType::kUnavailable, 503, "unavailable",
     "It cannot be done now, and nothing has changed."},
}};

const TypeRow& RowOf(ProblemType type) {
  for (const TypeRow& row : kProblemTypes) {
    if (row.type == type) return row;
  }
  OUBLI_CHECK(false);
}

}  // namespace

std::string_view SlugOf(ProblemType type) { return RowOf(type).slug; }

http::Response ToResponse(const Problem& problem) {
  const TypeRow& row = RowOf(problem.type);
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Member("type", "urn:oubli:problem:" + std::string(row.slug));
  json.Member("title", row.title).Member("status", row.status);
  if (!problem.detail.empty()) json.Member("detail", problem.detail);
  if (!problem.faults.empty()) {
    json.Key("errors").BeginArray();
    for (const MemberFault& fault : problem.faults) {
      json.BeginObject().Member("pointer", fault.pointer).Member("detail", fault.detail);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  http::Response response = http::Response::Text(row.status, kProblemContentType, std::move(body));
  if (problem.type == ProblemType::kUnauthorized) response.AddHeader("WWW-Authenticate", "Bearer");
  return response;
}

Problem FromError(const Error& error) {
  const bool unavailable = error.kind == ErrorKind::kUnavailable;
  return {unavailable ? ProblemType::kUnavailable : ProblemType::kInternalError};
}

}  // namespace oubli::dialects::native
