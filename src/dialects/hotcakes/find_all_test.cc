// Find all, of any size: in pieces, and what a reader sees while others write.
#include <malloc.h>

#include "dialects/hotcakes/test_world.h"
#include "dialects/testing/pieces.h"

namespace oubli::dialects::hotcakes {
namespace {

class FindAllTest : public TestWorld {
 protected:
  void AddMany(int count, const std::string& notes = "") {
    auto added = world_.OpenStore("abc")->WriteAndWait(
        [&](customers::StoreTransaction& transaction) -> Status {
          for (int i = 0; i < count; ++i) {
            customers::Customer customer;
            customer.profile.email = "c" + std::to_string(next_++) + "@example.com";
            customer.profile.notes = notes;
            OUBLI_TRY(customers::CreateCustomer(transaction, customer));
          }
          return {};
        });
    ASSERT_TRUE(added.has_value());
  }
  // How much more memory there is in use than before, at most, while a list is read in a store that
  // has just been opened.
  size_t PeakOfFindAll() {
    world_.stores().CloseIdle(0);
    Count();  // opens it
    const size_t before = mallinfo2().uordblks;
    size_t most = before;
    auto response = world_.Begin("GET", Url("customeraccounts"));
    for (bool more = response.next_piece != nullptr; more;) {
      std::string piece;
      more = response.next_piece(piece).value_or(false);
      most = std::max<size_t>(most, mallinfo2().uordblks);
    }
    return most - before;
  }
  // The Bvins in a body, or a part of one.
  static std::vector<int64_t> Bvins(std::string_view body) {
    constexpr std::string_view kBefore = R"({"Bvin":")", kEmail = R"(","Email":)";
    std::vector<int64_t> bvins;
    for (size_t at = 0; (at = body.find(kBefore, at)) != std::string_view::npos;) {
      at += kBefore.size();
      const size_t end = body.find('"', at);
      if (body.substr(end).starts_with(kEmail))
        bvins.push_back(std::stoll(std::string(body.substr(at, end - at))));
    }
    return bvins;
  }
  static std::vector<int64_t> Numbers(int64_t first, int64_t last) {
    std::vector<int64_t> numbers;
    for (int64_t i = first; i <= last; ++i) numbers.push_back(i);
    return numbers;
  }

