#include "customers/outbox.h"

#include <fmt/core.h>

#include <thread>

#include "customers/consent.h"
#include "customers/groups.h"
#include "customers/metafields.h"
#include "customers/outbox_progress.h"
#include "customers/payment_instruments.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class OutboxTest : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    TurnOn();
  }
  void TurnOn() {
    *wanted_ = true;
    store_->SetOutbox(wanted_, [this] { ++told_; });
  }
  std::vector<OutboxRow> Events(int64_t after = 0) {
    StoreReader reader = store_->Read().value();
    return ReadEvents(*reader, after, INT64_MAX, 1000).value();
  }
  // Kinds, customers and addresses of the events noted so far, in order.
  std::string Told() {
    std::string text;
    for (const OutboxRow& row : Events()) {
      text += fmt::format("{}:{}:{} ", static_cast<int64_t>(row.event.kind), row.event.customer_id,
                          row.event.address_id);
    }
    return text;
  }
  Result<Customer> Update(const std::function<void(Customer&)>& change, int64_t id = 1) {
    return Write([&](StoreTransaction& transaction) -> Result<Customer> {
      Customer customer = *FindCustomer(transaction, id).value();
      change(customer);
      return UpdateCustomer(transaction, customer);
    });
  }
  Result<Address> Put(const Address& address) {
    return Write([&](StoreTransaction& transaction) -> Result<Address> {
      const auto head = FindHead(transaction, OwnerKind::kCustomer, 1).value();
      return PutAddress(transaction, *head, address);
    });
  }

  std::shared_ptr<std::atomic<bool>> wanted_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<int> told_ = 0;
};

TEST_F(OutboxTest, NothingIsNotedWhileNobodyWantsIt) {
  *wanted_ = false;
  ASSERT_TRUE(Create("a@example.com"));
  ASSERT_TRUE(Update([](Customer& customer) { customer.profile.first_name = "Other"; }));
  ASSERT_TRUE(Put({}));
  EXPECT_EQ(Told(), "");
  EXPECT_EQ(told_, 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM counter WHERE name = 'outbox_no'"), 0);
}

TEST_F(OutboxTest, ChangesAreNotedInTheirCommitAndWhatChangesNothingIsNot) {
  ASSERT_TRUE(Create("a@example.com"));
  EXPECT_EQ(Told(), "1:1:0 ");
  // The answer may come a moment before.
  for (int i = 0; i < 1000 && told_ == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(told_, 1);
  ASSERT_TRUE(Update([](Customer&) {}));
  EXPECT_EQ(Told(), "1:1:0 ");
  ASSERT_TRUE(Update([](Customer& customer) { customer.profile.first_name = "Other"; }));
  EXPECT_EQ(Told(), "1:1:0 2:1:0 ");
  ASSERT_TRUE(Update([](Customer& customer) { customer.head.group_id = 4; }));
  EXPECT_EQ(Told(), "1:1:0 2:1:0 2:1:0 ");
  ASSERT_TRUE(Update([](Customer& customer) { customer.profile.channel_ids = {1, 2}; }));
  const auto events = Events(3);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].event.kind, EventKind::kCustomerUpdated);
  EXPECT_EQ(events[1].event.kind, EventKind::kLoginAccessUpdated);
  EXPECT_EQ(events[1].event.channel_ids, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(events[1].created_at, clock_.NowMs());
  ASSERT_TRUE(Update([](Customer& customer) { customer.profile.channel_ids.reset(); }));
  EXPECT_FALSE(Events(6)[0].event.channel_ids);
  ASSERT_TRUE(Update([](Customer& customer) { customer.profile.channel_ids.emplace(); }));
  EXPECT_EQ(Events(8)[0].event.channel_ids, std::vector<int64_t>());
}

TEST_F(OutboxTest, AddressesOfCustomersAreNoted) {
  ASSERT_TRUE(Create("a@example.com"));
  Address address;
  address.city = "York";
  address = Put(address).value();
  clock_.Advance(1000);
  ASSERT_TRUE(Put(address));
  address.city = "Hull";
  ASSERT_TRUE(Put(address));
  const auto remove = [&] {
    return Write([&](StoreTransaction& transaction) -> Result<bool> {
      const auto head = FindHead(transaction, OwnerKind::kCustomer, 1).value();
      return DeleteAddress(transaction, *head, address.id);
    });
  };
  EXPECT_EQ(remove(), true);
  EXPECT_EQ(remove(), false);
  EXPECT_EQ(Told(), fmt::format("1:1:0 4:1:{0} 5:1:{0} 6:1:{0} ", address.id));
  // A guest is nobody's customer.
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(const Head guest, CreateOwner(transaction, OwnerKind::kGuestCart, 0));
    OUBLI_TRY(PutAddress(transaction, guest, {}));
    return {};
  }));
  EXPECT_EQ(Events().size(), 4U);
}

