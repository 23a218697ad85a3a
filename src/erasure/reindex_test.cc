#include "erasure/reindex.h"

#include <future>

#include "crypto/secret_hash.h"
#include "erasure/reindex_fixture.h"

namespace oubli::erasure {
namespace {

using customers::OwnerKind;
using customers::Profile;
using customers::Store;
using customers::StoreTransaction;

// How many of the tokens that a key makes for known values are among these.
int64_t Matches(const crypto::Key& key, const std::set<std::string>& tokens, int64_t words) {
  int64_t matches = 0;
  for (int64_t i = 1; i <= words; ++i) {
    const Profile profile = ProfileOf(Word(i));
    matches += tokens.contains(crypto::BlindToken(key, "email", profile.email)) ? 1 : 0;
    matches += tokens.contains(crypto::BlindToken(key, "code", profile.code)) ? 1 : 0;
    matches += tokens.contains(crypto::BlindToken(key, "card_number", profile.card_number)) ? 1 : 0;
    matches += tokens.contains(crypto::BlindToken(key, "username", profile.username)) ? 1 : 0;
  }
  return matches;
}

TEST_F(ReindexTest, OldTokensMatchUnderNoKeyAnyMore) {
  constexpr int64_t kCustomers = 450;
  Fill(1, kCustomers);
  const crypto::Key old_key = IndexKeys().front();
  const auto before = CopyAll("before");
  ASSERT_TRUE(StartReindex(*store_));
  ASSERT_TRUE(StepReindex(*store_));
  const auto middle = CopyAll("middle");
  EXPECT_EQ(State().done, 200);
  ASSERT_EQ(IndexKeys().size(), 2U);
  ASSERT_TRUE(RunToTheEnd(*store_));

  ASSERT_EQ(IndexKeys().size(), 1U);
  const crypto::Key new_key = IndexKeys().front();
  // The control: whoever had kept the old key could test guesses against the old copy.
  EXPECT_EQ(Matches(old_key, TokensIn(before), kCustomers), 4 * kCustomers);
  EXPECT_EQ(Matches(new_key, TokensIn(before), kCustomers), 0);
  EXPECT_EQ(Matches(old_key, TokensIn(middle), kCustomers), 4 * (kCustomers - 200));
  EXPECT_EQ(Matches(new_key, TokensIn(middle), kCustomers), 4 * 200);
  EXPECT_EQ(Matches(old_key, TokensIn(folder_), kCustomers), 0);
  EXPECT_EQ(Matches(new_key, TokensIn(folder_), kCustomers), 4 * kCustomers);
  // Nor does the present root open the copies, in which the old key lies.
  for (const auto& copy : {before, middle}) {
    const auto opened = OpenCopy(copy, folder_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::kCorrupt);
  }
}

TEST_F(ReindexTest, ItTellsHowFarItIsAndWhenItEnded) {
  Fill(1, 250);
  EXPECT_FALSE(State().under_way);
  EXPECT_EQ(State().ended_at, 0);
  EXPECT_EQ(StepReindex(*store_).value().done, 0);  // nothing is under way
  ASSERT_TRUE(StartReindex(*store_));
  EXPECT_TRUE(State().under_way);
  EXPECT_TRUE(EndReindex(*store_).value().under_way);  // not complete: nothing happens
  EXPECT_EQ(StepReindex(*store_).value().done, 200);
  ASSERT_TRUE(StartReindex(*store_));  // goes on
  ReindexState state = StepReindex(*store_).value();
  EXPECT_EQ(state.done, 250);
  EXPECT_EQ(state.customers, 250);
  EXPECT_TRUE(state.complete);
  EXPECT_TRUE(state.under_way);
  clock_.Advance(5000);
  const int64_t generation = store_->key_tree().generation();
  ASSERT_TRUE(EndReindex(*store_));
  EXPECT_EQ(store_->key_tree().generation(), generation + 1);
  ASSERT_TRUE(EndReindex(*store_));  // nothing is left to do
  state = State();
  EXPECT_FALSE(state.under_way);
  EXPECT_EQ(state.ended_at, clock_.NowMs());
  EXPECT_EQ(state.unreadable, 0);
}

TEST_F(ReindexTest, ValuesStayUniqueBeforeInTheMiddleAndAfter) {
  Fill(1, 300);
  const auto expect_taken = [&] {
    for (const int64_t taken : {1, 150, 250, 300}) {
      for (int field = 0; field < 4; ++field) {
        Profile profile = ProfileOf("fresh");
        const Profile other = ProfileOf(Word(taken));
        if (field == 0) profile.email = other.email;
        if (field == 1) profile.code = other.code;
        if (field == 2) profile.card_number = other.card_number;
        if (field == 3) profile.username = other.username;
        const auto made = CreateIn(*store_, profile);
        ASSERT_FALSE(made) << taken << " field " << field;
        EXPECT_EQ(made.error().kind, ErrorKind::kConflict);
      }
    }
    ExpectAllFound(1, 300);
    EXPECT_EQ(FoundBy(*store_, "fresh"), 0);
  };
  expect_taken();
  ASSERT_TRUE(StartReindex(*store_));
  expect_taken();
  ASSERT_TRUE(StepReindex(*store_));
  expect_taken();
  ASSERT_TRUE(StepReindex(*store_));
  expect_taken();
  ASSERT_TRUE(EndReindex(*store_));
  expect_taken();
}

TEST_F(ReindexTest, ACrashAnywhereLosesNoTokenAndTheNextOneEndsIt) {
  Fill(1, 450);
  int round = 0;
  const auto crash = [&] {
    const auto copy = CopyAll("crash" + std::to_string(++round));
    auto opened = OpenCopy(copy, copy);
    ASSERT_TRUE(opened) << opened.error().text;
    std::shared_ptr<Store> store = *std::move(opened);
    for (int64_t i = 1; i <= 450; ++i) ASSERT_EQ(FoundBy(*store, Word(i)), i);
    ASSERT_TRUE(RunToTheEnd(*store));
    for (int64_t i = 1; i <= 450; ++i) ASSERT_EQ(FoundBy(*store, Word(i)), i);
    ASSERT_EQ(store->Read().value()->keys().index_keys().size(), 1U);
    store.reset();
    EXPECT_EQ(TokensIn(copy).size(), 4U * 450U);
  };
  crash();
  ASSERT_TRUE(StartReindex(*store_));
  crash();
  while (!StepReindex(*store_).value().complete) crash();
  crash();
  Reopen();  // a restart goes on where it was
  EXPECT_TRUE(State().complete);
  EXPECT_EQ(State().done, 450);
  ASSERT_TRUE(EndReindex(*store_));
  EXPECT_FALSE(State().under_way);
  crash();
  EXPECT_GE(round, 6);
}

TEST_F(ReindexTest, ClearAllInTheMiddleEndsIt) {
  Fill(1, 250);
  ASSERT_TRUE(StartReindex(*store_));
  ASSERT_TRUE(StepReindex(*store_));
  const auto promise = std::make_shared<std::promise<Status>>();
  ClearAll(
      *store_, [] { return true; }, [promise](Status status) { promise->set_value(status); });
  ASSERT_TRUE(promise->get_future().get());
  EXPECT_FALSE(State().under_way);
  EXPECT_EQ(IndexKeys().size(), 1U);
  // The same values come again as other people, whoever still drives the one that is over.
  ASSERT_TRUE(CreateIn(*store_, ProfileOf(Word(1))));
  EXPECT_FALSE(StepReindex(*store_).value().under_way);
  ASSERT_TRUE(EndReindex(*store_));
  EXPECT_EQ(FoundBy(*store_, Word(1)), 251);
  EXPECT_EQ(FoundBy(*store_, Word(2)), 0);
  // What was noted of the one that is over does not count for the next.
  ASSERT_TRUE(StartReindex(*store_));
  EXPECT_EQ(State().done, 0);
  ASSERT_TRUE(RunToTheEnd(*store_));
  EXPECT_EQ(FoundBy(*store_, Word(1)), 251);
}

TEST_F(ReindexTest, AProfileThatDoesNotOpenKeepsTheOldKey) {
  Fill(1, 250);
  const std::string noise(60, 'x');
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    for (const int64_t id : {7, 230}) {
      OUBLI_TRY_ASSIGN(const auto head, customers::FindHead(transaction, OwnerKind::kCustomer, id));
      OUBLI_TRY_ASSIGN(auto damage, transaction.connection().Prepare(
                                        "UPDATE record SET sealed = $2 WHERE ordinal = $1"));
      damage->Bind(1, head->ordinal).BindBlob(2, noise);
      OUBLI_TRY(damage->Step());
    }
    return {};
  }));
  const Status ended = RunToTheEnd(*store_);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(ended.error().text.find("7, 230"), std::string::npos) << ended.error().text;
  ReindexState state = State();
  EXPECT_TRUE(state.under_way);
  EXPECT_EQ(state.unreadable, 2);
  EXPECT_EQ(state.unreadable_ids, (std::vector<int64_t>{7, 230}));
  EXPECT_EQ(IndexKeys().size(), 2U);
  // Their values are still theirs.
  EXPECT_EQ(CreateIn(*store_, ProfileOf(Word(7))).error().kind, ErrorKind::kConflict);
  for (const int64_t id : {1, 8, 229, 231, 250}) EXPECT_EQ(FoundBy(*store_, Word(id)), id);
  // Erased, they are in nobody's way any more.
  EXPECT_EQ(EraseIn(*store_, {7, 230}).value().erased.size(), 2U);
  ASSERT_TRUE(RunToTheEnd(*store_));
  EXPECT_EQ(IndexKeys().size(), 1U);
  EXPECT_EQ(CreateIn(*store_, ProfileOf(Word(7))).value().head.id, 251);
  for (const int64_t id : {1, 8, 229, 231, 250}) EXPECT_EQ(FoundBy(*store_, Word(id)), id);
}

