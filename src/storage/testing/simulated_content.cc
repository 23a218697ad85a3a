#include "storage/testing/simulated_content.h"

#include <algorithm>
#include <utility>

namespace oubli::storage {

void SimulatedContent::Write(int64_t offset, std::string_view bytes) {
  if (bytes.empty()) return;
  const int64_t end = offset + static_cast<int64_t>(bytes.size());
  if (end > static_cast<int64_t>(view_.size())) Resize(view_, end);
  std::copy(bytes.begin(), bytes.end(), view_.begin() + offset);
  Change change;
  change.size = static_cast<int64_t>(view_.size());
  for (int64_t sector = offset / kSectorBytes; sector * kSectorBytes < end; ++sector) {
    change.sectors[sector] = view_.substr(sector * kSectorBytes, kSectorBytes);
  }
  changes_.push_back(std::move(change));
}

void SimulatedContent::Truncate(int64_t size) {
  Resize(view_, size);
  changes_.push_back({.is_truncation = true, .size = size});
}

void SimulatedContent::Apply(const Change& change, std::string& bytes) {
  if (change.is_truncation) return Resize(bytes, change.size);
  for (const auto& [sector, image] : change.sectors) {
    const int64_t at = sector * kSectorBytes;
    const int64_t end = at + static_cast<int64_t>(image.size());
    if (end > static_cast<int64_t>(bytes.size())) Resize(bytes, end);
    std::copy(image.begin(), image.end(), bytes.begin() + at);
  }
}

// What was overwritten or cut off later cannot come back when the later change is durable.
void SimulatedContent::DropSectors(std::vector<Change>& changes, const Change& newer) {
  for (Change& change : changes) {
    if (newer.is_truncation) {
      change.sectors.erase(change.sectors.lower_bound(newer.size / kSectorBytes),
                           change.sectors.end());
    }
    for (const auto& [sector, image] : newer.sectors) change.sectors.erase(sector);
  }
}

void SimulatedContent::MakeDurable(size_t count) {
  std::vector<Change> rest;
  for (size_t i = 0; i < changes_.size(); ++i) {
    Change& change = changes_[i];
    // Truncations are metadata, which the file system's journal keeps.
    if (i >= count || (change.is_lost && !change.is_truncation)) {
      rest.push_back(std::move(change));
      continue;
    }
    Apply(change, durable_);
    DropSectors(rest, change);
  }
  changes_ = std::move(rest);
}

void SimulatedContent::Sync() {
  MakeDurable(changes_.size());
  Resize(durable_, static_cast<int64_t>(view_.size()));
  std::erase_if(changes_, [](const Change& change) { return change.sectors.empty(); });
}

void SimulatedContent::SyncPartly() { MakeDurable((changes_.size() + 1) / 2); }

void SimulatedContent::LoseDirty() {
  for (Change& change : changes_) change.is_lost = true;
}

void SimulatedContent::Crash(std::mt19937_64& rng) {
  const auto below = [&rng](uint64_t limit) { return rng() % limit; };
  // Nothing, everything, or anything between: the extremes are likely in life and rare by chance.
  const uint64_t kind = below(4);
  std::string left = durable_;
  std::vector<int64_t> sizes = {static_cast<int64_t>(durable_.size())};
  for (Change& change : changes_) {
    if (kind == 0) break;
    if (change.is_truncation) {
      if (kind != 1 && below(2) == 0) break;
      Apply(change, left);
      sizes = {change.size};
      continue;
    }
    const uint64_t fate = kind == 1 ? 1 : below(3);  // lost, whole, torn
    if (fate == 2) std::erase_if(change.sectors, [&](const auto&) { return below(2) == 0; });
    if (fate == 0) continue;
    Apply(change, left);
    sizes.push_back(change.size);
  }
  // A longer length is metadata of its own: it may be lost though the bytes were written, or be
  // there before them.
  if (kind == 1) {
    Resize(left, static_cast<int64_t>(view_.size()));
  } else if (below(2) == 0) {
    Resize(left, std::max(sizes[below(sizes.size())], sizes.front()));
  }
  Put(std::move(left));
}

void SimulatedContent::Put(std::string bytes) {
  view_ = bytes;
  durable_ = std::move(bytes);
  changes_.clear();
}

}  // namespace oubli::storage
