#include "search/window_rows.h"

#include <algorithm>

#include "crypto/key.h"

namespace oubli::search {
namespace {

constexpr uint64_t kSignBit = uint64_t{1} << 63;
// Sorting out what is too far away costs as much as there are candidates: not too often.
constexpr size_t kRoomFactor = 4;
constexpr size_t kLeastRoom = 4096;

}  // namespace

SortedRows::SortedRows(const Order& order, const Window& window)
    : order_(order),
      by_text_(order.by == Order::By::kLastName),
      backward_(window.before.has_value()),
      skip_(window.by_place() ? 0 : static_cast<size_t>(window.offset)),
      wanted_(skip_ + static_cast<size_t>(window.limit) + 1) {
  if (!window.by_place()) return;
  has_edge_ = true;
  edge_ = OfPlace(window.after ? *window.after : *window.before);
}

SortedRows::~SortedRows() {
  if (!by_text_) return;
  crypto::Wipe(rests_.data(), rests_.size());
  crypto::Wipe(candidates_.data(), candidates_.size() * sizeof(Candidate));
}

SortedRows::Candidate SortedRows::OfNumber(int64_t number, int64_t id) const {
  return {static_cast<uint64_t>(number) ^ kSignBit, id, 0, 0};
}

SortedRows::Candidate SortedRows::OfText(std::string_view text, int64_t id) {
  Candidate candidate{0, id, rests_.size(), text.size()};
  for (size_t i = 0; i < kKeyBytes; ++i) {
    const auto byte = i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    candidate.key = candidate.key << 8 | byte;
  }
  if (text.size() > kKeyBytes) rests_ += text.substr(kKeyBytes);
  return candidate;
}

SortedRows::Candidate SortedRows::OfPlace(const Place& place) {
  if (by_text_) return OfText(place.text, place.id);
  return OfNumber(order_.by == Order::By::kId ? place.id : place.number, place.id);
}

Place SortedRows::PlaceOf(const Candidate& candidate) const {
  Place place;
  place.id = candidate.id;
  if (order_.by == Order::By::kId) return place;
  if (!by_text_) {
    place.number = static_cast<int64_t>(candidate.key ^ kSignBit);
    return place;
  }
  for (size_t i = 0; i < std::min(candidate.size, kKeyBytes); ++i) {
    place.text += static_cast<char>(candidate.key >> (8 * (kKeyBytes - 1 - i)));
  }
  if (candidate.size > kKeyBytes) {
    place.text += std::string_view(rests_).substr(candidate.rest_at, candidate.size - kKeyBytes);
  }
  return place;
}

// Of texts with the same key, which is filled up with zeros.
int SortedRows::CompareTexts(const Candidate& a, const Candidate& b) const {
  if (a.size > kKeyBytes && b.size > kKeyBytes) {
    const std::string_view rests(rests_);
    return rests.substr(a.rest_at, a.size - kKeyBytes)
        .compare(rests.substr(b.rest_at, b.size - kKeyBytes));
  }
  // The shorter one is the beginning of the other.
  return a.size < b.size ? -1 : static_cast<int>(a.size > b.size);
}

bool SortedRows::Precedes(const Candidate& a, const Candidate& b) const {
  if (a.key != b.key) return (a.key < b.key) != order_.descending;
  if (by_text_) {
    if (const int order = CompareTexts(a, b); order != 0) return (order < 0) != order_.descending;
  }
  return order_.descending && order_.ids_descend_too ? b.id < a.id : a.id < b.id;
}

void SortedRows::Offer(const Chunk& chunk, const std::vector<uint8_t>& hits, size_t first_row) {
  for (size_t row = first_row; row < hits.size(); ++row) {
    if (hits[row] == 0) continue;
    ++total_;
    switch (order_.by) {
      case Order::By::kCreated:
        Add(OfNumber(TimeNumber(chunk.created_at(row), order_.unit_ms), chunk.id(row)));
        break;
      case Order::By::kModified:
        Add(OfNumber(TimeNumber(chunk.modified_at(row), order_.unit_ms), chunk.id(row)));
        break;
      case Order::By::kLastName:
        Add(OfText(chunk.last_name(row), chunk.id(row)));
        break;
      case Order::By::kId:
        Add(OfNumber(chunk.id(row), chunk.id(row)));
    }
  }
}

void SortedRows::Add(const Candidate& candidate) {
  const bool is_beyond_edge = has_edge_ && !Nearer(edge_, candidate);
  if (is_beyond_edge || (bounded_ && !Nearer(candidate, bound_))) {
    if (candidate.size > kKeyBytes) rests_.resize(candidate.rest_at);
    return;
  }
  candidates_.push_back(candidate);
  if (candidates_.size() >= std::max(kLeastRoom, kRoomFactor * wanted_)) KeepNearest(wanted_);
}

void SortedRows::KeepNearest(size_t count) {
  const auto last = candidates_.begin() + static_cast<ptrdiff_t>(count) - 1;
  std::nth_element(candidates_.begin(), last, candidates_.end(),
                   [this](const Candidate& a, const Candidate& b) { return Nearer(a, b); });
  bound_ = *last;
  bounded_ = true;
  candidates_.resize(count);
}

Found SortedRows::Take() {
  const auto nearer = [this](const Candidate& a, const Candidate& b) { return Nearer(a, b); };
  Found found;
  found.total = total_;
  if (candidates_.size() <= skip_) return found;
  const auto first = candidates_.begin() + static_cast<ptrdiff_t>(skip_);
  const size_t there = std::min(candidates_.size(), wanted_);
  const auto end = candidates_.begin() + static_cast<ptrdiff_t>(there);
  if (skip_ > 0) std::nth_element(candidates_.begin(), first, candidates_.end(), nearer);
  std::partial_sort(first, end, candidates_.end(), nearer);
  found.more = there == wanted_;
  for (auto at = first; at != end - (found.more ? 1 : 0); ++at) found.rows.push_back(PlaceOf(*at));
  if (backward_) std::ranges::reverse(found.rows);
  return found;
}

}  // namespace oubli::search
