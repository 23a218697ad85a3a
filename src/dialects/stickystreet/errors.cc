#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {

std::string TextOf(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kNotFound:
      return std::string(kNoSuchCustomer);
    case ErrorKind::kConflict:
      return std::string(error.field == "username" ? kUsernameTaken : kNotUnique);
    case ErrorKind::kInvalid:
      return error.text;
    case ErrorKind::kForbidden:
      return std::string(kNoPermission);
    case ErrorKind::kTooMany:
      return std::string(kTooManyOfThem);
    case ErrorKind::kUnavailable:
      return std::string(kTryAgain);
    case ErrorKind::kCorrupt:
      return std::string(kDamaged);
  }
  return std::string(kTryAgain);
}

}  // namespace oubli::dialects::stickystreet
