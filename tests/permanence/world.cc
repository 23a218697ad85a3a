#include "permanence/world.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <cstdio>
#include <future>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "crypto/random.h"
#include "customers/customers.h"
#include "customers/heads.h"
#include "customers/records.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"
#include "keys/file_slot.h"
#include "keys/key_tree.h"

namespace oubli::permanence {
namespace {

using customers::Address;
using customers::Customer;
using customers::OwnerKind;
using customers::StoreTransaction;
using customers::StoreView;
using storage::DiskOperation;
using storage::Verdict;

constexpr const char* kDatabase = "/world/data/store.db";

std::string VfsName() {
  static std::atomic<int> number{0};
  return "world " + std::to_string(++number);
}

std::string JournalFolderOf(int journal) { return "/world/journal/" + std::to_string(journal + 1); }

std::string IdentityInHex() {
  return HexEncode({reinterpret_cast<const uint8_t*>(kIdentity.data()), kIdentity.size()});
}

// An answer that comes on another thread.
template <class T>
struct Waiting {
  std::promise<T> promise;
  std::future<T> future = promise.get_future();
};

template <class T>
std::shared_ptr<Waiting<T>> NewWaiting() {
  return std::make_shared<Waiting<T>>();
}

}  // namespace

int64_t Setting(const char* name, int64_t otherwise) {
  const char* text = getenv(name);
  return text == nullptr ? otherwise : strtoll(text, nullptr, 10);
}

uint64_t Seed(const char* test) {
  const uint64_t seed =
      static_cast<uint64_t>(Setting("SEED", static_cast<int64_t>(std::random_device{}())));
  printf("%s: SEED=%llu\n", test, static_cast<unsigned long long>(seed));
  return seed;
}

World::World(const WorldOptions& options) : options_(options), vfs_(VfsName(), disk_) {
  crypto::Initialize();
  const bool quiet = Setting("LOG", 0) == 0;  // faults are what these tests are about
  static_cast<void>(ConfigureLog({.level = quiet ? LogLevel::kOff : LogLevel::kDebug, .file = {}}));
  disk_.SetHook([this](const DiskOperation& operation) {
    if (operation.IsChange() && IsSlot(operation.path)) NoteRoots();
    Verdicts verdicts;
    {
      const std::lock_guard lock(mutex_);
      verdicts = verdicts_;
    }
    return verdicts ? verdicts(operation) : Verdict::kPass;
  });
}

World::World(const WorldOptions& options, const Files& files, std::vector<Person> people)
    : World(options) {
  for (const auto& [path, bytes] : files) disk_.Put(path, bytes);
  people_ = std::move(people);
  values_ = static_cast<int64_t>(people_.size()) * 1000;
  made_ = true;
}

World::~World() {
  SetVerdicts(nullptr);
  disk_.Release();
  store_.reset();
  disk_.SetHook(nullptr);
}

// ---- the process ----

Status World::MakePlaces(keys::KeyPlaces& places) {
  std::vector<std::unique_ptr<keys::RootSlot>> slots;
  for (int slot = 0; slot < options_.slots; ++slot) {
    slots.push_back(std::make_unique<keys::FileSlot>(disk_, SlotFolder(slot)));
    if (!made_) OUBLI_TRY(slots.back()->SetUp());
  }
  places.slots = std::make_shared<keys::RootSlots>(
      std::move(slots), keys::RootSlotsOptions{.deadline = options_.deadline});
  places.journals = std::make_shared<keys::Journals>(
      keys::JournalsOptions{.deadline = options_.deadline, .makes_room = options_.makes_room});
  for (int journal = 0; journal < options_.journals + options_.slow_journals; ++journal) {
    auto folder = std::make_shared<keys::JournalFolder>(disk_, JournalFolderOf(journal));
    if (!made_) OUBLI_TRY(folder->SetUp());
    places.journals->Add(std::move(folder), journal < options_.journals);
  }
  places.retry = {.first = options_.retry, .last = options_.retry * 4};
  return {};
}

Status World::Open() {
  customers::StoreOptions options;
  options.identity = kIdentity;
  options.make_file = !made_;
  options.vfs = vfs_.name();
  options.writer_cache_kib = options_.writer_cache_kib;
  options.key_cache_bytes = options_.key_cache_bytes;
  OUBLI_TRY(MakePlaces(options.places));
  OUBLI_TRY(disk_.MakeFolder("/world/data"));
  OUBLI_TRY_ASSIGN(store_, customers::Store::Open(kDatabase, 1, "abc", threads_, clock_, options));
  made_ = true;
  NoteRoots();
  is_swept_ = options_.sweep;
  if (is_swept_) OUBLI_TRY(erasure::AttachSweep(*store_));
  return {};
}

void World::Close() { store_.reset(); }

Status World::Reopen() {
  Close();
  return Open();
}

void World::Kill() {
  SetVerdicts(nullptr);
  disk_.Kill();
  store_.reset();
  disk_.Restart();
}

void World::CutPower(Rng& rng) {
  SetVerdicts(nullptr);
  disk_.Kill();
  store_.reset();
  disk_.Crash(rng);
  disk_.Restart();
}

// ---- operations ----

World::Answer World::Create() {
  const size_t number = people_.size();
  Person person;
  person.email = std::to_string(number) + "." + std::string(kCanary) + "@example.com";
  const std::string name = std::string(kCanary) + " first " + std::to_string(++values_);
  person.names.insert(name);
  people_.push_back(person);
  auto waiting = NewWaiting<Result<Customer>>();
  store_->Write(
      [email = person.email, name](StoreTransaction& transaction) {
        Customer customer;
        customer.profile.email = email;
        customer.profile.first_name = name;
        customer.profile.notes = std::string(kCanary) + " notes";
        return customers::CreateCustomer(transaction, customer);
      },
      [waiting](Result<Customer> made) { waiting->promise.set_value(std::move(made)); });
  return [this, number, waiting]() -> Status {
    OUBLI_TRY_ASSIGN(const Customer made, waiting->future.get());
    const std::lock_guard lock(people_mutex_);
    people_[number].id = made.head.id;
    people_[number].ordinal = made.head.ordinal;
    people_[number].fate = Person::kLiving;
    return {};
  };
}

World::Answer World::Update(size_t person) {
  const std::string name = std::string(kCanary) + " again " + std::to_string(++values_);
  auto waiting = NewWaiting<Result<Customer>>();
  store_->Write(
      [id = people_[person].id, name](StoreTransaction& transaction) -> Result<Customer> {
        OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
        if (!customer) return Fail(ErrorKind::kNotFound, "nobody to update");
        customer->profile.first_name = name;
        return customers::UpdateCustomer(transaction, *customer);
      },
      [waiting](Result<Customer> made) { waiting->promise.set_value(std::move(made)); });
  return [this, person, name, waiting]() -> Status {
    const auto updated = waiting->future.get();
    const std::lock_guard lock(people_mutex_);
    auto& names = people_[person].names;
    if (updated) {
      names = {name};
    } else if (updated.error().kind != ErrorKind::kNotFound) {
      names.insert(name);
    }
    if (!updated) return Fail(updated.error());
    return {};
  };
}

World::Answer World::AddAddress(size_t person, size_t bytes) {
  const std::string line = std::string(kCanary) + " line " + std::to_string(++values_);
  auto waiting = NewWaiting<Result<Address>>();
  store_->Write(
      [id = people_[person].id, line, bytes](StoreTransaction& transaction) -> Result<Address> {
        OUBLI_TRY_ASSIGN(const auto head,
                         customers::FindHead(transaction, OwnerKind::kCustomer, id));
        if (!head) return Fail(ErrorKind::kNotFound, "nobody to add to");
        Address address;
        address.line1 = line;
        address.line2 = std::string(bytes, 'x');
        return customers::PutAddress(transaction, *head, address);
      },
      [waiting](Result<Address> made) { waiting->promise.set_value(std::move(made)); });
  return [this, person, line, waiting]() -> Status {
    const auto made = waiting->future.get();
    const std::lock_guard lock(people_mutex_);
    if (made || made.error().kind != ErrorKind::kNotFound) {
      people_[person].lines[line] = made.has_value();
    }
    if (!made) return Fail(made.error());
    return {};
  };
}

World::Answer World::StartErasing(std::vector<size_t> persons, const Submit& submit) {
  auto waiting = NewWaiting<Status>();
  submit([waiting](Status status) { waiting->promise.set_value(std::move(status)); });
  return [this, persons = std::move(persons), waiting] {
    const Status erased = waiting->future.get();
    const std::lock_guard lock(people_mutex_);
    for (const size_t number : persons) {
      Person& person = people_[number];
      if (erased) {
        person.fate = Person::kGone;
      } else if (person.fate == Person::kLiving) {
        person.fate = Person::kUncertain;
      }
    }
    return erased;
  };
}

World::Answer World::Erase(const std::vector<size_t>& persons, int unknown_ids) {
  std::vector<int64_t> ids;
  for (const size_t person : persons) ids.push_back(people_[person].id);
  for (int i = 0; i < unknown_ids; ++i) ids.push_back(1'000'000'000 + i);
  return StartErasing(persons, [&](std::function<void(Status)> done) {
    erasure::Erase(*store_, OwnerKind::kCustomer, ids,
                   [done = std::move(done)](const Result<erasure::Outcome>& outcome) {
                     done(outcome ? Status() : Status(Fail(outcome.error())));
                   });
  });
}

World::Answer World::ClearAll() {
  std::vector<size_t> persons(people_.size());
  for (size_t i = 0; i < persons.size(); ++i) persons[i] = i;
  return StartErasing(std::move(persons), [&](std::function<void(Status)> done) {
    erasure::ClearAll(
        *store_, [] { return true; }, std::move(done));
  });
}

void World::Sweep() {
  if (!is_swept_ && !erasure::AttachSweep(*store_)) return;
  is_swept_ = true;
  store_->writer().WakeBackground();
  for (int i = 0; i < 2000 && store_->writer().busy(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

Status World::JumpOrdinals(int64_t by) {
  return store_->WriteAndWait([by](StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(const int64_t last,
                     customers::ReadCounter(transaction, customers::kOrdinalCounter));
    return customers::RaiseCounter(transaction, customers::kOrdinalCounter, last + by);
  });
}

int64_t World::JournalGeneration(int journal) {
  // Looked at on another disk: a look makes durable what it finds.
  storage::SimulatedDisk copy;
  for (const auto& [path, bytes] : disk_.Snapshot()) {
    if (path.starts_with(JournalFolderOf(journal) + "/")) copy.Put(path, bytes);
  }
  keys::JournalFolder folder(copy, JournalFolderOf(journal));
  const auto tail = folder.Tail(kIdentity);
  EXPECT_TRUE(tail) << tail.error().text;
  return tail && *tail ? (*tail)->generation : 0;
}

bool World::FinishErasures(int timeout_ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (std::chrono::steady_clock::now() < end) {
    store_->FinishErasures();
    while (store_->writer().busy()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (!store_->key_tree().HasUnfinishedWork()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

void World::Acknowledge() {
  Status done;
  for (int tries = 0; tries < 500; ++tries) {
    ASSERT_TRUE(FinishErasures()) << "what has failed is not finished";
    if (done = Erase({}, 1)(); done) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_TRUE(done) << done.error().text;
  CheckCells();
}

// ---- the disk ----

bool World::IsSlot(const std::string& path) const { return path.starts_with("/world/roots"); }
std::string World::SlotFolder(int slot) const { return "/world/roots/" + std::to_string(slot + 1); }
std::string World::SlotPath(int slot) const {
  return SlotFolder(slot) + "/" + IdentityInHex() + ".root";
}
std::string World::JournalPath(int journal) const {
  return JournalFolderOf(journal) + "/" + IdentityInHex() + ".journal";
}
std::string World::LogPath() const { return std::string(kDatabase) + "-wal"; }

Files World::CopyWithoutSlots() const {
  Files files = disk_.Snapshot();
  std::erase_if(files, [this](const auto& file) { return IsSlot(file.first); });
  return files;
}

Files World::CopyOfSlots() const {
  Files files = disk_.Snapshot();
  std::erase_if(files, [this](const auto& file) { return !IsSlot(file.first); });
  return files;
}

void World::SetVerdicts(Verdicts verdicts) {
  const std::lock_guard lock(mutex_);
  verdicts_ = std::move(verdicts);
}

std::set<customers::Ordinal> World::Ordinals(Person::Fate fate) const {
  std::set<customers::Ordinal> ordinals;
  for (const Person& person : people_) {
    if (person.fate == fate && person.ordinal != 0) ordinals.insert(person.ordinal);
  }
  return ordinals;
}

std::vector<size_t> World::Living() const {
  std::vector<size_t> living;
  for (size_t i = 0; i < people_.size(); ++i) {
    if (people_[i].fate == Person::kLiving) living.push_back(i);
  }
  return living;
}

}  // namespace oubli::permanence
