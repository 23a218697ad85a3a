#include "mail/sender.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "customers/customers.h"

namespace oubli::mail {
namespace {

constexpr int64_t kAtATime = 50;
constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(1);

Result<std::vector<customers::MailRequest>> Waiting(customers::Store& store, int64_t after) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  return customers::ListMailRequests(*view, kAtATime, after);
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
  Mail mail{std::move(to), "Choose a new password", ""};
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

bool Sender::IsPutOff(const customers::Store& store, const customers::MailRequest& request) const {
  const auto found = put_off_.find({store.number(), request.no});
  return found != put_off_.end() && std::chrono::steady_clock::now() < found->second.until;
}

void Sender::PutOff(const customers::Store& store, const customers::MailRequest& request) {
  PutOffMail& entry = put_off_[{store.number(), request.no}];
  const std::chrono::milliseconds first(options_.wait_after_failure_ms);
  entry.wait = std::clamp(entry.wait * 2, first, std::max(first, kLongestWait));
  entry.until = std::chrono::steady_clock::now() + entry.wait;
}

// What has been due for long and was not tried does not wait any more.
void Sender::ForgetOldPutOffs() {
  const TimePoint old = std::chrono::steady_clock::now() - 2 * kLongestWait;
  std::erase_if(put_off_, [old](const auto& entry) { return entry.second.until < old; });
}

bool Sender::Tick() {
  ForgetOldPutOffs();
  for (const auto& store : stores_.OpenStores()) {
    if (!SendAll(*store)) return false;
  }
  return true;
}

bool Sender::SendAll(customers::Store& store) {
  for (int64_t after = 0;;) {
    const auto waiting = Waiting(store, after);
    if (!waiting) {
      Log(LogLevel::kWarning, "mails that wait cannot be read", {{"reason", waiting.error().text}});
      return false;
    }
    for (const customers::MailRequest& request : *waiting) {
      if (IsStopping()) return true;
      if (!IsPutOff(store, request) && !SendOne(store, request)) return false;
      after = request.no;
    }
    if (static_cast<int64_t>(waiting->size()) < kAtATime) return true;
  }
}

bool Sender::SendOne(customers::Store& store, const customers::MailRequest& request) {
  const auto address = AddressOf(store, request);
  if (!address) {
    // A record that does not open keeps nobody else's mail waiting.
    Log(LogLevel::kWarning, "a mail's customer cannot be read",
        {{"store", store.number()}, {"customer", request.customer_id}});
    PutOff(store, request);
    return true;
  }
  if (*address) {
    const Status sent = transport_->Send(PasswordMail(**address, store.handle(), options_.page));
    if (!sent && sent.error().kind == ErrorKind::kTooMany) {
      Log(LogLevel::kWarning, "a mail is refused for now",
          {{"store", store.number()},
           {"customer", request.customer_id},
           {"reason", sent.error().text}});
      PutOff(store, request);
      return true;
    }
    if (!sent && sent.error().kind != ErrorKind::kInvalid) {
      Log(LogLevel::kWarning, "mails cannot be sent now", {{"reason", sent.error().text}});
      return false;
    }
    if (!sent) {
      Log(LogLevel::kWarning, "a mail cannot be sent and is dropped",
          {{"store", store.number()},
           {"customer", request.customer_id},
           {"reason", sent.error().text}});
    }
  }
  put_off_.erase({store.number(), request.no});
  const Status dropped =
      store.WriteAndWait([no = request.no](customers::StoreTransaction& transaction) {
        return customers::DeleteMailRequest(transaction, no);
      });
  return dropped.has_value();
}

}  // namespace oubli::mail
