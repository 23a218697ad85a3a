// Errors as values. Every fallible call of ours returns Result<T>; the kinds are few and closed,
// and each dialect turns a kind into its own words in one place.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace oubli {

enum class ErrorKind {
  kNotFound,     // the thing named does not exist (any more)
  kConflict,     // it clashes with something that exists: a taken e-mail, code, handle
  kInvalid,      // the request is malformed; `field` names the part where that is known
  kForbidden,    // the caller may not do this
  kTooMany,      // a limit or budget is used up
  kUnavailable,  // cannot be done now and nothing has changed: full disk, closed store, shutting
                 // down
  kCorrupt,      // stored data does not open or contradicts itself
};

// `text` is for the operator and for developers of clients. It never holds personal data: it may
// name a field, a line number or an id, never a value that a customer record holds.
struct Error {
  ErrorKind kind = ErrorKind::kInvalid;
  std::string text;
  std::string field = {};
};

template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

inline tl::unexpected<Error> Fail(ErrorKind kind, std::string_view text,
                                  std::string_view field = {}) {
  return tl::unexpected<Error>(Error{kind, std::string(text), std::string(field)});
}
inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

const char* ErrorKindName(ErrorKind kind);

}  // namespace oubli

// OUBLI_TRY(expr): leaves the function with expr's error, if it has one.
// OUBLI_TRY_ASSIGN(auto x, expr): the same, else x is expr's value.
#define OUBLI_CONCAT_(a, b) a##b
#define OUBLI_CONCAT(a, b) OUBLI_CONCAT_(a, b)
#define OUBLI_TRY_(tmp, expr)                                          \
  do {                                                                 \
    if (auto tmp = (expr); !tmp) {                                     \
      return ::tl::unexpected<::oubli::Error>(std::move(tmp).error()); \
    }                                                                  \
  } while (false)
// The counter keeps a use inside a lambda inside another use apart from it.
#define OUBLI_TRY(expr) OUBLI_TRY_(OUBLI_CONCAT(oubli_try_, __COUNTER__), expr)
#define OUBLI_TRY_ASSIGN_(tmp, lhs, expr)                                    \
  auto tmp = (expr);                                                         \
  if (!tmp) return ::tl::unexpected<::oubli::Error>(std::move(tmp).error()); \
  lhs = std::move(*tmp)
#define OUBLI_TRY_ASSIGN(lhs, expr) \
  OUBLI_TRY_ASSIGN_(OUBLI_CONCAT(oubli_assign_, __COUNTER__), lhs, expr)
