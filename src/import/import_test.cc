#include "import/import.h"

#include <fstream>

#include "base/json.h"
#include "customers/kept_orders.h"
#include "customers/settings.h"
#include "customers/testing/store_fixture.h"

namespace oubli::import {
namespace {

using customers::Customer;
using customers::StoreReader;

class ImportTest : public customers::StoreFixture {
 protected:
  std::string File(const std::string& name, const std::string& content) {
    const std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  Result<Counts> Import(const std::vector<std::string>& files, Options options = {}) {
    reports_.clear();
    options.on_bad_row = [this](const Report& report) { reports_.push_back(report); };
    return import::Run(
        files,
        [this](std::span<const boost::json::object> rows) { return ApplyBatch(*store_, rows); },
        options);
  }
  Customer ByEmail(const std::string& email) {
    StoreReader reader = store_->Read().value();
    return customers::FindCustomerByEmail(*reader, email).value().value();
  }
  struct Totals {
    size_t addresses, attributes, transactions, orders;
    bool operator==(const Totals&) const = default;
  };
  Totals TotalsOf(const Customer& customer) {
    StoreReader reader = store_->Read().value();
    return {customers::ListAddresses(*reader, customer.head)->size(),
            customers::ListAttributeValues(*reader, customer.head)->size(),
            customers::ListTransactions(*reader, customer.head)->size(),
            customers::ListOrders(*reader, customer.head)->size()};
  }

  std::vector<Report> reports_;
};

constexpr const char* kFull =
    R"({"id":7,"email":"ann@example.com","first_name":"Ann","group":"VIP","created_at":"2020-02-03T04:05:06Z",)"
    R"("addresses":[{"ref":"a1","city":"Austin","country_code":"US"},{"city":"Berlin","country":"Germany","type":"commercial"}],)"
    R"("attributes":{"Hat size":"9"},)"
    R"("transactions":[{"ref":"t1","campaign":"Points","date":"2024-01-05","amount":"9.95","points":"10"},)"
    R"({"campaign":"Points","date":"2024-01-06","amount":1},{"campaign":"Points","date":"2024-01-06","amount":1}],)"
    R"("orders":[{"ref":"o1","number":"1043","total":"40.00","currency":"AUD","items":[{"name":"Shirt","price":25}]}]})"
    "\n";

TEST_F(ImportTest, AmountsOfOrdersAreKeptApartWhereTheStoreSaysSo) {
  ASSERT_TRUE(Import({File("a.jsonl", kFull)}));
  EXPECT_EQ(Count(customers::OwnerKind::kKeptOrder), 0);
  ASSERT_TRUE(customers::ChangeSetting(*store_, "keep_order_amounts", "yes"));
  // The same file twice: the order is the same, and is kept once.
  ASSERT_TRUE(Import({File("a.jsonl", kFull)}));
  ASSERT_TRUE(Import({File("a.jsonl", kFull)}));
  EXPECT_EQ(Count(customers::OwnerKind::kKeptOrder), 1);
  StoreReader reader = store_->Read().value();
  ASSERT_TRUE(customers::ForEachKeptOrder(
      *reader, 0, [](const customers::Head&, const customers::KeptOrder& order) {
        EXPECT_EQ(order.total.ToString(), "40");
        EXPECT_EQ(order.currency, "AUD");
        return true;
      }));
}

TEST_F(ImportTest, ACustomerComesWithEverythingAttached) {
  const Counts counts = Import({File("a.jsonl", kFull)}).value();
  EXPECT_EQ(counts.created, 1);
  const Customer ann = ByEmail("ann@example.com");
  EXPECT_EQ(ann.head.id, 7);
  EXPECT_EQ(ann.head.created_at, 1'580'702'706'000);
  EXPECT_GT(ann.head.group_id, 0);
  EXPECT_EQ(TotalsOf(ann), (Totals{2, 1, 3, 1}));
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(customers::ListAddresses(*reader, ann.head).value()[1].country_code, "DE");
  EXPECT_EQ(customers::ListOrders(*reader, ann.head).value()[0].items[0].price,
            Decimal::FromInt(25));
  EXPECT_EQ(customers::ListEnrollments(*reader, ann.head).value().size(), 1u);
}

TEST_F(ImportTest, TheSameFileAgainAddsNothing) {
  const std::string file = File("a.jsonl", kFull);
  ASSERT_TRUE(Import({file}));
  const Counts again = Import({file}).value();
  EXPECT_EQ(again.created, 0);
  EXPECT_EQ(again.updated, 1);
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(TotalsOf(ByEmail("ann@example.com")), (Totals{2, 1, 3, 1}));
}

TEST_F(ImportTest, RowsAttachToCustomersThatAreThereAndLeaveTheirOtherFields) {
  ASSERT_TRUE(Import({File("a.jsonl", kFull)}));
  ASSERT_TRUE(Import({File(
      "b.jsonl",
      R"({"id":7,"transactions":[{"ref":"t9","campaign":"Points","date":"2024-02-01","amount":"3"}]})"
      "\n"
      R"({"email":"ANN@example.com","last_name":"Other"})")}));
  const Customer ann = ByEmail("ann@example.com");
  EXPECT_EQ(ann.profile.first_name, "Ann");
  EXPECT_EQ(ann.profile.last_name, "Other");
  EXPECT_EQ(TotalsOf(ann), (Totals{2, 1, 4, 1}));
}

TEST_F(ImportTest, BadRowsAreReportedByLineAndFieldAndNeverByValue) {
  const std::string secret = "SeCrEt";
  const std::string file =
      File("bad.jsonl",
           "{\"email\":\"good@example.com\"}\n"
           "not json " +
               secret +
               "\n"
               "\n"
               "[1]\n"
               "{\"first_name\":\"" +
               secret +
               "\"}\n"
               "{\"email\":\"" +
               secret +
               "\"}\n"
               "{\"email\":\"x@example.com\",\"" +
               secret +
               "\":1}\n"
               "{\"email\":\"x@example.com\",\"addresses\":[{},{\"country_code\":\"" +
               secret +
               "\"}]}\n"
               "{\"email\":\"x@example.com\",\"transactions\":[{\"campaign\":\"P\",\"date\":\"" +
               secret +
               "\",\"amount\":1}]}\n"
               "{\"id\":12,\"transactions\":[]}\n"
               "{\"id\":0,\"email\":\"x@example.com\"}\n"
               "{\"id\":99,\"email\":\"GOOD@example.com\"}\n"
               "{\"email\":\"last@example.com\",\"first_name\":\"a\\u0001b\"}\n"
               "{\"email\":\"also@example.com\"}");
  const Counts counts = Import({file}).value();
  EXPECT_EQ(counts.created, 2);
  EXPECT_EQ(counts.refused, 11);
  EXPECT_EQ(Count(), 2);
  std::vector<std::pair<int64_t, std::string>> seen;
  for (const Report& report : reports_) {
    const Problem& p = report.problem;
    seen.emplace_back(
        report.line,
        (p.list.empty() ? "" : p.list + "." + std::to_string(p.index) + ".") + p.field);
    EXPECT_EQ((p.text + p.field + p.list).find(secret), std::string::npos);
    EXPECT_FALSE(p.text.empty());
  }
  const std::vector<std::pair<int64_t, std::string>> expected = {{2, ""},
                                                                 {4, ""},
                                                                 {5, "id"},
                                                                 {6, "email"},
                                                                 {7, ""},
                                                                 {8, "addresses.1.country_code"},
                                                                 {9, "transactions.0.date"},
                                                                 {10, "id"},
                                                                 {11, "id"},
                                                                 {12, "email"},
                                                                 {13, "first_name"}};
  EXPECT_EQ(seen, expected);
}

TEST_F(ImportTest, CardsThatNobodyHasYetAreKeptUnregistered) {
  const auto of_card = [&](const std::string& number) {
    StoreReader reader = store_->Read().value();
    return customers::FindCustomerByCard(*reader, number).value().value();
  };
  ASSERT_TRUE(Import({File("cards.csv", "card_number,registered\n5001,no\n5002,\n")}));
  EXPECT_FALSE(of_card("5001").profile.registered);
  EXPECT_TRUE(of_card("5002").profile.registered);
  ASSERT_TRUE(Import({File("b.jsonl", "{\"card_number\":\"5001\",\"first_name\":\"Ann\"}\n")}));
  EXPECT_FALSE(of_card("5001").profile.registered) << "a row without the field leaves it";
  ASSERT_TRUE(Import({File("c.jsonl", "{\"card_number\":\"5001\",\"registered\":true}\n")}));
  EXPECT_TRUE(of_card("5001").profile.registered);
  ASSERT_TRUE(Import({File("d.jsonl", "{\"card_number\":\"5003\",\"registered\":\"maybe\"}\n")}));
  ASSERT_EQ(reports_.size(), 1U);
}

TEST_F(ImportTest, ABadRowStopsTheImportWhenAsked) {
  Options options;
  options.stop_at_bad_row = true;
  const auto stopped = Import({File("a.jsonl",
                                    "{\"email\":\"a@example.com\"}\nbad\n"
                                    "{\"email\":\"b@example.com\"}\n")},
                              options);
  EXPECT_EQ(stopped.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(reports_.size(), 1u);
}

TEST_F(ImportTest, CsvRowsBelongToTheCustomerAboveThem) {
  const std::string csv =
      "\xef\xbb\xbfrecord,id,email,first_name,city,country_code,ref,campaign,date,amount,name,"
      "value,notes\r\n"
      "customer,,ann@example.com,Ann,,,,,,,,,\"two\nlines, and a \"\"quote\"\"\"\r\n"
      "address,,,,Austin,US,a1,,,,,,\r\n"
      "transaction,,,,,,t1,Points,2024-01-05,9.95,,,\r\n"
      "attribute,,,,,,,,,,Hat size,9,\r\n"
      "\r\n"
      ",,bob@example.com,Bob\r\n"
      "address,,,,Berlin,XX\r\n"
      "nonsense,,c@example.com\r\n"
      "address,,,,Lost,US\r\n"
      "customer,,dee@example.com,Dee\r\n";
  const Counts counts = Import({File("a.csv", csv)}).value();
  EXPECT_EQ(counts.created, 2);
  EXPECT_EQ(ByEmail("ann@example.com").profile.notes, "two\nlines, and a \"quote\"");
  EXPECT_EQ(TotalsOf(ByEmail("ann@example.com")), (Totals{1, 1, 1, 0}));
  ASSERT_EQ(reports_.size(), 3u);
  EXPECT_EQ(reports_[0].line, 9) << "the address of Bob, whose row is then not taken";
  EXPECT_EQ(reports_[0].problem.field, "country_code");
  EXPECT_EQ(reports_[1].line, 10);
  EXPECT_EQ(reports_[2].line, 11);
}

TEST_F(ImportTest, FilesThatCannotBeReadAreErrors) {
  EXPECT_EQ(Import({(folder_ / "none.jsonl").string()}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Import({File("a.csv", "first_name,last_name\nA,B\n")}).error().kind,
            ErrorKind::kInvalid);
  EXPECT_EQ(Import({File("b.csv", "")}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Import({File("c.jsonl", "")})->created, 0);
  EXPECT_EQ(Import({folder_.string()}).error().kind, ErrorKind::kUnavailable) << "a folder";
}

TEST_F(ImportTest, NulBytesAreRefusedAndNotPassedOver) {
  const std::string nul(3, '\0');
  EXPECT_EQ(
      Import({File("a.jsonl", nul + "\x01\n" + nul + "{\"email\":\"a@example.com\"}\n")})->refused,
      2);
  EXPECT_EQ(Count(), 0);
}

TEST_F(ImportTest, RolesOfAnAddressAreKept) {
  ASSERT_TRUE(Import({File("a.jsonl",
                           "{\"email\":\"a@example.com\",\"addresses\":[{\"city\":\"X\","
                           "\"roles\":\"primary billing\"}]}\n")}));
  StoreReader reader = store_->Read().value();
  const auto addresses = customers::ListAddresses(*reader, ByEmail("a@example.com").head).value();
  EXPECT_EQ(addresses.at(0).roles, customers::AddressRole::kBook |
                                       customers::AddressRole::kPrimary |
                                       customers::AddressRole::kBilling);
}

TEST_F(ImportTest, ManyRowsOverSeveralBatchesAreAllTaken) {
  std::string content;
  for (int i = 0; i < 1234; ++i) {
    content +=
        "{\"email\":\"c" + std::to_string(i) + "@example.com\",\"addresses\":[{\"city\":\"X\"}]}\n";
  }
  int64_t last_done = 0;
  Options options;
  options.on_progress = [&](int64_t done, int64_t total, const Counts&) {
    EXPECT_GE(done, last_done);
    EXPECT_LE(done, total);
    last_done = done;
  };
  EXPECT_EQ(Import({File("a.jsonl", content)}, options)->created, 1234);
  EXPECT_EQ(Count(), 1234);
  EXPECT_EQ(last_done, static_cast<int64_t>(content.size()));
}

}  // namespace
}  // namespace oubli::import
