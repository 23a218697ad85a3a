// The words on the local socket between the command line and the running server: one JSON line a
// request, one JSON line an answer, several on a connection.
//
//   {"command":"store.show","arguments":{"handle":"demo"}}
//   {"result":{...}}
//   {"error":{"kind":"not_found","text":"there is no store demo","field":"store"}}
//   {"stopping":true}     the server is going down and has not run the request
#pragma once

#include <boost/json/fwd.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace oubli::admin {

// An import's batch of rows is the longest request, a list of all stores the longest answer.
inline constexpr size_t kMaxRequestBytes = 16 * 1024 * 1024;
inline constexpr size_t kMaxAnswerBytes = 64 * 1024 * 1024;

// DIR/oubli.sock
std::string ControlSocketPath(const std::string& data_dir);

struct ControlRequest {
  std::string command;
  boost::json::value arguments;  // an object
};

// Lines are without their line end. `arguments` is a JSON object without line breaks.
std::string EncodeRequest(std::string_view command, std::string_view arguments);
// Errors: kInvalid.
Result<ControlRequest> DecodeRequest(std::string_view line);

std::string EncodeAnswer(const Result<std::string>& answer);
std::string EncodeStopping();
// Nothing for "stopping". Errors: those that were encoded; kCorrupt for a line that is no answer.
Result<std::optional<std::string>> DecodeAnswer(std::string_view line);

// A member that is a text; "" when it is none.
std::string TextMember(const boost::json::object& object, std::string_view name);

// {"kind":...,"text":...,"field":...}
std::string ErrorJson(const Error& error);

}  // namespace oubli::admin
