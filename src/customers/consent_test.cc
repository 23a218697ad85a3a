#include "customers/consent.h"

#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class ConsentTest : public StoreFixture {
 protected:
  std::optional<Consent> ConsentOf(const Head& owner) {
    StoreReader reader = store_->Read().value();
    return FindConsent(*reader, owner).value();
  }
};

TEST_F(ConsentTest, IsThereAfterARestartAndReplacesTheOneBefore) {
  const Head sally = Create("sally@example.com").value().head;
  const Head other = Create("other@example.com").value().head;
  EXPECT_FALSE(ConsentOf(sally));
  const auto put = [&](Consent consent) {
    return Write([&](StoreTransaction& transaction) {
             return PutConsent(transaction, sally, consent);
           })
        .value();
  };
  put({{"essential", "canary-category"}, {"analytics"}, 0});
  clock_.Advance(1000);
  EXPECT_EQ(put({{}, {"targeting"}, 1}).updated_at, clock_.NowMs());
  Reopen();
  const auto stored = ConsentOf(sally);
  ASSERT_TRUE(stored);
  EXPECT_TRUE(stored->allow.empty());
  EXPECT_EQ(stored->deny, std::vector<std::string>{"targeting"});
  EXPECT_EQ(stored->updated_at, clock_.NowMs());
  EXPECT_FALSE(ConsentOf(other));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record WHERE kind = 7"), 1);
}

TEST_F(ConsentTest, IsInNoFileInClear) {
  const Head sally = Create("sally@example.com").value().head;
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
    return PutConsent(transaction, sally, {{"canary-category"}, {}, 0});
  }));
  EXPECT_EQ(AllBytes().find("canary-category"), std::string::npos);
}

}  // namespace
}  // namespace oubli::customers
