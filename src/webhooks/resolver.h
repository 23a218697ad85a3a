// Names to addresses, on threads of its own: the system's resolver blocks, for as long as it likes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "webhooks/address_rules.h"

namespace oubli::webhooks {

// Safe from any thread.
class Resolver {
 public:
  using Lookup = std::function<Result<std::vector<IpAddress>>(const std::string& host)>;
  using Done = std::function<void(Result<std::vector<IpAddress>>)>;

  // getaddrinfo(). Errors: kUnavailable.
  static Result<std::vector<IpAddress>> SystemLookup(const std::string& host);

  explicit Resolver(int threads = 8, Lookup lookup = SystemLookup);
  ~Resolver();  // as Stop()

  // Asks for all addresses of a host; those who ask for one that is being asked for share the
  // answer, so that a slow name holds one thread. `done` runs on one of the threads and must not
  // block. Errors: kUnavailable, also when too many names wait.
  void Resolve(const std::string& host, Done done);
  // Nobody is answered any more when this returns. A thread that still waits for the system is left
  // to end by itself.
  void Stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace oubli::webhooks
