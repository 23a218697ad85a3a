// Answers of any size: in pieces, and what a reader sees while others write.
#include <pugixml.hpp>

#include "base/json.h"
#include "dialects/stickystreet/stickystreet_fixture.h"
#include "dialects/testing/pieces.h"

namespace oubli::dialects::stickystreet {
namespace {

class StreamingTest : public StickyStreetTest {
 protected:
  // Codes c1, c2, ..., each with `entries` transactions in `campaign_`.
  void AddMany(int count, int entries = 0) {
    auto added = world_.OpenStore("abc")->WriteAndWait(
        [&](customers::StoreTransaction& transaction) -> Status {
          for (int i = 0; i < count; ++i) {
            customers::Customer customer;
            customer.profile.code = "c" + std::to_string(next_++);
            customer.profile.first_name = "Amy <&> \"Acker\"";
            OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, customer));
            for (int entry = 0; entry < entries; ++entry) {
              OUBLI_TRY(PutEntry(transaction, customer.head));
            }
          }
          return {};
        });
    ASSERT_TRUE(added.has_value());
  }
  Status PutEntry(customers::StoreTransaction& transaction, const customers::Head& owner) const {
    customers::Transaction entry;
    entry.campaign_id = std::stoll(campaign_);
    entry.date = transaction.now_ms();
    entry.amount = Decimal::FromInt(1);
    OUBLI_TRY(customers::PutTransaction(transaction, owner, entry));
    return {};
  }
  void Erase(const std::string& code) {
    EXPECT_EQ(ErrorOf({{"type", "customer_delete"}, {"code", code}}), "");
  }

  http::Response Begin(Form form) {
    const Form credentials = Credentials();
    form.insert(form.end(), credentials.begin(), credentials.end());
    return world_.Begin("POST", "/", {{"Content-Type", "application/x-www-form-urlencoded"}},
                        UrlEncoded(form));
  }
  static Form Condensed(Form form) {
    form.insert(form.end(), {{"output", "JSON"}, {"condensed", "yes"}});
    return form;
  }
  // The numbers of the codes in condensed JSON, in its order.
  static std::vector<int> Codes(std::string_view body) {
    constexpr std::string_view kBefore = "\"code\":\"c";
    std::vector<int> codes;
    for (size_t at = 0; (at = body.find(kBefore, at)) != std::string_view::npos;) {
      at += kBefore.size();
      codes.push_back(std::stoi(std::string(body.substr(at, body.find('"', at) - at))));
    }
    return codes;
  }
  static std::vector<int> Numbers(int first, int last) {
    std::vector<int> numbers;
    for (int i = first; i <= last; ++i) numbers.push_back(i);
    return numbers;
  }

  // Every call whose answer grows with the store.
  std::vector<Form> LongAnswers() const {
    const auto report = [](const char* name, Form more) {
      more.insert(more.end(), {{"type", "reports"}, {"report", name}});
      return more;
    };
    return {
        {{"type", "customer_search"}},
        {{"type", "customer_search"}, {"first_name", "amy"}, {"include_balances", "Y"}},
        {{"type", "customer_find"}, {"find_customer", "acker"}},
        {{"type", "find_customer"}, {"find_customer", "acker"}},
        report("customers_all", {}),
        report("customers_all", {{"last", "690"}}),
        report("customers_new", {}),
        report("customers_frequent", {}),
        report("customers_inactive", {{"date_end", "2000-01-01"}}),
        report("customers_search", {{"search_text", "amy"}}),
        report("customers_balances", {{"campaign_id", campaign_}}),
        report("transactions_all", {}),
    };
  }

  int next_ = 1;
  const std::string campaign_ = NewCampaign("points");
};

TEST_F(StreamingTest, AShortListIsSentWhole) {
  AddMany(3, 1);
  for (const Form& form : LongAnswers()) {
    const http::Response response = Begin(Condensed(form));
    EXPECT_EQ(response.next_piece, nullptr) << UrlEncoded(form);
    EXPECT_EQ(Codes(response.body), Numbers(1, 3)) << UrlEncoded(form);
  }
}

