// The tables of a store's file. Formats are told in docs/formats.md.
#pragma once

#include <span>
#include <string_view>

namespace oubli::customers {

// For storage::Migrate(): one text a version, in order. A released text never changes; a new one is
// added.
std::span<const std::string_view> StoreSchema();

// The version from which on there is a key tree. Before the one behind it, the keys of the earlier
// key table are taken over (key_table_upgrade.h).
inline constexpr size_t kSchemaWithKeyTree = 3;

}  // namespace oubli::customers
