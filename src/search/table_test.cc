// The table against a plain evaluation, and what it forgets.
#include "search/table.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

namespace oubli::search {
namespace {

using Ids = std::vector<int64_t>;

// What the test knows of a row.
struct Plain {
  int64_t id = 0, created_at = 0, modified_at = 0, group_id = 0;
  std::string first_name, last_name, company, phone, ip_address;

  std::string name() const { return first_name + " " + last_name; }
};

Change ChangeOf(const Plain& plain) {
  Change change;
  change.id = plain.id;
  change.is_there = true;
  change.created_at = plain.created_at;
  change.modified_at = plain.modified_at;
  change.group_id = plain.group_id;
  change.name = plain.name();
  change.last_name_at = plain.first_name.size() + 1;
  change.company = plain.company;
  change.phone = plain.phone;
  change.ip_address = plain.ip_address;
  return change;
}

Place PlaceOf(const Plain& plain, const Order& order) {
  Place place;
  place.id = plain.id;
  if (order.by == Order::By::kCreated) place.number = TimeNumber(plain.created_at, order.unit_ms);
  if (order.by == Order::By::kModified) place.number = TimeNumber(plain.modified_at, order.unit_ms);
  if (order.by == Order::By::kLastName) place.text = plain.last_name;
  return place;
}

bool HoldsOneOf(const std::vector<std::string>& parts, const std::string& text) {
  return std::ranges::any_of(
      parts, [&](const std::string& part) { return text.find(part) != std::string::npos; });
}

bool IsOneOf(const std::optional<std::vector<std::string>>& texts, const std::string& text) {
  return !texts || std::ranges::find(*texts, text) != texts->end();
}

bool Fits(const Plain& plain, const Filter& filter) {
  if (filter.group_ids &&
      std::ranges::find(*filter.group_ids, plain.group_id) == filter.group_ids->end()) {
    return false;
  }
  return filter.created.Has(plain.created_at) && filter.modified.Has(plain.modified_at) &&
         IsOneOf(filter.names, plain.name()) && IsOneOf(filter.companies, plain.company) &&
         IsOneOf(filter.phones, plain.phone) && IsOneOf(filter.ip_addresses, plain.ip_address) &&
         (!filter.names_like || HoldsOneOf(*filter.names_like, plain.name()));
}

class TableTest : public testing::Test {
 protected:
  void SetUp() override {
    const unsigned seed = std::random_device()();
    fmt::print("seed {}\n", seed);
    random_.seed(seed);
  }

  int64_t Below(int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(random_);
  }
  template <class T>
  const T& OneOf(const std::vector<T>& list) {
    return list[static_cast<size_t>(Below(static_cast<int64_t>(list.size())))];
  }

