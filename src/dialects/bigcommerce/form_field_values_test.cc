// /v3/customers/form-field-values.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/text.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::FormField;

const std::string kFormFieldValuesPath = "/v3/customers/form-field-values";
const std::string kEmptyPage =
    R"({"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":50,"current_page":1,)"
    R"("total_pages":1,"links":{"current":"?limit=50&page=1"}},)"
    R"("cursor_pagination":{"count":0,"per_page":50}}})";

class FormFieldValuesTest : public BigCommerceTest {
 protected:
  explicit FormFieldValuesTest(testing::DialectWorld::Make make = Make) : BigCommerceTest(make) {}

  void CreateOfId(int64_t id, std::vector<FormField> fields = {}) {
    customers::Customer customer;
    customer.head.id = id;
    customer.profile.email = fmt::format("c{}@example.com", id);
    customer.profile.form_fields = std::move(fields);
    Create(customer);
  }
  void AddAddress(int64_t id, int64_t customer_id, std::vector<FormField> fields = {}) {
    ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(const auto customer, customers::FindCustomer(transaction, customer_id));
      customers::Address address;
      address.id = id;
      address.form_fields = std::move(fields);
      OUBLI_TRY(customers::PutAddress(transaction, customer->head, std::move(address)));
      return {};
    }));
  }
  static FormField Text(const std::string& name, const std::string& value) {
    return {name, {value}, FormField::Shape::kText};
  }
  // The names in an answer's data, in order.
  static std::vector<std::string> NamesOf(const http::Response& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> names;
    const boost::json::value body = Parse(response);
    for (const auto& row : body.at("data").as_array()) {
      names.emplace_back(*AsString(row.at("name")));
    }
    return names;
  }
  static std::string CursorOf(const http::Response& response, std::string_view which) {
    const boost::json::value body = Parse(response);
    return std::string(*AsString(body.at("meta").at("cursor_pagination").at(which)));
  }
  // Customers 1, 2 and 5 and addresses 1, 3 and 4 with fields; customer 3 has none.
  void Fill() {
    CreateOfId(1, {Text("a", "x"), Text("b", "x")});
    CreateOfId(2, {Text("c", "x")});
    CreateOfId(3);
    CreateOfId(5, {Text("h", "x"), Text("i", "x")});
    AddAddress(1, 5, {Text("A", "x")});
    AddAddress(2, 5);
    AddAddress(3, 1, {Text("E", "x"), Text("F", "x")});
    AddAddress(4, 3, {Text("G", "x")});
  }
  using Names = std::vector<std::string>;
  const Names kAll = {"a", "b", "A", "c", "E", "F", "G", "h", "i"};
};

// Contract 5.6. The cursors' numbers are ours: the customer's or the address's, and the field's
// place among its fields.
TEST_F(FormFieldValuesTest, TheContractsList) {
  CreateOfId(11, {Text("Sales Rep", "James Bond")});
  AddAddress(12, 11, {Text("Special Delivery Instructions", "Front door")});
  const auto answer = Get(kFormFieldValuesPath);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"data":[{"customer_id":11,"name":"Sales Rep","value":"James Bond"},)"
            R"({"address_id":12,"name":"Special Delivery Instructions","value":"Front door"}],)"
            R"("meta":{"pagination":{"total":2,"count":2,"per_page":50,"current_page":1,)"
            R"("total_pages":1,"links":{"current":"?limit=50&page=1"}},"cursor_pagination":)"
            R"({"count":2,"per_page":50,"start_cursor":")" +
                Base64UrlEncode(R"({"sessionId":11,"fieldId":1})") + R"(","end_cursor":")" +
                Base64UrlEncode(R"({"sessionId":12,"fieldId":1000001})") + R"(","links":{}}}})");
}

// The contract's literal cursors are cursors here.
TEST_F(FormFieldValuesTest, TheContractsCursors) {
  Fill();
  ASSERT_EQ(*Base64UrlDecode("eyJzZXNzaW9uSWQiOjM4LCJmaWVsZElkIjo0MH0"),
            R"({"sessionId":38,"fieldId":40})");
  EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath + "?before=eyJzZXNzaW9uSWQiOjM4LCJmaWVsZElkIjo0MH0")),
            kAll);
  EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath + "?after=eyJzZXNzaW9uSWQiOjM4LCJmaWVsZElkIjo0MH0")),
            Names());
}

TEST_F(FormFieldValuesTest, AnEmptyStore) { EXPECT_EQ(Get(kFormFieldValuesPath).body, kEmptyPage); }

