// A dialect: one wire protocol over the domain. It translates, and decides nothing about deletion.
#pragma once

#include <memory>
#include <string_view>

#include "access/api_keys.h"
#include "access/hooks.h"
#include "access/stores.h"
#include "access/windows.h"
#include "base/clock.h"
#include "http/message.h"

namespace oubli::webhooks {
class HookService;
}

namespace oubli::dialects {

// What every dialect may use: all of it outlives the dialects. The struct itself is theirs to copy.
struct Environment {
  access::ApiKeys& api_keys;
  access::Stores& stores;
  access::Windows& windows;
  const Clock& clock;
  access::Hooks& hooks;
  webhooks::HookService& hook_service;
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  // Whether a path is this dialect's own, also when no route of it fits.
  virtual bool Claims(std::string_view path) const = 0;
  // Answers every request that it claims, errors in the dialect's own shape. Sets Response::route.
  virtual void Handle(std::shared_ptr<const http::Request> request,
                      http::Responder respond) const = 0;
};

}  // namespace oubli::dialects
