// Roots of a store that lie among copies: a copied slot, or an image or archive with one in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"

namespace oubli::doctor {

struct RootCopy {
  std::string path;
  int64_t offset = 0;  // of its cell
  crypto::Key root;
};

// Looks for root cells of the store in the raw bytes of the files, whatever these are; a cell that
// is torn counts too, for whoever has the first half of it has the root. The first ones, when there
// are very many. None of the files may be a database that this process has open (raw_scan.h).
// Errors: kUnavailable, also when `keep_going` says false.
Result<std::vector<RootCopy>> FindRootCopies(const std::vector<std::string>& files,
                                             std::string_view identity,
                                             const std::function<bool()>& keep_going);

}  // namespace oubli::doctor
