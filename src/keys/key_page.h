// One page of the key tree in memory, and its bytes. A leaf page holds data keys, one slot an
// ordinal; the pages above hold the keys of the pages below them. The format is told in
// docs/formats.md.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"

namespace oubli::keys {

// Names a page: its level (0: leaf) in the upper 8 bits, its number in its level below them.
using PageId = int64_t;
inline constexpr int kPageLevelShift = 56;
inline constexpr PageId kRootPage = INT64_MAX;

inline PageId MakePageId(int level, int64_t no) {
  return (static_cast<int64_t>(level) << kPageLevelShift) | no;
}
inline int LevelOf(PageId page) { return static_cast<int>(page >> kPageLevelShift); }
inline int64_t NumberOf(PageId page) { return page & ((int64_t{1} << kPageLevelShift) - 1); }

// Erased is told from empty, so that a restore knows whose rows have to go and whose it only does
// not know.
enum class SlotState : uint8_t { kEmpty = 0, kInUse = 1, kErased = 2 };

// Copies are deep. Keys lie in locked memory.
class KeyPage {
 public:
  explicit KeyPage(int slots);

  int slots() const { return static_cast<int>(states_.size()); }
  SlotState state(int slot) const { return states_[static_cast<size_t>(slot)]; }
  // REQUIRES: the slot is in use.
  crypto::Key key(int slot) const;
  void Put(int slot, const crypto::Key& key);
  void Erase(int slot);  // its key is wiped

  // Counts the writes of a store's tree; the higher one of two versions of a page is the newer.
  int64_t version = 0;
  // How often the page has been sealed under its present key.
  uint32_t seals = 0;

  std::pmr::string Encode() const;
  // Errors: kCorrupt.
  static Result<KeyPage> Decode(std::string_view bytes);

 private:
  std::vector<SlotState> states_;
  std::pmr::vector<uint8_t> keys_;  // 32 bytes a slot
};

}  // namespace oubli::keys
