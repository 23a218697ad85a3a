#include "backup/tree_history.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "customers/heads.h"

namespace oubli::backup {
namespace {

using crypto::Key;
using keys::JournalBody;
using keys::JournalHead;
using keys::KeyPage;
using keys::PageId;
using keys::SlotState;
using storage::Connection;

void RaiseTo(std::map<std::string, int64_t, std::less<>>& counters,
             const keys::JournalCounters& seen) {
  for (const auto& [name, value] : seen) {
    int64_t& counter = counters[name];
    counter = std::max(counter, value);
  }
}

int64_t OrdinalIn(const keys::JournalCounters& counters) {
  for (const auto& [name, value] : counters) {
    if (name == customers::kOrdinalCounter) return value;
  }
  return 0;
}

}  // namespace

// ---- the root ----

// The first reading: counters of every entry, root pages of the generations that may count.
class TreeHistory::RootFinder final : public keys::ChainVisitor {
 public:
  explicit RootFinder(TreeHistory& history) : history_(history) {}

  Status Visit(const JournalHead& head, JournalBody& body) override {
    OUBLI_TRY_ASSIGN(const keys::JournalCounters counters, body.Counters());
    RaiseTo(history_.counters_, counters);
    if (head.lineage != history_.input_.lineage) return {};
    history_.last_word_ms_ = std::max(history_.last_word_ms_, head.time_ms);
    const auto wanted = history_.roots_.find(head.generation);
    if (wanted == history_.roots_.end()) return {};
    while (true) {
      OUBLI_TRY_ASSIGN(auto page, body.NextPage());
      if (!page) return {};
      if (page->page != keys::kRootPage) continue;
      wanted->second.push_back({page->version, std::move(page->sealed)});
    }
  }

 private:
  TreeHistory& history_;
};

Result<std::unique_ptr<TreeHistory>> TreeHistory::Gather(storage::Files& files,
                                                         HistoryInput input) {
  std::unique_ptr<TreeHistory> history(new TreeHistory(files, std::move(input)));
  OUBLI_TRY(history->CheckLineage());
  OUBLI_TRY(history->AddRows(*history->input_.backup, false));
  if (history->input_.present != nullptr) {
    // It only helps: what does not read there counts as not there.
    if (!history->AddRows(*history->input_.present, true)) history->input_.present = nullptr;
  }
  OUBLI_TRY(history->ReadRoots());
  OUBLI_TRY(history->ChooseRoot());
  OUBLI_TRY(history->CheckReach());
  OUBLI_TRY(history->ReadPages());
  return history;
}

Status TreeHistory::CheckLineage() const {
  bool any = false;
  for (const auto& cells : input_.slots) {
    if (!cells) continue;
    for (const auto& cell : *cells) {
      any |= cell.has_value();
    }
  }
  if (!any) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("store {}: no root slot that is there ({}) holds a root of it",
                            input_.handle, fmt::join(input_.slot_names, ", ")));
  }
  const auto over = [&] {
    return Fail(
        ErrorKind::kConflict,
        fmt::format("store {}: the backup belongs to a line of the data that a later restore "
                    "has given up; only a backup made after that restore can be used",
                    input_.handle));
  };
  if (OtherLineageIsInPlace()) return over();
  // A restore that broke off before it had put its data in place leaves its root beside the one
  // that counts, in the cell behind it. Once the other line has gone on, no slot looks so.
  for (const auto& cells : input_.slots) {
    if (!cells) continue;
    for (size_t i = 0; i < cells->size(); ++i) {
      const auto& cell = (*cells)[i];
      const auto& beside = (*cells)[1 - i];
      if (!cell || cell->lineage == input_.lineage) continue;
      const bool left_over =
          beside && beside->lineage == input_.lineage && beside->generation + 1 == cell->generation;
      if (!left_over) return over();
    }
  }
  return {};
}

// A restore that was cut off behind the exchange counts, although the root of before is still
// there: the next start of a server overwrites that one. Another restore would begin with the root
// of the data that is in place.
bool TreeHistory::OtherLineageIsInPlace() const {
  if (input_.present == nullptr) return false;
  const auto row = keys::ReadRootRow(*input_.present);
  if (!row || !*row) return false;
  const auto header = keys::ReadRootHeader((*row)->root);
  if (!header || header->lineage == input_.lineage) return false;
  for (const auto& cells : input_.slots) {
    if (!cells) continue;
    const auto& cell = (*cells)[keys::CellOf(header->generation)];
    if (cell && cell->lineage == header->lineage && cell->generation == header->generation) {
      return true;
    }
  }
  return false;
}

