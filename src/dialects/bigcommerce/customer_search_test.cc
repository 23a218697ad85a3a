// Every filter, order, include and paging form of GET /v3/customers against a plain evaluation in
// memory, with and without the index.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/attribute_definitions.h"
#include "customers/definitions.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/customer_search_modes.h"
#include "http/parameters.h"

namespace oubli::dialects::bigcommerce {
namespace {

using Ids = std::vector<int64_t>;

constexpr int kStoredCustomers = 2000;
constexpr int64_t kFirstSecond = 1'700'000'000;

// A customer as the test sees it.
struct Plain {
  int64_t id, group, created, modified;  // dates in seconds
  std::string email, first_name, last_name, company, phone, ip_address;
  size_t addresses = 0;
  std::string attribute;  // "": none
};

class SearchTest : public BigCommerceTest, public ::testing::WithParamInterface<IndexMode> {
 protected:
  SearchTest() : SearchTest(IndexesOf(GetParam())) {}
  explicit SearchTest(const std::shared_ptr<customers::SearchIndexes>& indexes)
      : BigCommerceTest(Make, indexes), indexes_(indexes) {}

  // Going through the store takes its time.
  int Queries() const { return GetParam() == IndexMode::kOn ? 24 : 6; }

  void SetUp() override {
    const unsigned seed = std::random_device()();
    RecordProperty("seed", static_cast<int>(seed));
    fmt::print("seed {}\n", seed);
    random_.seed(seed);
    ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(attribute_, customers::EnsureAttributeDefinition(transaction, "Colour"));
      for (int i = 0; i < kStoredCustomers; ++i) OUBLI_TRY(CreateRandom(transaction, i));
      return {};
    }));
    EraseSome();
  }

  int64_t Below(int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(random_);
  }
  const std::string& OneOf(const std::vector<std::string>& list) {
    return list[static_cast<size_t>(Below(static_cast<int64_t>(list.size())))];
  }

  Status CreateRandom(customers::StoreTransaction& transaction, int index) {
    Plain plain;
    plain.group = Below(4);
    plain.created = kFirstSecond + Below(50);  // many ties
    plain.modified = plain.created + Below(20);
    plain.email = fmt::format("User{}@Example.com", index);
    plain.first_name = OneOf(kFirstNames);
    plain.last_name = OneOf(kLastNames);
    plain.company = OneOf(kCompanies);
    plain.phone = OneOf(kPhones);
    plain.ip_address = OneOf(kIpAddresses);
    customers::Customer customer;
    customer.head.group_id = plain.group;
    customer.head.created_at = plain.created * 1000 + Below(1000);
    customer.head.modified_at = plain.modified * 1000 + Below(1000);
    customer.profile.email = plain.email;
    customer.profile.first_name = plain.first_name;
    customer.profile.last_name = plain.last_name;
    customer.profile.company = plain.company;
    customer.profile.phone = plain.phone;
    customer.profile.registration_ip_address = plain.ip_address;
    plain.addresses = static_cast<size_t>(Below(3));
    if (Below(2) == 0) plain.attribute = fmt::format("blue {}", index);
    OUBLI_TRY_ASSIGN(const auto made, customers::CreateCustomer(transaction, std::move(customer)));
    for (size_t i = 0; i < plain.addresses; ++i) {
      OUBLI_TRY(customers::PutAddress(transaction, made.head, {}));
    }
    if (!plain.attribute.empty()) {
      customers::AttributeValue value;
      value.attribute_id = attribute_.id;
      value.value = plain.attribute;
      OUBLI_TRY(customers::PutAttributeValue(transaction, made.head, value));
    }
    plain.id = made.head.id;
    all_.push_back(std::move(plain));
    return {};
  }

  void EraseSome() {
    std::string ids;
    std::erase_if(all_, [&](const Plain& plain) {
      if (Below(20) != 0) return false;
      ids += (ids.empty() ? "" : ",") + std::to_string(plain.id);
      return true;
    });
    ASSERT_EQ(Delete("/v3/customers?id:in=" + ids).status, 204);
    Forget();
  }

  // ---- a random query and what it means ----

  struct Case {
    std::string query;  // begins with '&' where it is not empty
    std::vector<std::function<bool(const Plain&)>> filters;
    std::function<int64_t(const Plain&)> number;
    std::function<std::string(const Plain&)> text;
    bool descending = false;
  };

  void AddTexts(Case& one, const std::string& name, std::vector<std::string> values,
                std::function<std::string(const Plain&)> of) {
    one.query += "&" + name + "=";
    for (std::string& value : values) {
      if (&value != values.data()) one.query += ",";
      one.query += http::PercentEncode(value);
      value = AsciiLower(value);
    }
    one.filters.push_back([values, of](const Plain& plain) {
      return std::ranges::find(values, AsciiLower(of(plain))) != values.end();
    });
  }

  void AddNumbers(Case& one, const std::string& name, const Ids& values,
                  std::function<int64_t(const Plain&)> of) {
    std::string joined;
    for (const int64_t value : values)
      joined += (joined.empty() ? "" : ",") + std::to_string(value);
    one.query += "&" + name + "=" + joined;
    one.filters.push_back([values, of](const Plain& plain) {
      return std::ranges::find(values, of(plain)) != values.end();
    });
  }

  void AddDate(Case& one, const std::string& name, std::function<int64_t(const Plain&)> of) {
    const int64_t second = kFirstSecond + Below(70);
    const std::string text = FormatIso8601(second * 1000);
    switch (Below(3)) {
      case 0:
        one.query += "&" + name + "=" + text;
        one.filters.push_back([=](const Plain& plain) { return of(plain) == second; });
        break;
      case 1:
        one.query += "&" + name + ":min=" + text;
        one.filters.push_back([=](const Plain& plain) { return of(plain) >= second; });
        break;
      default:
        one.query += "&" + name + ":max=" + text;
        one.filters.push_back([=](const Plain& plain) { return of(plain) <= second; });
    }
  }

  void AddFilter(Case& one, int64_t which) {
    switch (which) {
      case 0: {
        Ids ids;
        for (int i = 0; i < 40; ++i) ids.push_back(Below(kStoredCustomers + 20));
        return AddNumbers(one, "id:in", ids, [](const Plain& p) { return p.id; });
      }
      case 1: {
        std::vector<std::string> emails;
        for (int i = 0; i < 40; ++i) {
          emails.push_back(fmt::format("uSER{}@example.COM", Below(kStoredCustomers + 20)));
        }
        return AddTexts(one, "email:in", emails, [](const Plain& p) { return p.email; });
      }
      case 2:
        return AddNumbers(one, "customer_group_id:in", {Below(4), Below(6)},
                          [](const Plain& p) { return p.group; });
      case 3:
        return AddTexts(one, "company:in", {OneOf(kCompanies), OneOf(kCompanies)},
                        [](const Plain& p) { return p.company; });
      case 4:
        return AddTexts(one, "phone:in", {OneOf(kPhones), "999"},
                        [](const Plain& p) { return p.phone; });
      case 5:
        return AddTexts(one, "registration_ip_address:in", {OneOf(kIpAddresses)},
                        [](const Plain& p) { return p.ip_address; });
      case 6:
        return AddTexts(one, "name:in",
                        {OneOf(kFirstNames) + " " + OneOf(kLastNames),
                         OneOf(kFirstNames) + " " + OneOf(kLastNames)},
                        [](const Plain& p) { return p.first_name + " " + p.last_name; });
      case 7: {
        const std::string part = OneOf({"an", "N M", "e d", "zzz", "O'", "s"});
        one.query += "&name:like=" + http::PercentEncode(part);
        one.filters.push_back([part](const Plain& p) {
          return AsciiLower(p.first_name + " " + p.last_name).find(AsciiLower(part)) !=
                 std::string::npos;
        });
        return;
      }
      case 8:
        return AddDate(one, "date_created", [](const Plain& p) { return p.created; });
      default:
        return AddDate(one, "date_modified", [](const Plain& p) { return p.modified; });
    }
  }

  Case RandomCase() {
    Case one;
    std::vector<int64_t> kinds = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::ranges::shuffle(kinds, random_);
    kinds.resize(static_cast<size_t>(Below(3)));
    for (const int64_t kind : kinds) AddFilter(one, kind);
    one.number = [](const Plain&) { return 0; };
    one.text = [](const Plain&) { return ""; };
    const int64_t sort = Below(5);
    if (sort < 2) return one;  // by id
    one.descending = Below(2) == 0;
    const std::string direction = one.descending ? "desc" : "asc";
    if (sort == 2) {
      one.number = [](const Plain& p) { return p.created; };
      one.query += "&sort=date_created:" + direction;
    } else if (sort == 3) {
      one.number = [](const Plain& p) { return p.modified; };
      one.query += "&sort=date_modified%3A" + direction;
    } else {
      one.text = [](const Plain& p) { return AsciiLower(p.last_name); };
      one.query += "&sort=last_name:" + direction;
    }
    return one;
  }

  Ids Expected(const Case& one) const {
    std::vector<Plain> rows;
    for (const Plain& plain : all_) {
      if (std::ranges::all_of(one.filters, [&](const auto& fits) { return fits(plain); })) {
        rows.push_back(plain);
      }
    }
    std::ranges::sort(rows, [&](const Plain& a, const Plain& b) {
      const auto left = std::pair(one.number(a), one.text(a));
      const auto right = std::pair(one.number(b), one.text(b));
      if (left == right) return a.id < b.id;
      return one.descending ? right < left : left < right;
    });
    Ids ids;
    for (const Plain& plain : rows) ids.push_back(plain.id);
    return ids;
  }

  // ---- includes ----

  void CheckIncludes(const Case& one, const Ids& expected) {
    const bool addresses = Below(2) == 0;
    const bool attributes = Below(2) == 0;
    const bool credit = Below(2) == 0;
    std::string include;
    for (const auto& [wanted, name] :
         {std::pair(addresses, "addresses"), {attributes, "attributes"}, {credit, "storecredit"}}) {
      if (wanted) include += (include.empty() ? "&include=" : ",") + std::string(name);
    }
    const auto answer = Get("/v3/customers?limit=50" + one.query + include);
    Ids first = expected;
    first.resize(std::min<size_t>(first.size(), 50));
    ASSERT_EQ(IdsOf(answer), first);
    const auto body = Parse(answer);
    for (const auto& row : body.at("data").as_array()) {
      const auto plain = std::ranges::find(all_, *AsInt(row.at("id")), &Plain::id);
      const auto* shown = row.as_object().if_contains("addresses");
      ASSERT_EQ(shown != nullptr, addresses);
      if (shown != nullptr) {
        EXPECT_EQ(shown->as_array().size(), plain->addresses);
      }
      const auto* values = row.as_object().if_contains("attributes");
      ASSERT_EQ(values != nullptr, attributes);
      if (values != nullptr) {
        ASSERT_EQ(values->as_array().size(), plain->attribute.empty() ? 0U : 1U);
        for (const auto& value : values->as_array()) {
          EXPECT_EQ(AsString(value.at("attribute_value")), plain->attribute);
          EXPECT_EQ(AsInt(value.at("customer_id")), plain->id);
        }
      }
      EXPECT_EQ(row.as_object().contains("store_credit_amounts"), credit);
    }
  }

  void Forget() {
    if (GetParam() == IndexMode::kDroppedNowAndThen) DropIndex(*Store());
  }

  // ---- the ways through a list ----

  Ids ByPages(const Case& one, int64_t limit, int64_t total) {
    Ids ids;
    for (int64_t page = 1;; ++page) {
      const auto answer =
          Get(fmt::format("/v3/customers?limit={}&page={}{}", limit, page, one.query));
      const Ids rows = IdsOf(answer);
      const auto meta = Parse(answer).at("meta").at("pagination");
      EXPECT_EQ(AsInt(meta.at("total")), total);
      EXPECT_EQ(AsInt(meta.at("count")), static_cast<int64_t>(rows.size()));
      EXPECT_EQ(AsInt(meta.at("total_pages")), std::max<int64_t>(1, (total + limit - 1) / limit));
      EXPECT_EQ(meta.at("links").as_object().contains("next"), page * limit < total);
      if (rows.empty()) return ids;
      ids.insert(ids.end(), rows.begin(), rows.end());
    }
  }

  // The rows of an answer, and the cursor link of that name, "" at the end.
  std::pair<Ids, std::string> Step(const std::string& target, const char* link) {
    const auto answer = Get(target);
    const Ids rows = IdsOf(answer);
    const auto cursors = Parse(answer).at("meta").at("cursor_pagination");
    const auto* links = cursors.as_object().if_contains("links");
    if (links == nullptr || !links->as_object().contains(link)) return {rows, ""};
    return {rows, std::string(*AsString(links->at(link)))};
  }

  Ids Forward(const Case& one, int64_t limit, std::string* last_cursor) {
    Ids ids;
    std::string target = fmt::format("?limit={}", limit);
    while (!target.empty()) {
      auto [rows, next] = Step("/v3/customers" + target + one.query, "next");
      ids.insert(ids.end(), rows.begin(), rows.end());
      if (!next.empty()) *last_cursor = next.substr(next.find("after=") + 6);
      target = next;
    }
    return ids;
  }

  Ids Backward(const Case& one, int64_t limit, const std::string& cursor) {
    Ids ids;
    std::string target = fmt::format("?limit={}&before={}", limit, cursor);
    while (!target.empty()) {
      auto [rows, previous] = Step("/v3/customers" + target + one.query, "previous");
      ids.insert(ids.begin(), rows.begin(), rows.end());
      target = previous;
    }
    return ids;
  }

  const std::vector<std::string> kFirstNames = {"Ann", "Jane", "Dan", "O'Neil", "Joan"};
  const std::vector<std::string> kLastNames = {"Doe", "doe", "Smith", "Moriarty", "Mann", ""};
  const std::vector<std::string> kCompanies = {"", "ACME & Sons", "acme", "Umbrella 100%"};
  const std::vector<std::string> kPhones = {"", "+49 30 1", "555-1"};
  const std::vector<std::string> kIpAddresses = {"", "10.0.0.1", "2001:db8::1"};
  std::mt19937_64 random_;
  const std::shared_ptr<customers::SearchIndexes> indexes_;
  customers::AttributeDefinition attribute_;
  std::vector<Plain> all_;  // living, by id
};

