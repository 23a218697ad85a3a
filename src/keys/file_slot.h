// A root slot in a folder: one small file a store, whose two cells are overwritten in place.
//
// All numbers are little-endian. The folder (mode 0700) holds
//   slot.id           the text "oubli root slot 1 <32 hexadecimal digits>" and a line end: the
//                     format's version and the slot's id
//   <identity>.root   two cells of 4096 bytes; the name is the store's identity in 32 hexadecimal
//                     digits. Cell i begins at 4096 * i and holds the root of a generation g with
//                     g mod 2 = i.
//
//   offset  bytes  a cell
//        0      8  "OUBLROOT"
//        8      4  format version: 1
//       12      4  zero
//       16     16  identity of the store
//       32     16  lineage
//       48      8  generation
//       56      8  zero
//       64     32  root key
//       96   3968  zero
//     4064     32  BLAKE2b-256 of bytes 0 to 4063
//
// Magic, version and checksum stay where they are in every version. The checksum stands in the last
// sector and the rest in the first one, so that a write that was cut off anywhere between does not
// pass for a cell. A cell whose magic or checksum is wrong counts as empty.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "keys/folder_id.h"
#include "keys/root_slot.h"
#include "storage/files.h"

namespace oubli::keys {

// Beside what RootSlot says:
// * Write() and Forget() refuse (kCorrupt) to overwrite an intact cell that belongs to another
//   store or was written by a newer version: it may be the last copy of a key.
// * Once the slot's id has been read, every function refuses (kUnavailable) as soon as the folder
//   shows another one or none: its disk has been exchanged or unmounted.
class FileSlot final : public RootSlot {
 public:
  // `files` outlives every call, also one that hangs: see ~RootSlots().
  FileSlot(storage::Files& files, std::string folder);

  const std::string& name() const override { return folder_; }
  Result<std::string> Id() override;
  Status SetUp() override;
  Result<RootCells> Read(std::string_view identity) override;
  Status Write(std::string_view identity, const RootCell& cell) override;
  Status Forget(std::string_view identity) override;

 private:
  // What the public functions do; their errors do not name the slot yet.
  Result<RootCells> ReadStore(std::string_view identity);
  Status WriteStore(std::string_view identity, const RootCell& cell);
  Status ForgetStore(std::string_view identity);

  template <class T>
  T Named(T outcome) const;
  // The store's file, at its full length, with a durable name.
  Result<std::unique_ptr<storage::File>> OpenOrMake(std::string_view identity);
  std::string PathOf(std::string_view identity) const;

  storage::Files& files_;
  const std::string folder_;
  FolderId id_;
  std::mutex mutex_;
  std::unordered_set<std::string> name_synced_;  // guarded by mutex_: identities
};

}  // namespace oubli::keys
