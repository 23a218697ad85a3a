// Which customers a group of the writer's commands has changed or erased: what the index in memory
// is told when the group commits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace oubli::customers {

// Touched by the writer alone.
class ChangeLog {
 public:
  enum class What : uint8_t { kChanged, kErased, kAllErased };
  struct Entry {
    What what = What::kChanged;
    int64_t customer = 0;
    size_t beside = 0;  // see CommitWatch::RollbackTo()
  };

  void Add(What what, int64_t customer) { entries_.push_back({what, customer, beside_}); }
  const std::vector<Entry>& entries() const { return entries_; }
  void Cut(size_t size) { entries_.resize(size); }
  void SetBeside(size_t beside) { beside_ = beside; }

 private:
  std::vector<Entry> entries_;
  size_t beside_ = 0;
};

}  // namespace oubli::customers
