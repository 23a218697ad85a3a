// Wish list items on the wire, and that they go with their customer.
#include "customers/wish_list.h"

#include <gmock/gmock.h>

#include "dialects/hotcakes/test_world.h"

namespace oubli::dialects::hotcakes {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kNone =
    R"({"Content":null,"Errors":[{"Code":"NULL","Description":)"
    R"("No wish list items were found for the specified customer or store."}]})";
constexpr std::string_view kNoSuchItem =
    R"({"Content":null,"Errors":[{"Code":"NULL","Description":)"
    R"("No wish list items were found matching the given ID."}]})";

class WishListTest : public TestWorld {
 protected:
  void SetUp() override {
    Add("ann@example.com");  // 1
    Add("bob@example.com");  // 2
  }
  std::string Make(std::string_view customer, std::string_view product) {
    return Post("wishlistitems", R"({"CustomerId":")" + std::string(customer) +
                                     R"(","ProductId":")" + std::string(product) + "\"}");
  }
  static std::string Item(int id, std::string_view customer, std::string_view product,
                          std::string_view rest = R"(,"Quantity":1,"SelectionData":[]})") {
    return R"({"Id":)" + std::to_string(id) + R"(,"StoreId":1,"CustomerId":")" +
           std::string(customer) + R"(","LastUpdatedUtc":"\/Date(1788256800000)\/","ProductId":")" +
           std::string(product) + "\"" + std::string(rest);
  }
  static std::string Content(const std::string& json) {
    return R"({"Content":)" + json + R"(,"Errors":[]})";
  }
};

TEST_F(WishListTest, NoneFoundIsAnError) {
  for (const char* query : {"", "id=1", "id=7", "id=x", "id=%20", "id=1&id=1", "id="})
    EXPECT_EQ(Get("wishlistitems/", query), kNone) << query;
  for (const char* id : {"1", "0", "x", "-1", "%20", "99999999999999999999"})
    EXPECT_EQ(Get("wishlistitems/" + std::string(id)), kNoSuchItem) << id;
}

TEST_F(WishListTest, CreatesAndFinds) {
  const std::string full = Post(
      "wishlistitems/",
      R"({"Id":77,"StoreId":9,"CustomerId":"1","LastUpdatedUtc":"\/Date(0)\/","ProductId":"p<1>",)"
      R"("Quantity":"3","SelectionData":[{"OptionBvin":"o","SelectionData":"'s'"},{}]})");
  const std::string rest =
      R"(,"Quantity":3,"SelectionData":[{"OptionBvin":"o","SelectionData":"\u0027s\u0027"},)"
      R"({"OptionBvin":"","SelectionData":""}]})";
  EXPECT_EQ(full, Content(Item(1, "1", "p\\u003c1\\u003e", rest)))
      << "id, store and date are the server's";
  EXPECT_EQ(Get("wishlistitems/1"), full);
  EXPECT_EQ(Get("WishListItems/1/xyz"), full);
}

TEST_F(WishListTest, ListsOfACustomerTheNewestFirstAndOfAll) {
  Make("1", "a");
  Make("2", "b");
  Make("1", "c");
  EXPECT_EQ(Get("wishlistitems/", "id=1"),
            Content("[" + Item(3, "1", "c") + "," + Item(1, "1", "a") + "]"));
  EXPECT_EQ(Get("wishlistitems", "ID=2"), Content("[" + Item(2, "2", "b") + "]"));
  const std::string all =
      Content("[" + Item(1, "1", "a") + "," + Item(2, "2", "b") + "," + Item(3, "1", "c") + "]");
  EXPECT_EQ(Get("wishlistitems/"), all);
  EXPECT_EQ(Get("wishlistitems", "id="), all);
}

TEST_F(WishListTest, LongListsComeInPieces) {
  auto made =
      world_.OpenStore("abc")->WriteAndWait([](customers::StoreTransaction& transaction) -> Status {
        OUBLI_TRY_ASSIGN(const auto ann, customers::FindCustomer(transaction, 1));
        customers::WishListItem item;
        item.product.assign(250, 'p');
        for (int i = 0; i < 450; ++i)
          OUBLI_TRY(customers::PutWishListItem(transaction, ann->head, item));
        return {};
      });
  ASSERT_TRUE(made.has_value());
  for (const char* query : {"id=1", ""}) {
    const auto response = world_.Begin("GET", Url("wishlistitems", query));
    EXPECT_NE(response.next_piece, nullptr);
    const std::string body = Get("wishlistitems", query);
    size_t count = 0;
    for (size_t at = 0; (at = body.find("{\"Id\":", at)) != std::string::npos; ++at) ++count;
    EXPECT_EQ(count, 450U);
    EXPECT_TRUE(body.ends_with(R"(]}],"Errors":[]})"));
    EXPECT_EQ(body.find("}{"), std::string::npos);
    EXPECT_EQ(body.find(",,"), std::string::npos);
  }
}

