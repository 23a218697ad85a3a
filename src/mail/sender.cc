#include "mail/sender.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "customers/customers.h"

namespace oubli::mail {
namespace {

constexpr int64_t kAtATime = 50;

Result<std::vector<customers::MailRequest>> Waiting(customers::Store& store) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  return customers::ListMailRequests(*view, kAtATime);
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

bool Sender::Tick() {
  for (const auto& store : stores_.OpenStores()) {
    if (!SendAll(*store)) return false;
  }
  return true;
}

bool Sender::SendAll(customers::Store& store) {
  const auto waiting = Waiting(store);
  if (!waiting) {
    Log(LogLevel::kWarning, "mails that wait cannot be read", {{"reason", waiting.error().text}});
    return false;
  }
  for (const customers::MailRequest& request : *waiting) {
    if (IsStopping()) return true;
    if (!SendOne(store, request)) return false;
  }
  return true;
}

bool Sender::SendOne(customers::Store& store, const customers::MailRequest& request) {
  const auto address = AddressOf(store, request);
  if (!address) {
    // A record that does not open keeps nobody else's mail waiting.
    Log(LogLevel::kWarning, "a mail's customer cannot be read",
        {{"store", store.number()}, {"customer", request.customer_id}});
    return true;
  }
  if (*address) {
    const Status sent = transport_->Send(PasswordMail(**address, store.handle(), options_.page));
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
  const Status dropped =
      store.WriteAndWait([no = request.no](customers::StoreTransaction& transaction) {
        return customers::DeleteMailRequest(transaction, no);
      });
  return dropped.has_value();
}

}  // namespace oubli::mail
