// Reads an answer that comes in pieces, as the server does.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "http/message.h"

namespace oubli::dialects::testing {

struct Pieces {
  std::string whole;
  size_t largest = 0;  // bytes
  int count = 1;       // with what the answer began with
};

// To the end; nothing when a piece failed. REQUIRES: the answer comes in pieces.
inline std::optional<Pieces> ReadPieces(http::Response& response) {
  Pieces pieces{response.body, response.body.size()};
  for (bool more = true; more; ++pieces.count) {
    std::string piece;
    const auto result = response.next_piece(piece);
    if (!result) return std::nullopt;
    more = *result;
    pieces.largest = std::max(pieces.largest, piece.size());
    pieces.whole += piece;
  }
  return pieces;
}

}  // namespace oubli::dialects::testing