Status TreeHistory::AddRows(Connection& connection, bool is_present) {
  OUBLI_TRY_ASSIGN(const auto row, keys::ReadRootRow(connection));
  if (!row) return Fail(ErrorKind::kCorrupt, "the store's file holds no key tree");
  OUBLI_TRY_ASSIGN(const keys::TreeRoot header, keys::ReadRootHeader(row->root));
  OUBLI_TRY_ASSIGN(const auto counters, customers::ReadCounters(connection));
  RaiseTo(counters_, counters);
  highest_version_ = std::max(highest_version_, row->version);
  if (header.lineage != input_.lineage) {
    if (is_present) return Fail(ErrorKind::kConflict, "another lineage");
    return Fail(ErrorKind::kCorrupt, fmt::format("store {}: the backup's file is not the one that "
                                                 "its manifest names",
                                                 input_.handle));
  }
  if (is_present) {
    present_generation_ = header.generation;
    present_epoch_ = header.epoch;
    runs_.push_back({header.lineage, header.generation, header.generation, {header.generation}});
  } else {
    backup_epoch_ = header.epoch;
  }
  roots_[header.generation].push_back({header.children.version, row->root});
  return {};
}

Status TreeHistory::ReadRoots() {
  for (const auto& cells : input_.slots) {
    if (!cells) continue;
    for (const auto& cell : *cells) {
      if (cell && cell->lineage == input_.lineage) roots_[cell->generation];
    }
  }
  for (const std::string& folder : input_.journals) {
    RootFinder finder(*this);
    const auto report = keys::ReadChain(files_, folder, input_.identity, finder);
    if (!report) {
      if (report.error().kind == ErrorKind::kNotFound) continue;
      problems_.push_back(fmt::format("key journal {}: {}", folder, report.error().text));
      continue;
    }
    if (const Status sound = report->CheckSound(); !sound) {
      problems_.push_back(fmt::format("key journal {}: {}", folder, sound.error().text));
    }
    found_journals_.push_back(folder);
    runs_.insert(runs_.end(), report->runs.begin(), report->runs.end());
  }
  return {};
}

Status TreeHistory::ChooseRoot() {
  std::map<int64_t, std::vector<Key>, std::greater<>> candidates;
  for (const auto& cells : input_.slots) {
    if (!cells) continue;
    for (const auto& cell : *cells) {
      if (cell && cell->lineage == input_.lineage)
        candidates[cell->generation].push_back(cell->root);
    }
  }
  bool any_page = false;
  for (const auto& [generation, roots] : candidates) {
    auto& versions = roots_[generation];
    std::ranges::sort(versions, std::greater(), &Version::version);
    any_page |= !versions.empty();
    for (const Version& version : versions) {
      for (const Key& key : roots) {
        auto opened = keys::OpenRoot(version.sealed, key, input_.identity);
        if (!opened || opened->generation != generation) continue;
        root_ = *std::move(opened);
        return {};
      }
    }
  }
  const int64_t newest = candidates.begin()->first;
  if (newest < input_.generation) {
    return Fail(
        ErrorKind::kConflict,
        fmt::format("store {}: the root slots are at generation {} and the backup is at {}: "
                    "these slots are older than the backup",
                    input_.handle, newest, input_.generation));
  }
  if (any_page) {
    return Fail(
        ErrorKind::kCorrupt,
        fmt::format("store {}: the root in the slots ({}) does not open the root page of its "
                    "generation",
                    input_.handle, fmt::join(input_.slot_names, ", ")));
  }
  // No page of the generations that the slots hold roots of has been found.
  const int64_t wanted = std::max(candidates.rbegin()->first, input_.generation);
  const Status covered = keys::CheckCoverage(runs_, input_.lineage, input_.generation, wanted);
  return Fail(ErrorKind::kConflict,
              fmt::format("store {}: the root slots are at generation {}, and the backup is at "
                          "generation {}: {} (looked in {})",
                          input_.handle, wanted, input_.generation,
                          covered ? "the key journal does not lead there" : covered.error().text,
                          LookedIn()));
}

