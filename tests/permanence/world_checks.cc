// What must be true of a World at any time.
#include <gtest/gtest.h>

#include "customers/customers.h"
#include "customers/records.h"
#include "keys/key_tree.h"
#include "keys/tree_rows.h"
#include "permanence/slot_layout.h"
#include "permanence/world.h"

namespace oubli::permanence {
namespace {

using crypto::Key;
using customers::Address;
using customers::Customer;
using customers::OwnerKind;
using customers::StoreView;

constexpr size_t kGenerationAt = 48;

// Whole or torn, of any generation: the root keys in a slot's file.
std::map<std::string, int64_t> RootsIn(std::string_view bytes) {
  std::map<std::string, int64_t> roots;
  for (size_t at = 0; at + kCellBlock <= bytes.size(); at += kCellBlock) {
    const std::string_view block = bytes.substr(at, kCellBlock);
    if (!block.starts_with("OUBLROOT")) continue;
    int64_t generation = 0;
    for (size_t i = 8; i > 0; --i) {
      generation = generation << 8 | static_cast<uint8_t>(block[kGenerationAt + i - 1]);
    }
    roots[std::string(block.substr(kRootAt, Key::kSize))] = generation;
  }
  return roots;
}

}  // namespace

void World::CheckPerson(StoreView& view, Person& person, bool settle) {
  SCOPED_TRACE("customer " + std::to_string(person.id) + " of ordinal " +
               std::to_string(person.ordinal));
  const auto by_email = customers::FindCustomerByEmail(view, person.email);
  ASSERT_TRUE(by_email) << by_email.error().text;
  const bool is_there = by_email->has_value();
  if (is_there && person.id == 0) {
    person.id = (*by_email)->head.id;
    person.ordinal = (*by_email)->head.ordinal;
  }
  const auto by_id = customers::FindCustomer(view, person.id);
  ASSERT_TRUE(by_id) << by_id.error().text;
  const bool has_id = by_id->has_value() && (*by_id)->profile.email == person.email;
  EXPECT_EQ(has_id, is_there) << "half erased";
  if (person.fate == Person::kLiving) {
    EXPECT_TRUE(is_there) << "a living customer is lost";
  }
  if (person.fate == Person::kGone) {
    EXPECT_FALSE(is_there) << "an erased customer is back";
  }
  if (!is_there) {
    if (person.ordinal != 0 && person.fate == Person::kGone) {
      EXPECT_FALSE(view.keys().Find(person.ordinal)) << "the key of an erased customer is there";
    }
    if (settle) person.fate = Person::kGone;
    if (person.fate != Person::kGone && person.id != 0 && person.fate == Person::kUncertain &&
        person.ordinal == 0) {
      person.id = 0;
    }
    return;
  }
  const Customer& customer = **by_email;
  EXPECT_TRUE(person.names.contains(customer.profile.first_name)) << "an update is lost";
  const auto addresses = customers::ListAddresses(view, customer.head);
  ASSERT_TRUE(addresses) << addresses.error().text;
  std::set<std::string> lines;
  for (const Address& address : *addresses) {
    EXPECT_TRUE(person.lines.contains(address.line1)) << "an address out of nothing";
    lines.insert(address.line1);
  }
  for (const auto& [line, certain] : person.lines) {
    if (certain) {
      EXPECT_TRUE(lines.contains(line)) << "an address is lost";
    }
  }
  if (!settle) return;
  person.fate = Person::kLiving;
  person.names = {customer.profile.first_name};
  person.lines.clear();
  for (const std::string& line : lines) person.lines[line] = true;
}

void World::Check(bool settle) {
  auto reader = store_->Read();
  ASSERT_TRUE(reader) << reader.error().text;
  for (Person& person : people_) {
    const Person before = person;
    CheckPerson(**reader, person, settle);
    // What is uncertain may still vanish, and its numbers be given to somebody else.
    if (!settle && before.id == 0) person.id = person.ordinal = 0;
  }
  std::set<std::string> emails;
  for (const Person& person : people_) emails.insert(person.email);
  int64_t seen = 0;
  const Status listed = customers::ForEachCustomer(**reader, 0, [&](const Customer& customer) {
    EXPECT_TRUE(emails.contains(customer.profile.email)) << "somebody out of nothing";
    ++seen;
    return true;
  });
  EXPECT_TRUE(listed) << listed.error().text;
  EXPECT_EQ(customers::CountOwners(**reader, OwnerKind::kCustomer).value_or(-1), seen);
}

std::set<int64_t> World::LivingIds() {
  std::set<int64_t> ids;
  auto reader = store_->Read();
  EXPECT_TRUE(reader);
  if (!reader) return ids;
  EXPECT_TRUE(
      customers::ForEachHead(**reader, OwnerKind::kCustomer, 0, [&](const customers::Head& head) {
        ids.insert(head.id);
        return true;
      }));
  return ids;
}

void World::NoteRoots() {
  for (int slot = 0; slot < options_.slots; ++slot) {
    const auto bytes = disk_.CopyOf(SlotPath(slot));
    if (!bytes) continue;
    const std::lock_guard lock(mutex_);
    for (const auto& [root, generation] : RootsIn(*bytes)) roots_[root] = generation;
  }
}

void World::CheckCells() {
  NoteRoots();
  const int64_t committed = store_->key_tree().generation();
  std::set<std::string> current;
  for (int slot = 0; slot < options_.slots; ++slot) {
    const std::string durable = disk_.DurableCopyOf(SlotPath(slot)).value_or("");
    const auto roots = RootsIn(durable);
    int of_committed = 0;
    for (const auto& [root, generation] : roots) {
      EXPECT_GE(generation, committed) << "slot " << slot << " holds an older root on its device";
      if (generation == committed) ++of_committed, current.insert(root);
    }
    EXPECT_EQ(of_committed, 1) << "slot " << slot << " lacks the committed root";
  }
  ASSERT_EQ(current.size(), 1u) << "the slots hold different roots of one generation";
  {
    auto reader = store_->Read();
    ASSERT_TRUE(reader) << reader.error().text;
    const auto row = keys::ReadRootRow((*reader)->connection());
    ASSERT_TRUE(row && *row);
    EXPECT_TRUE(keys::OpenRoot((*row)->root, Key::FromBytes(*current.begin()), kIdentity))
        << "what the slots hold is not the root that the tree hangs from";
  }
  const std::lock_guard lock(mutex_);
  for (int slot = 0; slot < options_.slots; ++slot) {
    for (const auto& bytes : {disk_.DurableCopyOf(SlotPath(slot)), disk_.CopyOf(SlotPath(slot))}) {
      for (const auto& [root, generation] : roots_) {
        if (generation > committed || current.contains(root) || root == std::string(32, '\0'))
          continue;
        EXPECT_EQ(bytes.value_or("").find(root), std::string::npos)
            << "slot " << slot << " still holds a root of generation " << generation;
      }
    }
  }
}

void World::CheckRawBytes() {
  NoteRoots();
  std::map<std::string, int64_t> roots;
  {
    const std::lock_guard lock(mutex_);
    roots = roots_;
  }
  for (const auto& [path, bytes] : disk_.Snapshot()) {
    EXPECT_EQ(bytes.find(kCanary), std::string::npos) << "personal data in clear in " << path;
    EXPECT_EQ(bytes.find("canary"), std::string::npos) << "personal data in clear in " << path;
    if (IsSlot(path)) continue;
    for (const auto& [root, generation] : roots) {
      EXPECT_EQ(bytes.find(root), std::string::npos) << "a root outside of the slots, in " << path;
    }
  }
}

}  // namespace oubli::permanence
