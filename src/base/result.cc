#include "base/result.h"

namespace oubli {

const char* ErrorKindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNotFound:
      return "not_found";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kInvalid:
      return "invalid";
    case ErrorKind::kForbidden:
      return "forbidden";
    case ErrorKind::kTooMany:
      return "too_many";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kCorrupt:
      return "corrupt";
  }
  return "unknown";
}

}  // namespace oubli
