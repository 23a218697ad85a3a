#include "customers/search_index.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "customers/customers.h"
#include "customers/heads.h"
#include "customers/store.h"

namespace oubli::customers {
namespace {

constexpr size_t kSlice = search::Chunk::kMaxRows;
// An index with less a customer does not exist: with more customers than that nothing is built.
constexpr int64_t kLeastBytesEach = 64;
// So many changes are left to the next call, which waits for them. Few at a time cost most: each
// makes a chunk anew.
constexpr size_t kUnreadWithoutCare = 5000;
// More are left to it when there has been none for so long.
constexpr int64_t kInUseMs = 10'000;
// Above this, and a part of the rows, building anew costs no more than reading what has changed.
constexpr size_t kMostUnread = 100'000;

search::Change GoneChange(int64_t id) {
  search::Change change;
  change.id = id;
  return change;
}

search::Change ChangeOf(const Customer& customer) {
  search::Change change;
  change.id = customer.head.id;
  change.is_there = true;
  change.created_at = customer.head.created_at;
  change.modified_at = customer.head.modified_at;
  change.group_id = customer.head.group_id;
  const std::string last_name = SearchedLastName(customer.profile);
  change.name = SearchedName(customer.profile);
  change.last_name_at = change.name.size() - last_name.size();
  change.company = FoldCase(customer.profile.company);
  change.phone = FoldCase(customer.profile.phone);
  change.ip_address = FoldCase(customer.profile.registration_ip_address);
  return change;
}

// The rows of the table that are being read, from the first to the last.
class Reading {
 public:
  explicit Reading(search::Table& table) : table_(table) { table_.BeginReading(); }
  ~Reading() { table_.EndReading(); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  search::Table& table_;
};

}  // namespace

std::string SearchedLastName(const Profile& profile) { return FoldCase(profile.last_name); }

std::string SearchedName(const Profile& profile) {
  return FoldCase(profile.first_name) + " " + SearchedLastName(profile);
}

SearchIndex::SearchIndex(Store& store, const Clock& clock, std::shared_ptr<SearchIndexes> all)
    : store_(store), clock_(clock), all_(std::move(all)) {
  all_->Add(this);
}

SearchIndex::~SearchIndex() {
  closing_ = true;
  all_->Remove(this);
  table_.Clear();
  NoteBytes();
}

// ---- asking ----

std::optional<search::Found> SearchIndex::Find(const search::Filter& filter,
                                               const search::Order& order,
                                               const search::Window& window) {
  last_used_ms_ = clock_.BootMs();
  int64_t times_left = 0;
  const auto ask = [&]() -> std::optional<search::Found> {
    if (!WaitUntilReady()) return std::nullopt;
    {
      const std::lock_guard lock(mutex_);
      times_left = times_left_;
    }
    if (!CatchUp()) return std::nullopt;
    search::Found found = table_.Find(filter, order, window);
    // What was dropped under the search has been found in part.
    const std::lock_guard lock(mutex_);
    if (times_left_ != times_left) return std::nullopt;
    return found;
  };
  auto found = ask();
  all_->CountAnswer(found.has_value());
  return found;
}

bool SearchIndex::WaitUntilReady() {
  std::unique_lock lock(mutex_);
  if (state_ == State::kRefused && clock_.BootMs() >= refused_until_ms_) state_ = State::kNone;
  if (state_ == State::kNone) {
    // From here on commits are noted, and what was committed before is seen by the building.
    state_ = State::kBuilding;
    unread_.clear();
    all_->Wake();
  }
  changed_.wait_for(lock, all_->options().patience, [this] { return state_ != State::kBuilding; });
  return state_ == State::kReady;
}

// ---- being told ----

size_t SearchIndex::MostUnread() const {
  return std::max(kMostUnread, static_cast<size_t>(table_.rows()) / 4);
}

void SearchIndex::Tell(const std::vector<ChangeLog::Entry>& changes, bool certain) {
  // Forgotten first, noted then: who is erased and made anew in one commit is read again.
  for (const ChangeLog::Entry& change : changes) {
    if (change.what == ChangeLog::What::kErased) table_.Forget(change.customer);
    if (change.what == ChangeLog::What::kAllErased) table_.Clear();
  }
  NoteBytes();
  const std::lock_guard lock(mutex_);
  if (state_ != State::kBuilding && state_ != State::kReady) return;
  for (const ChangeLog::Entry& change : changes) {
    // Who is erased is not read again: there is nobody.
    if (change.what == ChangeLog::What::kChanged) unread_.push_back(change.customer);
  }
  if (!certain || unread_.size() > MostUnread()) {
    state_ = State::kOutgrown;
    changed_.notify_all();
  }
  if (state_ == State::kOutgrown || unread_.size() > kUnreadWithoutCare) all_->Wake();
}

// ---- reading ----

bool SearchIndex::CatchUp() {
  const std::lock_guard applying(applying_);
  std::vector<int64_t> ids;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kReady) return false;
    ids.swap(unread_);
  }
  if (ids.empty()) return true;
  std::ranges::sort(ids);
  const auto repeats = std::ranges::unique(ids);
  ids.erase(repeats.begin(), repeats.end());
  const Status read = ApplyChanged(ids);
  if (!read) {
    Log(LogLevel::kWarning, "the search index cannot read what has changed",
        {{"store", store_.number()}, {"reason", read.error().text}});
  }
  if (read && all_->room() >= 0) return true;
  Leave(State::kRefused);
  return false;
}

