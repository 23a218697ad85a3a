#include "doctor/residue.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "base/json_writer.h"
#include "doctor/canaries.h"
#include "doctor/key_hunt.h"
#include "doctor/old_pages.h"
#include "doctor/raw_key_pages.h"
#include "doctor/residue_record.h"
#include "doctor/root_copies.h"
#include "storage/files.h"

namespace oubli::doctor {
namespace {

using access::KeyPlace;
using customers::Head;

// For a moment between two rotations of a busy store; without one, what the slots hold counts.
constexpr int kSettleTries = 300;
constexpr std::chrono::milliseconds kSettlePause{10};
// A page that opens brings keys for those below it, so there are never more rounds than levels.
constexpr int kMostRounds = 12;

// Canaries of an earlier check that is still under way would pass for leftovers.
std::mutex one_at_a_time;

// One store's part of a check.
struct StoreRun {
  access::StoreInfo info;
  int64_t serial = 0;
  std::vector<Head> canaries;
  std::vector<OldCopy> copies;
  bool is_erased = false;
  StoreResidue result;

  std::set<keys::Ordinal> Ordinals() const {
    std::set<keys::Ordinal> ordinals;
    for (const Head& canary : canaries) ordinals.insert(canary.ordinal);
    return ordinals;
  }
  bool usable() const { return result.problem.empty(); }
};

// A copy of a slot that was made a moment ago holds no other roots than the slot itself; each
// erasure after it, the canaries' too, leaves an old one there.
void TakeRootCopies(const std::vector<RootCopy>& copies, std::vector<crypto::Key>& roots,
                    StoreResidue& result) {
  const std::vector<crypto::Key> current = roots;
  for (const RootCopy& copy : copies) {
    const auto same = [&](const crypto::Key& root) { return root.view() == copy.root.view(); };
    if (std::ranges::any_of(current, same)) continue;
    result.root_copies.push_back({copy.path, copy.offset});
    if (std::ranges::none_of(roots, same)) roots.push_back(copy.root);
  }
}

class ResidueRun {
 public:
  ResidueRun(const Subject& subject, const ResidueOptions& options)
      : subject_(subject), options_(options), slots_(*subject.custody.places().slots) {}

  Result<ResidueReport> Run();

 private:
  Status ChooseStores();
  Status CheckFolders() const;
  void PlantAll();
  Status Plant(StoreRun& run);
  Status Control(TreeView& tree, const StoreRun& run);
  Status EraseOne(StoreRun& run);
  void EraseInEveryStore();
  Result<RawScan> Scan();
  void Walk();
  Status WalkOne(StoreRun& run, const OldFiles& old);
  Result<std::vector<std::string>> FilesToRead() const;
  Status TryAll(KeyHunt& hunt, const StoreRun& run, const OldFiles& old);
  void Note();