TEST_P(SearchTest, EveryFilterOrderIncludeAndPagingFormAgreesWithAPlainEvaluation) {
  for (int i = 0; i < Queries() && !HasFailure(); ++i) {
    Forget();
    const Case one = RandomCase();
    SCOPED_TRACE(one.query);
    const Ids expected = Expected(one);
    const auto total = static_cast<int64_t>(expected.size());
    const int64_t limit = std::max<int64_t>(1, total / (1 + Below(4)) + Below(3) - 1);
    const int64_t served = std::min<int64_t>(limit, 250);
    CheckIncludes(one, expected);
    EXPECT_EQ(ByPages(one, served, total), expected);
    Forget();
    std::string cursor;
    EXPECT_EQ(Forward(one, served, &cursor), expected);
    if (cursor.empty()) continue;
    // Back from the last page's start, which is where the last "next" led: the rows up to and
    // without the one that the cursor stands at.
    Ids before = expected;
    const int64_t last_page = (total - 1) / served * served;
    before.resize(static_cast<size_t>(last_page - 1));
    EXPECT_EQ(Backward(one, served, cursor), before);
  }
  CheckWhoAnswered(GetParam(), indexes_.get());
}

INSTANTIATE_TEST_SUITE_P(Index, SearchTest,
                         ::testing::Values(IndexMode::kOff, IndexMode::kOn, IndexMode::kOverItsRoom,
                                           IndexMode::kDroppedNowAndThen),
                         [](const auto& param) { return NameOf(param.param); });

}  // namespace
}  // namespace oubli::dialects::bigcommerce
