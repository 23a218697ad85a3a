// GET /v3/customers while others create, change and erase customers, with and without the index:
// who is there all the time and does not change is on exactly one page of every way through a list;
// every row fits what was asked; and nobody is shown who has been erased.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "base/text.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/customer_search.h"
#include "dialects/bigcommerce/customer_search_modes.h"

namespace oubli::dialects::bigcommerce {
namespace {

using Ids = std::vector<int64_t>;

constexpr int kStaying = 300;
constexpr int kOthers = 300;
constexpr std::array<std::string_view, 5> kLastNames = {"Doe", "Smith", "Mann", "Moriarty", "Ng"};
constexpr std::array<std::string_view, 3> kCompanies = {"ACME", "Umbrella", ""};

// A way through the list, and who belongs on it.
struct Way {
  std::string query;
  std::function<bool(std::string_view name, std::string_view company)> fits;
};

class WritersTest : public BigCommerceTest, public ::testing::WithParamInterface<IndexMode> {
 protected:
  WritersTest() : WritersTest(IndexesOf(GetParam())) {}
  explicit WritersTest(const std::shared_ptr<customers::SearchIndexes>& indexes)
      : BigCommerceTest(Make, indexes), indexes_(indexes) {}

  void SetUp() override {
    seed_ = std::random_device()();
    fmt::print("seed {}\n", seed_);
    std::mt19937_64 random(seed_);
    ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
      for (int i = 0; i < kStaying + kOthers; ++i) {
        customers::Customer customer;
        customer.head.created_at = 1'700'000'000'000 + static_cast<int64_t>(random() % 60'000);
        customer.head.modified_at = customer.head.created_at;
        customer.profile.first_name = i % 2 == 0 ? "Stays" : "Changes";
        customer.profile.last_name = OneOf(kLastNames, random);
        customer.profile.company = OneOf(kCompanies, random);
        OUBLI_TRY_ASSIGN(const auto made, customers::CreateCustomer(transaction, customer));
        if (i % 2 == 0) {
          staying_.push_back(made);
        } else {
          others_.push_back(made.head.id);
        }
      }
      return {};
    }));
  }

  template <size_t kCount>
  static std::string OneOf(const std::array<std::string_view, kCount>& list,
                           std::mt19937_64& random) {
    return std::string(list[random() % kCount]);
  }

  // ---- writing ----

  void Write(int number) {
    std::mt19937_64 random(seed_ + static_cast<unsigned>(number) + 1);
    for (int i = 0; !stop_; ++i) {
      switch (random() % 4) {
        case 0:
          Add(random, fmt::format("w{}-{}@x.org", number, i));
          break;
        case 1:
          EraseOne(random);
          break;
        default:
          ChangeOne(random);
      }
      world_.clock().Advance(300);
    }
  }

  void Add(std::mt19937_64& random, const std::string& email) {
    const auto answer = Post(
        "/v3/customers", fmt::format(R"([{{"email":"{}","first_name":"New","last_name":"{}",)"
                                     R"("company":"{}"}}])",
                                     email, OneOf(kLastNames, random), OneOf(kCompanies, random)));
    const Ids made = IdsOf(answer);
    const std::lock_guard lock(mutex_);
    others_.insert(others_.end(), made.begin(), made.end());
  }

  int64_t TakeOther(std::mt19937_64& random) {
    const std::lock_guard lock(mutex_);
    if (others_.empty()) return 0;
    std::swap(others_[random() % others_.size()], others_.back());
    const int64_t id = others_.back();
    others_.pop_back();
    return id;
  }

  void EraseOne(std::mt19937_64& random) {
    const int64_t id = TakeOther(random);
    if (id == 0) return;
    EXPECT_EQ(Delete("/v3/customers?id:in=" + std::to_string(id)).status, 204);
    const std::lock_guard lock(mutex_);
    erased_.insert(id);
  }

  void ChangeOne(std::mt19937_64& random) {
    const int64_t id = TakeOther(random);
    if (id != 0) Change(id, random);
  }