  int next_ = 1;
};

TEST_F(FindAllTest, AShortListIsSentWhole) {
  AddMany(5);
  const auto response = world_.Begin("GET", Url("customeraccounts"));
  EXPECT_EQ(response.next_piece, nullptr);
  EXPECT_EQ(Bvins(response.body), Numbers(1, 5));
}

TEST_F(FindAllTest, ALongListComesInPiecesOfBoundedSize) {
  AddMany(700);
  auto response = world_.Begin("GET", Url("customeraccounts/"));
  EXPECT_EQ(testing::HeaderOf(response, "Content-Type"), "application/json; charset=utf-8");
  ASSERT_NE(response.next_piece, nullptr);
  const auto read = testing::ReadPieces(response);
  ASSERT_TRUE(read);
  const auto& [whole, largest, pieces] = *read;
  EXPECT_GT(pieces, 5);
  EXPECT_LT(largest, http::kPieceBytes + 4096);
  EXPECT_EQ(Bvins(whole), Numbers(1, 700));
  EXPECT_TRUE(whole.starts_with(R"({"Content":[{"Bvin":"1",)"));
  EXPECT_TRUE(whole.ends_with(R"("AddressType":0}}],"Errors":[]})"));
  EXPECT_EQ(whole.find("}{"), std::string::npos);
  EXPECT_EQ(whole.find(",,"), std::string::npos);
  EXPECT_EQ(whole.find("[,"), std::string::npos);
  EXPECT_EQ(Get("customeraccounts"), whole);
}

// The smaller store already fills what is bounded. (Where a sanitizer has the memory, nothing is
// counted, and nothing shown.)
TEST_F(FindAllTest, TakesNoMoreMemoryOfALargerStore) {
  const std::string notes(500, 'n');
  AddMany(5000, notes);
  const size_t small = PeakOfFindAll();
  AddMany(25'000, notes);
  const size_t large = PeakOfFindAll();
  EXPECT_LE(large, small + small / 10) << "not " << small;
}

TEST_F(FindAllTest, PagesOfAnySizeAreTheSameList) {
  AddMany(700);
  EXPECT_EQ(Bvins(Get("customeraccounts", "page=1&pagesize=0")), Numbers(1, 700));
  EXPECT_EQ(Bvins(Get("customeraccounts", "page=2&pagesize=300")), Numbers(301, 600));
  EXPECT_EQ(Bvins(Get("customeraccounts", "page=3&pagesize=300")), Numbers(601, 700));
  EXPECT_EQ(Get("customeraccounts", "page=4&pagesize=300"), R"({"Content":[],"Errors":[]})");
}

// Each piece reads what is committed when it is made. Nobody appears whose erasure was answered
// before; who stays is there once; who comes behind is there too.
TEST_F(FindAllTest, AnErasedCustomerIsNotInALaterPiece) {
  AddMany(400);
  auto response = world_.Begin("GET", Url("customeraccounts"));
  ASSERT_NE(response.next_piece, nullptr);
  const std::vector<int64_t> first = Bvins(response.body);
  ASSERT_LT(first.size(), 100U);
  EXPECT_EQ(Delete("customeraccounts/1"), kTrue);
  EXPECT_EQ(Delete("customeraccounts/200"), kTrue);
  EXPECT_EQ(Delete("customeraccounts/400"), kTrue);
  AddMany(1);
  ASSERT_TRUE(response.Collect().has_value());
  std::vector<int64_t> expected = Numbers(1, 401);
  std::erase(expected, 200);
  std::erase(expected, 400);
  EXPECT_EQ(Bvins(response.body), expected);
}

TEST_F(FindAllTest, EndsInGoodOrderWhenEverybodyIsErasedMeanwhile) {
  AddMany(400);
  auto response = world_.Begin("GET", Url("customeraccounts"));
  ASSERT_NE(response.next_piece, nullptr);
  const size_t shown = Bvins(response.body).size();
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  EXPECT_EQ(Delete("customeraccounts"), kTrue);
  ASSERT_TRUE(response.Collect().has_value());
  EXPECT_EQ(Bvins(response.body).size(), shown);
  EXPECT_TRUE(response.body.ends_with(R"(}],"Errors":[]})"));
}

TEST_F(FindAllTest, HoldsNoSnapshotBetweenPieces) {
  AddMany(400);
  auto store = world_.OpenStore("abc");
  auto response = world_.Begin("GET", Url("customeraccounts"));
  ASSERT_NE(response.next_piece, nullptr);
  AddMany(50);
  // Truncating the log waits for readers, and fails while there is one.
  EXPECT_TRUE(store->Checkpoint(true).has_value());
  EXPECT_EQ(store->database().LogBytes(), 0);
  ASSERT_TRUE(response.Collect().has_value());
}

TEST_F(FindAllTest, WhatCannotBeReadIsAnErrorOrACut) {
  AddMany(400);
  auto store = world_.OpenStore("abc");
  const auto damage = [&](int64_t ordinal) {
    auto done = store->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
      return transaction.connection().Execute("UPDATE record SET sealed = x'00' WHERE ordinal = " +
                                              std::to_string(ordinal));
    });
    ASSERT_TRUE(done.has_value());
  };
  damage(300);
  auto response = world_.Begin("GET", Url("customeraccounts"));
  EXPECT_FALSE(response.Collect().has_value()) << "cut off, not shortened";
  damage(2);
  EXPECT_EQ(Get("customeraccounts"),
            Exception("Stored data of this store cannot be read. Nothing was changed."));
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
