#include "search/table.h"

#include <algorithm>
#include <mutex>
#include <span>

#include "base/check.h"
#include "crypto/key.h"
#include "search/window_rows.h"

namespace oubli::search {
namespace {

// Nobody has so many rows, and what is added to it does not overflow.
constexpr int64_t kFarthestOffset = int64_t{1} << 40;
// With fewer of its rows living a chunk is made anew, so that the forgotten take no room.
constexpr int64_t kLeastPartLiving = 4;

}  // namespace

Change::~Change() {
  for (std::string* text : {&name, &company, &phone, &ip_address}) {
    crypto::Wipe(text->data(), text->size());
  }
}

Row Change::AsRow() const {
  return {id, created_at, modified_at, group_id, name, last_name_at, company, phone, ip_address};
}

// ---- finding ----

// Chunks may be cut and joined between two of them, so the way goes on by id.
template <class Visit>
void Table::Forward(int64_t after_id, const Visit& visit) const {
  int64_t done = after_id;
  while (true) {
    const std::shared_lock lock(mutex_);
    const auto next = std::ranges::upper_bound(
        chunks_, done, {}, [](const std::unique_ptr<Chunk>& chunk) { return chunk->last_id(); });
    if (next == chunks_.end()) return;
    const Chunk& chunk = **next;
    if (!visit(chunk, chunk.RowAfter(done))) return;
    done = chunk.last_id();
  }
}

template <class Visit>
void Table::Backward(int64_t before_id, const Visit& visit) const {
  int64_t done = before_id;
  while (true) {
    const std::shared_lock lock(mutex_);
    auto next = std::ranges::lower_bound(
        chunks_, done, {}, [](const std::unique_ptr<Chunk>& chunk) { return chunk->first_id(); });
    if (next == chunks_.begin()) return;
    const Chunk& chunk = **--next;
    if (!visit(chunk, chunk.RowFrom(done))) return;
    done = chunk.first_id();
  }
}

Found Table::Find(const Filter& filter, const Order& order, const Window& asked) const {
  Window window = asked;
  window.offset = std::min(window.offset, kFarthestOffset);
  if (order.by != Order::By::kId || order.descending) return FindSorted(filter, order, window);
  return window.before ? FindBeforeId(filter, window) : FindById(filter, window);
}

Found Table::FindById(const Filter& filter, const Window& window) const {
  Found found;
  const bool counts_all = !window.by_place();
  const bool all_fit = filter.IsEmpty();
  const int64_t offset = counts_all ? window.offset : 0;
  int64_t seen = 0;
  const auto take = [&](int64_t id) {
    const int64_t index = seen++;
    if (index < offset) return;
    if (index < offset + window.limit) {
      found.rows.emplace_back().id = id;
    } else {
      found.more = true;
    }
  };
  const int64_t after_id = window.after ? window.after->id : INT64_MIN;
  Forward(after_id, [&](const Chunk& chunk, size_t first_row) {
    if (all_fit && first_row == 0 && seen + chunk.living() <= offset) {
      seen += chunk.living();
      return true;
    }
    const std::vector<uint8_t> hits = chunk.Match(filter);
    for (size_t row = first_row; row < hits.size(); ++row) {
      if (hits[row] != 0) take(chunk.id(row));
    }
    return !found.more || (counts_all && !all_fit);
  });
  found.total = all_fit ? rows() : seen;
  return found;
}

Found Table::FindBeforeId(const Filter& filter, const Window& window) const {
  Found found;
  Backward(window.before->id, [&](const Chunk& chunk, size_t end) {
    const std::vector<uint8_t> hits = chunk.Match(filter);
    for (size_t row = end; row-- > 0 && !found.more;) {
      if (hits[row] == 0) continue;
      if (static_cast<int64_t>(found.rows.size()) == window.limit) {
        found.more = true;
      } else {
        found.rows.emplace_back().id = chunk.id(row);
      }
    }
    return !found.more;
  });
  std::ranges::reverse(found.rows);
  return found;
}

Found Table::FindSorted(const Filter& filter, const Order& order, const Window& window) const {
  SortedRows rows(order, window);
  Forward(INT64_MIN, [&](const Chunk& chunk, size_t first_row) {
    rows.Offer(chunk, chunk.Match(filter), first_row);
    return true;
  });
  return rows.Take();
}

// ---- changing ----

void Table::BeginReading() {
  const std::lock_guard lock(mutex_);
  OUBLI_CHECK(!reading_);
  reading_ = true;
  forgot_all_ = false;
  forgotten_.clear();
}

void Table::EndReading() {
  const std::lock_guard lock(mutex_);
  reading_ = false;
  forgotten_.clear();
}

void Table::Apply(const std::vector<Change>& changes) {
  for (size_t next = 0; next < changes.size();) {
    const std::lock_guard lock(mutex_);
    OUBLI_CHECK(reading_);
    if (forgot_all_) return;
    next = ApplyToChunk(changes, next);
  }
}

size_t Table::ChunkFor(int64_t id) const {
  if (chunks_.empty()) return 0;
  const auto behind = std::ranges::upper_bound(
      chunks_, id, {}, [](const std::unique_ptr<Chunk>& chunk) { return chunk->first_id(); });
  return behind == chunks_.begin() ? 0 : static_cast<size_t>(behind - chunks_.begin()) - 1;
}

size_t Table::ApplyToChunk(const std::vector<Change>& changes, size_t begin) {
  const size_t at = ChunkFor(changes[begin].id);
  const bool is_last = at + 1 >= chunks_.size();
  const int64_t next_first = is_last ? INT64_MAX : chunks_[at + 1]->first_id();
  const Chunk* const old = at < chunks_.size() ? chunks_[at].get() : nullptr;
  std::vector<Row> rows;
  size_t old_row = 0;
  const auto take_old = [&](size_t end_row) {
    for (; old_row < end_row; ++old_row) {
      if (old->is_living(old_row)) rows.push_back(old->row(old_row));
    }
  };
  size_t next = begin;
  // A bounded number, since readers and erasures wait.
  for (; next < changes.size() && next - begin < 2 * Chunk::kMaxRows; ++next) {
    const Change& change = changes[next];
    if (!is_last && change.id >= next_first) break;
    if (old != nullptr) {
      take_old(old->RowFrom(change.id));
      old_row = old->RowAfter(change.id);
    }
    if (change.is_there && !forgotten_.contains(change.id)) rows.push_back(change.AsRow());
  }
  if (old != nullptr) take_old(old->size());
  Replace(at, rows, is_last);
  return next;
}

void Table::Replace(size_t at, const std::vector<Row>& rows, bool is_last) {
  // At the end rows are added again and again: full chunks there, halves elsewhere.
  const size_t pieces = (rows.size() + Chunk::kMaxRows - 1) / Chunk::kMaxRows;
  const size_t a_piece =
      is_last || pieces == 0 ? Chunk::kMaxRows : (rows.size() + pieces - 1) / pieces;
  Chunks fresh;
  int64_t bytes = 0;
  for (size_t begin = 0; begin < rows.size(); begin += a_piece) {
    const size_t size = std::min(a_piece, rows.size() - begin);
    fresh.push_back(std::make_unique<Chunk>(std::span(rows).subspan(begin, size)));
    bytes += static_cast<int64_t>(fresh.back()->bytes());
  }
  auto place = chunks_.begin() + static_cast<ptrdiff_t>(at);
  int64_t living = static_cast<int64_t>(rows.size());
  if (place != chunks_.end()) {
    bytes -= static_cast<int64_t>((*place)->bytes());
    living -= (*place)->living();
    place = chunks_.erase(place);
  }
  chunks_.insert(place, std::make_move_iterator(fresh.begin()),
                 std::make_move_iterator(fresh.end()));
  bytes_ += bytes;
  rows_ += living;
}

void Table::Forget(int64_t id) {
  const std::lock_guard lock(mutex_);
  if (reading_) forgotten_.insert(id);
  const size_t at = ChunkFor(id);
  if (at == chunks_.size() || !chunks_[at]->Forget(id)) return;
  --rows_;
  const Chunk& chunk = *chunks_[at];
  if (chunk.living() * kLeastPartLiving >= static_cast<int64_t>(chunk.size())) return;
  std::vector<Row> rows;
  for (size_t row = 0; row < chunk.size(); ++row) {
    if (chunk.is_living(row)) rows.push_back(chunk.row(row));
  }
  Replace(at, rows, at + 1 == chunks_.size());
}

void Table::Clear() {
  const std::lock_guard lock(mutex_);
  forgot_all_ = true;
  chunks_.clear();
  rows_ = 0;
  bytes_ = 0;
}

}  // namespace oubli::search