  void Change(int64_t id, std::mt19937_64& random) {
    const auto answer =
        Put("/v3/customers", fmt::format(R"([{{"id":{},"last_name":"{}","company":"{}"}}])", id,
                                         OneOf(kLastNames, random), OneOf(kCompanies, random)));
    EXPECT_EQ(answer.status, 200) << answer.body;
    const std::lock_guard lock(mutex_);
    others_.push_back(id);
  }

  // The one that a cursor stands at, unless it stays.
  void ChangeIfOther(int64_t id) {
    {
      const std::lock_guard lock(mutex_);
      if (std::erase(others_, id) == 0) return;
    }
    Change(id, reader_random_);
  }

  // ---- reading ----

  std::set<int64_t> Erased() {
    const std::lock_guard lock(mutex_);
    return erased_;
  }

  // One answer's ids, checked row by row; the target of the next in `target`, "" at the end.
  Ids Read(const Way& way, const char* link, std::string& target) {
    const std::set<int64_t> erased_before = Erased();
    const auto answer = Get("/v3/customers" + target + way.query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto body = Parse(answer);
    Ids ids;
    for (const auto& row : body.at("data").as_array()) {
      const int64_t id = *AsInt(row.at("id"));
      EXPECT_FALSE(erased_before.contains(id)) << "erased: " << id;
      const std::string name =
          fmt::format("{} {}", *AsString(row.at("first_name")), *AsString(row.at("last_name")));
      EXPECT_TRUE(way.fits(FoldCase(name), FoldCase(*AsString(row.at("company"))))) << answer.body;
      ids.push_back(id);
    }
    const auto cursors = body.at("meta").at("cursor_pagination");
    if (const auto* start = cursors.as_object().if_contains("start_cursor")) {
      start_cursor_ = *AsString(*start);
    }
    const auto* links = cursors.as_object().if_contains("links");
    const bool has_link = links != nullptr && links->as_object().contains(link);
    target = has_link ? *AsString(links->at(link)) : "";
    return ids;
  }

  void CheckStaying(const Way& way, const Ids& seen) {
    Ids expected;
    for (const auto& customer : staying_) {
      const auto& profile = customer.profile;
      if (way.fits(FoldCase(profile.first_name + " " + profile.last_name),
                   FoldCase(profile.company))) {
        expected.push_back(customer.head.id);
      }
    }
    Ids stayed;
    for (const int64_t id : seen) {
      const bool stays = std::ranges::any_of(
          staying_, [id](const auto& customer) { return customer.head.id == id; });
      if (stays) stayed.push_back(id);
    }
    std::ranges::sort(stayed);
    EXPECT_EQ(stayed, expected);
  }

  void GoThrough(const Way& way, int64_t limit) {
    SCOPED_TRACE(way.query);
    Ids seen;
    std::string target = fmt::format("?limit={}", limit);
    Ids last_page;
    std::string front_of_last;
    while (!target.empty() && !HasFailure()) {
      const Ids page = Read(way, "next", target);
      if (page.empty()) continue;
      ChangeIfOther(page.back());
      seen.insert(seen.end(), page.begin(), page.end());
      last_page = page;
      front_of_last = start_cursor_;
    }
    CheckStaying(way, seen);
    // And back, from the front of the last page that had rows.
    seen = last_page;
    target = fmt::format("?limit={}&before={}", limit, front_of_last);
    while (!target.empty() && !HasFailure()) {
      const Ids page = Read(way, "previous", target);
      seen.insert(seen.end(), page.begin(), page.end());
    }
    CheckStaying(way, seen);
  }

  const std::shared_ptr<customers::SearchIndexes> indexes_;
  std::string start_cursor_;  // of the page that was read last
  unsigned seed_ = 0;
  std::mt19937_64 reader_random_{std::random_device()()};
  std::vector<customers::Customer> staying_;  // by id
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  Ids others_;                // guarded by mutex_, as is the next
  std::set<int64_t> erased_;  // whose erasure has been answered
};

TEST_P(WritersTest, NobodyWhoStaysIsSkippedOrRepeatedAndNobodyErasedIsShown) {
  const auto everybody = [](std::string_view, std::string_view) { return true; };
  const auto of_acme = [](std::string_view, std::string_view company) { return company == "acme"; };
  const auto with_m = [](std::string_view name, std::string_view) {
    return name.find(" m") != std::string_view::npos;
  };
  const std::vector<Way> ways = {
      {"", everybody},
      {"&sort=last_name:asc", everybody},
      {"&sort=last_name:desc", everybody},
      {"&sort=date_created:asc", everybody},
      {"&sort=date_modified:asc", everybody},
      {"&company:in=acme", of_acme},
      {"&name:like=%20M", with_m},
      {"&name:like=%20m&sort=last_name:desc", with_m},
      {"&company:in=acme&sort=date_modified:asc", of_acme},
  };
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) writers.emplace_back([this, i] { Write(i); });
  for (size_t i = 0; i < ways.size() && !HasFailure(); ++i) {
    if (GetParam() == IndexMode::kDroppedNowAndThen) DropIndex(*Store());
    GoThrough(ways[i], 20 + static_cast<int64_t>(i) * 7);
  }
  stop_ = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_GT(erased_.size(), 0U);
  CheckWhoAnswered(GetParam(), indexes_.get());
}

