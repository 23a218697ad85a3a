// Sends what waits in the stores that are open.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "access/stores.h"
#include "customers/mail_request.h"
#include "mail/transport.h"

namespace oubli::mail {

// One thread of its own. Outlived by stores. A mail that cannot go now is tried again, until its
// request is too old (customers/mail_request.h); one that will never go is dropped, with a line in
// the log that names the customer by number. One that is refused for now keeps no other waiting: it
// is tried again by itself, each time after twice as long, at most an hour.
class Sender {
 public:
  struct Options {
    std::string page;  // where the shop lets customers choose a password; "" is not said
    int64_t tick_ms = 2000;
    int64_t wait_after_failure_ms = 30'000;  // also of one mail, at first
  };

  Sender(access::Stores& stores, std::unique_ptr<Transport> transport, Options options)
      : stores_(stores), transport_(std::move(transport)), options_(std::move(options)) {}
  ~Sender() { Stop(); }

  void Start();
  void Stop();

  // One round over the open stores, as the thread does; false when the transport failed, and the
  // rest waits. For tests; not while the thread runs.
  bool Tick();

 private:
  bool SendAll(customers::Store& store);
  bool SendOne(customers::Store& store, const customers::MailRequest& request);
  bool IsPutOff(const customers::Store& store, const customers::MailRequest& request) const;
  void PutOff(const customers::Store& store, const customers::MailRequest& request);
  void ForgetOldPutOffs();
  bool IsStopping();
  void Run();

  using TimePoint = std::chrono::steady_clock::time_point;
  struct PutOffMail {
    TimePoint until;
    std::chrono::milliseconds wait{};
  };

  access::Stores& stores_;
  const std::unique_ptr<Transport> transport_;
  const Options options_;
  std::map<std::pair<int64_t, int64_t>, PutOffMail> put_off_;  // by store and request; Tick()'s own
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace oubli::mail
