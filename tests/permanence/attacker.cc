#include "permanence/attacker.h"

#include <atomic>

#include "customers/records.h"
#include "keys/journal_entry.h"
#include "permanence/raw_pages.h"
#include "permanence/slot_layout.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::permanence {
namespace {

using crypto::Key;
using keys::PageId;

template <class T>
const T* Column(const RawRow& row, size_t number) {
  return number < row.columns.size() ? std::get_if<T>(&row.columns[number]) : nullptr;
}

}  // namespace

void Attacker::AddCopy(const Files& files, bool in_doubt) {
  for (const auto& [path, bytes] : files) {
    if (path.ends_with(".db")) {
      AddDatabase(path, files);
      AddWithSql(path, files, in_doubt);
    } else if (!path.ends_with("-wal")) {
      AddJournal(bytes);
    }
  }
}

void Attacker::AddDatabase(const std::string& path, const Files& files) {
  const auto log = files.find(path + "-wal");
  ForEachRawRow(files.at(path), log == files.end() ? std::string_view() : log->second,
                [this](const RawRow& row) { AddRow(row); });
}

void Attacker::AddRow(const RawRow& row) {
  const auto* first = Column<int64_t>(row, 0);
  const auto* second = Column<int64_t>(row, 1);
  const auto* third = Column<int64_t>(row, 2);
  const auto* page = Column<std::string>(row, 2);
  const auto* last =
      row.columns.empty() ? nullptr : Column<std::string>(row, row.columns.size() - 1);
  if (row.has_row_id && row.columns.size() == 3 && second != nullptr && page != nullptr) {
    pages_.emplace(row.row_id, *second, *page);
  } else if (row.has_row_id && last != nullptr && keys::ReadRootHeader(*last)) {
    roots_.insert(*last);
  } else if (row.columns.size() == 4 && first != nullptr && second != nullptr && third != nullptr &&
             last != nullptr) {
    records_.try_emplace({*first, *second, *third, *last}, false);
  }
}

void Attacker::AddWithSql(const std::string& path, const Files& files, bool in_doubt) {
  static std::atomic<int> number{0};
  storage::SimulatedDisk disk;
  for (const auto& [name, bytes] : files) {
    if (name.starts_with(path)) disk.Put(name, bytes);
  }
  const storage::SimulatedVfs vfs("attacker " + std::to_string(++number), disk);
  const auto read = [&]() -> Status {
    OUBLI_TRY_ASSIGN(auto database,
                     storage::OpenSqlite(path, {.make_file = false, .vfs = vfs.name()}));
    OUBLI_TRY_ASSIGN(auto connection, database->OpenReader());
    OUBLI_TRY_ASSIGN(auto pages, connection->Prepare("SELECT page, version, sealed FROM key_page"));
    while (pages->Step().value_or(false)) {
      pages_.emplace(pages->Int(0), pages->Int(1), pages->Blob(2));
    }
    OUBLI_TRY_ASSIGN(auto roots, connection->Prepare("SELECT root FROM key_root"));
    while (roots->Step().value_or(false)) roots_.emplace(roots->Blob(0));
    OUBLI_TRY_ASSIGN(auto records,
                     connection->Prepare("SELECT ordinal, kind, id, sealed FROM record"));
    while (records->Step().value_or(false)) {
      bool& committed = records_[{records->Int(0), records->Int(1), records->Int(2),
                                  std::string(records->Blob(3))}];
      committed |= !in_doubt;
    }
    return {};
  };
  // A copy from the middle of something need not be a database yet.
  static_cast<void>(read());
}

void Attacker::AddJournal(std::string_view bytes) {
  for (size_t at = 0; at < bytes.size(); at += keys::kJournalBlock) {
    const std::string_view rest = bytes.substr(at);
    if (!keys::MayBeHead(rest)) continue;
    const auto head = keys::DecodeHead(rest);
    if (!head || head->Size() > static_cast<int64_t>(rest.size())) continue;
    const auto entry =
        keys::DecodeEntry(kIdentity, rest.substr(0, static_cast<size_t>(head->Size())));
    if (!entry) continue;
    for (const keys::JournalPage& page : entry->pages) {
      if (page.page == keys::kRootPage) {
        roots_.insert(page.sealed);
      } else {
        pages_.emplace(page.page, page.version, page.sealed);
      }
    }
  }
}

void Attacker::AddSlots(const Files& files) {
  for (const auto& [path, bytes] : files) {
    if (!path.ends_with(".root")) continue;
    for (size_t at = 0; at + kRootAt + Key::kSize <= bytes.size(); at += kCellBlock) {
      root_keys_.insert(bytes.substr(at + kRootAt, Key::kSize));
    }
  }
}

void Attacker::Learn(PageId page, const Key& key) {
  if (page_keys_.emplace(page, key.view()).second) to_try_.emplace_back(page, key);
}

void Attacker::LearnChildren(const keys::KeyPage& page, PageId id) {
  for (int slot = 0; slot < page.slots(); ++slot) {
    if (page.state(slot) != keys::SlotState::kInUse) continue;
    const int64_t number = keys::NumberOf(id) * page.slots() + slot;
    if (keys::LevelOf(id) == 0) {
      data_keys_[number].emplace(page.key(slot).view());
    } else {
      Learn(keys::MakePageId(keys::LevelOf(id) - 1, number), page.key(slot));
    }
  }
}

void Attacker::TryPages(PageId of, const Key& key) {
  auto page = crosswise_ ? pages_.begin() : pages_.lower_bound({of, INT64_MIN, ""});
  for (; page != pages_.end(); ++page) {
    const auto& [id, version, sealed] = *page;
    if (!crosswise_ && id != of) return;
    const auto opened = keys::OpenPage(sealed, id, version, key, kIdentity);
    if (opened) LearnChildren(*opened, id);
  }
}

std::map<customers::Ordinal, Attacker::Opened> Attacker::Attack() {
  for (const std::string& bytes : root_keys_) {
    const Key key = Key::FromBytes(bytes);
    if (crosswise_) Learn(keys::kRootPage, key);
    for (const std::string& root : roots_) {
      const auto opened = keys::OpenRoot(root, key, kIdentity);
      if (!opened) continue;
      for (int slot = 0; slot < opened->children.slots(); ++slot) {
        if (opened->children.state(slot) != keys::SlotState::kInUse) continue;
        Learn(keys::MakePageId(opened->shape.levels, slot), opened->children.key(slot));
      }
    }
  }
  while (!to_try_.empty()) {
    const auto [page, key] = to_try_.back();
    to_try_.pop_back();
    TryPages(page, key);
  }
  std::set<std::string> all;
  if (crosswise_) all = keys();
  std::map<customers::Ordinal, Opened> found;
  for (const auto& [record, committed] : records_) {
    const auto& [ordinal, kind, id, sealed] = record;
    Opened& of = found[ordinal];
    ++of.rows;
    of.committed += committed ? 1 : 0;
    for (const std::string& key : crosswise_ ? all : data_keys_[ordinal]) {
      if (!customers::OpenRecord(Key::FromBytes(key), ordinal,
                                 static_cast<customers::RecordKind>(kind), id, sealed)) {
        continue;
      }
      ++of.opened;
      of.committed_opened += committed ? 1 : 0;
      break;
    }
  }
  return found;
}

std::set<std::string> Attacker::keys() const {
  std::set<std::string> all;
  for (const auto& [page, key] : page_keys_) all.insert(key);
  for (const auto& [ordinal, of] : data_keys_) all.insert(of.begin(), of.end());
  return all;
}

}  // namespace oubli::permanence