TEST_F(WishListTest, AnItemOfNobodyIsRefused) {
  for (const char* customer : {"7", "", "x", "01", "1 "})
    EXPECT_EQ(Make(customer, "a"),
              Exception("There is no customer with this CustomerId. Nothing was changed."))
        << customer;
  EXPECT_EQ(Get("wishlistitems"), kNone);
}

TEST_F(WishListTest, UpdateReplacesAndMayMoveTheItem) {
  Make("1", "a");
  EXPECT_EQ(Post("wishlistitems/1",
                 R"({"Id":1,"StoreId":1,"CustomerId":"1","ProductId":"b","Quantity":2})"),
            Content(Item(1, "1", "b", R"(,"Quantity":2,"SelectionData":[]})")));
  EXPECT_EQ(Post("wishlistitems/1", R"({"Id":1,"StoreId":1,"CustomerId":"2","ProductId":"c"})"),
            Content(Item(1, "2", "c")));
  EXPECT_EQ(Get("wishlistitems", "id=1"), kNone);
  EXPECT_EQ(Get("wishlistitems", "id=2"), Content("[" + Item(1, "2", "c") + "]"));
}

TEST_F(WishListTest, UpdateOfAnotherStoresOrNoIdChangesNothing) {
  Make("1", "a");
  for (const char* body :
       {R"({"Id":1,"CustomerId":"1","ProductId":"b"})", R"({"Id":1,"StoreId":2,"CustomerId":"1"})",
        R"({"StoreId":1,"CustomerId":"1","ProductId":"b"})"})
    EXPECT_EQ(Post("wishlistitems/1", body), Content(Item(1, "1", "a"))) << body;
  EXPECT_EQ(Post("wishlistitems/1", R"({"Id":2,"StoreId":1,"CustomerId":"1"})"),
            Exception("The Id of the item is not the one in the URL. Nothing was changed."));
  EXPECT_EQ(Post("wishlistitems/1", R"({"Id":1,"StoreId":1,"ProductId":"b"})"),
            Exception("There is no customer with this CustomerId. Nothing was changed."));
  EXPECT_EQ(Post("wishlistitems/7", R"({"Id":7,"StoreId":1,"CustomerId":"1"})"), kNoSuchItem);
  EXPECT_EQ(Post("wishlistitems/7", R"({"CustomerId":"1"})"), kNoSuchItem);
  EXPECT_EQ(Post("wishlistitems/x", R"({"CustomerId":"1"})"), kNoSuchItem);
  EXPECT_EQ(Get("wishlistitems"), Content("[" + Item(1, "1", "a") + "]"));
}

TEST_F(WishListTest, DeletesOneAndNeverAll) {
  Make("1", "a");
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  for (const char* path : {"wishlistitems", "wishlistitems/", "wishlistitems/%20",
                           "wishlistitems/0", "wishlistitems/01", "wishlistitems/2"})
    EXPECT_EQ(Delete(path), kFalse) << path;
  EXPECT_EQ(Delete("wishlistitems/1"), kTrue);
  EXPECT_EQ(Delete("wishlistitems/1"), kFalse);
  EXPECT_EQ(Get("wishlistitems"), kNone);
  EXPECT_THAT(Make("1", "b"), HasSubstr(R"("Id":2,)")) << "ids are never given twice";
}

TEST_F(WishListTest, GoWithTheirCustomer) {
  Make("1", "a");
  Make("2", "b");
  Make("1", "c");
  EXPECT_EQ(Delete("customeraccounts/1"), kTrue);
  EXPECT_EQ(Get("wishlistitems", "id=1"), kNone);
  EXPECT_EQ(Get("wishlistitems/1"), kNoSuchItem);
  EXPECT_EQ(Get("wishlistitems"), Content("[" + Item(2, "2", "b") + "]"));
  EXPECT_EQ(Delete("wishlistitems/3"), kFalse);
  EXPECT_EQ(Post("wishlistitems/1", R"({"Id":1,"StoreId":1,"CustomerId":"2"})"), kNoSuchItem);
  EXPECT_EQ(Make("1", "d"),
            Exception("There is no customer with this CustomerId. Nothing was changed."));
}

