#include "access/hooks.h"

#include <fmt/core.h>

#include "access/access_fixture.h"

namespace oubli::access {
namespace {

class HooksTest : public AccessFixture {
 protected:
  HooksTest() {
    store_ = stores_->Create("abc")->number;
    other_store_ = stores_->Create("other")->number;
    key_ = NewKeyOf("abc");
    OpenHooks();
  }
  void OpenHooks() {
    hooks_ = Hooks::Open(*file_, clock_).value();
    keys_->OnRevoke([this] { hooks_->Refresh(); });
  }
  int64_t NewKeyOf(const std::string& store) { return keys_->Create({.store = store})->id; }
  Hook Draft(const std::string& scope, const std::string& destination) {
    Hook hook;
    hook.store_number = store_;
    hook.key_id = key_;
    hook.scope = scope;
    hook.destination = destination;
    return hook;
  }
  Result<Hook> Create(const std::string& scope, const std::string& destination,
                      int64_t last_event = 0) {
    return hooks_->Create(Draft(scope, destination),
                          [last_event]() -> Result<int64_t> { return last_event; });
  }
  static Result<int64_t> NoEvents() { return 0; }

  int64_t store_ = 0, other_store_ = 0, key_ = 0;
  std::unique_ptr<Hooks> hooks_;
};

TEST_F(HooksTest, AreKeptWithTheirSecretsSealed) {
  Hook draft = Draft("store/customer/*", "https://example.com/token-8f7e6d");
  draft.headers = {{"x-b", "very-secret-1"}, {"x-a", "very-secret-2"}};
  const Hook made = hooks_->Create(draft, [] { return Result<int64_t>(41); }).value();
  EXPECT_EQ(made.after_no, 41);
  EXPECT_EQ(made.created_at, kStart);
  ASSERT_TRUE(hooks_->SetEmails(key_, {"dev@example.org"}));
  EXPECT_TRUE(FilesWith("token-8f7e6d").empty());
  EXPECT_TRUE(FilesWith("very-secret").empty());
  EXPECT_TRUE(FilesWith("dev@example.org").empty());
  hooks_.reset();
  Restart();
  OpenHooks();
  const Hook found = hooks_->Find(key_, made.id).value();
  EXPECT_EQ(found.destination, draft.destination);
  EXPECT_EQ(found.headers, draft.headers);
  EXPECT_EQ(found.after_no, 41);
  EXPECT_FALSE(found.client_id.empty());
  EXPECT_EQ(hooks_->Emails(key_), std::vector<std::string>{"dev@example.org"});
  EXPECT_TRUE(*hooks_->ActiveFlag(store_));
  EXPECT_FALSE(*hooks_->ActiveFlag(other_store_));
}

TEST_F(HooksTest, ScopesHaveTenAndDestinationsAreThereOnce) {
  for (int i = 0; i < Hooks::kMaxOfScope; ++i) {
    ASSERT_TRUE(Create("store/customer/deleted", fmt::format("https://example.com/{}", i)));
  }
  const auto eleventh = Create("store/customer/deleted", "https://example.com/x");
  ASSERT_FALSE(eleventh);
  EXPECT_EQ(eleventh.error().kind, ErrorKind::kTooMany);
  ASSERT_TRUE(Create("store/customer/created", "https://example.com/1"));
  const auto twice = Create("store/customer/created", "https://example.com/1");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, ErrorKind::kConflict);
  const Hook second = Create("store/customer/created", "https://example.com/2").value();
  HookChange change;
  change.destination = "https://example.com/1";
  EXPECT_EQ(hooks_->Update(key_, second.id, change, NoEvents).error().kind, ErrorKind::kConflict);
  change = {};
  change.scope = "store/customer/deleted";
  change.destination = "https://example.com/x";
  EXPECT_EQ(hooks_->Update(key_, second.id, change, NoEvents).error().kind, ErrorKind::kTooMany);
  // Another account has its own.
  key_ = NewKeyOf("abc");
  EXPECT_TRUE(Create("store/customer/deleted", "https://example.com/1"));
}

TEST_F(HooksTest, AnAccountSeesItsOwn) {
  const Hook made = Create("store/customer/deleted", "https://example.com/").value();
  const int64_t stranger = NewKeyOf("abc");
  EXPECT_EQ(hooks_->Find(stranger, made.id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(hooks_->Remove(stranger, made.id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(hooks_->Update(stranger, made.id, {}, NoEvents).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(hooks_->List(stranger)->empty());
  EXPECT_EQ(hooks_->List(key_)->size(), 1U);
  EXPECT_EQ(hooks_->ListOfStore(store_)->size(), 1U);
  EXPECT_TRUE(hooks_->ListOfStore(other_store_)->empty());
}

TEST_F(HooksTest, TheFlagFollowsTheActiveOnes) {
  const auto flag = hooks_->ActiveFlag(store_);
  EXPECT_FALSE(*flag);
  std::vector<int64_t> told;
  hooks_->SetListener([&told](int64_t number) { told.push_back(number); });
  // The flag is up before anybody asks how far the events are.
  const Hook made = hooks_
                        ->Create(Draft("store/customer/deleted", "https://example.com/"),
                                 [&]() -> Result<int64_t> {
                                   EXPECT_TRUE(*flag);
                                   return 5;
                                 })
                        .value();
  EXPECT_TRUE(*flag);
  const uint64_t version = hooks_->version();
  HookChange off;
  off.is_active = false;
  ASSERT_TRUE(hooks_->Update(key_, made.id, off, NoEvents));
  EXPECT_FALSE(*flag);
  EXPECT_GT(hooks_->version(), version);
  EXPECT_EQ(told, std::vector<int64_t>{store_});
  HookChange on;
  on.is_active = true;
  EXPECT_EQ(hooks_->Update(key_, made.id, on, [] { return Result<int64_t>(9); })->after_no, 9);
  EXPECT_TRUE(*flag);
  ASSERT_TRUE(hooks_->Remove(key_, made.id));
  EXPECT_FALSE(*flag);
  // A refused one leaves it as it was.
  EXPECT_FALSE(
      hooks_->Create(Draft("store/customer/deleted", "https://example.com/"),
                     []() -> Result<int64_t> { return Fail(ErrorKind::kUnavailable, ""); }));
  EXPECT_FALSE(*flag);
}

TEST_F(HooksTest, DieWithTheirKey) {
  const Hook made = Create("store/customer/deleted", "https://example.com/").value();
  ASSERT_TRUE(hooks_->SetEmails(key_, {"dev@example.org"}));
  const auto flag = hooks_->ActiveFlag(store_);
  ASSERT_TRUE(keys_->Revoke("abc", key_));
  EXPECT_FALSE(*flag);
  EXPECT_TRUE(hooks_->ListOfStore(store_)->empty());
  EXPECT_EQ(hooks_->Find(key_, made.id).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(hooks_->Emails(key_)->empty());
}

TEST_F(HooksTest, AreDeactivatedWithAnEvent) {
  const Hook made = Create("store/customer/deleted", "https://example.com/").value();
  clock_.Advance(1000);
  ASSERT_TRUE(hooks_->Deactivate(made.id, "all attempts failed: status 500"));
  const Hook ended = hooks_->Find(key_, made.id).value();
  EXPECT_FALSE(ended.is_active);
  EXPECT_TRUE(ended.is_deactivated);
  EXPECT_FALSE(*hooks_->ActiveFlag(store_));
  const auto events = hooks_->Events(store_).value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].hook_id, made.id);
  EXPECT_EQ(events[0].kind, "deactivated");
  EXPECT_EQ(events[0].reason, "all attempts failed: status 500");
  EXPECT_EQ(events[0].at, kStart + 1000);
  EXPECT_TRUE(hooks_->Events(other_store_)->empty());
  // Once.
  ASSERT_TRUE(hooks_->Deactivate(made.id, "again"));
  EXPECT_EQ(hooks_->Events(store_)->size(), 1U);
  HookChange on;
  on.is_active = true;
  const Hook again = hooks_->Update(key_, made.id, on, NoEvents).value();
  EXPECT_TRUE(again.is_active);
  EXPECT_FALSE(again.is_deactivated);
}

TEST_F(HooksTest, TheUnusedAreDeactivatedAndTheUsedAreNot) {
  constexpr int64_t kDayMs = 86'400'000;
  const Hook unused = Create("store/customer/deleted", "https://example.com/1").value();
  const Hook used = Create("store/customer/deleted", "https://example.com/2").value();
  clock_.Advance(60 * kDayMs);
  hooks_->NoteUsed(used);
  clock_.Advance(31 * kDayMs);
  ASSERT_TRUE(hooks_->DeactivateUnused(clock_.NowMs() - 90 * kDayMs));
  EXPECT_TRUE(hooks_->Find(key_, unused.id)->is_deactivated);
  EXPECT_TRUE(hooks_->Find(key_, used.id)->is_active);
}

TEST_F(HooksTest, EventsAreListedTheNewestFirst) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(hooks_->NoteEvent(store_, 1, "domain_blocked", fmt::format("{}", i)));
  }
  const auto events = hooks_->Events(store_).value();
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0].reason, "4");
}

}  // namespace
}  // namespace oubli::access
