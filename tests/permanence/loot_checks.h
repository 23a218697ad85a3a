// What an attacker's loot must show, whichever test has let them loose.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "permanence/attacker.h"
#include "permanence/world.h"

namespace oubli::permanence {

using Loot = std::map<customers::Ordinal, Attacker::Opened>;

// Not one record of anybody who is gone opens.
inline void ExpectErasedUnreadable(const World& world, const Loot& loot) {
  const auto living = world.Ordinals(Person::kLiving);
  for (const int64_t ordinal : world.Ordinals(Person::kGone)) {
    const auto found = loot.find(ordinal);
    if (found == loot.end() || living.contains(ordinal)) continue;
    EXPECT_EQ(found->second.opened, 0)
        << "the erased customer of ordinal " << ordinal << " is readable";
  }
}

// Something of everybody who is living opens, or the attacker is too weak to show anything.
inline void ExpectLivingReadable(const World& world, const Loot& loot) {
  for (const int64_t ordinal : world.Ordinals(Person::kLiving)) {
    const auto found = loot.find(ordinal);
    EXPECT_TRUE(found != loot.end() && found->second.opened > 0) << "ordinal " << ordinal;
  }
}

}  // namespace oubli::permanence