TEST_F(StreamingTest, LongListsComeInPiecesOfBoundedSizeInEveryFormat) {
  AddMany(700, 1);
  const std::vector<Form> formats = {{},
                                     {{"output", "JSON"}},
                                     {{"output", "JSON"}, {"condensed", "yes"}},
                                     {{"callback", "some.fn"}, {"condensed", "yes"}}};
  for (const Form& call : LongAnswers()) {
    for (const Form& format : formats) {
      Form form = call;
      form.insert(form.end(), format.begin(), format.end());
      http::Response response = Begin(form);
      ASSERT_NE(response.next_piece, nullptr) << UrlEncoded(form);
      EXPECT_EQ(response.status, 200);
      const auto read = testing::ReadPieces(response);
      ASSERT_TRUE(read);
      const auto& [whole, largest, pieces] = *read;
      EXPECT_GT(pieces, 2) << UrlEncoded(form);
      EXPECT_LT(largest, http::kPieceBytes + 4096);
      if (format.empty()) {
        pugi::xml_document document;
        ASSERT_TRUE(document.load_buffer(whole.data(), whole.size())) << UrlEncoded(form);
        EXPECT_EQ(document.child("response").last_child().child("code").text().as_string(),
                  std::string("c700"));
        continue;
      }
      std::string_view json = whole;
      if (format[0].first == "callback") {
        ASSERT_TRUE(json.starts_with("some.fn({") && json.ends_with("})"));
        json = json.substr(8, json.size() - 9);
      }
      EXPECT_TRUE(ParseJson(json)) << UrlEncoded(form);
      if (format.size() == 2) {
        const bool last = call[0].first == "last";
        EXPECT_EQ(Codes(json), Numbers(last ? 11 : 1, 700)) << UrlEncoded(form);
      }
    }
  }
}

TEST_F(StreamingTest, AGetWarnsInFrontOfALongAnswer) {
  AddMany(700);
  Form form = Credentials();
  form.push_back({"type", "customer_search"});
  const http::Response response = world_.Begin("GET", "/?" + UrlEncoded(form));
  EXPECT_NE(response.next_piece, nullptr);
  EXPECT_EQ(testing::HeaderOf(response, "Warning").substr(0, 5), "299 -");
  EXPECT_EQ(testing::HeaderOf(response, "Cache-Control"), "no-store");
}

// Each piece reads what is committed when it is made. Nobody appears whose erasure was answered
// before; who stays is there once; who comes behind is there too.
TEST_F(StreamingTest, AnErasedCustomerIsNotInALaterPiece) {
  AddMany(700, 1);
  for (const Form& form : LongAnswers()) {
    if (form[0].first == "last" || form.back().second == "transactions_all") continue;
    http::Response response = Begin(Condensed(form));
    ASSERT_NE(response.next_piece, nullptr) << UrlEncoded(form);
    const int begin = Codes(response.body).empty() ? 1 : Codes(response.body).front();
    std::vector<int> expected = Codes(Json(form));
    ASSERT_FALSE(expected.empty());
    const int middle = expected[expected.size() / 2];
    const int last = expected.back();
    for (const int gone : {begin, middle, last}) Erase("c" + std::to_string(gone));
    AddMany(1, 1);
    ASSERT_TRUE(response.Collect().has_value());
    // The first one was sent already.
    std::erase(expected, middle);
    std::erase(expected, last);
    expected.push_back(next_ - 1);
    EXPECT_EQ(Codes(response.body), expected) << UrlEncoded(form);
  }
}

TEST_F(StreamingTest, TheCountOfTransactionsIsOfThoseThatWereThere) {
  AddMany(700, 1);
  const Form report = {{"type", "reports"}, {"report", "transactions_all"}};
  http::Response response = Begin(Condensed(report));
  ASSERT_NE(response.next_piece, nullptr);
  EXPECT_TRUE(response.body.starts_with(
      R"({"status":"success","transactions_count":"700","transactions":[{"code":"c1",)"));
  Erase("c500");
  // Newer ones: of somebody new, and of somebody whose turn has not come yet.
  AddMany(1, 1);
  const customers::Head owner = Stored("c600").head;
  ASSERT_TRUE(world_.OpenStore("abc")->WriteAndWait(
      [&](customers::StoreTransaction& transaction) { return PutEntry(transaction, owner); }));
  ASSERT_TRUE(response.Collect().has_value());
  std::vector<int> expected = Numbers(1, 700);
  std::erase(expected, 500);
  EXPECT_EQ(Codes(response.body), expected);
  EXPECT_TRUE(Json(report).starts_with(R"({"status":"success","transactions_count":"701",)"));
}

