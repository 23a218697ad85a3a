#include "access/principal_cache.h"

#include <gtest/gtest.h>

namespace oubli::access {
namespace {

TEST(PrincipalCacheTest, ForgetsWhatWasReadBeforeADrop) {
  PrincipalCache cache;
  const auto known = std::make_shared<const KnownPrincipal>();
  const uint64_t before = cache.generation();
  cache.Put(before, "a", known);
  EXPECT_EQ(cache.Find("a"), known);
  cache.Drop();
  EXPECT_EQ(cache.Find("a"), nullptr);
  cache.Put(before, "a", known);
  EXPECT_EQ(cache.Find("a"), nullptr);
  cache.Put(cache.generation(), "a", known);
  EXPECT_EQ(cache.Find("a"), known);
}

TEST(PrincipalCacheTest, IsBounded) {
  PrincipalCache cache;
  const auto known = std::make_shared<const KnownPrincipal>();
  for (size_t i = 0; i <= PrincipalCache::kMaxEntries; ++i) {
    cache.Put(cache.generation(), std::to_string(i), known);
  }
  EXPECT_EQ(cache.Find("0"), nullptr);
  EXPECT_EQ(cache.Find(std::to_string(PrincipalCache::kMaxEntries)), known);
}

}  // namespace
}  // namespace oubli::access