  Plain RandomRow(int64_t id) {
    Plain plain;
    plain.id = id;
    plain.created_at = Below(100'000) - 20'000;  // also before 1970, with many equal seconds
    plain.modified_at = plain.created_at + Below(5000);
    plain.group_id = Below(4);
    plain.first_name = OneOf(names_);
    plain.last_name = OneOf(names_);
    plain.company = OneOf(companies_);
    plain.phone = OneOf(phones_);
    plain.ip_address = OneOf(phones_);
    return plain;
  }

  void Apply(const std::vector<Plain>& rows, const Ids& gone = {}) {
    std::map<int64_t, Change> sorted;
    for (const Plain& plain : rows) {
      sorted[plain.id] = ChangeOf(plain);
      plain_[plain.id] = plain;
    }
    for (const int64_t id : gone) {
      sorted[id].id = id;
      sorted[id].is_there = false;
      plain_.erase(id);
    }
    std::vector<Change> changes;
    for (auto& [id, change] : sorted) changes.push_back(std::move(change));
    table_.BeginReading();
    table_.Apply(changes);
    table_.EndReading();
  }

  // Rows in random portions, changes and removals in between.
  void Fill(int64_t count) {
    Ids ids;
    for (int64_t i = 0; i < count; ++i) ids.push_back(1 + Below(count * 4));
    for (size_t at = 0; at < ids.size();) {
      const auto size = std::min(ids.size() - at, static_cast<size_t>(1 + Below(3000)));
      std::vector<Plain> rows;
      for (const size_t end = at + size; at < end; ++at) rows.push_back(RandomRow(ids[at]));
      Ids gone;
      for (int i = 0; i < 50; ++i) gone.push_back(1 + Below(count * 4));
      Apply(rows, gone);
      const int64_t forgotten = OneOf(ids);
      table_.Forget(forgotten);
      plain_.erase(forgotten);
    }
    ASSERT_EQ(table_.rows(), static_cast<int64_t>(plain_.size()));
  }

  Filter RandomFilter() {
    Filter filter;
    if (Below(4) == 0) filter.group_ids = {0, Below(4)};
    if (Below(4) == 0) filter.created = {Below(100'000) - 20'000, INT64_MAX};
    if (Below(4) == 0) filter.modified = {INT64_MIN, Below(100'000)};
    if (Below(6) == 0) filter.names = {"ann mann", OneOf(names_) + " " + OneOf(names_)};
    if (Below(6) == 0) filter.companies = {"", "acme"};
    if (Below(6) == 0) filter.phones = {OneOf(phones_)};
    if (Below(6) == 0) filter.ip_addresses = {"", "12"};
    if (Below(4) == 0) filter.names_like = {OneOf(parts_), OneOf(parts_)};
    if (filter.names) std::ranges::sort(*filter.names);
    return filter;
  }

  Ids Expected(const Filter& filter, const Order& order, std::vector<Place>* places) const {
    for (const auto& [id, plain] : plain_) {
      if (Fits(plain, filter)) places->push_back(PlaceOf(plain, order));
    }
    const bool by_id = order.by == Order::By::kId;
    std::ranges::sort(*places, [&](const Place& a, const Place& b) {
      if (order.descending && (by_id || order.ids_descend_too)) return Before(b, a, false);
      return Before(a, b, order.descending);
    });
    Ids ids;
    for (const Place& place : *places) ids.push_back(place.id);
    return ids;
  }

  const std::vector<std::string> names_ = {"ann",
                                           "mann",
                                           "o'neil",
                                           "",
                                           "richards",
                                           "richardson",
                                           "richardsen",
                                           "müller",
                                           std::string("ann\0", 4),
                                           "van der berg"};
  const std::vector<std::string> companies_ = {"", "acme", "acme & sons"};
  const std::vector<std::string> phones_ = {"", "12", "1212", "555-1"};
  const std::vector<std::string> parts_ = {"nn", "n r", "ard", "zzz", "", " ", "ü"};
  std::mt19937_64 random_;
  Table table_;
  std::map<int64_t, Plain> plain_;
};

TEST_F(TableTest, EveryWindowAgreesWithAPlainEvaluation) {
  Fill(6000);
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    const Filter filter = RandomFilter();
    Order order;
    order.by = OneOf<Order::By>(
        {Order::By::kId, Order::By::kCreated, Order::By::kModified, Order::By::kLastName});
    order.descending = Below(2) == 0;
    order.ids_descend_too = Below(2) == 0;
    order.unit_ms = Below(2) == 0 ? 1000 : 1;
    SCOPED_TRACE(fmt::format("order {} {}", static_cast<int>(order.by), order.descending));
    std::vector<Place> places;
    const Ids expected = Expected(filter, order, &places);
    const auto total = static_cast<int64_t>(expected.size());
    const auto slice = [&](int64_t from, int64_t to) {
      return std::vector<Place>(places.begin() + std::clamp<int64_t>(from, 0, total),
                                places.begin() + std::clamp<int64_t>(to, 0, total));
    };
    Window window;
    window.limit = 1 + Below(60);
    window.offset = Below(total + 10);
    Found found = table_.Find(filter, order, window);
    EXPECT_EQ(found.total, total);
    EXPECT_EQ(found.rows, slice(window.offset, window.offset + window.limit));
    EXPECT_EQ(found.more, window.offset + window.limit < total);
    if (total == 0) continue;
    const int64_t edge = Below(total);
    window.after = places[static_cast<size_t>(edge)];
    found = table_.Find(filter, order, window);
    EXPECT_EQ(found.rows, slice(edge + 1, edge + 1 + window.limit));
    EXPECT_EQ(found.more, edge + 1 + window.limit < total);
    window.after.reset();
    window.before = places[static_cast<size_t>(edge)];
    found = table_.Find(filter, order, window);
    EXPECT_EQ(found.rows, slice(edge - window.limit, edge));
    EXPECT_EQ(found.more, edge > window.limit);
  }
}

TEST_F(TableTest, BehindTheLastRowThereIsNothing) {
  Fill(5000);
  Window window;
  window.limit = 250;
  window.offset = INT64_MAX - 250;
  for (const Order::By by : {Order::By::kId, Order::By::kLastName}) {
    const Found found = table_.Find({}, {by, false, false, 1}, window);
    EXPECT_TRUE(found.rows.empty());
    EXPECT_FALSE(found.more);
    EXPECT_EQ(found.total, table_.rows());
  }
}

TEST_F(TableTest, CountsItsBytesAndRows) {
  EXPECT_EQ(table_.bytes(), 0);
  Fill(5000);
  const auto each = static_cast<double>(table_.bytes()) / static_cast<double>(table_.rows());
  EXPECT_GT(each, 60);
  EXPECT_LT(each, 150);
  Ids all;
  for (const auto& [id, plain] : plain_) all.push_back(id);
  Apply({}, all);
  EXPECT_EQ(table_.rows(), 0);
  EXPECT_EQ(table_.bytes(), 0);
}

TEST_F(TableTest, TheForgottenTakeNoRoom) {
  Fill(5000);
  const int64_t full = table_.bytes();
  Ids all;
  for (const auto& [id, plain] : plain_) all.push_back(id);
  std::ranges::shuffle(all, random_);
  const Ids staying(all.end() - 100, all.end());
  all.resize(all.size() - 100);
  for (const int64_t id : all) table_.Forget(id);
  EXPECT_LT(table_.bytes(), full / 8);
  Window window;
  window.limit = 200;
  const Found found = table_.Find({}, {}, window);
  ASSERT_EQ(found.rows.size(), 100U);
  for (const Place& place : found.rows) {
    EXPECT_NE(std::ranges::find(staying, place.id), staying.end());
  }
  for (const int64_t id : staying) table_.Forget(id);
  EXPECT_EQ(table_.bytes(), 0);
}

TEST_F(TableTest, WhatIsForgottenWhileItIsReadIsNotPutIn) {
  std::vector<Change> changes;
  for (const int64_t id : {1, 2, 3}) changes.push_back(ChangeOf(RandomRow(id)));
  table_.BeginReading();
  table_.Forget(2);
  table_.Apply(changes);
  table_.EndReading();
  Window window;
  window.limit = 10;
  const Found found = table_.Find({}, {}, window);
  ASSERT_EQ(found.rows.size(), 2U);
  EXPECT_EQ(found.rows[1].id, 3);

  table_.BeginReading();
  table_.Clear();
  table_.Apply(changes);
  table_.EndReading();
  EXPECT_EQ(table_.rows(), 0);
}

TEST_F(TableTest, ForgettingOverwritesTheTexts) {
  const std::string canary = "canary-of-the-forgotten";
  Plain plain = RandomRow(1);
  plain.first_name = plain.company = plain.phone = plain.ip_address = canary;
  const Change change = ChangeOf(plain);
  Chunk chunk(std::vector<Row>{change.AsRow()});
  const Row views = chunk.row(0);
  for (const std::string_view text : {views.name, views.company, views.phone, views.ip_address}) {
    EXPECT_NE(text.find(canary), std::string_view::npos);
  }
  EXPECT_TRUE(chunk.Forget(1));
  for (const std::string_view text : {views.name, views.company, views.phone, views.ip_address}) {
    EXPECT_EQ(text, std::string(text.size(), '\0'));
  }
  EXPECT_FALSE(chunk.Forget(1));
}

// Rows that stay must be in every answer, each once, whatever is put in and out beside them.
TEST_F(TableTest, RowsThatStayAreSeenOnceWhileOthersComeAndGo) {
  std::vector<Plain> staying;
  for (int64_t id = 3; id < 30'000; id += 7) staying.push_back(RandomRow(id));
  Apply(staying);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    std::mt19937_64 random(7);
    while (!stop) {
      std::map<int64_t, Change> sorted;
      for (int i = 0; i < 40; ++i) {
        const auto id = static_cast<int64_t>(random() % 30'000);
        if (id % 7 == 3) continue;
        Plain plain = staying[0];
        plain.id = id;
        Change change = ChangeOf(plain);
        change.is_there = random() % 2 == 0;
        sorted[id] = std::move(change);
      }
      std::vector<Change> changes;
      for (auto& [id, change] : sorted) changes.push_back(std::move(change));
      table_.BeginReading();
      table_.Apply(changes);
      table_.EndReading();
      table_.Forget(changes.front().id);
    }
  });
  for (int i = 0; i < 20; ++i) {
    Order order;
    order.by = i % 2 == 0 ? Order::By::kId : Order::By::kLastName;
    Window window;
    window.limit = 100'000;
    Ids seen;
    for (const Place& place : table_.Find({}, order, window).rows) {
      if (place.id % 7 == 3) seen.push_back(place.id);
    }
    std::ranges::sort(seen);
    ASSERT_EQ(seen.size(), staying.size());
    for (size_t at = 0; at < seen.size(); ++at) ASSERT_EQ(seen[at], staying[at].id);
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace oubli::search