// The original leaves them behind.
TEST_F(WishListTest, GoWithClearAll) {
  Make("1", "a");
  Make("2", "b");
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  EXPECT_EQ(Delete("customeraccounts"), kTrue);
  EXPECT_EQ(Get("wishlistitems"), kNone);
  EXPECT_EQ(Get("wishlistitems/1"), kNoSuchItem);
  EXPECT_EQ(Get("wishlistitems", "id=2"), kNone);
}

TEST_F(WishListTest, AreAStoresOwn) {
  Make("1", "a");
  world_.CreateStore("other");
  const std::string key = world_.CreateKey({.store = "other", .dialect = kHotcakes}).at("key");
  const auto other = [&](std::string method, const std::string& path, std::string body = "") {
    return Body(world_.Send(std::move(method), std::string(kBase) + path + "?key=" + key, {},
                            std::move(body)));
  };
  EXPECT_EQ(other("GET", "wishlistitems/1"), kNoSuchItem);
  EXPECT_EQ(other("GET", "wishlistitems"), kNone);
  EXPECT_EQ(other("DELETE", "wishlistitems/1"), kFalse);
  EXPECT_EQ(other("POST", "wishlistitems", R"({"CustomerId":"1"})"),
            Exception("There is no customer with this CustomerId. Nothing was changed."));
  EXPECT_EQ(Get("wishlistitems/1"), Content(Item(1, "1", "a")));
}

TEST_F(WishListTest, WhatCannotBeReadIsRefusedAndChangesNothing) {
  Make("1", "a");
  const std::pair<std::string, std::string> cases[] = {
      {"", "The request body is empty."},
      {"[]",
       "Type 'Hotcakes.CommerceDTO.v1.Catalog.WishListItemDTO' is not supported for "
       "deserialization of an array."},
      {R"({"Quantity":null})", "Cannot convert null to a value type."},
      {R"({"Quantity":1.5})", "1.5 is not a valid value for Int32."},
      {R"({"Quantity":2147483648})", "2147483648 is not a valid value for Int32."},
      {R"({"Id":"x"})", "x is not a valid value for Int64."},
      {R"({"SelectionData":null})", "SelectionData must not be null."},
      {R"({"SelectionData":[null]})", "A selection must not be null."},
      {R"({"SelectionData":[1]})",
       "Cannot convert object of type 'System.Int32' to type "
       "'Hotcakes.CommerceDTO.v1.Catalog.OptionSelectionDTO'"},
      {R"({"ProductId":")" + std::string(256, 'p') + "\"}",
       "ProductId is longer than 255 characters."},
      {R"({"ProductId":"a\u0007"})", "ProductId holds a control character."},
      {R"({"LastUpdatedUtc":"now"})", "now is not a valid value for DateTime."},
  };
  for (const auto& [body, description] : cases) {
    EXPECT_EQ(Post("wishlistitems", body), Exception(description)) << body;
    EXPECT_EQ(Post("wishlistitems/1", body), Exception(description)) << body;
  }
  std::string many = "{}";
  for (int i = 0; i < 100; ++i) many += ",{}";
  EXPECT_EQ(Post("wishlistitems", R"({"CustomerId":"1","SelectionData":[)" + many + "]}"),
            Exception("An item has at most 100 selections."));
  EXPECT_EQ(Get("wishlistitems"), Content("[" + Item(1, "1", "a") + "]"));
}

TEST_F(WishListTest, AStoreThatCannotWriteSaysSo) {
  Make("1", "a");
  world_.OpenStore("abc")->writer().Close();
  const std::string_view text = "The store cannot do this at the moment. Nothing was changed.";
  EXPECT_EQ(Make("1", "b"), Exception(text));
  EXPECT_EQ(Delete("wishlistitems/1"),
            R"({"Content":false,"Errors":[{"Code":"EXCEPTION","Description":")" +
                std::string(text) + R"("}]})");
  EXPECT_EQ(Post("pricegroups", "{}"), Exception(text));
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
