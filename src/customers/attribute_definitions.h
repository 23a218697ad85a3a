// Attribute definitions as their owner, the store, changes them: made, renamed, removed together
// with every customer's value. (Reading them is definitions.h.)
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/definitions.h"
#include "customers/store.h"

namespace oubli::customers {

// Errors: kConflict with the field "name" when another definition has it.
Result<AttributeDefinition> CreateAttributeDefinition(StoreTransaction& transaction,
                                                      std::string_view name, std::string_view type);
// The one of that name, made with the type "string" when there is none.
Result<AttributeDefinition> EnsureAttributeDefinition(StoreTransaction& transaction,
                                                      std::string_view name);
// Errors: kNotFound; kConflict with the field "name".
Result<AttributeDefinition> RenameAttributeDefinition(StoreTransaction& transaction, int64_t id,
                                                      std::string_view name);

// Removes the definitions, and then the values that customers have of them, a few hundred at a time
// so that other writers do not wait for all of them. Success means that no value is left; ids that
// nobody has are no error. The definitions go all in one commit and first, so no value can be
// added; values of a definition that is gone are to be passed over. What an error or a crash leaves
// behind is noted in the store's file, and finished by the next call or by
// FinishAttributeRemovals(). Waits for its commits: not from a writer thread. Errors: kUnavailable,
// kCorrupt.
Status RemoveAttributeDefinitions(Store& store, const std::vector<int64_t>& ids);

// Goes on with removals that were begun; returns at once when there are none. `keep_going` is asked
// before each batch; when it says no, the error is kUnavailable.
Status FinishAttributeRemovals(Store& store, const std::function<bool()>& keep_going);

// Whether values of definitions that are gone may still be there.
Result<bool> HasAttributeRemovals(StoreView& view);

}  // namespace oubli::customers
