// Sends the mails that wait in the stores.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "access/stores.h"
#include "customers/mail_request.h"
#include "mail/transport.h"

namespace oubli::mail {

// One thread of its own. Outlived by stores. A mail that cannot go now is tried again, until its
// request is too old (customers/mail_request.h); one that will never go is dropped, with a line in
// the log that names the customer by number. A crash between the sending and the note of it sends a
// mail twice, never not at all.
class Sender {
 public:
  struct Options {
    std::string page;  // where the shop lets customers choose a password; "" is not said
    int64_t tick_ms = 2000;
    int64_t wait_after_failure_ms = 30'000;  // when the server takes no mail at all
    // When it does not take one of them; twice as long each time.
    int64_t first_retry_ms = 10 * 60'000;
    int64_t longest_retry_ms = 6 * 3'600'000;
    // Stores that nobody uses are opened for a look so often, since mail may wait in them.
    int64_t look_everywhere_ms = 24 * 3'600'000;
  };

  Sender(access::Stores& stores, std::unique_ptr<Transport> transport, Options options)
      : stores_(stores), transport_(std::move(transport)), options_(std::move(options)) {}
  ~Sender() { Stop(); }

  void Start();
  void Stop();  // also of a mail that is under way: it waits

  // One round over the stores, as the thread does; false when the server takes no mail, and the
  // rest waits. For tests; not while the thread runs.
  bool Tick();

 private:
  using MailNo = std::pair<int64_t, int64_t>;  // the store's number, the request's
  enum class Outcome { kDone, kLater, kServerDown };
  struct Retry {
    int64_t at_ms = 0;
    int64_t wait_ms = 0;
  };

  bool SendIn(customers::Store& store);
  bool SendRange(customers::Store& store, int64_t after, int64_t last, bool& any_left);
  Outcome SendOne(customers::Store& store, const customers::MailRequest& request);
  Outcome Hand(customers::Store& store, const customers::MailRequest& request);
  Outcome Forget(customers::Store& store, const customers::MailRequest& request);
  void PutOff(MailNo mail);
  void LookEverywhere();
  bool IsStopping();
  void Run();

  access::Stores& stores_;
  const std::unique_ptr<Transport> transport_;
  const Options options_;
  std::deque<int64_t> to_look_at_;  // stores
  int64_t looked_at_ms_ = -1;
  std::set<int64_t> waiting_;            // stores in which mail waits: they are opened again for it
  std::map<int64_t, int64_t> begin_at_;  // by store: behind which request a round broke off
  std::map<MailNo, Retry> retries_;
  std::set<MailNo> sent_;  // but still in the store: never sent again
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace oubli::mail
