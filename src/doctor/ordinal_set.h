// A set of ordinals that costs little where they lie close together: half a byte each, or less.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "keys/data_keys.h"

namespace oubli::doctor {

class OrdinalSet {
 public:
  // False when it was there already.
  bool Insert(keys::Ordinal ordinal) {
    uint64_t& word = words_[ordinal >> 6];
    if ((word & Bit(ordinal)) != 0) return false;
    word |= Bit(ordinal);
    ++size_;
    return true;
  }
  bool Contains(keys::Ordinal ordinal) const {
    const auto word = words_.find(ordinal >> 6);
    return word != words_.end() && (word->second & Bit(ordinal)) != 0;
  }
  int64_t size() const { return size_; }
  // In no order, until `visit` returns false.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [high, word] : words_) {
      for (int bit = 0; bit < 64; ++bit) {
        if ((word >> bit & 1) != 0 && !visit(high << 6 | bit)) return;
      }
    }
  }

 private:
  static uint64_t Bit(keys::Ordinal ordinal) { return uint64_t{1} << (ordinal & 63); }

  std::unordered_map<int64_t, uint64_t> words_;
  int64_t size_ = 0;
};

}  // namespace oubli::doctor
