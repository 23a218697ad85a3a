// Where root slots and key journals may lie: outside the data folder, and apart from each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace oubli::keys {

// The siblings DIR.roots and DIR.journal of a data folder, which need not be there yet. Symbolic
// links are followed, "..", "." and slashes at the end removed: the folder beside the one that
// holds the data. Errors: kInvalid when the path cannot be resolved.
Result<std::string> DefaultRootsFolder(const std::string& data_dir);
Result<std::string> DefaultJournalFolder(const std::string& data_dir);

// A copy of the data folder or of a journal must not take a root with it, so none of these folders
// lies inside another kind's, and no slot is named twice. Symbolic links are followed; folders that
// are there are also recognised by another name, such as a bind mount's. Errors: kInvalid, with the
// two paths; also when there is no slot at all.
Status CheckSlotFolders(const std::string& data_dir, const std::optional<std::string>& journal,
                        const std::vector<std::string>& roots);

}  // namespace oubli::keys
