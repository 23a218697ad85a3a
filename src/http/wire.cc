#include "http/wire.h"

#include <charconv>

#include "base/clock.h"
#include "base/date_time.h"
#include "base/text.h"

namespace oubli::http {
namespace {

void AppendNumber(std::string& out, size_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number);
  out.append(digits, end.ptr);
}

// "Server: ...\r\nDate: ...\r\n", made anew once a second in each thread.
const std::string& CommonHeaders() {
  thread_local int64_t second = -1;
  thread_local std::string text;
  const UnixMs now = SystemClock().NowMs();
  if (now / 1000 != second) {
    second = now / 1000;
    text = "\r\nServer: Oubli\r\nDate: " + FormatHttpDate(now) + "\r\n";
  }
  return text;
}

bool IsOwnHeader(std::string_view name) {
  switch (name.size()) {
    case 4:
      return EqualsIgnoreCase(name, "Date");
    case 6:
      return EqualsIgnoreCase(name, "Server");
    case 10:
      return EqualsIgnoreCase(name, "Connection") || EqualsIgnoreCase(name, "Keep-Alive");
    case 14:
      return EqualsIgnoreCase(name, "Content-Length");
    case 17:
      return EqualsIgnoreCase(name, "Transfer-Encoding");
    default:
      return false;
  }
}

bool IsSendable(int status) { return status >= 200 && status <= 599; }
bool IsBodiless(int status) { return status == 204 || status == 304; }

// A line break in a name or value would let whoever chose it write headers of their own.
void AppendCleaned(std::string& out, std::string_view text) {
  if (text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos) {
    out.append(text);
    return;
  }
  for (const char c : text) {
    if (c != '\r' && c != '\n' && c != '\0') out.push_back(c);
  }
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  switch (status) {
    // clang-format off
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
      // clang-format on
  }
}

bool HasMorePieces(const Response& response, const AnswerForm& form) {
  return response.next_piece != nullptr && !form.head_only && !IsBodiless(response.status) &&
         IsSendable(response.status);
}

bool InChunks(const AnswerForm& form) { return !form.http_1_0; }

int AppendAnswer(std::string& out, const Response& response, AnswerForm form) {
  if (!IsSendable(response.status)) {
    return AppendAnswer(out, Response::Text(500, "text/plain", "Internal Server Error\n"), form);
  }
  const bool bodiless = IsBodiless(response.status);
  const bool in_pieces = !bodiless && response.next_piece != nullptr;
  size_t estimate = 256 + response.body.size();
  for (const Header& header : response.headers) {
    estimate += header.name.size() + header.value.size() + 4;
  }
  if (out.capacity() - out.size() < estimate) out.reserve(out.size() + estimate);

  out.append("HTTP/1.1 ");
  AppendNumber(out, static_cast<size_t>(response.status));
  out.push_back(' ');
  out.append(ReasonPhrase(response.status));
  out.append(CommonHeaders());
  for (const Header& header : response.headers) {
    if (header.name.empty() || IsOwnHeader(header.name)) continue;
    // RFC 9110, 8.3: a type describes content, and these two have none.
    if (bodiless && EqualsIgnoreCase(header.name, "Content-Type")) continue;
    AppendCleaned(out, header.name);
    out.append(": ");
    AppendCleaned(out, header.value);
    out.append("\r\n");
  }
  if (in_pieces) {
    if (InChunks(form)) out.append("Transfer-Encoding: chunked\r\n");
  } else if (!bodiless) {
    out.append("Content-Length: ");
    AppendNumber(out, response.body.size());
    out.append("\r\n");
  }
  if (form.close) {
    out.append("Connection: close\r\n");
  } else if (form.http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  if (bodiless || form.head_only) return response.status;
  if (in_pieces && InChunks(form)) {
    AppendChunk(out, response.body);
  } else {
    out.append(response.body);
  }
  return response.status;
}

void AppendChunk(std::string& out, std::string_view bytes) {
  if (bytes.empty()) return;
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), bytes.size(), 16);
  out.append(digits, end.ptr).append("\r\n").append(bytes).append("\r\n");
}

void AppendRefusal(std::string& out, int status, bool head_only) {
  Response response = Response::Text(status, "text/plain", std::string(ReasonPhrase(status)));
  response.body.push_back('\n');
  AppendAnswer(out, response, {.head_only = head_only, .close = true});
}

}  // namespace oubli::http