// Contract 8.2: form fields are told of at sign-up alone, the others never.
TEST_F(OutboxTest, FormFieldsAttributesMetafieldsConsentAndGroupsAreNotNoted) {
  const int64_t group =
      Write([](StoreTransaction& transaction) { return EnsureGroup(transaction, "g"); }).value().id;
  ASSERT_TRUE(Create("a@example.com"));
  ASSERT_TRUE(Update([&](Customer& customer) { customer.head.group_id = group; }));
  Address address;
  address.city = "York";
  address = Put(address).value();
  const std::string before = Told();
  ASSERT_TRUE(Update([](Customer& customer) {
    customer.profile.form_fields.push_back({"Rep", {"x"}});
  }));
  address.form_fields.push_back({"Door", {"green"}});
  ASSERT_TRUE(Put(address));
  ASSERT_TRUE(Write([](StoreTransaction& transaction) -> Status {
    const Head head = *FindHead(transaction, OwnerKind::kCustomer, 1).value();
    AttributeValue value;
    value.attribute_id = 1;
    value.value = "9";
    OUBLI_TRY(PutAttributeValue(transaction, head, value));
    Metafield metafield;
    metafield.client_id = "c";
    metafield.name_space = "n";
    metafield.key = "k";
    OUBLI_TRY_ASSIGN(metafield, PutMetafield(transaction, head, metafield));
    OUBLI_TRY(DeleteMetafield(transaction, head, metafield.id));
    OUBLI_TRY(PutConsent(transaction, head, {}));
    return {};
  }));
  ASSERT_EQ(Write([&](StoreTransaction& transaction) { return DeleteGroup(transaction, group); }),
            true);
  EXPECT_EQ(Find(1)->head.group_id, 0);
  EXPECT_EQ(Told(), before);
  EXPECT_EQ(Find(1)->profile.form_fields.size(), 1U);
}

TEST_F(OutboxTest, AnotherDefaultInstrumentIsNoted) {
  ASSERT_TRUE(Create("a@example.com"));
  const auto change = [this](const std::string& token, std::optional<bool> is_default) {
    return Write([&](StoreTransaction& transaction) -> Status {
      const Head head = *FindHead(transaction, OwnerKind::kCustomer, 1).value();
      if (!is_default) {
        OUBLI_TRY(DeletePaymentInstrument(transaction, head, token));
        return {};
      }
      PaymentInstrument instrument;
      instrument.token = token;
      instrument.is_default = *is_default;
      OUBLI_TRY(AddPaymentInstrument(transaction, head, instrument));
      return {};
    });
  };
  struct Step {
    std::string token;
    std::optional<bool> is_default;  // nothing: is deleted
    bool is_told;
  };
  size_t told = 1;
  for (const Step& step : std::vector<Step>{{"a", false, true},  // the first one is the default
                                            {"b", false, false},
                                            {"c", true, true},
                                            {"b", std::nullopt, false},
                                            {"c", std::nullopt, true},
                                            {"c", std::nullopt, false},  // is not there
                                            {"a", std::nullopt, true}}) {
    ASSERT_TRUE(change(step.token, step.is_default)) << step.token;
    if (step.is_told) ++told;
    const auto events = Events();
    ASSERT_EQ(events.size(), told) << step.token;
    if (step.is_told) {
      EXPECT_EQ(events.back().event.kind, EventKind::kDefaultInstrumentUpdated);
      EXPECT_EQ(events.back().event.customer_id, 1);
    }
  }
}

