#include <fmt/core.h>

#include <algorithm>

#include "doctor/store_check.h"

namespace oubli::doctor {
namespace {

using keys::KeyPage;
using keys::PageId;
using keys::SlotState;

constexpr std::string_view kRestore = "restore the store from a backup (oubli restore)";

class TreeCheck {
 public:
  TreeCheck(const Subject& subject, TreeView& tree, Findings& findings)
      : subject_(subject), tree_(tree), findings_(findings) {}

  Result<TreeSlots> Run() {
    OUBLI_TRY(Descend(tree_.root().children, tree_.root().shape.levels, 0));
    OUBLI_TRY(LookForLoosePages());
    return std::move(found_);
  }

 private:
  // The pages below `parent`, a copy since the view keeps one page a level.
  Status Descend(const KeyPage& parent, int level, int64_t first) {
    for (int slot = 0; slot < parent.slots(); ++slot) {
      if (parent.state(slot) != SlotState::kInUse) continue;
      OUBLI_TRY(subject_.CheckGoing());
      const PageId id = keys::MakePageId(level, first + slot);
      const auto page = tree_.Page(id);
      if (!page && page.error().kind != ErrorKind::kCorrupt) return Fail(page.error());
      if (!page) {
        findings_.Error("key-page", fmt::format("{}: {}", page.error().text, kRestore));
        continue;
      }
      ++found_.pages;
      if ((*page)->version > tree_.row().version) {
        findings_.Error("key-page",
                        fmt::format("key page {} of level {} is newer than the tree: {}",
                                    keys::NumberOf(id), level, kRestore));
      }
      if (level == 0) {
        NoteLeaf(**page, first + slot);
      } else {
        const KeyPage copy = **page;
        OUBLI_TRY(Descend(copy, level - 1, (first + slot) * tree_.root().shape.node_keys));
      }
    }
    return {};
  }

  void NoteLeaf(const KeyPage& leaf, int64_t number) {
    for (int slot = 0; slot < leaf.slots(); ++slot) {
      if (leaf.state(slot) != SlotState::kInUse) continue;
      found_.in_use.Insert(number * tree_.root().shape.leaf_keys + slot);
    }
  }

  // Pages of a tree that was erased as a whole wait for the sweep; others have no business here.
  Status LookForLoosePages() {
    OUBLI_TRY_ASSIGN(auto count, tree_.connection().Prepare("SELECT COUNT(*) FROM key_page"));
    OUBLI_TRY(count->Step());
    if (count->Int(0) == found_.pages) return {};
    OUBLI_TRY_ASSIGN(auto swept,
                     tree_.connection().Prepare("SELECT COALESCE(MAX(-ordinal), 0) FROM sweep"));
    OUBLI_TRY(swept->Step());
    const int64_t waiting = swept->Int(0);
    OUBLI_TRY_ASSIGN(auto select, tree_.connection().Prepare(
                                      "SELECT page, version FROM key_page ORDER BY page"));
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) return {};
      OUBLI_TRY(subject_.CheckGoing());
      const PageId page = select->Int(0);
      const auto key = tree_.KeyOf(page);
      if (!key || *key || select->Int(1) <= waiting) continue;
      findings_.Warning("key-page-loose",
                        fmt::format("key page {} of level {} hangs from nothing: it is noise, and "
                                    "the next clear-all removes it",
                                    keys::NumberOf(page), keys::LevelOf(page)));
    }
  }

  const Subject& subject_;
  TreeView& tree_;
  Findings& findings_;
  TreeSlots found_;
};

// What SQLite says of its own structures. The whole check reads every index too.
Status CheckDatabase(TreeView& tree, Findings& findings) {
  constexpr int64_t kWholeUpTo = 512LL * 1024 * 1024;
  OUBLI_TRY_ASSIGN(auto pages, tree.connection().Prepare("PRAGMA page_count"));
  OUBLI_TRY(pages->Step());
  OUBLI_TRY_ASSIGN(auto page_size, tree.connection().Prepare("PRAGMA page_size"));
  OUBLI_TRY(page_size->Step());
  const bool whole = pages->Int(0) * page_size->Int(0) <= kWholeUpTo;
  OUBLI_TRY_ASSIGN(auto check, tree.connection().Prepare(whole ? "PRAGMA integrity_check(10)"
                                                               : "PRAGMA quick_check(10)"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, check->Step());
    if (!row) return {};
    if (check->Text(0) == "ok") continue;
    findings.Error("database",
                   fmt::format("SQLite finds its file damaged ({}): {}", check->Text(0), kRestore));
  }
}

}  // namespace

Result<TreeSlots> CheckTree(const Subject& subject, TreeView& tree, Findings& findings) {
  return TreeCheck(subject, tree, findings).Run();
}

Result<StoreCounts> CheckStore(const Subject& subject, customers::Store& store,
                               Findings& findings) {
  StoreCounts counts;
  const auto check = [&]() -> Status {
    OUBLI_TRY_ASSIGN(TreeView tree, TreeView::Take(store));
    OUBLI_TRY(CheckDatabase(tree, findings));
    OUBLI_TRY_ASSIGN(const TreeSlots slots, CheckTree(subject, tree, findings));
    counts.key_pages = slots.pages;
    return CheckRows(subject, tree, slots.in_use, findings, counts);
  };
  if (const Status checked = check(); !checked) {
    OUBLI_TRY(subject.CheckGoing());
    findings.Error("store-unreadable",
                   fmt::format("the store's file cannot be read to its end ({}): {}",
                               checked.error().text, kRestore));
  }
  return counts;
}

}  // namespace oubli::doctor
