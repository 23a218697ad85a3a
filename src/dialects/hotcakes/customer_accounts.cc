#include "dialects/hotcakes/customer_accounts.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "crypto/password.h"
#include "customers/customer_walk.h"
#include "customers/customers.h"
#include "dialects/hotcakes/account_json.h"
#include "dialects/hotcakes/account_view.h"
#include "dialects/hotcakes/address_book.h"
#include "erasure/eraser.h"

namespace oubli::dialects::hotcakes {
namespace {

using customers::Customer;
using customers::StoreReader;
using customers::StoreTransaction;

constexpr size_t kMinPasswordLength = 7;  // what the original's user store asks for
constexpr size_t kMaxEmailLength = 256;
constexpr int64_t kDefaultPageSize = 9;
constexpr int64_t kAll = customers::CustomerWalk::kAll;

// What a create or update answers: the account, or nothing for the silent refusal.
using Answer = std::optional<std::string>;

// As .NET reads a number in the query: 32 bits, blanks around it allowed.
std::optional<int64_t> QueryNumber(const std::string& text) {
  const auto number = ParseInt(Trim(text));
  if (!number || *number > std::numeric_limits<int32_t>::max() ||
      *number < std::numeric_limits<int32_t>::min()) {
    return std::nullopt;
  }
  return number;
}

void SetProfile(const AccountDto& account, customers::Profile& profile) {
  profile.email = account.email;
  profile.first_name = account.first_name;
  profile.last_name = account.last_name;
  profile.tax_exempt = account.tax_exempt;
  profile.notes = account.notes;
  profile.pricing_group_id = account.pricing_group_id;
}

Result<Answer> Render(customers::StoreView& view, const Customer& customer) {
  return AccountJson(view, customer).map([](std::string json) { return Answer(std::move(json)); });
}

// A password that is left out is one that nobody knows: without a hash none ever matches.
struct NewPassword {
  bool acceptable = true;
  std::string hash;
};

// Takes its time: not for the writer's thread.
NewPassword HashNew(const std::string& password) {
  if (Trim(password).empty()) return {};
  if (CodePoints(password) < kMinPasswordLength) return {false, ""};
  return {true, crypto::HashPassword(password)};
}

Result<Answer> Create(StoreTransaction& transaction, const AccountDto& account,
                      const NewPassword& password) {
  OUBLI_TRY_ASSIGN(const auto existing, customers::FindCustomerByEmail(transaction, account.email));
  if (existing) {
    // The answer shows the account as it was before.
    OUBLI_TRY_ASSIGN(Answer answer, Render(transaction, *existing));
    OUBLI_TRY(AddToBook(transaction, existing->head, account.addresses));
    return answer;
  }
  if (!password.acceptable) return std::nullopt;
  Customer customer;
  SetProfile(account, customer.profile);
  customer.profile.password_hash = password.hash;
  OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, std::move(customer)));
  OUBLI_TRY(ReplaceAddresses(transaction, customer.head, account));
  return Render(transaction, customer);
}

// REQUIRES: the account's Bvin is empty or names the customer `id`.
Result<Answer> Update(StoreTransaction& transaction, int64_t id, const AccountDto& account) {
  OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
  if (!customer) return std::nullopt;
  if (account.bvin.empty()) return Render(transaction, *customer);
  SetProfile(account, customer->profile);
  OUBLI_TRY_ASSIGN(Customer updated, customers::UpdateCustomer(transaction, std::move(*customer)));
  OUBLI_TRY(ReplaceAddresses(transaction, updated.head, account));
  return Render(transaction, updated);
}

void Send(const Reply& reply, const Result<Answer>& answer) {
  if (answer && *answer) return reply.Content(**answer);
  // Somebody else's e-mail, say: the original's user store refuses without a word.
  const bool silent = answer || answer.error().kind == ErrorKind::kConflict ||
                      answer.error().kind == ErrorKind::kNotFound;
  if (silent) return reply.Null();
  reply.Fault(answer.error());
}

class CustomerAccounts final : public Resource {
 public:
  explicit CustomerAccounts(const Environment& environment) : environment_(environment) {}

  std::string_view collection_route() const override {
    return "/DesktopModules/Hotcakes/API/rest/v1/customeraccounts";
  }
  std::string_view item_route() const override {
    return "/DesktopModules/Hotcakes/API/rest/v1/customeraccounts/{bvin}";
  }

  void Get(const Call& call) const override {
    const std::string email = call.query.Find("email").value_or("");
    if (!Trim(email).empty()) return GetByEmail(call, email);
    if (!call.target.collection || !email.empty()) return GetById(call);
    if (call.query.Has("countonly")) return Count(call);
    if (call.query.Has("page")) return GetPage(call);
    List(call, 0, kAll);
  }