TEST_F(OutboxTest, WhatFailsIsNotNotedAndNumbersAreNotUsedTwice) {
  ASSERT_TRUE(Create("a@example.com"));
  EXPECT_FALSE(Write([&](StoreTransaction& transaction) -> Status {
    OUBLI_TRY(NoteDefaultInstrumentUpdated(transaction, 1));
    return Fail(ErrorKind::kInvalid, "on second thoughts");
  }));
  EXPECT_EQ(Events().size(), 1U);
  ASSERT_TRUE(Write(
      [](StoreTransaction& transaction) { return NoteDefaultInstrumentUpdated(transaction, 1); }));
  EXPECT_EQ(Told(), "1:1:0 8:1:0 ");
  ASSERT_TRUE(Write([](StoreTransaction& transaction) -> Status {
    OUBLI_TRY(PruneOutbox(transaction, {}, 0, 100));
    return {};
  }));
  EXPECT_EQ(Told(), "");
  Reopen();
  TurnOn();
  ASSERT_TRUE(Create("b@example.com"));
  EXPECT_EQ(Events()[0].no, 3);
}

TEST_F(OutboxTest, NothingPersonalIsInIt) {
  ASSERT_TRUE(Create("Wilhelmina@example.com", "Wilhelmina"));
  Address address;
  address.city = "Wilhelmina City";
  ASSERT_TRUE(Put(address));
  Reopen();
  EXPECT_EQ(Events().size(), 2U);
  EXPECT_EQ(AllBytes().find("Wilhelmina"), std::string::npos);
}

TEST_F(OutboxTest, ProgressIsKeptAndWhatAllAreDoneWithGoes) {
  for (int i = 1; i <= 6; ++i) ASSERT_TRUE(Create(fmt::format("c{}@example.com", i)));
  const std::vector<LivingHook> hooks = {{7, 0}, {8, 2}};
  const UnixMs now = clock_.NowMs();
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    OUBLI_TRY(ForgetOtherHooks(transaction, hooks));
    OUBLI_TRY(WriteProgress(transaction, {7, 6, {{2, 1, now + 60'000}, {5, 1, now}}, {}}));
    OUBLI_TRY(WriteProgress(transaction, {8, 4, {{4, 3, now - 1}}, {}}));
    OUBLI_TRY_ASSIGN(const Pruned pruned, PruneOutbox(transaction, hooks, 0, 1000));
    EXPECT_EQ(pruned.up_to, 4);
    EXPECT_FALSE(pruned.more);
    return {};
  }));
  Reopen();
  TurnOn();
  {
    StoreReader reader = store_->Read().value();
    EXPECT_EQ(ReadDoneNumber(*reader, 7), 6);
    EXPECT_EQ(ReadDoneNumber(*reader, 9), 0);
    const auto due = DueRetries(*reader, 7, now, 10).value();
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].retry.no, 5);
    EXPECT_EQ(due[0].row.event.customer_id, 5);
    EXPECT_EQ(NextRetryAt(*reader, 7, now).value(), now + 60'000);
    EXPECT_EQ(CountRetries(*reader, 7), 2);
    // The clock has been set back by a year.
    EXPECT_EQ(DueRetries(*reader, 7, now - 31'536'000'000, 10)->size(), 2U);
  }
  EXPECT_EQ(Told(), "1:2:0 1:4:0 1:5:0 1:6:0 ");
  // 2 was 7's alone; 5 is still to come for 8.
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
    return WriteProgress(transaction, {7, 6, {}, {2, 5}});
  }));
  EXPECT_EQ(Told(), "1:4:0 1:5:0 1:6:0 ");
  // 8 goes, and what only it was to be told goes with it.
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    const std::vector<LivingHook> living = {{7, 0}};
    OUBLI_TRY(ForgetOtherHooks(transaction, living));
    OUBLI_TRY(PruneOutbox(transaction, living, 0, 1000));
    return {};
  }));
  EXPECT_EQ(Told(), "");
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM outbox_retry"), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM outbox_hook"), 1);
}

TEST_F(OutboxTest, PruningGoesOnWhereItWas) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(Create(fmt::format("c{}@example.com", i)));
  Pruned pruned{0, true};
  int rounds = 0;
  for (; pruned.more; ++rounds) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(pruned, PruneOutbox(transaction, {}, pruned.up_to, 2));
      return {};
    }));
  }
  EXPECT_EQ(rounds, 3);
  EXPECT_EQ(Told(), "");
}

}  // namespace
}  // namespace oubli::customers
