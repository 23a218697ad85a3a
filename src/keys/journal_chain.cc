#include "keys/journal_chain.h"

#include <fmt/core.h>

#include <algorithm>

namespace oubli::keys {
namespace {

class NoVisitor final : public ChainVisitor {
 public:
  Status Visit(const JournalHead&, JournalBody&) override { return {}; }
};

// Takes entries in order and says how they hang together.
class ChainBuilder {
 public:
  explicit ChainBuilder(ChainReport& report) : report_(report) {}

  void Add(const PlacedHead& entry) {
    const JournalHead& head = entry.head;
    const bool is_full = head.kind == JournalEntryKind::kFull;
    const bool goes_on = !report_.runs.empty() && report_.runs.back().lineage == head.lineage &&
                         GoesOn(head, report_.runs.back());
    if (!goes_on) {
      if (!report_.runs.empty()) FindBreak(entry);
      const int64_t first = is_full ? head.generation : head.from_generation;
      report_.runs.push_back({head.lineage, first, first, {}});
    }
    JournalRun& run = report_.runs.back();
    run.last = head.generation;
    if (is_full) run.full.push_back(head.generation);
    ++report_.entries;
    report_.bytes = entry.End();
  }

 private:
  static bool GoesOn(const JournalHead& head, const JournalRun& run) {
    const bool follows =
        head.from_generation == run.last && head.generation <= head.from_generation + 1;
    return follows || (head.kind == JournalEntryKind::kFull && head.generation == run.last);
  }

  void FindBreak(const PlacedHead& entry) {
    const JournalRun& run = report_.runs.back();
    const bool is_full = entry.head.kind == JournalEntryKind::kFull;
    ChainFinding finding{ChainFinding::kGap, entry.position, run.last,
                         is_full ? entry.head.generation : entry.head.from_generation};
    if (is_full) finding.kind = ChainFinding::kHealedGap;
    if (run.lineage != entry.head.lineage) finding.kind = ChainFinding::kLineageChange;
    report_.findings.push_back(finding);
  }

  ChainReport& report_;
};

std::string TextOf(const ChainFinding& finding) {
  if (finding.kind == ChainFinding::kGap) {
    return fmt::format("a gap in the key journal: generation {} is followed by {} (at byte {})",
                       finding.before, finding.after, finding.position);
  }
  return fmt::format("the key journal is damaged at byte {}", finding.position);
}

}  // namespace

bool ChainReport::Has(ChainFinding::Kind kind) const {
  return std::any_of(findings.begin(), findings.end(),
                     [kind](const ChainFinding& finding) { return finding.kind == kind; });
}

Status ChainReport::CheckSound() const {
  for (const ChainFinding& finding : findings) {
    if (finding.kind == ChainFinding::kDamaged || finding.kind == ChainFinding::kGap) {
      return Fail(ErrorKind::kCorrupt, TextOf(finding));
    }
  }
  return {};
}

Result<ChainReport> ReadChain(storage::Files& files, const std::string& folder,
                              std::string_view identity, ChainVisitor& visitor) {
  if (identity.size() != kIdentitySize) {
    return Fail(ErrorKind::kInvalid, "a store's identity has a wrong size");
  }
  OUBLI_TRY_ASSIGN(const auto file,
                   files.Open(JournalPath(folder, identity), storage::OpenMode::kRead));
  OUBLI_TRY_ASSIGN(JournalFile journal, JournalFile::Open(*file, identity));
  ChainReport report;
  ChainBuilder builder(report);
  OUBLI_TRY_ASSIGN(const bool has_header, journal.HasHeader());
  if (!has_header) report.findings.push_back({ChainFinding::kDamaged, 0});
  int64_t position = kJournalBlock;
  while (position < journal.size()) {
    OUBLI_TRY_ASSIGN(const auto entry, journal.FindNext(position));
    if (!entry) break;
    if (entry->position != position) {
      report.findings.push_back({ChainFinding::kDamaged, position});
    }
    builder.Add(*entry);
    JournalBody body = journal.Body(*entry);
    OUBLI_TRY(visitor.Visit(entry->head, body));
    position = entry->End();
  }
  OUBLI_TRY_ASSIGN(const bool clean, journal.IsZeroFrom(position));
  if (!clean) report.findings.push_back({ChainFinding::kTornTail, position});
  return report;
}

Result<ChainReport> ReadChain(storage::Files& files, const std::string& folder,
                              std::string_view identity) {
  NoVisitor visitor;
  return ReadChain(files, folder, identity, visitor);
}

Status CheckCoverage(const std::vector<JournalRun>& runs, std::string_view lineage,
                     int64_t backup_generation, int64_t wanted_generation) {
  if (wanted_generation < backup_generation) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("the backup, at generation {}, is newer than generation {}",
                            backup_generation, wanted_generation));
  }
  int64_t reached = backup_generation;
  // Where the nearest run begins that could lead on, if only it were reached.
  int64_t next = wanted_generation;
  for (bool moved = true; moved && reached < wanted_generation;) {
    moved = false;
    next = wanted_generation;
    for (const JournalRun& run : runs) {
      const int64_t last = std::min(run.last, wanted_generation);
      if (run.lineage != lineage || last <= reached) continue;
      const bool has_full = std::any_of(run.full.begin(), run.full.end(), [&](int64_t generation) {
        return generation >= reached && generation <= wanted_generation;
      });
      if (run.first <= reached || has_full) {
        reached = last;
        moved = true;
      } else {
        next = std::min(next, run.first);
      }
    }
  }
  if (reached == wanted_generation) return {};
  return Fail(
      ErrorKind::kConflict,
      fmt::format("the key journal lacks what leads from generation {} to {}", reached, next));
}

}  // namespace oubli::keys
