#include "keys/pending_keys.h"

namespace oubli::keys {
namespace {

bool NeedsRotation(PendingKeys::Change change) {
  return change == PendingKeys::Change::kErase || change == PendingKeys::Change::kEraseAll ||
         change == PendingKeys::Change::kEndReindex;
}

}  // namespace

void PendingKeys::Add(Entry entry) {
  if (entry.ordinal != 0) last_[entry.ordinal] = log_.size();
  if (entry.change == Change::kEraseAll) last_.clear();
  if (entry.change == Change::kEraseAll) ++epochs_begun_;
  if (NeedsRotation(entry.change)) ++erasing_;
  if (entry.change != Change::kCreate && entry.change != Change::kErase) ++of_index_;
  log_.push_back(std::move(entry));
}

void PendingKeys::RollbackTo(size_t mark) {
  if (mark >= log_.size()) return;
  std::vector<Entry> kept(log_.begin(), log_.begin() + static_cast<std::ptrdiff_t>(mark));
  log_.clear();
  last_.clear();
  erasing_ = of_index_ = 0;
  epochs_begun_ = 0;
  for (Entry& entry : kept) Add(std::move(entry));
}

std::optional<PendingKeys::Known> PendingKeys::Find(Ordinal ordinal) const {
  const auto found = last_.find(ordinal);
  if (found == last_.end()) {
    if (epochs_begun() > 0) return Known{};
    return std::nullopt;
  }
  const Entry& entry = log_[found->second];
  if (entry.change == Change::kCreate) return Known{entry.key};
  return Known{};
}

PendingKeys::Summary PendingKeys::SumWithoutOrdinals() const {
  Summary sum;
  if (of_index_ == 0) return sum;
  sum = Sum();
  sum.ordinals.clear();
  return sum;
}

PendingKeys::Summary PendingKeys::Sum() const {
  Summary sum;
  for (const Entry& entry : log_) {
    switch (entry.change) {
      case Change::kCreate:
        sum.ordinals[entry.ordinal] = {.create = true, .key = entry.key};
        break;
      case Change::kErase:
        sum.ordinals[entry.ordinal] = {};
        sum.erases = true;
        break;
      case Change::kEraseAll:
        sum.ordinals.clear();
        sum.erase_all = sum.erases = true;
        ++sum.epochs;
        sum.index_changes.assign(1, {entry.change, entry.key});
        break;
      case Change::kStartReindex:
        sum.index_changes.push_back({entry.change, entry.key});
        break;
      case Change::kEndReindex:
        sum.index_changes.push_back({entry.change, {}});
        sum.erases = true;
        break;
    }
  }
  return sum;
}

std::vector<crypto::Key> PendingKeys::Summary::IndexKeysAfter(std::vector<crypto::Key> keys) const {
  for (const IndexChange& each : index_changes) {
    if (each.change == Change::kEraseAll) keys.assign(1, each.key);
    if (each.change == Change::kStartReindex) keys.insert(keys.begin(), each.key);
    if (each.change == Change::kEndReindex) keys.resize(1);
  }
  return keys;
}

}  // namespace oubli::keys
