// Metafields and payment instruments.
#include <gmock/gmock.h>

#include "customers/metafields.h"
#include "customers/payment_instruments.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

using ::testing::ElementsAre;

class AttachedRecordsTest : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    owner_ = Create("a@example.com")->head;
    other_ = Create("b@example.com")->head;
  }
  Result<Metafield> Put(const Head& owner, const Metafield& metafield) {
    return Write(
        [&](StoreTransaction& transaction) { return PutMetafield(transaction, owner, metafield); });
  }
  static Metafield Named(const std::string& client, const std::string& name_space,
                         const std::string& key) {
    Metafield metafield;
    metafield.client_id = client;
    metafield.name_space = name_space;
    metafield.key = key;
    metafield.value = "v";
    return metafield;
  }
  Result<PaymentInstrument> Add(const std::string& token, bool is_default = false) {
    return Write([&](StoreTransaction& transaction) {
      PaymentInstrument instrument;
      instrument.token = token;
      instrument.is_default = is_default;
      return AddPaymentInstrument(transaction, owner_, instrument);
    });
  }
  bool Remove(const std::string& token) {
    return Write([&](StoreTransaction& transaction) {
             return DeletePaymentInstrument(transaction, owner_, token);
           })
        .value();
  }
  // The tokens in order, the default's with a star.
  std::vector<std::string> Tokens(const Head& owner) {
    StoreReader reader = store_->Read().value();
    std::vector<std::string> tokens;
    const auto list = ListPaymentInstruments(*reader, owner).value();
    for (const PaymentInstrument& instrument : list) {
      tokens.push_back(instrument.token + (instrument.is_default ? "*" : ""));
    }
    return tokens;
  }

  Head owner_, other_;
};

TEST_F(AttachedRecordsTest, AMetafieldIsUniqueForItsApplicationAndCustomer) {
  const Metafield first = Put(owner_, Named("c1", "n", "k")).value();
  EXPECT_EQ(first.id, 1);
  EXPECT_EQ(Put(owner_, Named("c1", "n", "k")).error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(Put(owner_, Named("c2", "n", "k")));
  EXPECT_TRUE(Put(owner_, Named("c1", "m", "k")));
  EXPECT_TRUE(Put(owner_, Named("c1", "n", "j")));
  EXPECT_TRUE(Put(other_, Named("c1", "n", "k")));
  // To its own place it may be put again, and to no other one's.
  clock_.Advance(1000);
  Metafield changed = first;
  changed.value = "w";
  const Metafield stored = Put(owner_, changed).value();
  EXPECT_EQ(stored.created_at, first.created_at);
  EXPECT_EQ(stored.modified_at, first.modified_at + 1000);
  changed.key = "j";
  EXPECT_EQ(Put(owner_, changed).error().field, "key");
  Reopen();
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(FindMetafield(*reader, owner_, first.id).value()->value, "w");
  EXPECT_FALSE(FindMetafield(*reader, other_, first.id).value());
  EXPECT_EQ(ListMetafields(*reader, owner_)->size(), 4U);
}

TEST_F(AttachedRecordsTest, AnApplicationHasAtMost250MetafieldsAtACustomer) {
  for (size_t i = 0; i < kMaxMetafields; ++i) {
    ASSERT_TRUE(Put(owner_, Named("c1", "n", std::to_string(i))));
  }
  EXPECT_EQ(Put(owner_, Named("c1", "n", "more")).error().kind, ErrorKind::kTooMany);
  EXPECT_TRUE(Put(owner_, Named("c2", "n", "more")));
  EXPECT_TRUE(Put(other_, Named("c1", "n", "more")));
  ASSERT_TRUE(Write(
      [&](StoreTransaction& transaction) { return DeleteMetafield(transaction, owner_, 1); }));
  EXPECT_TRUE(Put(owner_, Named("c1", "n", "more")));
}

TEST_F(AttachedRecordsTest, ACustomerHasExactlyOneDefaultInstrument) {
  ASSERT_TRUE(Add("a"));
  EXPECT_THAT(Tokens(owner_), ElementsAre("a*"));
  ASSERT_TRUE(Add("b"));
  ASSERT_TRUE(Add("c", true));
  EXPECT_THAT(Tokens(owner_), ElementsAre("a", "b", "c*"));
  EXPECT_EQ(Add("b").error().kind, ErrorKind::kConflict);
  EXPECT_EQ(Add("b", true).error().field, "token");
  EXPECT_THAT(Tokens(owner_), ElementsAre("a", "b", "c*"));
  EXPECT_TRUE(Remove("b"));
  EXPECT_FALSE(Remove("b"));
  EXPECT_THAT(Tokens(owner_), ElementsAre("a", "c*"));
  EXPECT_TRUE(Remove("c"));
  EXPECT_THAT(Tokens(owner_), ElementsAre("a*"));
  EXPECT_TRUE(Remove("a"));
  EXPECT_THAT(Tokens(owner_), ElementsAre());
  EXPECT_THAT(Tokens(other_), ElementsAre());
}

TEST_F(AttachedRecordsTest, AnInstrumentComesBackAsItWasAndLiesNowhereInClear) {
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
    PaymentInstrument instrument;
    instrument.token = "secret-token-of-the-gateway";
    instrument.brand = "VISA";
    instrument.expiry_month = 1;
    instrument.expiry_year = 2030;
    instrument.issuer_identification_number = "411111";
    instrument.last_4 = "1111";
    instrument.billing_address.emplace();
    instrument.billing_address->city = "Las-Vegas-of-the-test";
    return AddPaymentInstrument(transaction, owner_, instrument);
  }));
  Reopen();
  {
    StoreReader reader = store_->Read().value();
    const PaymentInstrument read = ListPaymentInstruments(*reader, owner_)->front();
    EXPECT_EQ(read.token, "secret-token-of-the-gateway");
    EXPECT_EQ(read.expiry_year, 2030);
    ASSERT_TRUE(read.billing_address);
    EXPECT_EQ(read.billing_address->city, "Las-Vegas-of-the-test");
  }
  const std::string bytes = AllBytes();
  EXPECT_EQ(bytes.find("secret-token-of"), std::string::npos);
  EXPECT_EQ(bytes.find("Las-Vegas-of"), std::string::npos);
}

}  // namespace
}  // namespace oubli::customers
