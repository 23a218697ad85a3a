// One authenticated call on its way to its handler.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/api_keys.h"
#include "customers/store.h"
#include "dialects/dialect.h"
#include "dialects/webcommander/errors.h"
#include "http/message.h"

namespace oubli::dialects::webcommander {

// Answers the request in the name of a route. Copies may outlive the call: a write keeps one until
// its commit.
class Answer {
 public:
  Answer(http::Responder respond, std::string_view route)
      : respond_(std::move(respond)), route_(route) {}
  void operator()(http::Response response) const {
    response.route = route_;
    respond_(std::move(response));
  }
  void operator()(const ApiError& error) const { (*this)(FlatError(error)); }

 private:
  http::Responder respond_;
  std::string_view route_;  // a string literal
};

struct Call {
  const http::Request& request;
  const Environment& environment;
  Answer answer;
  std::vector<std::string> path_parameters;  // percent-decoded, in the pattern's order
  // Of public endpoints these two stay empty.
  access::Principal principal = {};
  std::shared_ptr<customers::Store> store = nullptr;
};

}  // namespace oubli::dialects::webcommander
