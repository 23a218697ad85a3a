// Two root slots and a journal in a folder, for tests.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "keys/file_slot.h"
#include "keys/key_tree.h"
#include "storage/files.h"

namespace oubli::keys {

// Sets up what is not there yet below `folder`: roots/1, roots/2, journal.
inline KeyPlaces TestPlaces(const std::string& folder,
                            storage::Files& files = storage::SystemFiles()) {
  std::vector<std::unique_ptr<RootSlot>> slots;
  for (const char* name : {"/roots/1", "/roots/2"}) {
    slots.push_back(std::make_unique<FileSlot>(files, folder + name));
    OUBLI_CHECK(slots.back()->SetUp());
  }
  auto journal = std::make_shared<JournalFolder>(files, folder + "/journal");
  OUBLI_CHECK(journal->SetUp());
  KeyPlaces places;
  places.slots = std::make_shared<RootSlots>(std::move(slots));
  places.journals = std::make_shared<Journals>();
  places.journals->Add(std::move(journal), true);
  return places;
}

}  // namespace oubli::keys
