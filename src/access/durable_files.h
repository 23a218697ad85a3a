// Folders and small files that must be there after a power cut and are for their owner alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace oubli::access {

// Makes the folder `path` and the missing ones above it, each with mode 0700, and syncs what holds
// them. One that is there already stays as it is. Errors: kUnavailable.
Status MakeFolder(const std::string& path);

// Nothing when there is no such file. Reads no more than `limit` bytes. Errors: kUnavailable.
Result<std::optional<std::string>> ReadSmallFile(const std::string& path, size_t limit);

// Makes the file `path` (mode 0600) with these bytes, whole or not at all, also when the power is
// cut. Errors: kUnavailable.
Status WriteWholeFile(const std::string& path, std::string_view bytes);

}  // namespace oubli::access