  const Subject& subject_;
  const ResidueOptions& options_;
  keys::RootSlots& slots_;
  const CanaryMark mark_;
  std::vector<StoreRun> runs_;
  ResidueReport report_;
};

Status ResidueRun::ChooseStores() {
  if (!options_.store.empty()) {
    OUBLI_TRY_ASSIGN(auto info, subject_.stores.Find(options_.store));
    runs_.emplace_back().info = std::move(info);
  } else {
    for (const access::StoreInfo& info : subject_.stores.List()) runs_.emplace_back().info = info;
  }
  int64_t serial = 0;
  for (StoreRun& run : runs_) {
    run.serial = ++serial;
    run.result.handle = run.info.handle;
  }
  return {};
}

Status ResidueRun::CheckFolders() const {
  for (const std::string& folder : options_.also) {
    std::error_code error;
    if (std::filesystem::exists(folder, error)) continue;
    return Fail(ErrorKind::kInvalid, fmt::format("there is no folder {}", folder), "also");
  }
  return {};
}

Status ResidueRun::Plant(StoreRun& run) {
  OUBLI_TRY(subject_.CheckGoing());
  OUBLI_TRY_ASSIGN(const auto store, subject_.stores.Open(run.info.number));
  OUBLI_TRY_ASSIGN(const auto leftovers, NotedCanaries(*store));
  if (!leftovers.empty()) {
    OUBLI_TRY(EraseCanaries(*store, leftovers));
    run.result.leftovers = static_cast<int64_t>(leftovers.size());
  }
  OUBLI_TRY_ASSIGN(run.canaries, PlantCanaries(*store, mark_, run.serial));
  run.result.planted = static_cast<int64_t>(run.canaries.size());
  {
    OUBLI_TRY_ASSIGN(TreeView tree, TreeView::Take(*store));
    OUBLI_TRY_ASSIGN(OldCopy copy, CopyAside(tree, run.canaries));
    run.copies.push_back(std::move(copy));
  }
  OUBLI_TRY(UpdateCanaries(*store, run.canaries, mark_, run.serial));
  OUBLI_TRY_ASSIGN(TreeView tree, TreeView::Take(*store));
  OUBLI_TRY_ASSIGN(OldCopy copy, CopyAside(tree, run.canaries));
  run.copies.push_back(std::move(copy));
  return Control(tree, run);
}

// The same walk while the canaries are living has to find them: otherwise that it finds nothing
// afterwards says nothing.
Status ResidueRun::Control(TreeView& tree, const StoreRun& run) {
  KeyHunt hunt(tree, ReadSlotRoots(tree, slots_).keys, run.Ordinals());
  for (const OldCopy& copy : run.copies) {
    for (const keys::JournalPage& page : copy.pages) OUBLI_TRY(hunt.Try(page));
  }
  size_t found = 0;
  for (const auto& [ordinal, keys] : hunt.found()) {
    if (OpensSomething(run.copies.back(), ordinal, keys)) ++found;
  }
  if (found == run.canaries.size()) return {};
  return Fail(ErrorKind::kUnavailable,
              fmt::format("the check is void: before the erasure it found the keys of {} of {} "
                          "canaries",
                          found, run.canaries.size()));
}

void ResidueRun::PlantAll() {
  for (StoreRun& run : runs_) {
    const Status planted = Plant(run);
    if (!planted) run.result.problem = planted.error().text;
  }
}

Status ResidueRun::EraseOne(StoreRun& run) {
  OUBLI_TRY_ASSIGN(const auto store, subject_.stores.Open(run.info.number));
  OUBLI_TRY(EraseCanaries(*store, run.canaries));
  run.is_erased = true;
  run.result.erased = static_cast<int64_t>(run.canaries.size());
  return {};
}

// Also of stores in which something went wrong, and when the server stops: no canary stays.
void ResidueRun::EraseInEveryStore() {
  for (StoreRun& run : runs_) {
    if (run.canaries.empty() || run.is_erased) continue;
    const Status erased = EraseOne(run);
    if (!erased && run.usable()) run.result.problem = erased.error().text;
  }
}

Result<std::vector<std::string>> ResidueRun::FilesToRead() const {
  std::vector<std::string> roots = {subject_.data_dir};
  for (const KeyPlace& place : subject_.custody.List()) {
    if (place.kind == access::KeyPlaceKind::kJournal) roots.push_back(place.path);
  }
  if (!subject_.log_file.empty()) roots.push_back(subject_.log_file);
  roots.insert(roots.end(), options_.also.begin(), options_.also.end());
  return FilesBelow(roots);
}

Result<RawScan> ResidueRun::Scan() {
  OUBLI_TRY_ASSIGN(const auto files, FilesToRead());
  return ScanFiles(files, {mark_.text(), mark_.Folded(), mark_.Upper()}, subject_.keep_going);
}

Status ResidueRun::TryAll(KeyHunt& hunt, const StoreRun& run, const OldFiles& old) {
  const auto visit = [&](const keys::JournalPage& page) -> Status {
    if ((hunt.tried() & 1023) == 0) OUBLI_TRY(subject_.CheckGoing());
    return hunt.Try(page);
  };
  for (const OldCopy& copy : run.copies) {
    for (const keys::JournalPage& page : copy.pages) OUBLI_TRY(visit(page));
  }
  OUBLI_TRY_ASSIGN(const auto store, subject_.stores.Open(run.info.number));
  const std::string& identity = store->key_tree().store_identity();
  std::set<std::string> folders;
  for (const KeyPlace& place : subject_.custody.List()) {
    if (place.kind == access::KeyPlaceKind::kJournal && place.in_use) folders.insert(place.path);
  }
  if (const auto more = old.journal_folders.find(identity); more != old.journal_folders.end()) {
    folders.insert(more->second.begin(), more->second.end());
  }
  for (const std::string& folder : folders) {
    OUBLI_TRY(VisitJournal(storage::SystemFiles(), folder, identity, visit));
  }
  OUBLI_TRY(VisitRawPages(subject_.stores.PathOf(run.info.number), subject_.keep_going, visit));
  if (const auto databases = old.databases.find(identity); databases != old.databases.end()) {
    for (const std::string& path : databases->second) {
      OUBLI_TRY(VisitDatabase(path, visit));
      OUBLI_TRY(VisitRawPages(path, subject_.keep_going, visit));
    }
  }
  return {};
}

Status ResidueRun::WalkOne(StoreRun& run, const OldFiles& old) {
  OUBLI_TRY_ASSIGN(const auto store, subject_.stores.Open(run.info.number));
  OUBLI_TRY_ASSIGN(const auto copies, FindRootCopies(old.files, store->key_tree().store_identity(),
                                                     subject_.keep_going));
  for (int tries = 1;; ++tries) {
    OUBLI_TRY_ASSIGN(TreeView tree, TreeView::Take(*store));
    SlotRoots roots = ReadSlotRoots(tree, slots_);
    if (!roots.settled && tries < kSettleTries) {
      std::this_thread::sleep_for(kSettlePause);
      continue;
    }
    if (roots.keys.empty()) return Fail(ErrorKind::kUnavailable, "no root slot can be read");
    TakeRootCopies(copies, roots.keys, run.result);
    KeyHunt hunt(tree, std::move(roots.keys), run.Ordinals());
    for (int round = 0; round < kMostRounds; ++round) {
      OUBLI_TRY(TryAll(hunt, run, old));
      if (!hunt.TakeNews()) break;
    }
    run.result.pages_tried = hunt.tried();
    run.result.pages_opened = hunt.opened();
    run.result.old_roots = hunt.old_roots();
    run.result.canary_keys = static_cast<int64_t>(hunt.found().size());
    for (const keys::Ordinal ordinal : hunt.erased_found()) {
      if (!hunt.found().contains(ordinal)) ++run.result.erased_keys;
    }
    return {};
  }
}

void ResidueRun::Walk() {
  const auto files = FilesBelow(options_.also);
  const auto live = FilesBelow({subject_.data_dir});
  if (!files || !live) {
    report_.problem = (files ? live.error() : files.error()).text;
    return;
  }
  const OldFiles old = SortOldFiles(*files, *live);
  report_.unreadable = old.unreadable;
  for (StoreRun& run : runs_) {
    if (!run.usable() || !run.is_erased) continue;
    if (const Status walked = WalkOne(run, old); !walked) run.result.problem = walked.error().text;
  }
}

// A check of one store alone says nothing of the others.
void ResidueRun::Note() {
  const Verdict verdict = report_.verdict();
  const bool is_whole = options_.store.empty();
  if (verdict == Verdict::kUnchecked || (verdict == Verdict::kClean && !is_whole)) return;
  auto record = ReadResidueRecord(subject_.file);
  Status noted;
  if (record) {
    if (verdict == Verdict::kClean) record->clean_at = subject_.clock.NowMs();
    record->findings = report_.findings();
    noted = WriteResidueRecord(subject_.file, *record);
  } else {
    noted = Fail(record.error());
  }
  if (!noted) report_.problem = "the outcome cannot be noted: " + noted.error().text;
}

Result<ResidueReport> ResidueRun::Run() {
  OUBLI_TRY(ChooseStores());
  OUBLI_TRY(CheckFolders());
  PlantAll();
  auto before = Scan();
  EraseInEveryStore();
  auto after = before ? Scan() : before;
  if (after) {
    report_.before = *std::move(before);
    report_.after = *std::move(after);
    Walk();
    report_.unreadable.insert(report_.unreadable.end(), report_.after.unreadable.begin(),
                              report_.after.unreadable.end());
  } else {
    report_.problem = after.error().text;
  }
  for (StoreRun& run : runs_) report_.stores.push_back(run.result);
  Note();
  return std::move(report_);
}

std::string_view VerdictName(Verdict verdict) {
  if (verdict == Verdict::kClean) return "clean";
  return verdict == Verdict::kResidue ? "residue" : "unchecked";
}

void WriteHits(JsonWriter& writer, std::string_view name, const std::vector<RawHit>& hits) {
  writer.Key(name).BeginArray();
  for (const RawHit& hit : hits) {
    writer.BeginObject().Member("file", hit.path).Member("offset", hit.offset).EndObject();
  }
  writer.EndArray();
}

void WriteTexts(JsonWriter& writer, std::string_view name, const std::vector<std::string>& texts) {
  writer.Key(name).BeginArray();
  for (const std::string& text : texts) writer.String(text);
  writer.EndArray();
}

}  // namespace

int64_t ResidueReport::findings() const {
  int64_t sum = before.hit_count + after.hit_count;
  for (const StoreResidue& store : stores) sum += store.findings();
  return sum;
}

Verdict ResidueReport::verdict() const {
  if (findings() > 0) return Verdict::kResidue;
  bool is_checked = problem.empty() && unreadable.empty();
  for (const StoreResidue& store : stores) is_checked &= store.problem.empty();
  return is_checked ? Verdict::kClean : Verdict::kUnchecked;
}

Result<ResidueReport> CheckResidue(const Subject& subject, const ResidueOptions& options) {
  const std::unique_lock lock(one_at_a_time, std::try_to_lock);
  if (!lock) return Fail(ErrorKind::kConflict, "another residue check is under way");
  return ResidueRun(subject, options).Run();
}

std::string ToJson(const ResidueReport& report) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("verdict", VerdictName(report.verdict()));
  writer.Member("findings", report.findings());
  writer.Key("stores").BeginArray();
  for (const StoreResidue& store : report.stores) {
    writer.BeginObject().Member("store", store.handle);
    writer.Member("planted", store.planted).Member("erased", store.erased);
    writer.Member("leftovers", store.leftovers).Member("pages_tried", store.pages_tried);
    writer.Member("pages_opened", store.pages_opened).Member("canary_keys", store.canary_keys);
    writer.Member("erased_keys", store.erased_keys).Member("old_roots", store.old_roots);
    WriteHits(writer, "root_copies", store.root_copies);
    writer.Member("problem", store.problem).EndObject();
  }
  writer.EndArray();
  writer.Member("files", report.after.files).Member("bytes", report.after.bytes);
  writer.Member("hits_before", report.before.hit_count).Member("hits", report.after.hit_count);
  WriteHits(writer, "places", (report.after.hits.empty() ? report.before : report.after).hits);
  WriteTexts(writer, "unreadable", report.unreadable);
  writer.Member("problem", report.problem).EndObject();
  return out;
}

}  // namespace oubli::doctor
