// What a store has said about Sticky Street's numbered custom fields: label, type, choices.
// Nobody's, and stays when customers go.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::customers {

struct FieldDefinition {
  int64_t number = 0;  // 1 to 99
  std::string label;
  std::string type = "Text";  // Text, Date, Pick, List, Number or Money
  bool shown = true;
  std::vector<std::string> choices;  // of Pick and List; none holds a line break
};

Result<std::vector<FieldDefinition>> ListFieldDefinitions(StoreView& view);  // by number
// Makes or replaces the one with that number.
Status PutFieldDefinition(StoreTransaction& transaction, const FieldDefinition& definition);
// True when there was one. The customers' values stay.
Result<bool> DeleteFieldDefinition(StoreTransaction& transaction, int64_t number);

}  // namespace oubli::customers
