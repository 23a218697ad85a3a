// The seam behind which the root keys of all stores lie: a place outside the database that can
// forget. A folder of small files is one (file_slot.h); a PKCS#11 token, a TPM or a key service can
// be another.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/key.h"

namespace oubli::keys {

// Bytes of a store's identity, and of a lineage.
inline constexpr size_t kIdentitySize = 16;
inline constexpr size_t kLineageSize = 16;

// One root of one store.
struct RootCell {
  std::string lineage;     // random bytes, other ones after each restore
  int64_t generation = 0;  // counts the rotations of the lineage, from 1
  crypto::Key root;
};

// The number of the cell in which a generation's root lies, in every slot: the root of g + 1 goes
// over the root of g - 1.
inline size_t CellOf(int64_t generation) { return static_cast<size_t>(generation & 1); }

// By number. A cell that was never written, is torn or belongs to another store or to the other
// number is empty.
using RootCells = std::array<std::optional<RootCell>, 2>;

// Errors: kInvalid for what cannot be a store's identity, or a cell.
Status CheckIdentity(std::string_view identity);
Status CheckCell(const RootCell& cell);

// A slot holds two cells a store. Called from several threads at once, but for each store by one at
// a time. Every function may take as long as the device does: RootSlots (root_slots.h) adds the
// deadlines.
//
// Errors of all functions: kUnavailable when the device does not do it; kCorrupt when what lies
// there is damaged, or not of a kind that this version may touch; kInvalid for an identity, lineage
// or generation that cannot be. Their texts name the slot, and never hold bytes of keys.
class RootSlot {
 public:
  virtual ~RootSlot() = default;

  virtual const std::string& name() const = 0;  // for messages; a folder's is its path

  // What the slot has been known by since it was set up: 32 hexadecimal digits. Errors: kNotFound
  // when nothing here has ever been set up, as where a disk is not mounted.
  virtual Result<std::string> Id() = 0;
  // Makes the slot, with a fresh id, durably; one that is there stays as it is. Nothing else makes
  // one, so that an unmounted disk is never taken for a new slot.
  virtual Status SetUp() = 0;

  // What can be read may not be durable yet when an earlier process died in a Write(); it is after
  // the next Write(). Errors: kNotFound when the slot holds nothing of this store.
  virtual Result<RootCells> Read(std::string_view identity) = 0;
  // Overwrites the cell that belongs to the generation, in place; the other one stays as it is.
  // Success: the cell is durable, and has been read back from the device and compared. Otherwise it
  // holds what it held, or the new root, or is torn.
  virtual Status Write(std::string_view identity, const RootCell& cell) = 0;
  // Overwrites both cells of the store as durably, then removes them. Success also when there were
  // none.
  virtual Status Forget(std::string_view identity) = 0;
};

}  // namespace oubli::keys
