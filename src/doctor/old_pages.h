// Where old pages of key trees are found: copies that were put aside in memory, key journals, and
// copies of store files.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/record_kind.h"
#include "customers/store.h"
#include "doctor/tree_view.h"
#include "keys/journal_entry.h"
#include "storage/files.h"

namespace oubli::doctor {

using PageVisitor = std::function<Status(const keys::JournalPage&)>;

// What an old copy of the store's file would hold of some owners: the pages that lead to their
// keys, as sealed as they lie there, and their sealed records. In memory alone.
struct OldCopy {
  struct Record {
    keys::Ordinal ordinal = 0;
    customers::RecordKind kind = customers::RecordKind::kProfile;
    int64_t id = 0;
    std::string sealed;
  };
  std::vector<keys::JournalPage> pages;
  std::vector<Record> records;
};
// Errors: those of the database.
Result<OldCopy> CopyAside(TreeView& tree, const std::vector<customers::Head>& owners);

// Whether one of the keys opens one of the ordinal's records in the copy.
bool OpensSomething(const OldCopy& copy, keys::Ordinal ordinal,
                    const std::vector<crypto::Key>& keys);

// All pages in the journal of a store in that folder, whole entries only. Nothing when there is no
// such journal.
Status VisitJournal(storage::Files& files, const std::string& folder, std::string_view identity,
                    const PageVisitor& visit);

// Old files found in folders, by the identity of the store.
struct OldFiles {
  std::vector<std::string> files;                             // all that are no live ones
  std::map<std::string, std::vector<std::string>> databases;  // files
  std::map<std::string, std::set<std::string>> journal_folders;
  std::vector<std::string> unreadable;
};
// `files` are paths; those named *.db that are SQLite databases with a store's tables count, and
// those named IDENTITY.journal. What `live` names is no copy: a file that this process has open as
// a database is not opened a second time.
OldFiles SortOldFiles(const std::vector<std::string>& files, const std::vector<std::string>& live);

// All key pages in the copy of a store's file, read-only. One with a write-ahead log beside it is
// copied into a folder in memory first, so that what the log holds counts. Errors: kUnavailable,
// kCorrupt.
Status VisitDatabase(const std::string& path, const PageVisitor& visit);

}  // namespace oubli::doctor
