#include "customers/customers.h"

#include "customers/attribute_definitions.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class CustomersTest : public StoreFixture {
 protected:
  template <class Change>
  Result<Customer> Update(int64_t id, Change change) {
    return Write([&](StoreTransaction& transaction) -> Result<Customer> {
      OUBLI_TRY_ASSIGN(auto customer, FindCustomer(transaction, id));
      if (!customer) return Fail(ErrorKind::kNotFound, "none");
      change(*customer);
      return UpdateCustomer(transaction, *customer);
    });
  }
  std::optional<int64_t> ByEmail(const std::string& email) {
    StoreReader reader = store_->Read().value();
    auto customer = FindCustomerByEmail(*reader, email).value();
    return customer ? std::optional(customer->head.id) : std::nullopt;
  }
  std::optional<int64_t> ByCode(const std::string& code) {
    StoreReader reader = store_->Read().value();
    auto customer = FindCustomerByCode(*reader, code).value();
    return customer ? std::optional(customer->head.id) : std::nullopt;
  }
};

TEST_F(CustomersTest, ACreatedCustomerIsFoundByEverythingThatNamesIt) {
  const Customer made = Create("Sally@Example.com").value();
  EXPECT_EQ(made.head.id, 1);
  EXPECT_EQ(made.head.created_at, clock_.NowMs());
  EXPECT_EQ(Find(1)->profile.email, "Sally@Example.com");
  EXPECT_EQ(ByEmail(" sally@example.COM "), 1);
  EXPECT_EQ(ByEmail("sally@example.co"), std::nullopt);
  EXPECT_EQ(CodeOf(made), "8000000000000001");
  EXPECT_EQ(ByCode("8000000000000001"), 1);
  EXPECT_EQ(ByCode("8000000000000002"), std::nullopt);
  EXPECT_EQ(ByCode("1"), std::nullopt);
  EXPECT_EQ(Count(), 1);
  Reopen();
  EXPECT_EQ(ByEmail("sally@example.com"), 1);
  EXPECT_EQ(Count(), 1);
}

