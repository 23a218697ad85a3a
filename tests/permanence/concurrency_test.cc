// Many threads at once, on real files: whoever was told that somebody is gone never sees them
// again, and nobody else is missed. And many stores: none waits for another one's slot.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <map>
#include <random>
#include <thread>

#include "base/log.h"
#include "customers/heads.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"
#include "permanence/world.h"

namespace oubli::permanence {
namespace {

using customers::Customer;
using customers::Head;
using customers::OwnerKind;
using customers::Store;
using customers::StoreReader;
using customers::StoreTransaction;
using storage::DiskOperation;
using storage::Verdict;

// When something was asked for and when it was acknowledged, by one clock that only counts; 0 is
// never.
struct Entry {
  int64_t id = 0;
  std::string email;
  int64_t create_asked = 0;
  std::atomic<int64_t> created{0};
  std::atomic<int64_t> erase_asked{0};
  std::atomic<int64_t> erased{0};
};
struct Clear {
  int64_t asked = 0;
  int64_t done = 0;  // 0: not yet
};

class Concurrency : public customers::StoreFixture {
 protected:
  int64_t Tick() { return ++clock_of_test_; }

  Status EraseNow(std::vector<int64_t> ids) {
    std::promise<Status> promise;
    erasure::Erase(*store_, OwnerKind::kCustomer, std::move(ids),
                   [&](const Result<erasure::Outcome>& outcome) {
                     promise.set_value(outcome ? Status() : Status(Fail(outcome.error())));
                   });
    return promise.get_future().get();
  }

