// Picks the rows of a window out of all rows that fit, while they are offered chunk by chunk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/chunk.h"
#include "search/query.h"

namespace oubli::search {

// For orders other than ascending ids: rows come in any order. Keeps no more of them than the
// window can need (a page far from the front needs all), and has no use for the chunk afterwards.
class SortedRows {
 public:
  SortedRows(const Order& order, const Window& window);
  ~SortedRows();
  SortedRows(const SortedRows&) = delete;
  SortedRows& operator=(const SortedRows&) = delete;

  // The rows of `chunk` from `first_row` on that have a hit.
  void Offer(const Chunk& chunk, const std::vector<uint8_t>& hits, size_t first_row);
  // Once, at the end.
  Found Take();

 private:
  // A text's first eight bytes are its key, so that few comparisons look at the rest.
  struct Candidate {
    uint64_t key = 0;
    int64_t id = 0;
    uint64_t rest_at = 0;
    uint64_t size = 0;  // of the text
  };
  static constexpr size_t kKeyBytes = sizeof(uint64_t);

  Candidate OfNumber(int64_t number, int64_t id) const;
  Candidate OfText(std::string_view text, int64_t id);
  Candidate OfPlace(const Place& place);
  Place PlaceOf(const Candidate& candidate) const;
  int CompareTexts(const Candidate& a, const Candidate& b) const;
  bool Precedes(const Candidate& a, const Candidate& b) const;  // in the order
  // In the direction of the window: for Window::before the rows nearest to it come first.
  bool Nearer(const Candidate& a, const Candidate& b) const {
    return backward_ ? Precedes(b, a) : Precedes(a, b);
  }
  void Add(const Candidate& candidate);
  void KeepNearest(size_t count);

  const Order order_;
  const bool by_text_;
  const bool backward_;
  size_t skip_ = 0;
  size_t wanted_ = 0;  // skipped ones included, and one more than the window has
  bool bounded_ = false;
  Candidate bound_{};  // wanted_ rows are nearer than this
  bool has_edge_ = false;
  Candidate edge_{};  // of the window, exclusive
  int64_t total_ = 0;
  std::vector<Candidate> candidates_;
  std::string rests_;
};

}  // namespace oubli::search