TEST_F(CustomersTest, AnEmailBelongsToOneCustomerAndIsFreeAgainAfterAChange) {
  ASSERT_TRUE(Create("a@example.com"));
  const auto clash = Create("A@EXAMPLE.com");
  ASSERT_FALSE(clash);
  EXPECT_EQ(clash.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(clash.error().field, "email");
  EXPECT_EQ(Count(), 1);
  ASSERT_TRUE(Update(1, [](Customer& c) { c.profile.email = "b@example.com"; }));
  EXPECT_EQ(ByEmail("a@example.com"), std::nullopt);
  EXPECT_EQ(ByEmail("b@example.com"), 1);
  EXPECT_TRUE(Create("a@example.com"));
  EXPECT_EQ(Update(1, [](Customer& c) { c.profile.email = "a@example.com"; }).error().field,
            "email");
  EXPECT_EQ(ByEmail("b@example.com"), 1);
  // Nobody's e-mail clashes with nobody's.
  ASSERT_TRUE(Create(""));
  ASSERT_TRUE(Create(""));
}

TEST_F(CustomersTest, NoTwoCustomersAnswerToOneCode) {
  ASSERT_TRUE(Create("a@example.com"));
  const auto create_with_code = [this](int64_t id, const std::string& code) {
    return Write([&](StoreTransaction& transaction) {
      Customer customer;
      customer.head.id = id;
      customer.profile.code = code;
      return CreateCustomer(transaction, customer);
    });
  };
  // Made codes cannot be given, neither one that somebody has nor one that is still to be made:
  // else the next customer could not be created.
  for (const char* code : {"8000000000000001", "8000000000000003", "8000009999999999"}) {
    const auto refused = create_with_code(0, code);
    ASSERT_FALSE(refused) << code;
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(refused.error().field, "code");
  }
  EXPECT_EQ(Create("b@example.com")->head.id, 2);
  EXPECT_TRUE(create_with_code(77, "8000000000000077")) << "its own";
  EXPECT_EQ(ByCode("8000000000000077"), 77);
  EXPECT_TRUE(create_with_code(0, "8000010000000001"));
  EXPECT_EQ(create_with_code(0, "8000010000000001").error().field, "code");
  // A customer that gets a code of its own no longer answers to the made one.
  ASSERT_TRUE(Update(1, [](Customer& c) { c.profile.code = "card-1"; }));
  EXPECT_EQ(ByCode("card-1"), 1);
  EXPECT_EQ(ByCode("8000000000000001"), std::nullopt);
}

TEST_F(CustomersTest, ACustomerWithDamagedRecordsIsStillFoundByCodeForErasing) {
  ASSERT_TRUE(Create("a@example.com"));
  ASSERT_TRUE(Write([](StoreTransaction& transaction) {
    return transaction.connection().Execute("UPDATE record SET sealed = x'00'");
  }));
  StoreReader reader = store_->Read().value();
  EXPECT_FALSE(FindCustomerByCode(*reader, "8000000000000001"));
  EXPECT_EQ(FindHeadByCode(*reader, "8000000000000001").value()->id, 1);
  EXPECT_FALSE(FindHeadByCode(*reader, "8000000000000002").value());
  EXPECT_FALSE(FindHeadByCode(*reader, "").value());
}

TEST_F(CustomersTest, GivenIdsAreKeptAndCountersGoOnAboveThem) {
  const auto create = [this](int64_t id) {
    return Write([id](StoreTransaction& transaction) {
      Customer customer;
      customer.head.id = id;
      return CreateCustomer(transaction, customer);
    });
  };
  EXPECT_EQ(create(500)->head.id, 500);
  EXPECT_EQ(create(500).error().field, "id");
  EXPECT_EQ(create(-1).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(create(0)->head.id, 501);
  EXPECT_EQ(create(20)->head.id, 20);
  EXPECT_EQ(create(0)->head.id, 502);
}

TEST_F(CustomersTest, RecordsHangOnTheirCustomerAndAreFoundByTheirIds) {
  const Head owner = Create("a@example.com")->head;
  const Head other = Create("b@example.com")->head;
  int64_t address_id = 0;
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    Address address;
    address.city = "Austin";
    OUBLI_TRY_ASSIGN(address, PutAddress(transaction, owner, address));
    address_id = address.id;
    OUBLI_TRY(PutAddress(transaction, other, Address()));
    AttributeValue value;
    value.attribute_id = 2;
    value.value = "9";
    OUBLI_TRY_ASSIGN(const AttributeValue first, PutAttributeValue(transaction, owner, value));
    value.value = "10";
    OUBLI_TRY_ASSIGN(const AttributeValue second, PutAttributeValue(transaction, owner, value));
    EXPECT_EQ(first.id, second.id);
    OUBLI_TRY(PutTransaction(transaction, owner, Transaction()));
    OUBLI_TRY(PutEnrollment(transaction, owner, {77, 5}));
    OUBLI_TRY(PutOrder(transaction, owner, Order()));
    return {};
  }));
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(ListAddresses(*reader, owner).value().at(0).city, "Austin");
  EXPECT_EQ(ListAttributeValues(*reader, owner).value().at(0).value, "10");
  EXPECT_EQ(ListTransactions(*reader, owner).value().at(0).date, clock_.NowMs());
  EXPECT_EQ(ListEnrollments(*reader, owner).value().at(0).campaign_id, 77);
  EXPECT_EQ(ListOrders(*reader, owner).value().size(), 1u);
  EXPECT_EQ(ListOrders(*reader, other).value().size(), 0u);
  EXPECT_EQ(FindRecordOwner(*reader, RecordKind::kAddress, address_id).value()->id, owner.id);
  std::vector<int64_t> owners;
  ASSERT_TRUE(ForEachRecordOwner(*reader, RecordKind::kAddress, 0, [&](int64_t, const Head& head) {
    owners.push_back(head.id);
    return true;
  }));
  EXPECT_EQ(owners, (std::vector<int64_t>{owner.id, other.id}));
  EXPECT_FALSE(Write([&](StoreTransaction& transaction) {
                 return DeleteAddress(transaction, other, address_id);
               }).value());
  EXPECT_TRUE(Write([&](StoreTransaction& transaction) {
                return DeleteAddress(transaction, owner, address_id);
              }).value());
}

