// One authenticated call on its way to its handler.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/api_keys.h"
#include "customers/store.h"
#include "dialects/dialect.h"
#include "dialects/native/problems.h"
#include "http/message.h"

namespace oubli::dialects::native {

// Answers the request in the name of a route. Copies may outlive the call: a write keeps one until
// its commit. Safe from any thread.
class Answer {
 public:
  // `route` is a string literal.
  Answer(http::Responder respond, std::string_view route)
      : respond_(std::move(respond)), route_(route) {}
  void operator()(http::Response response) const;
  void Json(int status, std::string body) const;
  void Refuse(const Problem& problem) const;

 private:
  http::Responder respond_;
  std::string_view route_;
};

struct Call {
  const http::Request& request;
  const Environment& environment;
  Answer answer;
  // What the pattern's {parameters} after {handle} were, percent-decoded, in order.
  std::vector<std::string> path_parameters;
  access::Principal principal = {};
  std::shared_ptr<customers::Store> store = nullptr;

  // A parameter of the path as an id: a positive number, else nothing.
  std::optional<int64_t> PathId(size_t index) const;
};

}  // namespace oubli::dialects::native