// The index knows more than a view that began before: a row that is not there, or elsewhere, is
// passed over, and another one takes its place.
class OldViewTest : public BigCommerceTest {
 protected:
  OldViewTest() : BigCommerceTest(Make, IndexesOf(IndexMode::kOn)) {}

  int64_t Put1(const std::string& company) {
    customers::Customer customer;
    customer.profile.company = company;
    world_.clock().Advance(1000);
    return Create(std::move(customer)).head.id;
  }
  static Ids Found(customers::StoreView& view, const CustomerFilter& filter, const Order& order,
                   const PageRequest& page) {
    const auto found = FindCustomers(view, filter, order, page, Choices());
    EXPECT_TRUE(found);
    Ids ids;
    for (const auto& customer : found->customers) ids.push_back(customer.head.id);
    EXPECT_EQ(found->outcome.last.has_value(), !ids.empty());
    return ids;
  }
};

TEST_F(OldViewTest, WhatIsNotSoInTheViewIsNotShown) {
  const int64_t changed = Put1("ACME");
  const int64_t erased = Put1("ACME");
  const int64_t stays = Put1("ACME");
  const int64_t becomes = Put1("other");
  auto reader = Store()->Read();
  Put1("ACME");
  ASSERT_EQ(Put("/v3/customers", fmt::format(R"([{{"id":{},"company":"other"}}])", changed)).status,
            200);
  ASSERT_EQ(Put("/v3/customers", fmt::format(R"([{{"id":{},"company":"ACME"}}])", becomes)).status,
            200);
  ASSERT_EQ(Delete(fmt::format("/v3/customers?id:in={}", erased)).status, 204);
  const Order by_id;
  const Order modified{Order::By::kModified, true};
  PageRequest page;
  EXPECT_EQ(Found(**reader, {}, modified, page), Ids{stays});
  page.limit = 1;
  EXPECT_EQ(Found(**reader, {}, modified, page), Ids{stays});
  CustomerFilter acme;
  acme.companies = *TextList::Read(*Query::Parse("company:in=acme"), "company:in", Choices());
  page.limit = 50;
  EXPECT_EQ(Found(**reader, acme, by_id, page), Ids{stays});
  page.before = Cursor{INT64_MAX, std::nullopt, {}};
  page.limit = 1;
  EXPECT_EQ(Found(**reader, acme, by_id, page), Ids{stays});
}

INSTANTIATE_TEST_SUITE_P(Index, WritersTest,
                         ::testing::Values(IndexMode::kOff, IndexMode::kOn, IndexMode::kOverItsRoom,
                                           IndexMode::kDroppedNowAndThen),
                         [](const auto& param) { return NameOf(param.param); });

}  // namespace
}  // namespace oubli::dialects::bigcommerce
