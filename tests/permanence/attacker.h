// Somebody who has every copy of every file that was ever made, and keys: reads what can be read.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "crypto/key.h"
#include "keys/key_page.h"
#include "keys/tree_root.h"
#include "permanence/raw_pages.h"
#include "permanence/world.h"

namespace oubli::permanence {

class Attacker {
 public:
  // `crosswise`: tries every key on every page and every data key on every record, also where the
  // formats say that it cannot fit. Slow.
  explicit Attacker(bool crosswise = false) : crosswise_(crosswise) {}

  // Takes from every file whatever has the form of a key page, a root page or a record: databases
  // through SQL, all their pages and all frames of their logs by their bytes, journals.
  // `in_doubt`: made while a commit had failed whose frames may be in the log. Opened, such a copy
  // shows what has never happened; that ordinals are used again then is right.
  void AddCopy(const Files& files, bool in_doubt = false);
  // Takes the root keys from all cells, whole or torn.
  void AddSlots(const Files& files);

  struct Opened {
    int rows = 0;  // different ones
    int opened = 0;
    int committed = 0;  // those that SQL showed, in copies that are not in doubt
    int committed_opened = 0;
  };
  // Of every ordinal that a record was found of.
  std::map<customers::Ordinal, Opened> Attack();

  // After Attack(): all keys that were found, but roots.
  std::set<std::string> keys() const;
  size_t pages() const { return pages_.size(); }
  size_t roots() const { return roots_.size(); }

 private:
  using PageBytes = std::tuple<keys::PageId, int64_t, std::string>;                   // and version
  using RecordBytes = std::tuple<customers::Ordinal, int64_t, int64_t, std::string>;  // kind, id

  void AddDatabase(const std::string& path, const Files& files);
  void AddWithSql(const std::string& path, const Files& files, bool in_doubt);
  void AddRow(const RawRow& row);
  void AddJournal(std::string_view bytes);
  void Learn(keys::PageId page, const crypto::Key& key);
  void LearnChildren(const keys::KeyPage& page, keys::PageId id);
  void TryPages(keys::PageId of, const crypto::Key& key);

  const bool crosswise_;
  std::set<std::string> roots_;
  std::set<PageBytes> pages_;
  std::map<RecordBytes, bool> records_;  // whether SQL showed it
  std::set<std::string> root_keys_;
  std::set<std::pair<keys::PageId, std::string>> page_keys_;
  std::vector<std::pair<keys::PageId, crypto::Key>> to_try_;
  std::map<customers::Ordinal, std::set<std::string>> data_keys_;
};

}  // namespace oubli::permanence