TEST_F(ReindexTest, AValueThatClashesIsCountedAndHarmsNobodyElse) {
  Fill(1, 20);
  // What only damage can bring about: the token of one leads to another.
  ASSERT_TRUE(Write([](StoreTransaction& transaction) -> Status {
    const auto token = crypto::BlindToken(transaction.keys().index_keys().front(), "card_number",
                                          ProfileOf(Word(5)).card_number);
    OUBLI_TRY_ASSIGN(const auto other, customers::FindHead(transaction, OwnerKind::kCustomer, 9));
    OUBLI_TRY_ASSIGN(auto damage,
                     transaction.connection().Prepare(
                         "UPDATE token SET ordinal = $2, owner_id = 9 WHERE value = $1"));
    damage->BindBlob(1, token).Bind(2, other->ordinal);
    OUBLI_TRY(damage->Step());
    return {};
  }));
  EXPECT_EQ(RunToTheEnd(*store_).error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(State().unreadable_ids, std::vector<int64_t>{5});
  EXPECT_EQ(State().done, 20);
  for (const int64_t id : {4, 6, 20}) EXPECT_EQ(FoundBy(*store_, Word(id)), id);
  EXPECT_EQ(EraseIn(*store_, {5}).value().erased.size(), 1U);
  ASSERT_TRUE(RunToTheEnd(*store_));
  EXPECT_EQ(FoundBy(*store_, Word(6)), 6);
}

}  // namespace
}  // namespace oubli::erasure