TEST_F(FormFieldValuesTest, PagesAndCursorsOfEverySizeShowEachFieldOnce) {
  Fill();
  for (int limit = 1; limit <= 10; ++limit) {
    const std::string size = fmt::format("?limit={}", limit);
    Names by_page;
    for (int page = 1; page <= 10; ++page) {
      for (auto& name : NamesOf(Get(kFormFieldValuesPath + size + fmt::format("&page={}", page)))) {
        by_page.push_back(name);
      }
    }
    EXPECT_EQ(by_page, kAll) << limit;
    Names onward;
    auto answer = Get(kFormFieldValuesPath + size);
    while (true) {
      for (auto& name : NamesOf(answer)) onward.push_back(name);
      if (answer.body.find(R"("next":"?limit=)") == std::string::npos) break;
      answer = Get(kFormFieldValuesPath + size + "&after=" + CursorOf(answer, "end_cursor"));
    }
    EXPECT_EQ(onward, kAll) << limit;
    Names back = NamesOf(answer);
    while (answer.body.find("&before=") != std::string::npos) {
      answer = Get(kFormFieldValuesPath + size + "&before=" + CursorOf(answer, "start_cursor"));
      Names more = NamesOf(answer);
      if (more.empty()) break;
      back.insert(back.begin(), more.begin(), more.end());
    }
    EXPECT_EQ(back, kAll) << limit;
  }
}

TEST_F(FormFieldValuesTest, ACursorGoesOnWhenItsCustomerIsErased) {
  Fill();
  const std::string cursor =
      CursorOf(Get(kFormFieldValuesPath + "?limit=4"), "end_cursor");  // at "c", of 2
  ASSERT_EQ(Delete("/v3/customers?id:in=2").status, 204);
  EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath + "?after=" + cursor)),
            (Names{"E", "F", "G", "h", "i"}));
  EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath + "?before=" + cursor)), (Names{"a", "b", "A"}));
}

TEST_F(FormFieldValuesTest, EveryFilterFindsItsOwn) {
  Fill();
  const std::vector<std::pair<std::string, Names>> table = {
      {"?customer_id=1", {"a", "b"}},
      {"?customer_id=3", {}},
      {"?customer_id=99", {}},
      {"?customer_id=-1", {}},
      {"?address_id=3", {"E", "F"}},
      {"?address_id=99", {}},
      {"?address_id=3&customer_id=1", {"E", "F"}},
      {"?address_id=3&customer_id=2", {}},
      {"?field_name=c", {"c"}},
      {"?field_name=E", {"E"}},
      {"?field_name=nothing", {}},
      {"?field_name=a", {"a", "A"}},
      {"?field_name=a&customer_id=1", {"a"}},
      {"?customer_id=1&limit=1&page=2", {"b"}},
  };
  for (const auto& [query, names] : table)
    EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath + query)), names) << query;
}

const std::vector<std::pair<std::string, std::vector<std::string>>>& TypesTable() {
  static const std::vector<std::pair<std::string, std::vector<std::string>>> kTable = {
      {"checkboxes", {"list"}},
      {"numbers", {"number"}},
      {"date", {"date"}},
      {"multiline", {"text", "date", "lines", "empty"}},
      {"text", {"text", "date", "empty"}},
      {"password", {"text", "date", "empty"}},
      {"radiobuttons", {"text", "date", "empty"}},
      {"picklist", {"text", "date", "empty"}},
  };
  return kTable;
}

std::vector<FormField> OneOfEachShape() {
  return {{"list", {"x", "y"}, FormField::Shape::kList},
          {"number", {"4.5"}, FormField::Shape::kNumber},
          {"text", {"some text"}, FormField::Shape::kText},
          {"date", {"2020-02-29"}, FormField::Shape::kText},
          {"lines", {"one\ntwo"}, FormField::Shape::kText},
          {"empty", {}, FormField::Shape::kText}};
}

TEST_F(FormFieldValuesTest, ATypeFindsTheValuesThatAFieldOfItCouldHold) {
  CreateOfId(1, OneOfEachShape());
  for (const auto& [type, names] : TypesTable()) {
    EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath + "?field_type=" + type)), names) << type;
  }
}

class AnyTypeTest : public FormFieldValuesTest {
 protected:
  AnyTypeTest()
      : FormFieldValuesTest([](const Environment& environment) {
          Choices choices;
          choices.form_field_types_by_value = false;
          return MakeWithChoices(environment, choices);
        }) {}
};

