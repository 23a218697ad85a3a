#include "doctor/old_pages.h"

#include <filesystem>
#include <set>

#include "base/text.h"
#include "customers/records.h"
#include "keys/journal_chain.h"
#include "keys/tree_rows.h"

namespace oubli::doctor {
namespace {

using keys::Ordinal;
using keys::PageId;

Status CopyPages(TreeView& tree, const std::vector<customers::Head>& owners, OldCopy& copy) {
  std::set<PageId> wanted;
  for (const customers::Head& owner : owners) {
    PageId page = tree.root().shape.LeafOf(owner.ordinal);
    wanted.insert(page);
    while (!tree.root().shape.HangsFromRoot(page)) {
      page = tree.root().shape.ParentOf(page);
      wanted.insert(page);
    }
  }
  for (const PageId page : wanted) {
    OUBLI_TRY_ASSIGN(auto row, keys::ReadPageRow(tree.connection(), page));
    if (!row) return Fail(ErrorKind::kCorrupt, "a page of the key tree is missing");
    copy.pages.push_back({page, row->version, std::move(row->sealed)});
  }
  copy.pages.push_back({keys::kRootPage, tree.root().children.version, tree.row().root});
  return {};
}

class JournalPages final : public keys::ChainVisitor {
 public:
  explicit JournalPages(const PageVisitor& visit) : visit_(visit) {}
  Status Visit(const keys::JournalHead& /*head*/, keys::JournalBody& body) override {
    while (true) {
      OUBLI_TRY_ASSIGN(const auto page, body.NextPage());
      if (!page) return {};
      OUBLI_TRY(visit_(*page));
    }
  }

 private:
  const PageVisitor& visit_;
};

}  // namespace

Result<OldCopy> CopyAside(TreeView& tree, const std::vector<customers::Head>& owners) {
  OldCopy copy;
  OUBLI_TRY(CopyPages(tree, owners, copy));
  OUBLI_TRY_ASSIGN(auto select, tree.connection().Prepare(
                                    "SELECT kind, id, sealed FROM record WHERE ordinal = $1"));
  for (const customers::Head& owner : owners) {
    select->Reset();
    select->Bind(1, owner.ordinal);
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) break;
      copy.records.push_back({owner.ordinal, static_cast<customers::RecordKind>(select->Int(0)),
                              select->Int(1), std::string(select->Blob(2))});
    }
  }
  return copy;
}

bool OpensSomething(const OldCopy& copy, Ordinal ordinal, const std::vector<crypto::Key>& keys) {
  for (const OldCopy::Record& record : copy.records) {
    if (record.ordinal != ordinal) continue;
    for (const crypto::Key& key : keys) {
      if (customers::OpenRecord(key, ordinal, record.kind, record.id, record.sealed)) return true;
    }
  }
  return false;
}

Status VisitJournal(storage::Files& files, const std::string& folder, std::string_view identity,
                    const PageVisitor& visit) {
  JournalPages pages(visit);
  const auto report = keys::ReadChain(files, folder, identity, pages);
  if (report || report.error().kind == ErrorKind::kNotFound) return {};
  return Fail(report.error());
}

}  // namespace oubli::doctor
