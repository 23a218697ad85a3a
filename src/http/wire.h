// Answers as bytes: status line, the server's own headers, the handler's, the body.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace oubli::http {

struct AnswerForm {
  bool head_only = false;       // the request was a HEAD
  bool close = false;           // say that the connection ends
  bool say_keep_alive = false;  // an HTTP/1.0 client that asked for it has to be told
};

// "OK" for 200; "Unknown" for a number that has no name.
std::string_view ReasonPhrase(int status);

// Appends the whole answer to `out`. The server's own headers among response.headers are skipped;
// CR, LF and NUL in the others are dropped. A status outside 200 to 599 becomes a bare 500. Returns
// the status that was written.
int AppendAnswer(std::string& out, const Response& response, AnswerForm form);

// Appends the minimal answer to a request that is not served: plain text, the connection ends.
void AppendRefusal(std::string& out, int status, bool head_only);

}  // namespace oubli::http