  void CreateOne(const std::string& email) {
    const int64_t asked = Tick();
    const auto made = Create(email);
    ASSERT_TRUE(made) << made.error().text;
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_.emplace_back();
    entry.id = made->head.id;
    entry.email = email;
    entry.create_asked = asked;
    entry.created = Tick();
  }
  Entry* Anybody(Rng& rng) {
    const std::lock_guard lock(mutex_);
    if (entries_.empty()) return nullptr;
    // Mostly neighbours in time, whose keys lie in the same page.
    const size_t window = std::min<size_t>(entries_.size(), 40);
    return &entries_[entries_.size() - 1 - rng() % window];
  }
  void EraseSome(Rng& rng) {
    std::vector<Entry*> some;
    for (uint64_t i = rng() % 3 + 1; i > 0; --i) {
      if (Entry* entry = Anybody(rng)) some.push_back(entry);
    }
    std::vector<int64_t> ids{2'000'000'000};
    int64_t never = 0;
    const int64_t asked = Tick();
    for (Entry* entry : some) {
      never = 0;
      entry->erase_asked.compare_exchange_strong(never, asked);
      ids.push_back(entry->id);
    }
    const Status erased = EraseNow(ids);
    ASSERT_TRUE(erased) << erased.error().text;
    const int64_t done = Tick();
    for (Entry* entry : some) {
      never = 0;
      entry->erased.compare_exchange_strong(never, done);
    }
  }
  void ClearEverything() {
    size_t index = 0;
    {
      const std::lock_guard lock(mutex_);
      index = clears_.size();
      clears_.push_back({Tick(), 0});
    }
    std::promise<Status> promise;
    erasure::ClearAll(
        *store_, [] { return true; }, [&](Status status) { promise.set_value(std::move(status)); });
    ASSERT_TRUE(promise.get_future().get());
    const std::lock_guard lock(mutex_);
    clears_[index].done = Tick();
  }

  // Of a read between these two moments. REQUIRES: mutex_ is held.
  bool MustBeGone(const Entry& entry, int64_t begin) {
    if (entry.erased != 0 && entry.erased < begin) return true;
    return std::ranges::any_of(clears_, [&](const Clear& clear) {
      return clear.done != 0 && clear.done < begin && entry.created != 0 &&
             entry.created < clear.asked;
    });
  }
  bool MustBeThere(const Entry& entry, int64_t begin, int64_t end) {
    if (entry.created == 0 || entry.created >= begin) return false;
    if (entry.erase_asked != 0 && entry.erase_asked < end) return false;
    // A clear-all that was under way when it was created may have come behind it.
    return std::ranges::none_of(clears_, [&](const Clear& clear) {
      return clear.asked < end && (clear.done == 0 || clear.done > entry.create_asked);
    });
  }

  void ReadOne(Rng& rng) {
    Entry* entry = Anybody(rng);
    if (entry == nullptr) return;
    const int64_t begin = Tick();
    auto reader = store_->Read();
    ASSERT_TRUE(reader) << reader.error().text;
    const auto found = rng() % 2 == 0 ? customers::FindCustomer(**reader, entry->id)
                                      : customers::FindCustomerByEmail(**reader, entry->email);
    ASSERT_TRUE(found) << found.error().text;
    const int64_t end = Tick();
    const std::lock_guard lock(mutex_);
    if (MustBeGone(*entry, begin)) {
      EXPECT_FALSE(*found) << "an erased customer is seen";
    }
    if (MustBeThere(*entry, begin, end)) {
      EXPECT_TRUE(*found) << "a living customer is not seen";
    }
  }
  void ListAll() {
    const int64_t begin = Tick();
    auto reader = store_->Read();
    ASSERT_TRUE(reader) << reader.error().text;
    int64_t heads = 0;
    EXPECT_TRUE(customers::ForEachHead(**reader, OwnerKind::kCustomer, 0, [&](const Head&) {
      ++heads;
      return true;
    }));
    EXPECT_EQ(customers::CountOwners(**reader, OwnerKind::kCustomer).value_or(-1), heads);
    std::set<int64_t> seen;
    const Status listed = customers::ForEachCustomer(**reader, 0, [&](const Customer& customer) {
      seen.insert(customer.head.id);
      return true;
    });
    ASSERT_TRUE(listed) << listed.error().text;
    const int64_t end = Tick();
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_) {
      if (MustBeGone(entry, begin)) {
        EXPECT_FALSE(seen.contains(entry.id)) << "an erased customer is listed";
      }
      if (MustBeThere(entry, begin, end)) {
        EXPECT_TRUE(seen.contains(entry.id)) << "a living customer is not listed";
      }
    }
  }
  // What an exporter does, and a list with everything attached: first the customers, then their
  // records, all from one snapshot while others erase. Whoever is erased meanwhile is passed over
  // as a customer, and comes whole otherwise.
  void ExportAll() {
    const int64_t begin = Tick();
    auto reader = store_->Read();
    ASSERT_TRUE(reader) << reader.error().text;
    std::vector<Customer> customers;
    ASSERT_TRUE(customers::ForEachCustomer(**reader, 0, [&](const Customer& customer) {
      customers.push_back(customer);
      return customers.size() < 1000;  // as many keys as a view keeps
    }));
    const int64_t last = customers.size() < 1000 ? INT64_MAX : customers.back().head.id;
    std::map<int64_t, std::string> exported;
    for (const Customer& customer : customers) {
      ExportOne(**reader, customer);
      exported[customer.head.id] = customer.profile.email;
    }
    const int64_t end = Tick();
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_) {
      if (entry.id > last) continue;
      const auto found = exported.find(entry.id);
      if (MustBeGone(entry, begin)) {
        EXPECT_TRUE(found == exported.end()) << "an erased customer is exported";
      }
      if (MustBeThere(entry, begin, end)) {
        ASSERT_TRUE(found != exported.end()) << "a living customer is not exported";
        EXPECT_EQ(found->second, entry.email);
      }
    }
  }
  static void ExportOne(customers::StoreView& view, const Customer& customer) {
    const auto addresses = customers::ListAddresses(view, customer.head);
    const auto orders = customers::ListOrders(view, customer.head);
    ASSERT_TRUE(addresses) << addresses.error().text;
    ASSERT_TRUE(orders) << orders.error().text;
    const customers::Profile& profile = customer.profile;
    EXPECT_EQ(addresses->size(), profile.notes.size()) << "of another moment than the profile";
    EXPECT_EQ(orders->size(), profile.notes.size());
    for (const auto& address : *addresses) EXPECT_EQ(address.line1, profile.email);
    for (const auto& order : *orders) EXPECT_EQ(order.number, profile.email);
  }
  void UpdateOne(Rng& rng) {
    Entry* entry = Anybody(rng);
    if (entry == nullptr) return;
    const int64_t begin = Tick();
    const auto updated = Write([id = entry->id](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
      if (!customer) return Fail(ErrorKind::kNotFound, "nobody");
      customer->profile.notes += "x";
      OUBLI_TRY(customers::UpdateCustomer(transaction, *customer));
      customers::Address address;
      address.line1 = customer->profile.email;
      OUBLI_TRY(customers::PutAddress(transaction, customer->head, address));
      customers::Order order;
      order.number = customer->profile.email;
      OUBLI_TRY(customers::PutOrder(transaction, customer->head, order));
      return {};
    });
    if (!updated) {
      EXPECT_EQ(updated.error().kind, ErrorKind::kNotFound) << updated.error().text;
    }
    const std::lock_guard lock(mutex_);
    if (MustBeGone(*entry, begin)) {
      EXPECT_FALSE(updated) << "an erased customer is updated";
    }
  }