TEST_F(CustomersTest, AKindThatIsNotDeclaredIsRefused) {
  const Head owner = Create("a@example.com")->head;
  const Status put = Write([&](StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
    return PutRecord(transaction, owner, key, static_cast<RecordKind>(4711), 1, "x");
  });
  EXPECT_EQ(put.error().kind, ErrorKind::kInvalid);
}

TEST_F(CustomersTest, ARecordMovedToAnotherRowDoesNotOpenThere) {
  ASSERT_TRUE(Create("a@example.com"));
  ASSERT_TRUE(Create("b@example.com"));
  ASSERT_TRUE(Write([](StoreTransaction& transaction) {
    return transaction.connection().Execute(
        "UPDATE record SET sealed = (SELECT sealed FROM record WHERE ordinal = 2) "
        "WHERE ordinal = 1");
  }));
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(FindCustomer(*reader, 1).error().kind, ErrorKind::kCorrupt);
  EXPECT_TRUE(FindCustomer(*reader, 2).value());
}

TEST_F(CustomersTest, NothingPersonalIsInClearInAnyFile) {
  const std::string canary = "CaNaRy-47";
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    Customer customer;
    Profile& p = customer.profile;
    p.email = canary + "@example.com";
    p.first_name = p.last_name = p.company = p.phone = p.notes = p.code = p.card_number = canary;
    p.username = p.custom_field = p.registration_ip_address = canary;
    p.custom_fields = {{1, canary}};
    p.extra = {{canary, canary}};
    OUBLI_TRY_ASSIGN(customer, CreateCustomer(transaction, customer));
    Address address;
    address.line1 = address.city = address.import_ref = canary;
    OUBLI_TRY(PutAddress(transaction, customer.head, address));
    Transaction entry;
    entry.description = canary;
    OUBLI_TRY(PutTransaction(transaction, customer.head, entry));
    return {};
  }));
  ASSERT_TRUE(store_->Checkpoint(true));
  ASSERT_TRUE(Find(1));
  const std::string bytes = AllBytes();
  EXPECT_GT(bytes.size(), 4096u);
  EXPECT_EQ(bytes.find(canary), std::string::npos);
  EXPECT_EQ(bytes.find("canary-47"), std::string::npos) << "nor its folded form";
}

TEST_F(CustomersTest, DefinitionsAreMadeOnceAndKept) {
  const auto make = [this] {
    return Write([](StoreTransaction& transaction) -> Result<std::vector<int64_t>> {
      OUBLI_TRY_ASSIGN(const Group group, EnsureGroup(transaction, "VIP"));
      OUBLI_TRY_ASSIGN(const auto attribute, EnsureAttributeDefinition(transaction, "Hat size"));
      OUBLI_TRY_ASSIGN(const Campaign campaign, EnsureCampaign(transaction, "Points"));
      return std::vector<int64_t>{group.id, attribute.id, campaign.id};
    });
  };
  EXPECT_EQ(make().value(), make().value());
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(ListGroups(*reader).value().size(), 1u);
  EXPECT_EQ(ListAttributeDefinitions(*reader).value().size(), 1u);
  const auto campaigns = ListCampaigns(*reader).value();
  ASSERT_EQ(campaigns.size(), 1u);
  EXPECT_EQ(std::to_string(campaigns[0].id).size(), 16u);
  EXPECT_EQ(FindCampaign(*reader, campaigns[0].id).value()->name, "Points");
}

}  // namespace
}  // namespace oubli::customers
