// The bodies of the hooks' calls (contract 8.1): one object each.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "access/hooks.h"
#include "dialects/bigcommerce/choices.h"
#include "http/message.h"

namespace oubli::dialects::bigcommerce {

enum class HookUse { kCreate, kUpdate };

// What POST and PUT /v3/hooks say, or the refusal: 400 for what is no JSON or has no Content-Type,
// 415 for another type, 422 for the rest. Where the destination leads is not looked at.
tl::expected<access::HookChange, http::Response> ReadHook(const http::Request& request,
                                                          const Choices& choices, HookUse use);
// What PUT /v3/hooks/admin says.
tl::expected<std::vector<std::string>, http::Response> ReadHookEmails(const http::Request& request,
                                                                      const Choices& choices);

}  // namespace oubli::dialects::bigcommerce
