#include "access/windows.h"

#include "access/access_fixture.h"

namespace oubli::access {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kHour = 60 * kMinute;

class WindowsTest : public AccessFixture {
 protected:
  WindowsTest() {
    store_ = stores_->Create("first").value().number;
    other_ = stores_->Create("second").value().number;
  }
  // The end of a window of an hour that was opened at kStart, which is half a second past a whole
  // one.
  static constexpr UnixMs kUntil = kStart - 500 + kHour;

  int64_t store_ = 0;
  int64_t other_ = 0;
};

TEST_F(WindowsTest, OneThatWasNeverOpenedIsClosed) {
  EXPECT_FALSE(windows_->IsOpen(store_));
  const WindowState state = windows_->Show(store_).value();
  EXPECT_FALSE(state.open);
  EXPECT_EQ(state.until, 0);
  EXPECT_EQ(state.remaining_seconds, 0);
  EXPECT_TRUE(windows_->Close(store_));
  EXPECT_FALSE(windows_->IsOpen(store_));
}

TEST_F(WindowsTest, IsOpenUntilJustBeforeItsEndForItsStoreAlone) {
  const WindowState opened = windows_->Open(store_).value();
  EXPECT_TRUE(opened.open);
  EXPECT_EQ(opened.until, kUntil);
  EXPECT_EQ(opened.remaining_seconds, 3600);
  EXPECT_TRUE(windows_->IsOpen(store_));
  EXPECT_FALSE(windows_->IsOpen(other_));
  EXPECT_FALSE(windows_->Show(other_).value().open);

  clock_.Advance(kUntil - 1 - kStart);
  EXPECT_TRUE(windows_->IsOpen(store_));
  EXPECT_EQ(windows_->Show(store_).value().remaining_seconds, 1);
  clock_.Advance(1);
  EXPECT_FALSE(windows_->IsOpen(store_));
  const WindowState over = windows_->Show(store_).value();
  EXPECT_FALSE(over.open);
  EXPECT_EQ(over.until, kUntil);
  EXPECT_EQ(over.remaining_seconds, 0);
}

TEST_F(WindowsTest, MinutesAndStoresAreChecked) {
  for (const int64_t minutes : {int64_t{0}, int64_t{-1}, int64_t{1441}, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(windows_->Open(store_, minutes).error().kind, ErrorKind::kInvalid) << minutes;
  }
  EXPECT_FALSE(windows_->IsOpen(store_));
  EXPECT_EQ(windows_->Open(store_, 1440).value().remaining_seconds, 24 * 3600);
  EXPECT_EQ(windows_->Open(store_, 1).value().remaining_seconds, 60);

  EXPECT_EQ(windows_->Open(99).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(windows_->Show(99).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(windows_->Close(99).error().kind, ErrorKind::kNotFound);
  EXPECT_FALSE(windows_->IsOpen(99));
}

TEST_F(WindowsTest, OpeningAgainRestartsItAndLookingDoesNotUseItUp) {
  ASSERT_TRUE(windows_->Open(store_));
  clock_.Advance(50 * kMinute);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(windows_->IsOpen(store_));
  EXPECT_EQ(windows_->Open(store_).value().until, kUntil + 50 * kMinute);
  clock_.Advance(50 * kMinute);
  EXPECT_TRUE(windows_->IsOpen(store_));
  // Also to a shorter one.
  ASSERT_TRUE(windows_->Open(store_, 1));
  clock_.Advance(kMinute);
  EXPECT_FALSE(windows_->IsOpen(store_));
  // And after it was over.
  ASSERT_TRUE(windows_->Open(store_));
  EXPECT_TRUE(windows_->IsOpen(store_));
}

TEST_F(WindowsTest, ClosingEndsItAtOnceAndForGood) {
  ASSERT_TRUE(windows_->Open(store_));
  ASSERT_TRUE(windows_->Open(other_));
  clock_.Advance(10 * kMinute);
  ASSERT_TRUE(windows_->Close(store_));
  EXPECT_FALSE(windows_->IsOpen(store_));
  EXPECT_TRUE(windows_->IsOpen(other_));
  EXPECT_EQ(windows_->Show(store_).value().until, kStart - 500 + 10 * kMinute);
  clock_.SetWall(kStart);
  EXPECT_FALSE(windows_->IsOpen(store_));
  Restart();
  clock_.Reboot();
  EXPECT_FALSE(windows_->IsOpen(store_));
}

TEST_F(WindowsTest, ARestartKeepsIt) {
  ASSERT_TRUE(windows_->Open(store_));
  clock_.Advance(30 * kMinute);
  Restart();
  EXPECT_TRUE(windows_->IsOpen(store_));
  EXPECT_EQ(windows_->Show(store_).value().until, kUntil);
  EXPECT_FALSE(windows_->IsOpen(other_));
  clock_.Advance(30 * kMinute);
  Restart();
  EXPECT_FALSE(windows_->IsOpen(store_));
}

TEST_F(WindowsTest, AClockSetBackDoesNotLengthenIt) {
  ASSERT_TRUE(windows_->Open(store_));
  clock_.Advance(30 * kMinute);
  clock_.SetWall(kStart - kHour);
  EXPECT_TRUE(windows_->IsOpen(store_));
  EXPECT_EQ(windows_->Show(store_).value().remaining_seconds, 30 * 60);
  clock_.Advance(kUntil - kStart - 30 * kMinute - 1);
  EXPECT_TRUE(windows_->IsOpen(store_));
  clock_.Advance(1);
  EXPECT_FALSE(windows_->IsOpen(store_));
  EXPECT_FALSE(windows_->Show(store_).value().open);
  // It stays over, also in the next boot and wherever the clock stands.
  Restart();
  clock_.Reboot();
  EXPECT_FALSE(windows_->IsOpen(store_));
  clock_.SetWall(kStart + kMinute);
  EXPECT_FALSE(windows_->IsOpen(store_));
}

TEST_F(WindowsTest, AClockSetForwardEndsItAndSettingItBackDoesNotReopenIt) {
  ASSERT_TRUE(windows_->Open(store_));
  clock_.SetWall(kUntil);
  EXPECT_FALSE(windows_->IsOpen(store_));
  clock_.SetWall(kStart + kMinute);
  EXPECT_FALSE(windows_->IsOpen(store_));
  Restart();
  EXPECT_FALSE(windows_->IsOpen(store_));
}

TEST_F(WindowsTest, ARebootKeepsItWhenTheClockWentOn) {
  ASSERT_TRUE(windows_->Open(store_));
  clock_.Advance(20 * kMinute);
  clock_.Reboot();
  Restart();
  EXPECT_TRUE(windows_->IsOpen(store_));
  // Seen in the new boot: from here its time counts, whatever the clock says.
  clock_.SetWall(kStart + 20 * kMinute - 1);
  clock_.Advance(kUntil - kStart - 20 * kMinute - 1);
  EXPECT_TRUE(windows_->IsOpen(store_));
  clock_.Advance(1);
  EXPECT_FALSE(windows_->IsOpen(store_));
}

TEST_F(WindowsTest, ARebootWithTheClockSetBackFindsItClosed) {
  ASSERT_TRUE(windows_->Open(store_));
  clock_.Advance(20 * kMinute);
  EXPECT_TRUE(windows_->IsOpen(store_));  // seen at 20 minutes
  clock_.Advance(30'000);
  EXPECT_TRUE(windows_->IsOpen(store_));  // too soon to be noted again
  Restart();
  clock_.Reboot();
  clock_.SetWall(kStart + 20 * kMinute - 1);
  EXPECT_FALSE(windows_->IsOpen(store_));
  EXPECT_FALSE(windows_->Show(store_).value().open);
  clock_.SetWall(kStart - kHour);
  EXPECT_FALSE(windows_->IsOpen(store_));
  // Put right again, it is as it was.
  clock_.SetWall(kStart + 25 * kMinute);
  EXPECT_TRUE(windows_->IsOpen(store_));
  EXPECT_EQ(windows_->Show(store_).value().until, kUntil);
}

TEST_F(WindowsTest, LookingWritesAtMostOnceAMinute) {
  ASSERT_TRUE(windows_->Open(store_));
  const auto seen_at = [this] {
    int64_t seen = 0;
    EXPECT_TRUE(file_->Read([&](storage::Connection& connection) -> Status {
      OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT seen_at FROM store_window"));
      OUBLI_TRY(select->Step());
      seen = select->Int(0);
      return {};
    }));
    return seen;
  };
  EXPECT_EQ(seen_at(), kStart);
  clock_.Advance(kMinute - 1);
  EXPECT_TRUE(windows_->IsOpen(store_));
  EXPECT_EQ(seen_at(), kStart);
  clock_.Advance(1);
  EXPECT_TRUE(windows_->IsOpen(store_));
  EXPECT_EQ(seen_at(), kStart + kMinute);
}

}  // namespace
}  // namespace oubli::access