Status TreeHistory::CheckReach() const {
  const int64_t now = root_.generation;
  if (now < input_.generation) {
    return Fail(
        ErrorKind::kConflict,
        fmt::format("store {}: the root slots are at generation {} and the backup is at {}: "
                    "these slots are older than the backup",
                    input_.handle, now, input_.generation));
  }
  // A slot that was put aside long ago would bring back everybody who was erased since.
  int64_t known = present_generation_;
  for (const keys::JournalRun& run : runs_) {
    if (run.lineage == input_.lineage) known = std::max(known, run.last);
  }
  if (known > now) {
    return Fail(
        ErrorKind::kConflict,
        fmt::format("store {}: the root slots ({}) are at generation {}, and the key journal "
                    "or the data folder has come to {}: these slots are old copies",
                    input_.handle, fmt::join(input_.slot_names, ", "), now, known));
  }
  const Status covered = keys::CheckCoverage(runs_, input_.lineage, input_.generation, now);
  if (covered) return {};
  return Fail(ErrorKind::kConflict,
              fmt::format("store {}: the backup is at generation {} and the root at {}: {} (looked "
                          "in {})",
                          input_.handle, input_.generation, now, covered.error().text, LookedIn()));
}

std::string TreeHistory::LookedIn() const {
  return input_.journals.empty() ? "no journal"
                                 : fmt::format("{}", fmt::join(input_.journals, ", "));
}

// ---- pages ----

// The second reading: the last version of every page up to the root's generation.
class TreeHistory::PageCollector final : public keys::ChainVisitor {
 public:
  explicit PageCollector(TreeHistory& history) : history_(history) {}

  Status Visit(const JournalHead& head, JournalBody& body) override {
    if (head.lineage != history_.input_.lineage) return {};
    if (head.generation > history_.root_.generation) return {};
    OUBLI_TRY_ASSIGN(const keys::JournalCounters counters, body.Counters());
    const int64_t ordinal = OrdinalIn(counters);
    history_.last_ordinal_ = std::max(history_.last_ordinal_, ordinal);
    while (true) {
      OUBLI_TRY_ASSIGN(auto page, body.NextPage());
      if (!page) return {};
      history_.highest_version_ = std::max(history_.highest_version_, page->version);
      if (page->page == keys::kRootPage) {
        OUBLI_TRY(NoteEpoch(page->sealed, ordinal));
      } else {
        OUBLI_TRY(Keep(*std::move(page)));
      }
    }
  }
  // What had been given out when everything was erased the last time; nothing when the journals do
  // not tell.
  std::optional<int64_t> floor() const { return floor_; }

 private:
  Status NoteEpoch(const std::string& sealed, int64_t ordinal) {
    OUBLI_TRY_ASSIGN(const keys::TreeRoot header, keys::ReadRootHeader(sealed));
    if (header.epoch != history_.root_.epoch) return {};
    floor_ = std::min(floor_.value_or(ordinal), ordinal);
    return {};
  }
  Status Keep(keys::JournalPage page) {
    OUBLI_TRY_ASSIGN(const auto row, keys::ReadPageRow(*history_.input_.backup, page.page));
    if (row && row->version >= page.version) return {};
    Version& kept = history_.journal_pages_[page.page];
    if (kept.version < page.version) kept = {page.version, std::move(page.sealed)};
    return {};
  }

  TreeHistory& history_;
  std::optional<int64_t> floor_;
};

Status TreeHistory::ReadPages() {
  PageCollector collector(*this);
  for (const std::string& folder : found_journals_) {
    // What could not be read the first time was told, and the coverage did not need it.
    const auto report = keys::ReadChain(files_, folder, input_.identity, collector);
    if (!report) return Fail(report.error());
  }
  const auto ordinal_of = [](Connection& connection) -> Result<int64_t> {
    OUBLI_TRY_ASSIGN(const auto counters, customers::ReadCounters(connection));
    return OrdinalIn(counters);
  };
  OUBLI_TRY_ASSIGN(const int64_t of_backup, ordinal_of(*input_.backup));
  last_ordinal_ = std::max(last_ordinal_, of_backup);
  floor_ = of_backup;
  if (backup_epoch_ != root_.epoch) floor_ = std::max(floor_, collector.floor().value_or(0));
  if (input_.present == nullptr) return {};
  const auto of_present = ordinal_of(*input_.present);
  if (!of_present) {
    input_.present = nullptr;
    return {};
  }
  last_ordinal_ = std::max(last_ordinal_, *of_present);
  // Only the data folder may know that there was an erasure of everything.
  if (present_epoch_ == root_.epoch && backup_epoch_ != root_.epoch && !collector.floor()) {
    floor_ = last_ordinal_;
  }
  return {};
}