TEST_F(AnyTypeTest, ByChoiceEveryTypeFindsEverything) {
  CreateOfId(1, OneOfEachShape());
  EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath + "?field_type=numbers")).size(), 6U);
  EXPECT_EQ(Get(kFormFieldValuesPath + "?field_type=number").status, 422);
}

TEST_F(FormFieldValuesTest, BadFiltersAreRefused) {
  const std::string customers_cursor = Base64UrlEncode(R"({"id":1})");
  for (const std::string& query :
       {std::string("?field_type=number"),
        std::string("?field_type="),
        std::string("?customer_id=x"),
        std::string("?customer_id="),
        std::string("?customer_id=1,2"),
        std::string("?address_id=1.5"),
        std::string("?customer_id=1&customer_id=1"),
        std::string("?customer_id:in=1"),
        std::string("?id:in=1"),
        std::string("?field_name=a&field_name=b"),
        std::string("?after=x"),
        "?after=" + customers_cursor,
        "?before=" + customers_cursor,
        "?after=" + Base64UrlEncode(R"({"sessionId":1})"),
        "?after=" + Base64UrlEncode(R"({"fieldId":1})"),
        "?after=" + Base64UrlEncode(R"({"sessionId":"1","fieldId":1})"),
        "?after=" + Base64UrlEncode(R"({"sessionId":-1,"fieldId":1})"),
        "?after=" + Base64UrlEncode(R"({"sessionId":1,"fieldId":1})") +
            "&before=" + Base64UrlEncode(R"({"sessionId":1,"fieldId":1})"),
        std::string("?limit=0"),
        std::string("?page=0"),
        std::string("?include=x")}) {
    EXPECT_EQ(Get(kFormFieldValuesPath + query).status, 422) << query;
  }
  const std::string far =
      Base64UrlEncode(R"({"sessionId":9223372036854775807,"fieldId":9223372036854775807})");
  EXPECT_EQ(Get(kFormFieldValuesPath + "?after=" + far).status, 200);
  EXPECT_EQ(Get(kFormFieldValuesPath + "?before=" + far).status, 200);
  // A field's cursor is none of the customers'.
  EXPECT_EQ(Get("/v3/customers?after=" + Base64UrlEncode(R"({"sessionId":1,"fieldId":1})")).status,
            422);
}

TEST_F(FormFieldValuesTest, PutSetsValuesOfCustomersAndAddresses) {
  CreateOfId(11, {Text("kept", "x"), Text("Sales Rep", "Q")});
  AddAddress(12, 11);
  const auto answer =
      Put(kFormFieldValuesPath, R"([{"customer_id":11,"name":"Sales Rep","value":"James Bond"},
      {"address_id":12,"name":"Special Delivery Instructions","value":"Front door"},
      {"customer_id":11,"name":"Sizes","value":["S","L"]},
      {"customer_id":11,"name":"Age","value":42},{"customer_id":11,"name":"Empty"}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"data":[{"customer_id":11,"name":"Sales Rep","value":"James Bond"},)"
            R"({"address_id":12,"name":"Special Delivery Instructions","value":"Front door"},)"
            R"({"customer_id":11,"name":"Sizes","value":["S","L"]},)"
            R"({"customer_id":11,"name":"Age","value":42},)"
            R"({"customer_id":11,"name":"Empty","value":""}],"meta":{}})");
  EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath)),
            (Names{"kept", "Sales Rep", "Sizes", "Age", "Empty", "Special Delivery Instructions"}));
  EXPECT_NE(Get("/v3/customers?include=formfields").body.find("James Bond"), std::string::npos);
  EXPECT_NE(Get("/v3/customers/addresses?include=formfields").body.find("Front door"),
            std::string::npos);
}

