// oubli-bench-keys: the key tree alone, over SQLite, two file slots and one journal: what its part
// of an erasure costs, and what a customer's key takes on the disk. bench/run uses it, and so does
// docs/decisions/007-fan-out.md.
//
//   oubli-bench-keys --dir DIR --customers N --erased M --single K [--leaf-keys L] [--node-keys F]
//                    [--group G]
//
// prints one JSON object: erase_us_each (M random ones of N in groups of G), single_us (the median
// of K erasures of one each), syncs_us (the median of the syncs that one needs in sequence, of the
// sizes that it really wrote), group64_us_each, bytes_each (of key pages), journal_bytes_single.
#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "crypto/random.h"
#include "keys/file_slot.h"
#include "keys/key_tree.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::bench {
namespace {

using std::chrono::steady_clock;

struct Options {
  std::string dir;
  int64_t customers = 100'000;
  int64_t erased = 10'000;
  int64_t single = 200;
  int64_t group = 5000;
  int leaf_keys = 0;  // 0: as the server makes it
  int node_keys = 0;
};

// A failure ends the program.
template <class T>
T Must(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "oubli-bench-keys: {}\n", result.error().text);
  std::exit(1);
}
void Must(const Status& status) {
  if (status) return;
  fmt::print(stderr, "oubli-bench-keys: {}\n", status.error().text);
  std::exit(1);
}

