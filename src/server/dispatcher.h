// Hands each request to the dialect that claims its path, and answers what belongs to none.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "dialects/dialect.h"
#include "http/message.h"

namespace oubli::server {

// Safe from any thread. Besides the dialects there are /healthz (200 while the process answers at
// all) and /readyz (200 when stores can be opened; 503 when they cannot, and while the server
// stops). Everything else is a 404 as RFC 9457 has it, which does not repeat the path.
class Dispatcher final : public http::Handler {
 public:
  // `check_ready` may block for a read of a database.
  Dispatcher(std::vector<std::unique_ptr<dialects::Dialect>> dialects,
             std::function<Status()> check_ready)
      : dialects_(std::move(dialects)), check_ready_(std::move(check_ready)) {}

  void Handle(std::shared_ptr<const http::Request> request, http::Responder respond) override;

  // From now on /readyz says 503.
  void BeginStop() { stopping_ = true; }

 private:
  http::Response Ready() const;

  const std::vector<std::unique_ptr<dialects::Dialect>> dialects_;
  const std::function<Status()> check_ready_;
  std::atomic<bool> stopping_ = false;
};

// {"type":"about:blank","title":...,"status":...} with its content type.
http::Response Problem(int status, std::string_view title);

}  // namespace oubli::server
