#include "customers/attribute_definitions.h"

#include <fmt/core.h>

#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class AttributeDefinitionsTest : public StoreFixture {
 protected:
  int64_t Define(const std::string& name) {
    return Write([&](StoreTransaction& transaction) {
             return CreateAttributeDefinition(transaction, name, "string");
           })
        .value()
        .id;
  }
  // Customers 1 to `count`, each with a value of every attribute.
  void MakeCustomers(int count, const std::vector<int64_t>& attributes) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      for (int i = 1; i <= count; ++i) {
        Customer customer;
        customer.profile.email = fmt::format("c{}@example.com", i);
        OUBLI_TRY_ASSIGN(customer, CreateCustomer(transaction, customer));
        for (const int64_t id : attributes) {
          AttributeValue value;
          value.attribute_id = id;
          value.value = "x";
          OUBLI_TRY(PutAttributeValue(transaction, customer.head, value));
        }
      }
      return {};
    }));
  }
  std::vector<int64_t> AttributesOf(int64_t customer_id) {
    StoreReader reader = store_->Read().value();
    const auto head = FindHead(*reader, OwnerKind::kCustomer, customer_id).value();
    std::vector<int64_t> ids;
    const auto values = ListAttributeValues(*reader, *head).value();
    for (const AttributeValue& value : values) {
      ids.push_back(value.attribute_id);
    }
    return ids;
  }
  int64_t ValueRows() {
    const int64_t records = Rows("SELECT COUNT(*) FROM record WHERE kind = 3");
    EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_id WHERE kind = 3"), records);
    return records;
  }
  // What a process leaves that dies behind the first commit of a removal.
  void BeginRemoval(int64_t id) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      OUBLI_TRY(transaction.connection().Execute(
          fmt::format("INSERT INTO attribute_removal (attribute_id) VALUES ({})", id)));
      return transaction.connection().Execute(
          fmt::format("DELETE FROM attribute_definition WHERE id = {}", id));
    }));
  }
  bool AnyRemovals() {
    StoreReader reader = store_->Read().value();
    return HasAttributeRemovals(*reader).value();
  }
};

TEST_F(AttributeDefinitionsTest, NamesAreUniqueAndIdsAreNeverGivenAgain) {
  const int64_t hat = Define("Hat");
  const auto again = Write([&](StoreTransaction& transaction) {
    return CreateAttributeDefinition(transaction, "Hat", "date");
  });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(again.error().field, "name");
  ASSERT_TRUE(RemoveAttributeDefinitions(*store_, {hat}));
  Reopen();
  EXPECT_GT(Define("Hat"), hat);
}

TEST_F(AttributeDefinitionsTest, ARenameKeepsWhatElseThereIs) {
  const int64_t hat = Define("Hat");
  Define("Shoe");
  clock_.Advance(5000);
  const auto rename = [&](int64_t id, std::string_view name) {
    return Write([&](StoreTransaction& transaction) {
      return RenameAttributeDefinition(transaction, id, name);
    });
  };
  EXPECT_EQ(rename(hat, "Shoe").error().kind, ErrorKind::kConflict);
  EXPECT_EQ(rename(99, "New").error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(rename(hat, "Hat"));  // its own name
  ASSERT_TRUE(rename(hat, "Cap"));
  Reopen();
  StoreReader reader = store_->Read().value();
  const auto cap = FindAttributeDefinition(*reader, hat).value();
  ASSERT_TRUE(cap);
  EXPECT_EQ(cap->name, "Cap");
  EXPECT_EQ(cap->type, "string");
  EXPECT_EQ(cap->modified_at, cap->created_at + 5000);
}

// More values than one batch looks at or deletes, and the others in between.
TEST_F(AttributeDefinitionsTest, ARemovalTakesEveryCustomersValueAndNoOther) {
  const int64_t hat = Define("Hat");
  const int64_t shoe = Define("Shoe");
  const int64_t coat = Define("Coat");
  MakeCustomers(500, {hat, shoe, coat});
  ASSERT_EQ(ValueRows(), 1500);
  ASSERT_TRUE(RemoveAttributeDefinitions(*store_, {hat, coat, 99}));
  EXPECT_EQ(ValueRows(), 500);
  for (const int64_t id : {1, 250, 500}) {
    EXPECT_EQ(AttributesOf(id), std::vector<int64_t>{shoe}) << id;
  }
  EXPECT_FALSE(AnyRemovals());
  StoreReader reader = store_->Read().value();
  const auto left = ListAttributeDefinitions(*reader).value();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].id, shoe);
}

TEST_F(AttributeDefinitionsTest, ARemovalThatWasInterruptedIsFinishedLater) {
  const int64_t hat = Define("Hat");
  const int64_t shoe = Define("Shoe");
  MakeCustomers(10, {hat, shoe});
  BeginRemoval(hat);
  Reopen();
  EXPECT_TRUE(AnyRemovals());
  const Status stopped = FinishAttributeRemovals(*store_, [] { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(ValueRows(), 20);
  ASSERT_TRUE(FinishAttributeRemovals(*store_, [] { return true; }));
  EXPECT_EQ(ValueRows(), 10);
  EXPECT_EQ(AttributesOf(1), std::vector<int64_t>{shoe});
  EXPECT_FALSE(AnyRemovals());
}

// Whoever asks for a removal next gets no success before the one that was left is done too.
TEST_F(AttributeDefinitionsTest, TheNextRemovalFinishesTheOneBefore) {
  const int64_t hat = Define("Hat");
  MakeCustomers(3, {hat});
  BeginRemoval(hat);
  ASSERT_TRUE(RemoveAttributeDefinitions(*store_, {hat}));
  EXPECT_EQ(ValueRows(), 0);
}

TEST_F(AttributeDefinitionsTest, AValueThatDoesNotOpenDoesNotKeepTheOthers) {
  const int64_t hat = Define("Hat");
  MakeCustomers(3, {hat});
  ASSERT_TRUE(Write([](StoreTransaction& transaction) {
    return transaction.connection().Execute(
        "UPDATE record SET sealed = x'00' WHERE kind = 3 AND id = 2");
  }));
  ASSERT_TRUE(RemoveAttributeDefinitions(*store_, {hat}));
  EXPECT_EQ(ValueRows(), 1);
}

}  // namespace
}  // namespace oubli::customers