double Microseconds(steady_clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {
    std::filesystem::create_directories(options.dir);
    database_ = Must(storage::OpenSqlite(options.dir + "/tree.db"));
    writer_ = Must(database_->OpenWriter());
    const std::string_view ddl[] = {keys::kKeyTreeDdl};
    Must(storage::Migrate(*database_, *writer_, ddl));
    std::vector<std::unique_ptr<keys::RootSlot>> slots;
    for (const char* name : {".roots/1", ".roots/2"}) {
      slots.push_back(std::make_unique<keys::FileSlot>(storage::SystemFiles(), options.dir + name));
      Must(slots.back()->SetUp());
    }
    journal_ =
        std::make_shared<keys::JournalFolder>(storage::SystemFiles(), options.dir + ".journal");
    Must(journal_->SetUp());
    keys::KeyTreeOptions tree;
    tree.store_identity = kIdentity;
    tree.places.slots = std::make_shared<keys::RootSlots>(std::move(slots));
    tree.places.journals = std::make_shared<keys::Journals>();
    tree.places.journals->Add(journal_, true);
    if (options.leaf_keys > 0) tree.leaf_keys = options.leaf_keys;
    if (options.node_keys > 0) tree.node_keys = options.node_keys;
    tree.clock = &SystemClock();
    tree.counters = [](storage::Connection&) { return keys::JournalCounters(); };
    tree_ = Must(keys::KeyTree::Open(
        *writer_, [this] { return database_->OpenReader(); }, tree));
  }

  void Run() {
    Create();
    const double bytes_each = Number("SELECT SUM(pgsize) FROM dbstat WHERE name = 'key_page'") /
                              static_cast<double>(options_.customers);
    std::vector<keys::Ordinal> order(static_cast<size_t>(options_.customers));
    std::iota(order.begin(), order.end(), 1);
    std::ranges::shuffle(order, std::mt19937_64(7));
    Erase({order.data(), 1});  // makes the slots ready
    size_t at = 1;
    std::vector<double> single;
    const int64_t journal_before = Must(journal_->Size(kIdentity));
    for (int64_t i = 0; i < options_.single; ++i) single.push_back(Erase({&order[at++], 1}));
    const int64_t journal_each =
        (Must(journal_->Size(kIdentity)) - journal_before) / std::max<int64_t>(options_.single, 1);
    const std::vector<double> syncs = Syncs(journal_each);
    double of_64 = 0;
    for (int i = 0; i < 100; ++i, at += 64) of_64 += Erase({&order[at], 64});
    double of_groups = 0;
    for (int64_t left = options_.erased; left > 0; left -= options_.group) {
      const auto count = static_cast<size_t>(std::min(left, options_.group));
      of_groups += Erase({&order[at], count});
      at += count;
    }
    fmt::print(
        "{{\"erase_us_each\":{:.2f},\"single_us\":{:.1f},\"syncs_us\":{:.1f},"
        "\"group64_us_each\":{:.2f},\"bytes_each\":{:.2f},\"journal_bytes_single\":{}}}\n",
        of_groups / static_cast<double>(options_.erased), Median(single), Median(syncs),
        of_64 / 6400, bytes_each, journal_each);
  }

 private:
  static constexpr const char* kIdentity = "sixteen bytes id";

  template <class Change>
  void Commit(bool erasing, Change change) {
    Must(tree_->BeginGroup(*writer_));
    if (erasing) Must(tree_->BeginErasing(*writer_));
    Must(writer_->BeginWrite());
    change(*tree_->BeginWrite(*writer_));
    Must(tree_->BeforeCommit(*writer_));
    Must(writer_->Commit());
    std::promise<Status> finished;
    tree_->Committed(erasing, [&](const Status& status) { finished.set_value(status); });
    Must(finished.get_future().get());
  }

  void Create() {
    for (int64_t next = 1; next <= options_.customers;) {
      Commit(false, [&](keys::KeyWriteSession& session) {
        for (int i = 0; i < 10'000 && next <= options_.customers; ++i) session.Create(next++);
      });
    }
    Must(database_->Checkpoint(true));
  }

  // Microseconds until the roots are gone.
  double Erase(std::span<const keys::Ordinal> ordinals) {
    const auto start = steady_clock::now();
    Commit(true, [&](keys::KeyWriteSession& session) {
      for (const keys::Ordinal ordinal : ordinals) session.Erase(ordinal);
    });
    const double took = Microseconds(steady_clock::now() - start);
    if (database_->LogBytes() > 64 * 1024 * 1024) Must(database_->Checkpoint(true));
    return took;
  }

  // What one erasure has to wait for at the least: the commit's log, the journal's entry, then the
  // cells of both slots at the same time.
  std::vector<double> Syncs(int64_t journal_bytes) {
    const auto file = [&](const char* name, size_t size) {
      auto made =
          Must(storage::SystemFiles().Open(options_.dir + name, storage::OpenMode::kCreate));
      Must(made->WriteAt(0, std::string(size * 64, 'x')));
      Must(made->Sync());
      return made;
    };
    // Three key pages, the root page and its row: about eight frames of the log.
    constexpr size_t kLogBytes = 8 * 2072;
    constexpr size_t kCellBytes = 4096;
    const auto journal_size = static_cast<size_t>(journal_bytes);
    const auto overwrite = [](storage::File& in, int64_t at, size_t size) {
      Must(in.WriteAt(at * static_cast<int64_t>(size), std::string(size, 'y')));
      Must(in.Sync());
    };
    auto log = file("/sync-log", kLogBytes);
    auto journal = file("/sync-journal", journal_size);
    auto slot = file("/sync-slot-1", kCellBytes);
    auto other_slot = file("/sync-slot-2", kCellBytes);
    std::barrier<> both(2);
    std::thread other([&] {
      for (int64_t i = 0; i < options_.single; ++i) {
        both.arrive_and_wait();
        overwrite(*other_slot, i % 2, kCellBytes);
        both.arrive_and_wait();
      }
    });
    std::vector<double> times;
    for (int64_t i = 0; i < options_.single; ++i) {
      const auto start = steady_clock::now();
      overwrite(*log, i % 64, kLogBytes);
      overwrite(*journal, i % 64, journal_size);
      both.arrive_and_wait();
      overwrite(*slot, i % 2, kCellBytes);
      both.arrive_and_wait();
      times.push_back(Microseconds(steady_clock::now() - start));
    }
    other.join();
    return times;
  }

  double Number(const char* sql) {
    auto select = Must(writer_->Prepare(sql));
    Must(select->Step());
    return static_cast<double>(select->Int(0));
  }

  const Options options_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Connection> writer_;
  std::shared_ptr<keys::JournalFolder> journal_;
  std::unique_ptr<keys::KeyTree> tree_;
};

Options ReadOptions(int argc, char** argv) {
  Options options;
  const option names[] = {{"dir", 1, nullptr, 'd'},       {"customers", 1, nullptr, 'c'},
                          {"erased", 1, nullptr, 'e'},    {"single", 1, nullptr, 's'},
                          {"leaf-keys", 1, nullptr, 'l'}, {"node-keys", 1, nullptr, 'n'},
                          {"group", 1, nullptr, 'g'},     {}};
  for (int name = 0; (name = getopt_long(argc, argv, "", names, nullptr)) != -1;) {
    switch (name) {
      case 'd':
        options.dir = optarg;
        break;
      case 'c':
        options.customers = std::atoll(optarg);
        break;
      case 'e':
        options.erased = std::atoll(optarg);
        break;
      case 's':
        options.single = std::atoll(optarg);
        break;
      case 'l':
        options.leaf_keys = std::atoi(optarg);
        break;
      case 'n':
        options.node_keys = std::atoi(optarg);
        break;
      case 'g':
        options.group = std::atoll(optarg);
        break;
      default:
        std::exit(2);
    }
  }
  if (options.dir.empty() || options.erased + options.single + 6500 > options.customers) {
    fmt::print(stderr, "oubli-bench-keys: --dir DIR --customers N --erased M --single K\n");
    std::exit(2);
  }
  return options;
}

}  // namespace
}  // namespace oubli::bench

int main(int argc, char** argv) {
  oubli::crypto::Initialize();
  oubli::bench::Bench(oubli::bench::ReadOptions(argc, argv)).Run();
  return 0;
}
