#include "customers/commit_watch.h"

#include <algorithm>
#include <utility>

namespace oubli::customers {

Status CommitWatch::BeginGroup(storage::Connection& connection) {
  return keys_.BeginGroup(connection);
}

Status CommitWatch::BeginErasing(storage::Connection& connection) {
  return keys_.BeginErasing(connection);
}

size_t CommitWatch::Mark() const {
  changes_.SetBeside(keys_.Mark());
  return keys_.Mark() + changes_.entries().size();
}

// A mark is the sum of the keys' mark and the number of changes. Both grow alone between two
// marks, so an entry came after the mark if the sum had reached it when the entry was added; the
// keys' part of an entry's sum is the one at the mark before it, which is all that this needs.
void CommitWatch::RollbackTo(size_t mark) {
  const auto& entries = changes_.entries();
  size_t count = 0;
  while (count < entries.size() && entries[count].beside + count < mark) ++count;
  changes_.Cut(count);
  keys_.RollbackTo(mark - count);
}

Status CommitWatch::BeforeCommit(storage::Connection& connection) {
  return keys_.BeforeCommit(connection);
}

void CommitWatch::Committed(bool erasing, std::function<void(const Status&)> finished) {
  TellIndex(true);
  keys_.Committed(erasing, std::move(finished));
}

void CommitWatch::RolledBack() {
  changes_.Cut(0);
  keys_.RolledBack();
}

void CommitWatch::CommitUnclear() {
  TellIndex(false);
  keys_.CommitUnclear();
}

void CommitWatch::TellIndex(bool certain) {
  if (!changes_.entries().empty()) index_.Tell(changes_.entries(), certain);
  changes_.Cut(0);
}

}  // namespace oubli::customers
