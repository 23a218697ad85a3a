// Who calls, and whether they may (contract 1.3 and 1.4).
#pragma once

#include <memory>
#include <string_view>
#include <tl/expected.hpp>

#include "access/api_keys.h"
#include "customers/store.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/router.h"
#include "dialects/dialect.h"
#include "http/message.h"

namespace oubli::dialects::bigcommerce {

struct Caller {
  access::Principal principal;
  std::shared_ptr<customers::Store> store;
};

// Who calls, or the refusal: token present, well formed, known; then its store, then its scope. A
// store that is not the token's is refused in the same words whether it exists or not.
tl::expected<Caller, http::Response> Authenticate(const Environment& environment,
                                                  const Choices& choices,
                                                  const http::Request& request,
                                                  std::string_view store_hash, Need need);

// Whether a token with these scopes will do.
bool Allows(const access::Principal& principal, Need need);

}  // namespace oubli::dialects::bigcommerce
