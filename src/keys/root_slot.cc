#include "keys/root_slot.h"

namespace oubli::keys {

Status CheckIdentity(std::string_view identity) {
  if (identity.size() == kIdentitySize) return {};
  return Fail(ErrorKind::kInvalid, "a store's identity has a wrong size");
}

Status CheckCell(const RootCell& cell) {
  if (cell.lineage.size() != kLineageSize) {
    return Fail(ErrorKind::kInvalid, "a lineage has a wrong size");
  }
  if (cell.generation < 1) return Fail(ErrorKind::kInvalid, "a generation is below 1");
  return {};
}

}  // namespace oubli::keys
