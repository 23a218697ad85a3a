#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace oubli {
namespace {

Result<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) return Fail(ErrorKind::kInvalid, "odd", "number");
  return std::make_unique<int>(number / 2);
}

Status CheckEven(int number) {
  OUBLI_TRY(Half(number));
  return {};
}

Result<int> Quarter(int number) {
  OUBLI_TRY_ASSIGN(auto half, Half(number));
  OUBLI_TRY_ASSIGN(const auto quarter, Half(*half));
  return *quarter;
}

TEST(ResultTest, PassesValuesThrough) {
  EXPECT_EQ(Quarter(12).value(), 3);
  EXPECT_TRUE(CheckEven(4).has_value());
}

TEST(ResultTest, LeavesWithTheFirstError) {
  const auto result = Quarter(6);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(result.error().text, "odd");
  EXPECT_EQ(result.error().field, "number");
  EXPECT_EQ(CheckEven(3).error().field, "number");
}

TEST(ResultTest, NamesEachKindApart) {
  std::set<std::string> names;
  for (ErrorKind kind :
       {ErrorKind::kNotFound, ErrorKind::kConflict, ErrorKind::kInvalid, ErrorKind::kForbidden,
        ErrorKind::kTooMany, ErrorKind::kUnavailable, ErrorKind::kCorrupt}) {
    names.insert(ErrorKindName(kind));
  }
  EXPECT_EQ(names.size(), 7U);
  EXPECT_TRUE(names.contains("not_found"));
  EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace oubli
