#include "keys/key_page.h"

#include <cstring>

#include "base/check.h"
#include "crypto/locked_memory.h"
#include "keys/numbers.h"

namespace oubli::keys {
namespace {

using crypto::Key;

// format, seals (4), slots (2); then two bits a slot; then the keys of the slots in use.
constexpr uint8_t kPageFormat = 1;
constexpr size_t kHead = 1 + 4 + 2;

size_t StateBytes(size_t slots) { return (slots + 3) / 4; }

}  // namespace

KeyPage::KeyPage(int slots)
    : states_(static_cast<size_t>(slots), SlotState::kEmpty),
      keys_(static_cast<size_t>(slots) * Key::kSize, 0, crypto::LockedMemory()) {}

Key KeyPage::key(int slot) const {
  OUBLI_CHECK(state(slot) == SlotState::kInUse);
  const auto* const start = keys_.data() + static_cast<size_t>(slot) * Key::kSize;
  return Key::FromBytes({reinterpret_cast<const char*>(start), Key::kSize});
}

void KeyPage::Put(int slot, const Key& key) {
  states_[static_cast<size_t>(slot)] = SlotState::kInUse;
  std::memcpy(keys_.data() + static_cast<size_t>(slot) * Key::kSize, key.data(), Key::kSize);
}

void KeyPage::Erase(int slot) {
  states_[static_cast<size_t>(slot)] = SlotState::kErased;
  crypto::Wipe(keys_.data() + static_cast<size_t>(slot) * Key::kSize, Key::kSize);
}

std::pmr::string KeyPage::Encode() const {
  std::pmr::string bytes(crypto::LockedMemory());
  bytes.reserve(kHead + StateBytes(states_.size()) + keys_.size());
  bytes.push_back(static_cast<char>(kPageFormat));
  AppendNumber(bytes, seals, 4);
  AppendNumber(bytes, states_.size(), 2);
  bytes.append(StateBytes(states_.size()), '\0');
  for (size_t i = 0; i < states_.size(); ++i) {
    bytes[kHead + i / 4] =
        static_cast<char>(bytes[kHead + i / 4] | static_cast<int>(states_[i]) << (i % 4 * 2));
    if (states_[i] != SlotState::kInUse) continue;
    bytes.append(reinterpret_cast<const char*>(keys_.data() + i * Key::kSize), Key::kSize);
  }
  return bytes;
}

Result<KeyPage> KeyPage::Decode(std::string_view bytes) {
  const auto damaged = [] { return Fail(ErrorKind::kCorrupt, "a key page has a wrong form"); };
  if (bytes.size() < kHead) return damaged();
  if (static_cast<uint8_t>(bytes[0]) != kPageFormat) {
    return Fail(ErrorKind::kCorrupt, "a key page is of a format that this program does not know");
  }
  const size_t slots = static_cast<size_t>(GetNumber(bytes, 5, 2));
  if (bytes.size() < kHead + StateBytes(slots)) return damaged();
  KeyPage page(static_cast<int>(slots));
  page.seals = static_cast<uint32_t>(GetNumber(bytes, 1, 4));
  size_t at = kHead + StateBytes(slots);
  for (size_t i = 0; i < slots; ++i) {
    const int bits = static_cast<uint8_t>(bytes[kHead + i / 4]) >> (i % 4 * 2) & 3;
    if (bits > 2) return damaged();
    page.states_[i] = static_cast<SlotState>(bits);
    if (page.states_[i] != SlotState::kInUse) continue;
    if (bytes.size() - at < Key::kSize) return damaged();
    std::memcpy(page.keys_.data() + i * Key::kSize, bytes.data() + at, Key::kSize);
    at += Key::kSize;
  }
  if (at != bytes.size()) return damaged();
  return page;
}

}  // namespace oubli::keys