TEST_F(StreamingTest, ACampaignThatIsDeletedMeanwhileIsNotInALaterPiece) {
  AddMany(700, 1);
  http::Response response = Begin(Condensed({{"type", "reports"}, {"report", "transactions_all"}}));
  const size_t shown = Codes(response.body).size();
  EXPECT_EQ(
      ErrorOf({{"type", "campaign_delete"}, {"action", "campaign"}, {"campaign_id", campaign_}}),
      "");
  ASSERT_TRUE(response.Collect().has_value());
  EXPECT_EQ(Codes(response.body).size(), shown);
  EXPECT_TRUE(ParseJson(response.body));
}

TEST_F(StreamingTest, TheLastOnesAreThoseThatWereLast) {
  AddMany(700);
  http::Response response =
      Begin(Condensed({{"type", "reports"}, {"report", "customers_all"}, {"last", "500"}}));
  ASSERT_NE(response.next_piece, nullptr);
  Erase("c1");
  Erase("c620");
  Erase("c650");
  AddMany(3);
  ASSERT_TRUE(response.Collect().has_value());
  std::vector<int> expected = Numbers(201, 700);
  std::erase(expected, 620);
  std::erase(expected, 650);
  EXPECT_EQ(Codes(response.body), expected);
}

TEST_F(StreamingTest, EndsInGoodOrderWhenEverybodyIsErasedMeanwhile) {
  AddMany(300, 1);
  std::vector<http::Response> begun;
  for (const Form& form : LongAnswers()) {
    begun.push_back(Begin(form));
    Form json = Condensed(form);
    begun.push_back(Begin(json));
  }
  for (int i = 1; i <= 300; ++i) Erase("c" + std::to_string(i));
  for (http::Response& response : begun) {
    ASSERT_TRUE(response.Collect().has_value());
    pugi::xml_document document;
    EXPECT_TRUE(response.body[0] == '<'
                    ? bool(document.load_buffer(response.body.data(), response.body.size()))
                    : bool(ParseJson(response.body)))
        << response.body;
  }
  EXPECT_EQ(ErrorOf({{"type", "customer_search"}}), "No customer matches data provided.");
}

TEST_F(StreamingTest, HoldsNoSnapshotBetweenPieces) {
  AddMany(700, 1);
  auto store = world_.OpenStore("abc");
  std::vector<http::Response> begun;
  for (const Form& form : LongAnswers()) begun.push_back(Begin(form));
  AddMany(50);
  // Truncating the log waits for readers, and fails while there is one.
  EXPECT_TRUE(store->Checkpoint(true).has_value());
  EXPECT_EQ(store->database().LogBytes(), 0);
  for (http::Response& response : begun) ASSERT_TRUE(response.Collect().has_value());
}

TEST_F(StreamingTest, WhatCannotBeReadIsAnErrorOrACut) {
  AddMany(700, 1);
  auto store = world_.OpenStore("abc");
  const auto damage = [&](const std::string& code) {
    const int64_t ordinal = Stored(code).head.ordinal;
    auto done = store->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
      return transaction.connection().Execute("UPDATE record SET sealed = x'00' WHERE ordinal = " +
                                              std::to_string(ordinal));
    });
    ASSERT_TRUE(done.has_value());
  };
  damage("c690");
  EXPECT_FALSE(Begin({{"type", "customer_search"}}).Collect().has_value()) << "not shortened";
  // What counts first has seen it before anything is sent.
  const std::string_view damaged =
      "The request cannot be done: stored data is damaged. Nothing has changed.";
  EXPECT_EQ(ErrorOf({{"type", "reports"}, {"report", "transactions_all"}}), damaged);
  damage("c2");
  for (const Form& form : LongAnswers()) EXPECT_EQ(ErrorOf(form), damaged) << UrlEncoded(form);
}

TEST_F(StreamingTest, LastIsBounded) {
  for (const char* last : {"0", "100001", "99999999999999999999", "-1", "x"}) {
    EXPECT_EQ(ErrorOf({{"type", "reports"}, {"report", "customers_all"}, {"last", last}}),
              "Not a valid number.");
  }
  EXPECT_EQ(Json({{"type", "reports"}, {"report", "customers_all"}, {"last", "100000"}}),
            R"({"status":"success","customers":[]})");
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
