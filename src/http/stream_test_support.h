// For the tests of answers whose body is made in pieces: bodies, requests, and reading them.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "http/test_support.h"

namespace oubli::http {

inline constexpr std::string_view kGetAndClose =
    "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
inline constexpr std::string_view kGet10 = "GET /x HTTP/1.0\r\n\r\n";

// What the pieces of one answer have done so far; shared with the test.
struct Progress {
  std::atomic<int> made = 0;
  std::atomic<int> inside = 0;
  std::atomic<bool> overlapped = false;
  std::mutex mutex;
  std::set<std::thread::id> threads;  // guarded by mutex
};

inline Response InPieces(std::string body, NextPiece next) {
  Response response = Response::Text(200, "text/plain", std::move(body));
  response.next_piece = std::move(next);
  response.route = "/pieces";
  return response;
}

// A body of these texts, one a piece.
inline HandlerFunction Texts(std::string body, std::vector<std::string> pieces) {
  return [body, pieces](const auto&, const Responder& respond) {
    respond(InPieces(body, [pieces, next = size_t{0}](std::string& out) mutable -> Result<bool> {
      if (next < pieces.size()) out += pieces[next++];
      return next < pieces.size();
    }));
  };
}

// A body of `count` pieces of `size` bytes each, all of one letter: "aaa...bbb...".
inline HandlerFunction Letters(std::shared_ptr<Progress> progress, int count, size_t size) {
  return [=](const auto&, const Responder& respond) {
    respond(InPieces("", [=](std::string& out) -> Result<bool> {
      if (++progress->inside != 1) progress->overlapped = true;
      const int number = progress->made++;
      out.append(size, static_cast<char>('a' + number % 26));
      {
        const std::lock_guard lock(progress->mutex);
        progress->threads.insert(std::this_thread::get_id());
      }
      --progress->inside;
      return number + 1 < count;
    }));
  };
}

inline std::string LettersBody(int count, size_t size) {
  std::string body;
  for (int i = 0; i < count; ++i) body.append(size, static_cast<char>('a' + i % 26));
  return body;
}

// The content of a body in chunks; "not whole" when its last chunk is missing.
inline std::string Unchunked(std::string_view body) {
  std::string content;
  while (true) {
    const size_t line = body.find("\r\n");
    if (line == std::string_view::npos) return "not whole";
    const size_t size = std::stoul(std::string(body.substr(0, line)), nullptr, 16);
    body.remove_prefix(line + 2);
    if (body.size() < size + 2) return "not whole";
    if (size == 0) return body == "\r\n" ? content : "more behind it";
    content += body.substr(0, size);
    body.remove_prefix(size + 2);
  }
}

inline std::string Ask(TestServer& server, std::string_view request) {
  RawClient client(server->port());
  client.Send(request);
  return client.ReadToEnd();
}

inline bool Has(const std::string& answer, std::string_view text) {
  return answer.find(text) != std::string::npos;
}

}  // namespace oubli::http
