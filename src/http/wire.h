// Answers as bytes: status line, the server's own headers, the handler's, the body.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace oubli::http {

struct AnswerForm {
  bool head_only = false;  // the request was a HEAD
  bool close = false;      // say that the connection ends
  // Such a client has to be told that the connection stays, and knows no chunks.
  bool http_1_0 = false;
};

// Whether the answer's body goes on after AppendAnswer(): not for HEAD, not where there is none.
bool HasMorePieces(const Response& response, const AnswerForm& form);
// How the end of a body of unknown length is told: by chunks, or by the connection's end.
bool InChunks(const AnswerForm& form);

// "OK" for 200; "Unknown" for a number that has no name.
std::string_view ReasonPhrase(int status);

// Appends the whole answer to `out`, or as much of it as there is when HasMorePieces(): then
// REQUIRES form.close without InChunks(). The server's own headers among response.headers are
// skipped; CR, LF and NUL in the others are dropped. A status outside 200 to 599 becomes a bare
// 500. Returns the status that was written.
int AppendAnswer(std::string& out, const Response& response, AnswerForm form);

// One piece of a body in chunks, with its frame; of an empty one nothing, since that would end it.
void AppendChunk(std::string& out, std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Appends the minimal answer to a request that is not served: plain text, the connection ends.
void AppendRefusal(std::string& out, int status, bool head_only);

}  // namespace oubli::http
