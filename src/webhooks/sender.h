// Sends one delivery: resolves the name, checks every address, connects to a checked one, POSTs,
// and reads no more than the status of the answer. The only place that knows sockets and TLS here.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "webhooks/address_rules.h"
#include "webhooks/destination.h"
#include "webhooks/resolver.h"

namespace oubli::webhooks {

struct SenderOptions {
  AddressRules rules = {};
  std::chrono::milliseconds timeout{10'000};  // for all of it, from the name to the status
  std::string ca_file = {};  // certificates that are trusted besides the system's, PEM
};

struct Outgoing {
  Destination destination;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// Empty: it was taken, with a status of 200 to 299. Else one of a few phrases ("timed out", "status
// 500"), which repeat nothing of the destination.
using Failure = std::string;

// Safe from any thread. One thread of its own does all of it; what hangs costs a connection and
// nothing else. Redirects are answers like others and are not followed; a connection serves once.
class Sender {
 public:
  // Errors: kUnavailable when the certificates cannot be read.
  static Result<std::unique_ptr<Sender>> Make(SenderOptions options, Resolver::Lookup lookup);
  ~Sender();  // as Stop()

  // `done` is called once, on the sender's thread, or never when it is stopped meanwhile.
  void Send(Outgoing outgoing, std::function<void(Failure)> done);
  // Says whether a hook may have this destination. A name that leads nowhere now, or is not
  // resolved within `patience`, may become a good one: it is checked again at each delivery. `done`
  // as above. Errors: kInvalid, field "destination"; kUnavailable when too many names wait.
  void Check(Destination destination, std::chrono::milliseconds patience,
             std::function<void(Status)> done);
  void Stop();

 private:
  class State;
  class Attempt;
  class NameCheck;
  explicit Sender(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace oubli::webhooks
