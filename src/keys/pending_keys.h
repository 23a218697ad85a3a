// What the commands of one group have done to the keys, before the commit: a list that can be cut
// back to a mark when a command is undone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "crypto/key.h"
#include "keys/data_keys.h"

namespace oubli::keys {

// One thread at a time.
class PendingKeys {
 public:
  enum class Change : uint8_t { kCreate, kErase, kEraseAll, kStartReindex, kEndReindex };

  void Create(Ordinal ordinal, const crypto::Key& key) { Add({Change::kCreate, ordinal, key}); }
  void Erase(Ordinal ordinal) { Add({Change::kErase, ordinal, {}}); }
  // `index_key` is the fresh one.
  void EraseAll(const crypto::Key& index_key) { Add({Change::kEraseAll, 0, index_key}); }
  void StartReindex(const crypto::Key& index_key) { Add({Change::kStartReindex, 0, index_key}); }
  void EndReindex() { Add({Change::kEndReindex, 0, {}}); }

  size_t Mark() const { return log_.size(); }
  void RollbackTo(size_t mark);
  void Clear() { RollbackTo(0); }
  bool empty() const { return log_.empty(); }

  // What the group knows of an ordinal: a key, or that it has none (any more); nothing when what
  // was committed before counts.
  struct Known {
    std::optional<crypto::Key> key;
  };
  std::optional<Known> Find(Ordinal ordinal) const;

  // The sum of it.
  struct Summary {
    bool erase_all = false;
    int64_t epochs = 0;   // how many times all were erased: each begins another epoch
    bool erases = false;  // some ordinal, or all
    struct IndexChange {
      Change change;
      crypto::Key key;  // the fresh one of kEraseAll and kStartReindex
    };
    std::vector<IndexChange> index_changes;  // in order
    std::vector<crypto::Key> IndexKeysAfter(std::vector<crypto::Key> keys) const;
    struct Last {
      bool create = false;  // else erase
      crypto::Key key;
    };
    std::map<Ordinal, Last> ordinals;
  };
  Summary Sum() const;
  Summary SumWithoutOrdinals() const;  // cheap: for the index keys
  bool erases() const { return erasing_ > 0; }
  int64_t epochs_begun() const { return epochs_begun_; }

 private:
  struct Entry {
    Change change;
    Ordinal ordinal;
    crypto::Key key;
  };
  void Add(Entry entry);

  std::vector<Entry> log_;
  // Where an ordinal's last entry stands in the log; rebuilt after a roll-back.
  std::unordered_map<Ordinal, size_t> last_;
  size_t erasing_ = 0;   // entries that need a rotation
  size_t of_index_ = 0;  // entries that change the index keys
  int64_t epochs_begun_ = 0;
};

}  // namespace oubli::keys