TEST_F(FormFieldValuesTest, BadItemsAreRefusedAndNothingOfTheirBatchStays) {
  CreateOfId(1, {Text("a", "old")});
  AddAddress(1, 1);
  const std::string before = Get(kFormFieldValuesPath).body;
  const std::string good = R"({"customer_id":1,"name":"a","value":"new"},)";
  const auto put = [&](const std::string& item) {
    return Put(kFormFieldValuesPath, "[" + good + item + "]").body;
  };
  const auto field = [](const std::string& name, const std::string& text) {
    return R"({")" + name + R"(":")" + text + R"("})";
  };
  const std::string invalid = "JSON data is missing or invalid";
  const std::string failed = "Update customer form field values failed.";
  EXPECT_EQ(put(R"({"customer_id":1,"value":"x"})"),
            Envelope(422, invalid, field("1.name", "error.path.missing")));
  EXPECT_EQ(put(R"({"name":"a","value":"x"})"),
            Envelope(422, invalid, field("1.customer_id", "error.path.missing")));
  EXPECT_EQ(put(R"({"customer_id":"1","name":"a","value":"x"})"),
            Envelope(422, invalid, field("1.customer_id", "error.expected.jsnumber")));
  EXPECT_EQ(put(R"({"customer_id":1,"name":"a","value":{}})"),
            Envelope(422, invalid, field("1.value", "error.expected.jsstring")));
  EXPECT_EQ(put(R"({"customer_id":1,"name":"a","value":true})"),
            Envelope(422, invalid, field("1.value", "error.expected.jsstring")));
  EXPECT_EQ(put(R"({"customer_id":1,"address_id":1,"name":"a","value":"x"})"),
            Envelope(422, failed, field("1.address_id", "cannot stand beside customer_id")));
  EXPECT_EQ(put(R"({"customer_id":9,"name":"a","value":"x"})"),
            Envelope(422, failed, field("1.customer_id", "invalid customer ID")));
  EXPECT_EQ(put(R"({"address_id":9,"name":"a","value":"x"})"),
            Envelope(422, failed, field("1.address_id", "invalid address ID")));
  std::string many;
  for (int i = 0; i < 50; ++i) many += good;
  EXPECT_EQ(Put(kFormFieldValuesPath, "[" + many + good.substr(0, good.size() - 1) + "]").status,
            413);
  EXPECT_EQ(Get(kFormFieldValuesPath).body, before);
}

TEST_F(FormFieldValuesTest, FieldsDoNotGrowWithoutEnd) {
  CreateOfId(1);
  for (int call = 0; call < 4; ++call) {
    std::string items;
    for (int i = 0; i < 50; ++i) {
      items += fmt::format(R"({}{{"customer_id":1,"name":"f{}","value":"x"}})", i == 0 ? "" : ",",
                           call * 50 + i);
    }
    EXPECT_EQ(Put(kFormFieldValuesPath, "[" + items + "]").status, 200);
  }
  EXPECT_EQ(Put(kFormFieldValuesPath, R"([{"customer_id":1,"name":"f0","value":"y"}])").status,
            200);
  EXPECT_EQ(
      Put(kFormFieldValuesPath, R"([{"customer_id":1,"name":"one more","value":"y"}])").status,
      422);
}

TEST_F(FormFieldValuesTest, TheyGoWithTheirCustomer) {
  Fill();
  ASSERT_EQ(Delete("/v3/customers?id:in=1,3,5").status, 204);
  EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath)), Names{"c"});
  EXPECT_EQ(Put(kFormFieldValuesPath, R"([{"customer_id":1,"name":"a","value":"x"}])").status, 422);
  EXPECT_EQ(Put(kFormFieldValuesPath, R"([{"address_id":3,"name":"a","value":"x"}])").status, 422);
  EXPECT_EQ(NamesOf(Get(kFormFieldValuesPath + "?address_id=3")), Names());
}

// Lists that are being read while their customers are erased pass them over.
TEST_F(FormFieldValuesTest, ErasuresBesideListsAreNoErrors) {
  constexpr int kCustomers = 120;
  ASSERT_EQ(Post("/v3/customers/attributes", R"([{"name":"Hat","type":"string"}])").status, 200);
  for (int i = 1; i <= kCustomers; ++i) {
    CreateOfId(i, {Text("a", "x")});
    AddAddress(i, i, {Text("b", "x")});
    ASSERT_EQ(Put("/v3/customers/attribute-values",
                  fmt::format(R"([{{"attribute_id":1,"customer_id":{},"value":"x"}}])", i))
                  .status,
              200);
  }
  std::thread eraser([&] {
    for (int i = 1; i <= kCustomers; ++i) {
      EXPECT_EQ(Delete(fmt::format("/v3/customers?id:in={}", i)).status, 204);
    }
  });
  while (Population() > 0) {
    for (const std::string target :
         {"/v3/customers?limit=250&include=addresses,attributes,formfields",
          "/v3/customers/addresses?limit=250",
          "/v3/customers/addresses?company:in=", "/v3/customers/attribute-values?limit=250",
          "/v3/customers/attribute-values?date_created:min=2020-01-01",
          "/v3/customers/form-field-values?limit=250"}) {
      const auto answer = Get(target);
      EXPECT_EQ(answer.status, 200) << target << answer.body;
    }
  }
  eraser.join();
  EXPECT_EQ(Get(kFormFieldValuesPath).body, kEmptyPage);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
