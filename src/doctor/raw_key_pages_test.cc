#include "doctor/raw_key_pages.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "doctor/testing/doctor_fixture.h"
#include "doctor/tree_view.h"

namespace oubli::doctor {
namespace {

using customers::Head;

class RawKeyPagesTest : public DoctorFixture {};

TEST_F(RawKeyPagesTest, EveryVersionOfAPageIsInTheRawBytes) {
  Create("a-");
  const Head gone = Create("b-");
  keys::JournalPage before;
  {
    TreeView tree = TreeView::Take(*store_).value();
    before = CopyAside(tree, {gone}).value().pages.front();
  }
  Erase({gone.id});
  std::set<int64_t> versions;
  int same = 0;
  int roots = 0;
  const auto visit = [&](const keys::JournalPage& page) -> Status {
    if (page.page == keys::kRootPage) ++roots;
    if (page.page == before.page) versions.insert(page.version);
    if (page.page == before.page && page.sealed == before.sealed) ++same;
    return {};
  };
  const auto go_on = [] { return true; };
  ASSERT_TRUE(VisitRawPages(stores_->PathOf(1), go_on, visit));
  EXPECT_GE(versions.size(), 2U);
  EXPECT_GE(same, 1) << "sealed as it lay there before the erasure";
  EXPECT_GE(roots, 2);
  EXPECT_EQ(VisitRawPages(data_dir_ + "/stores/7.db", go_on, visit).error().kind,
            ErrorKind::kNotFound);
  EXPECT_FALSE(VisitRawPages(
      stores_->PathOf(1), [] { return false; }, visit));
  // Moved into the file, and the log cut: one version of each is left.
  ASSERT_TRUE(store_->database().Checkpoint(true));
  versions.clear();
  roots = 0;
  ASSERT_TRUE(VisitRawPages(stores_->PathOf(1), go_on, visit));
  EXPECT_EQ(versions.size(), 1U);
  EXPECT_EQ(roots, 1);
}

TEST_F(RawKeyPagesTest, RawBytesOfAnyKindAreReadWithoutHarm) {
  Create("a-");
  ASSERT_TRUE(store_->database().Checkpoint(true));
  std::string bytes = ReadFile(stores_->PathOf(1));
  std::mt19937_64 rng(11);
  const std::string path = (folder_ / "broken.db").string();
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 400; ++i)
      bytes[100 + rng() % (bytes.size() - 100)] = static_cast<char>(rng());
    WriteFile(path, bytes.substr(0, bytes.size() - rng() % 3000));
    int64_t seen = 0;
    EXPECT_TRUE(VisitRawPages(
        path, [] { return true; },
        [&](const keys::JournalPage& page) {
          seen += static_cast<int64_t>(page.sealed.size());
          return Status();
        }));
  }
}

}  // namespace
}  // namespace oubli::doctor
