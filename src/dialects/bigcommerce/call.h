// One authenticated call on its way to its handler.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/api_keys.h"
#include "customers/store.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/limits.h"
#include "dialects/dialect.h"
#include "http/message.h"

namespace oubli::dialects::bigcommerce {

class PasswordAttempts;

// Answers the request in the name of a route, with the headers that every answer has. Copies may
// outlive the call: a write keeps one until its commit. Safe from any thread.
class Answer {
 public:
  Answer(const Choices& choices, http::Responder respond, std::string_view route)
      : choices_(choices), respond_(std::move(respond)), route_(route) {}
  // What the headers of the rate limit will tell, and a place that the answer gives back.
  void SetAdmission(Admission admission) { admission_ = std::move(admission); }
  void operator()(http::Response response) const;
  // The errors of lists and writes, in the words of errors.h.
  void Fail(const Error& error, std::string_view failed_title) const;

 private:
  const Choices& choices_;
  http::Responder respond_;
  std::string_view route_;  // a string literal
  Admission admission_;
};

// What a path of V2 ends in, ".xml" say: see v2/format.h.
enum class PathSuffix { kNone, kJson, kXml };

// No member has a default: the one place that makes a Call names them all.
struct Call {
  // A parameter of the path as an id: a positive number, else nothing.
  std::optional<int64_t> PathId(size_t index) const;

  const http::Request& request;
  const Environment& environment;
  const Choices& choices;  // those of the store; they live as long as the dialect, as the next does
  PasswordAttempts& password_attempts;
  Answer answer;
  access::Principal principal;
  std::shared_ptr<customers::Store> store;
  // What the pattern's {parameters} after {store_hash} were, percent-decoded, in order.
  std::vector<std::string> path_parameters;
  PathSuffix suffix;
};

}  // namespace oubli::dialects::bigcommerce
