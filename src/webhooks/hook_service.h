// What the hooks' endpoints ask of the deliveries.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "webhooks/domain_health.h"

namespace oubli::webhooks {

// Safe from any thread.
class HookService {
 public:
  virtual ~HookService() = default;
  // Says whether a hook may have this destination: its form, and where its name leads. `done` is
  // called once, perhaps on another thread and some seconds later, where it may write to the
  // server's file; or never, when the server stops. Errors: kInvalid, with the field "destination".
  virtual void CheckDestination(const std::string& url, std::function<void(Status)> done) = 0;
  // The domains to which an account's deliveries pause now.
  virtual std::vector<BlockedDomain> BlockedDomains(int64_t key_id) = 0;
};

}  // namespace oubli::webhooks
