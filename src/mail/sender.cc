#include "mail/sender.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "customers/customers.h"

namespace oubli::mail {
namespace {

constexpr int64_t kAtATime = 50;
constexpr size_t kLooksAtATime = 4;

// Monotonic: what is compared is how long something has waited.
int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Result<std::vector<customers::MailRequest>> Waiting(customers::Store& store, int64_t after_no) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  return customers::ListMailRequests(*view, kAtATime, after_no);
}

// The customer's address as it is now; nothing when the customer is gone, or another by now.
Result<std::optional<std::string>> AddressOf(customers::Store& store,
                                             const customers::MailRequest& request) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  OUBLI_TRY_ASSIGN(const auto customer, customers::FindCustomer(*view, request.customer_id));
  if (!customer || customer->head.ordinal != request.ordinal || customer->profile.email.empty()) {
    return std::nullopt;
  }
  return customer->profile.email;
}

Mail PasswordMail(std::string to, const std::string& store, const std::string& page) {
  Mail mail{std::move(to), "Choose a new password", "", {}};
  mail.text =
      "Hello,\n\nthe shop " + store + " asks you to choose a new password for your account.\n";
  if (!page.empty()) mail.text += "\nYou can do so here:\n\n  " + page + "\n";
  mail.text += "\nIf you did not expect this, ask the shop.\n";
  return mail;
}

}  // namespace

void Sender::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Sender::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  transport_->Interrupt();
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Sender::IsStopping() {
  std::lock_guard lock(mutex_);
  return stopping_;
}

void Sender::Run() {
  while (!IsStopping()) {
    const int64_t wait_ms = Tick() ? options_.tick_ms : options_.wait_after_failure_ms;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(wait_ms), [this] { return stopping_; });
  }
}

bool Sender::Tick() {
  std::set<int64_t> seen;
  for (const auto& store : stores_.OpenStores()) {
    seen.insert(store->number());
    if (!SendIn(*store)) return false;
  }
  // Closed since: nobody uses them, and their mail waits all the same.
  const std::set<int64_t> waiting = waiting_;
  for (const int64_t number : waiting) {
    if (seen.contains(number)) continue;
    const auto store = stores_.Open(number);
    if (store && !SendIn(**store)) return false;
  }
  LookEverywhere();
  return true;
}

// Some stores at a time, so that not all of them are open at once. What is found there is sent in
// the next round.
void Sender::LookEverywhere() {
  if (to_look_at_.empty()) {
    if (looked_at_ms_ >= 0 && NowMs() - looked_at_ms_ < options_.look_everywhere_ms) return;
    looked_at_ms_ = NowMs();
    for (const access::StoreInfo& info : stores_.List()) to_look_at_.push_back(info.number);
  }
  for (size_t i = 0; i < kLooksAtATime && !to_look_at_.empty() && !IsStopping(); ++i) {
    const int64_t number = to_look_at_.front();
    to_look_at_.pop_front();
    const auto store = stores_.Open(number);
    if (!store) continue;
    const auto found = Waiting(**store, 0);
    if (found && !found->empty()) waiting_.insert(number);
  }
}

// False when the server takes no mail. The next round then begins behind the one that failed, and
// comes to it at its end, so that a mail which the server cannot bear keeps no other waiting.
bool Sender::SendIn(customers::Store& store) {
  const int64_t number = store.number();
  const auto broken_off = begin_at_.find(number);
  const int64_t begin = broken_off == begin_at_.end() ? 0 : broken_off->second;
  begin_at_.erase(number);
  bool any_left = false;
  const bool goes_on = SendRange(store, begin, INT64_MAX, any_left) &&
                       (begin == 0 || SendRange(store, 0, begin, any_left));
  if (any_left) {
    waiting_.insert(number);
  } else {
    waiting_.erase(number);
  }
  return goes_on;
}

// The requests behind `after`, up to `last`.
bool Sender::SendRange(customers::Store& store, int64_t after, int64_t last, bool& any_left) {
  while (true) {
    const auto requests = Waiting(store, after);
    if (!requests) {
      Log(LogLevel::kWarning, "mails that wait cannot be read",
          {{"store", store.number()}, {"reason", requests.error().text}});
      any_left = true;
      return true;
    }
    for (const customers::MailRequest& request : *requests) {
      if (request.no > last) return true;
      if (IsStopping()) return any_left = true;
      after = request.no;
      const Outcome outcome = SendOne(store, request);
      any_left = any_left || outcome != Outcome::kDone;
      if (outcome != Outcome::kServerDown) continue;
      begin_at_[store.number()] = after;
      return false;
    }
    if (requests->empty()) return true;
  }
}

void Sender::PutOff(MailNo mail) {
  Retry& retry = retries_[mail];
  retry.wait_ms = retry.wait_ms == 0 ? options_.first_retry_ms
                                     : std::min(retry.wait_ms * 2, options_.longest_retry_ms);
  retry.at_ms = NowMs() + retry.wait_ms;
  // Those whose request has grown too old, or whose customer has gone.
  std::erase_if(retries_, [](const auto& entry) {
    return NowMs() - entry.second.at_ms > customers::kMailRequestLifetimeMs;
  });
}

Sender::Outcome Sender::SendOne(customers::Store& store, const customers::MailRequest& request) {
  const MailNo mail{store.number(), request.no};
  if (sent_.contains(mail)) return Forget(store, request);
  const auto retry = retries_.find(mail);
  if (retry != retries_.end() && retry->second.at_ms > NowMs()) return Outcome::kLater;
  return Hand(store, request);
}

Sender::Outcome Sender::Hand(customers::Store& store, const customers::MailRequest& request) {
  const auto address = AddressOf(store, request);
  if (!address) {
    Log(LogLevel::kWarning, "a mail's customer cannot be read",
        {{"store", store.number()}, {"customer", request.customer_id}});
    PutOff({store.number(), request.no});
    return Outcome::kLater;
  }
  if (!*address) return Forget(store, request);
  Mail mail = PasswordMail(**address, store.handle(), options_.page);
  mail.still_wanted = [&store, &request, to = **address] {
    const auto now = AddressOf(store, request);
    return now && *now == to;
  };
  const Status sent = transport_->Send(mail);
  if (!sent && sent.error().kind == ErrorKind::kUnavailable) {
    Log(LogLevel::kWarning, "mails cannot be sent now", {{"reason", sent.error().text}});
    return Outcome::kServerDown;
  }
  if (!sent && sent.error().kind != ErrorKind::kInvalid) {
    Log(LogLevel::kWarning, "a mail cannot be sent now",
        {{"store", store.number()},
         {"customer", request.customer_id},
         {"reason", sent.error().text}});
    PutOff({store.number(), request.no});
    return Outcome::kLater;
  }
  if (!sent) {
    Log(LogLevel::kWarning, "a mail cannot be sent and is dropped",
        {{"store", store.number()},
         {"customer", request.customer_id},
         {"reason", sent.error().text}});
  }
  return Forget(store, request);
}

Sender::Outcome Sender::Forget(customers::Store& store, const customers::MailRequest& request) {
  const MailNo mail{store.number(), request.no};
  const Status dropped =
      store.WriteAndWait([no = request.no](customers::StoreTransaction& transaction) {
        return customers::DeleteMailRequest(transaction, no);
      });
  if (!dropped) {
    sent_.insert(mail);
    return Outcome::kLater;
  }
  sent_.erase(mail);
  retries_.erase(mail);
  return Outcome::kDone;
}

}  // namespace oubli::mail