Status SearchIndex::ApplyChanged(const std::vector<int64_t>& ids) {
  for (size_t begin = 0; begin < ids.size(); begin += kSlice) {
    const auto first = ids.begin() + static_cast<ptrdiff_t>(begin);
    const auto count = static_cast<ptrdiff_t>(std::min(kSlice, ids.size() - begin));
    const Reading reading(table_);
    OUBLI_TRY_ASSIGN(const auto changes, ReadChanged({first, first + count}));
    table_.Apply(changes);
  }
  NoteBytes();
  return {};
}

// What the commits were that changed these, a view that begins now shows it, or something later.
Result<std::vector<search::Change>> SearchIndex::ReadChanged(const std::vector<int64_t>& ids) {
  OUBLI_TRY_ASSIGN(auto reader, store_.Read());
  std::vector<search::Change> changes;
  changes.reserve(ids.size());
  for (const int64_t id : ids) {
    OUBLI_TRY_ASSIGN(const auto customer, FindCustomer(*reader, id));
    changes.push_back(customer ? ChangeOf(*customer) : GoneChange(id));
  }
  return changes;
}

// ---- building ----

void SearchIndex::Care() {
  State state = State::kNone;
  size_t unread = 0;
  {
    const std::lock_guard lock(mutex_);
    state = state_;
    unread = unread_.size();
  }
  const bool is_idle = clock_.BootMs() - last_used_ms_ >= all_->options().idle_ms;
  if (state == State::kOutgrown || (state == State::kReady && is_idle)) return Drop();
  if (state == State::kBuilding) return Build();
  const bool is_in_use = clock_.BootMs() - last_used_ms_ < kInUseMs;
  if (state == State::kReady && is_in_use && unread > kUnreadWithoutCare) (void)CatchUp();
}

void SearchIndex::Drop() {
  const std::lock_guard applying(applying_);
  Leave(State::kNone);
}

void SearchIndex::Leave(State state) {
  {
    const std::lock_guard lock(mutex_);
    state_ = state;
    ++times_left_;
    unread_ = {};
    refused_until_ms_ = clock_.BootMs() + all_->options().refused_ms;
  }
  table_.Clear();
  NoteBytes();
  changed_.notify_all();
}

void SearchIndex::NoteBytes() {
  const int64_t bytes = table_.bytes();
  all_->AddBytes(bytes - noted_bytes_.exchange(bytes));
}

void SearchIndex::Build() {
  int64_t times_left = 0;
  {
    const std::lock_guard lock(mutex_);
    times_left = times_left_;
  }
  const Status built = HasRoomForAll()
                           ? BuildSlices(times_left)
                           : Status(Fail(ErrorKind::kTooMany, "it takes more than its room"));
  if (closing_) return;
  if (!built) {
    Log(LogLevel::kWarning, "there is no search index, lists go through the store",
        {{"store", store_.number()}, {"reason", built.error().text}});
    const std::lock_guard applying(applying_);
    return Leave(State::kRefused);
  }
  const std::lock_guard lock(mutex_);
  if (state_ != State::kBuilding || times_left_ != times_left) return;
  all_->CountBuild();
  state_ = State::kReady;
  changed_.notify_all();
}

bool SearchIndex::HasRoomForAll() {
  auto reader = store_.Read();
  if (!reader) return true;  // the building will say what is wrong
  const auto count = CountOwners(**reader, OwnerKind::kCustomer);
  return !count || *count * kLeastBytesEach <= all_->room();
}

// Each slice has a view of its own, so that no snapshot stands in the way of a checkpoint for the
// whole time. What is changed behind the slice that has seen it is noted, and read again.
Status SearchIndex::BuildSlices(int64_t times_left) {
  int64_t after_id = 0;
  while (!closing_) {
    const std::lock_guard applying(applying_);
    {
      const std::lock_guard lock(mutex_);
      if (state_ != State::kBuilding || times_left_ != times_left) return {};
    }
    const Reading reading(table_);
    OUBLI_TRY_ASSIGN(const auto slice, ReadNextSlice(after_id));
    if (slice.empty()) return {};
    table_.Apply(slice);
    NoteBytes();
    if (all_->room() < 0) return Fail(ErrorKind::kTooMany, "it takes more than its room");
    after_id = slice.back().id;
  }
  return {};
}

Result<std::vector<search::Change>> SearchIndex::ReadNextSlice(int64_t after_id) {
  OUBLI_TRY_ASSIGN(auto reader, store_.Read());
  std::vector<search::Change> slice;
  slice.reserve(kSlice);
  Status failed;
  OUBLI_TRY(ForEachHead(*reader, OwnerKind::kCustomer, after_id, [&](const Head& head) {
    auto customer = OpenIfLiving(*reader, head);
    if (!customer) {
      failed = Fail(customer.error());
      return false;
    }
    slice.push_back(*customer ? ChangeOf(**customer) : GoneChange(head.id));
    return slice.size() < kSlice;
  }));
  if (!failed) return Fail(failed.error());
  return slice;
}

}  // namespace oubli::customers