  void Post(const Call& call) const override {
    auto account = ReadAccount(call.request->body, environment_.clock.NowMs());
    if (!account) return call.reply.Refuse(account.error());
    if (CodePoints(account->email) > kMaxEmailLength)
      return call.reply.Refuse({"Email is longer than 256 characters."});
    if (Trim(call.target.id).empty()) return PostNew(call, std::move(*account));
    PostChange(call, std::move(*account));
  }

  void Delete(const Call& call) const override {
    if (call.target.collection) return ClearAll(call);
    const auto id = ParseBvin(call.target.id);
    if (!id) return call.reply.Bool(false);
    erasure::Erase(*call.store, customers::OwnerKind::kCustomer, {*id},
                   [reply = call.reply](const Result<erasure::Outcome>& outcome) {
                     if (!outcome) return reply.Fault(outcome.error(), "false");
                     reply.Bool(!outcome->erased.empty());
                   });
  }

 private:
  static void NotFound(const Call& call) {
    call.reply.Failure("NULL", "Could not locate that item. Check bvin and try again.");
  }

  static void SendFound(const Call& call, StoreReader& reader,
                        const Result<std::optional<Customer>>& found) {
    if (!found) return call.reply.Fault(found.error());
    if (!*found) return NotFound(call);
    const auto json = AccountJson(*reader, **found);
    if (!json) return call.reply.Fault(json.error());
    call.reply.Content(*json);
  }

  static void GetById(const Call& call) {
    const auto id = ParseBvin(call.target.id);
    if (!id) return NotFound(call);
    auto reader = call.store->Read();
    if (!reader) return call.reply.Fault(reader.error());
    SendFound(call, *reader, customers::FindCustomer(**reader, *id));
  }

  static void GetByEmail(const Call& call, const std::string& email) {
    auto reader = call.store->Read();
    if (!reader) return call.reply.Fault(reader.error());
    auto found = customers::FindCustomerByEmail(**reader, email);
    if (found && !*found) {
      // Clients send the plus of "ann+shop@example.com" as it is, which decodes to a blank.
      const auto with_plus = call.query.FindKeepingPlus("email");
      if (with_plus && *with_plus != email)
        found = customers::FindCustomerByEmail(**reader, *with_plus);
    }
    SendFound(call, *reader, found);
  }

  static void Count(const Call& call) {
    auto reader = call.store->Read();
    if (!reader) return call.reply.Fault(reader.error());
    const auto count = customers::CountOwners(**reader, customers::OwnerKind::kCustomer);
    if (!count) return call.reply.Fault(count.error());
    call.reply.Content(std::to_string(*count));
  }

  static void GetPage(const Call& call) {
    const int64_t page = std::max<int64_t>(QueryNumber(*call.query.Find("page")).value_or(1), 1);
    const auto size_text = call.query.Find("pagesize");
    const int64_t size = size_text ? QueryNumber(*size_text).value_or(0) : kDefaultPageSize;
    if (size <= 0) return List(call, 0, kAll);
    List(call, (page - 1) * size, size);
  }

  static void List(const Call& call, int64_t skip, int64_t count) {
    call.reply.List(AccountList(call.store, skip, count));
  }

  static void PostNew(const Call& call, AccountDto account) {
    if (Trim(account.email).empty()) return call.reply.Refuse({"Email is required."});
    NewPassword password = HashNew(account.password);
    account.password.clear();
    call.store->Write(
        [account = std::move(account), password = std::move(password)](
            StoreTransaction& transaction) { return Create(transaction, account, password); },
        [reply = call.reply](const Result<Answer>& answer) { Send(reply, answer); });
  }

  static void PostChange(const Call& call, AccountDto account) {
    // The original changes the account that the body names, whatever the URL says: not copied.
    if (!account.bvin.empty() && account.bvin != call.target.id) {
      return call.reply.Refuse(
          {"The Bvin of the account is not the one in the URL. Nothing was changed."});
    }
    const auto id = ParseBvin(call.target.id);
    if (!id) return call.reply.Null();
    call.store->Write(
        [account = std::move(account), id = *id](StoreTransaction& transaction) {
          return Update(transaction, id, account);
        },
        [reply = call.reply](const Result<Answer>& answer) { Send(reply, answer); });
  }

  void ClearAll(const Call& call) const {
    // Whoever says more than the call takes (an id, a page, a filter) does not mean everybody. "_"
    // is jQuery's own, against caches.
    if (!call.query.HasOnly({"key", "apiformat", "_"})) return call.reply.Bool(false);
    access::Windows& windows = environment_.windows;
    erasure::ClearAll(
        *call.store, [&windows, number = call.store->number()] { return windows.IsOpen(number); },
        [reply = call.reply](const Status& status) { reply.Bool(status.has_value()); });
  }

  const Environment environment_;
};

}  // namespace

std::unique_ptr<Resource> MakeCustomerAccounts(const Environment& environment) {
  return std::make_unique<CustomerAccounts>(environment);
}

}  // namespace oubli::dialects::hotcakes