Result<std::vector<TreeHistory::Version>> TreeHistory::VersionsOf(PageId id) {
  std::vector<Version> versions;
  const auto add = [&](Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto row, keys::ReadPageRow(connection, id));
    if (row) versions.push_back({row->version, std::move(row->sealed)});
    return {};
  };
  OUBLI_TRY(add(*input_.backup));
  if (input_.present != nullptr) (void)add(*input_.present);
  const auto written = journal_pages_.find(id);
  if (written != journal_pages_.end()) versions.push_back(written->second);
  std::ranges::sort(versions, std::greater(), &Version::version);
  return versions;
}

std::optional<Key> TreeHistory::KeyOfPage(PageId id, Status& status) {
  if (keys::LevelOf(id) > root_.shape.levels) return std::nullopt;
  const int slot = root_.shape.SlotInParent(id);
  if (root_.shape.HangsFromRoot(id)) {
    const bool in_use = keys::NumberOf(id) < root_.children.slots() &&
                        root_.children.state(slot) == SlotState::kInUse;
    return in_use ? std::optional(root_.children.key(slot)) : std::nullopt;
  }
  const auto parent = Page(root_.shape.ParentOf(id));
  if (!parent) {
    status = Fail(parent.error());
    return std::nullopt;
  }
  if (!*parent || (*parent)->state(slot) != SlotState::kInUse) return std::nullopt;
  return (*parent)->key(slot);
}

Result<std::shared_ptr<const KeyPage>> TreeHistory::Page(PageId id) {
  const bool is_leaf = keys::LevelOf(id) == 0;
  if (is_leaf && last_leaf_.first == id) return last_leaf_.second;
  if (const auto there = opened_.find(id); there != opened_.end()) return there->second;
  std::shared_ptr<const KeyPage> page;
  Status status;
  const auto key = KeyOfPage(id, status);
  OUBLI_TRY(status);
  if (key) {
    OUBLI_TRY_ASSIGN(const std::vector<Version> versions, VersionsOf(id));
    for (const Version& version : versions) {
      auto opened = keys::OpenPage(version.sealed, id, version.version, *key, input_.identity);
      if (!opened || opened->slots() != root_.shape.SlotsOf(keys::LevelOf(id))) continue;
      page = std::make_shared<const KeyPage>(*std::move(opened));
      break;
    }
  }
  if (is_leaf) {
    last_leaf_ = {id, page};
  } else {
    opened_[id] = page;
  }
  return page;
}

Result<bool> TreeHistory::IsLost(PageId id) {
  for (PageId at = id; keys::LevelOf(at) <= root_.shape.levels; at = root_.shape.ParentOf(at)) {
    OUBLI_TRY_ASSIGN(const auto page, Page(at));
    if (page) return false;
    Status status;
    const auto key = KeyOfPage(at, status);
    OUBLI_TRY(status);
    if (key) return true;
    if (root_.shape.HangsFromRoot(at)) break;
  }
  return false;
}

Result<TreeHistory::Slot> TreeHistory::SlotOf(int64_t ordinal) {
  if (!root_.shape.Holds(ordinal)) return Slot{};
  const PageId leaf = root_.shape.LeafOf(ordinal);
  OUBLI_TRY_ASSIGN(const auto page, Page(leaf));
  if (page) {
    const int slot = root_.shape.SlotOf(ordinal);
    const bool in_use = page->state(slot) == SlotState::kInUse;
    return Slot{page->state(slot), in_use ? std::optional(page->key(slot)) : std::nullopt, false};
  }
  OUBLI_TRY_ASSIGN(const bool lost, IsLost(leaf));
  return Slot{SlotState::kEmpty, std::nullopt, lost};
}

}  // namespace oubli::backup