  void Run(int64_t steps, bool with_clears) {
    const uint64_t seed = Seed("Concurrency");
    std::vector<std::thread> threads;
    for (uint64_t t = 0; t < 6; ++t) {
      threads.emplace_back([this, t, seed, steps, with_clears] {
        Rng rng(seed * 100 + t);
        for (int64_t step = 0; step < steps && !HasFailure(); ++step) {
          const uint64_t what = rng() % 20;
          if (what < 6) {
            CreateOne(std::to_string(t) + "." + std::to_string(step) + "@example.com");
          } else if (what < 9) {
            UpdateOne(rng);
          } else if (what < 14) {
            ReadOne(rng);
          } else if (what < 15) {
            rng() % 2 == 0 ? ListAll() : ExportAll();
          } else if (what < 19 || !with_clears || t != 0) {
            EraseSome(rng);
          } else {
            ClearEverything();
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (const bool reopened : {false, true}) {
      if (reopened) Reopen();
      ListAll();
      ExportAll();
    }
  }

  std::atomic<int64_t> clock_of_test_{0};
  std::mutex mutex_;
  std::deque<Entry> entries_;  // only grows
  std::vector<Clear> clears_;
};

TEST_F(Concurrency, WithTheSweep) {
  ASSERT_TRUE(erasure::AttachSweep(*store_));
  Run(Setting("STEPS", 120), true);
}

TEST_F(Concurrency, WithoutTheSweep) { Run(Setting("STEPS", 120), true); }

TEST_F(Concurrency, WithoutClearAll) { Run(Setting("STEPS", 120), false); }

// ---- many stores ----

class ManyStores {
 public:
  explicit ManyStores(int count) : vfs_("many stores", disk_) {
    static_cast<void>(ConfigureLog({.level = LogLevel::kOff, .file = {}}));
    crypto::Initialize();
    std::vector<std::unique_ptr<keys::RootSlot>> slots;
    for (const char* name : {"/roots/1", "/roots/2"}) {
      slots.push_back(std::make_unique<keys::FileSlot>(disk_, name));
      EXPECT_TRUE(slots.back()->SetUp());
    }
    places_.slots = std::make_shared<keys::RootSlots>(
        std::move(slots), keys::RootSlotsOptions{.deadline = std::chrono::seconds(60)});
    places_.journals = std::make_shared<keys::Journals>();
    auto folder = std::make_shared<keys::JournalFolder>(disk_, "/journal");
    EXPECT_TRUE(folder->SetUp());
    places_.journals->Add(std::move(folder), true);
    EXPECT_TRUE(disk_.MakeFolder("/data"));
    for (int i = 0; i < count; ++i) {
      customers::StoreOptions options;
      options.identity = IdentityOf(i);
      options.vfs = vfs_.name();
      options.places = places_;
      auto store = Store::Open("/data/" + std::to_string(i) + ".db", i + 1, std::to_string(i),
                               threads_, clock_, options);
      EXPECT_TRUE(store);
      stores_.push_back(*store);
    }
  }
  ~ManyStores() {
    stores_.clear();
    disk_.SetHook(nullptr);
  }

  static std::string IdentityOf(int store) {
    std::string text = std::to_string(store);
    return std::string(16 - text.size(), 'a') + text;
  }
  // Each of the stores creates somebody and erases them again; false for those that say no.
  std::vector<std::future<bool>> CreateAndErase(size_t first) {
    std::vector<std::future<bool>> outcomes;
    for (size_t i = first; i < stores_.size(); ++i) outcomes.push_back(CreateAndEraseIn(i));
    return outcomes;
  }
  std::future<bool> CreateIn(size_t number) {
    auto promise = std::make_shared<std::promise<bool>>();
    stores_[number]->Write(
        [](StoreTransaction& transaction) {
          return customers::CreateCustomer(transaction, Customer());
        },
        [promise](const Result<Customer>& made) { promise->set_value(made.has_value()); });
    return promise->get_future();
  }
  std::future<bool> CreateAndEraseIn(size_t number) {
    auto promise = std::make_shared<std::promise<bool>>();
    Store* const store = stores_[number].get();
    store->Write(
        [](StoreTransaction& transaction) {
          return customers::CreateCustomer(transaction, Customer());
        },
        [store, promise](const Result<Customer>& made) {
          if (!made) return promise->set_value(false);
          erasure::Erase(*store, OwnerKind::kCustomer, {made->head.id},
                         [promise](const Result<erasure::Outcome>& erased) {
                           promise->set_value(erased && erased->erased.size() == 1);
                         });
        });
    return promise->get_future();
  }

  storage::SimulatedDisk disk_;
  storage::SimulatedVfs vfs_;
  ManualClock clock_{1'700'000'000'000};
  storage::WriterThreads threads_{4};
  keys::KeyPlaces places_;
  std::vector<std::shared_ptr<Store>> stores_;
};

TEST(ManyStores, RotateWithoutWaitingForEachOther) {
  const int count = static_cast<int>(Setting("STORES", 200));
  ManyStores many(count);
  for (auto& outcome : many.CreateAndErase(0)) EXPECT_TRUE(outcome.get());
  std::string hex;
  for (const char c : ManyStores::IdentityOf(0)) hex += fmt::format("{:02x}", static_cast<int>(c));
  std::atomic<bool> hung{false};
  many.disk_.SetHook([&](const DiskOperation& operation) {
    const bool is_it = operation.kind == DiskOperation::kSync &&
                       operation.path.find(hex) != std::string::npos &&
                       operation.path.starts_with("/roots/2");
    return is_it && !hung.exchange(true) ? Verdict::kHang : Verdict::kPass;
  });
  auto blocked = many.CreateAndEraseIn(0);
  ASSERT_TRUE(many.disk_.WaitForHanging(1, 10'000));
  for (int round = 0; round < 3; ++round) {
    for (auto& outcome : many.CreateAndErase(1)) EXPECT_TRUE(outcome.get());
  }
  EXPECT_EQ(blocked.wait_for(std::chrono::seconds(0)), std::future_status::timeout)
      << "acknowledged while a slot hangs";
  many.disk_.Release();
  EXPECT_TRUE(blocked.get());
  many.disk_.SetHook(nullptr);
}

TEST(ManyStores, RefuseAndCreateAtOnceWhileAnErasureIsTriedAgainAndHangs) {
  ManyStores many(1);
  ASSERT_TRUE(many.CreateAndEraseIn(0).get());
  std::atomic<int> writes{0};
  many.disk_.SetHook([&](const DiskOperation& operation) {
    const bool is_slot =
        operation.kind == DiskOperation::kSync && operation.path.starts_with("/roots/2");
    if (!is_slot) return Verdict::kPass;
    return writes++ == 0 ? Verdict::kFailBefore : Verdict::kHang;
  });
  EXPECT_FALSE(many.CreateAndEraseIn(0).get());
  // The first behind the delay has it tried again.
  while (!many.disk_.WaitForHanging(1, 100)) EXPECT_FALSE(many.CreateAndEraseIn(0).get());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(many.CreateAndEraseIn(0).get());
  EXPECT_TRUE(many.CreateIn(0).get());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10))
      << "the slot's deadline is 60 s";
  many.disk_.SetHook(nullptr);
  many.disk_.Release();
  const auto late = start + std::chrono::seconds(30);
  bool erases = false;
  while (!erases && std::chrono::steady_clock::now() < late) {
    erases = many.CreateAndEraseIn(0).get();
  }
  EXPECT_TRUE(erases);
}

// More stores wait for a slot than there are writer threads: some for their rotation before, some
// to be made ready.
TEST(ManyStores, CreateWhileASlotHangsForOthers) {
  constexpr size_t kWaiting = 12;
  ManyStores many(kWaiting + 2);
  for (size_t i = 0; i < kWaiting / 2; ++i) EXPECT_TRUE(many.CreateAndEraseIn(i).get());
  many.disk_.SetHook([](const DiskOperation& operation) {
    const bool is_slot =
        operation.kind == DiskOperation::kSync && operation.path.starts_with("/roots/2");
    return is_slot ? Verdict::kHang : Verdict::kPass;
  });
  std::vector<std::future<bool>> blocked;
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < kWaiting; ++i) blocked.push_back(many.CreateAndEraseIn(i));
    ASSERT_TRUE(many.disk_.WaitForHanging(4, 10'000));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  for (size_t i = kWaiting; i < many.stores_.size(); ++i) {
    auto made = many.CreateIn(i);
    EXPECT_EQ(made.wait_for(std::chrono::seconds(10)), std::future_status::ready)
        << "waits for what other stores wait for";
  }
  for (const auto& one : blocked) {
    EXPECT_EQ(one.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  }
  many.disk_.SetHook(nullptr);
  many.disk_.Release();
  for (auto& one : blocked) EXPECT_TRUE(one.get());
}

}  // namespace
}  // namespace oubli::permanence
