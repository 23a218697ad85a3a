// The three password calls: reset-password, change-password and bulk-reset-password. A password in
// clear lives in the request alone, and is hashed before anything is written.

#include <boost/json/array.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "crypto/key.h"
#include "crypto/password.h"
#include "customers/customers.h"
#include "customers/mail_request.h"
#include "dialects/webcommander/customer_lookup.h"
#include "dialects/webcommander/fields.h"
#include "dialects/webcommander/handlers.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Customer;
using customers::CustomerStatus;
using customers::StoreTransaction;

constexpr size_t kMaxMails = 1000;

struct PasswordBody {
  std::string email;
  std::string old_password;
  std::string password;
};

void Wipe(std::string& text) { crypto::Wipe(text.data(), text.size()); }

std::string RequiredText(FieldReader& reader, std::string_view name) {
  auto text = reader.Text(name);
  if (!text || text->empty())
    reader.Fail(name, "invalid_value", std::string(name) + " is required");
  return std::move(text).value_or("");
}

Parsed<PasswordBody> ParsePassword(std::string_view body, bool change) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader top(*object);
  top.Text("transaction_no");
  const boost::json::object* customer = top.Object("customer");
  if (customer == nullptr) top.Fail("customer", "invalid_value", "must be an object");
  if (top.problem()) return tl::unexpected(*top.problem());
  FieldReader reader(*customer);
  PasswordBody parsed;
  if (change) {
    parsed.email = RequiredText(reader, "email");
    parsed.old_password = RequiredText(reader, "old_password");
  }
  parsed.password = RequiredText(reader, "password");
  if (reader.problem()) return tl::unexpected(*reader.problem());
  return parsed;
}

// What is wrong is not said: who guesses learns nothing about who has an account.
ApiError WrongPassword() { return ApiError{401, "Invalid email or password"}; }

auto AnswerChanged(const Call& call, int status) {
  return [answer = call.answer, status](Status changed) {
    if (!changed) {
      return answer(changed.error().kind == ErrorKind::kForbidden ? WrongPassword()
                                                                  : FromError(changed.error()));
    }
    answer(JsonResponse(
        status, R"({"status":"success","message":"Password has been changed successfully"})"));
  };
}

Status SetHash(StoreTransaction& transaction, Customer customer, const std::string& hash) {
  customer.profile.password_hash = hash;
  customer.profile.force_password_reset = false;
  OUBLI_TRY(customers::UpdateCustomer(transaction, std::move(customer)));
  return {};
}

Result<std::optional<Customer>> ReadCustomer(customers::Store& store, int64_t id) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  return customers::FindCustomer(*view, id);
}

Parsed<std::vector<int64_t>> ParseIds(std::string_view body) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader reader(*object);
  std::vector<int64_t> ids;
  const boost::json::array* list = reader.Array("customer_ids", kMaxMails);
  if (list == nullptr || list->empty()) {
    reader.Fail("customer_ids", "invalid_value", "must be an array of customer ids");
  } else {
    for (const boost::json::value& element : *list) {
      const auto id = AsInt(element);
      if (!id) reader.Fail("customer_ids", "invalid_id", "customer id must be numeric");
      ids.push_back(id.value_or(0));
    }
  }
  if (reader.problem()) return tl::unexpected(*reader.problem());
  return ids;
}

struct Queued {
  std::vector<int64_t> queued;
  std::vector<std::pair<int64_t, const char*>> skipped;
};

Result<Queued> QueueMails(StoreTransaction& transaction, const std::vector<int64_t>& ids) {
  Queued outcome;
  std::set<int64_t> seen;
  for (const int64_t id : ids) {
    const char* reason = seen.insert(id).second ? nullptr : "duplicate";
    if (reason == nullptr) {
      OUBLI_TRY_ASSIGN(const auto customer, customers::FindCustomer(transaction, id));
      if (!customer) {
        reason = "not_found";
      } else if (customer->profile.email.empty()) {
        reason = "no_email";
      } else {
        OUBLI_TRY(
            customers::AddMailRequest(transaction, customer->head, customers::kPasswordResetMail));
        outcome.queued.push_back(id);
      }
    }
    if (reason != nullptr) outcome.skipped.emplace_back(id, reason);
  }
  return outcome;
}

std::string QueuedBody(const Queued& outcome, size_t requested) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("queued").BeginArray();
  for (const int64_t id : outcome.queued) writer.Int(id);
  writer.EndArray().Key("skipped").BeginArray();
  for (const auto& [id, reason] : outcome.skipped) {
    writer.BeginObject().Member("customer_id", id).Member("reason", reason).EndObject();
  }
  writer.EndArray()
      .Member("total_queued", outcome.queued.size())
      .Member("requested", requested)
      .Member("status", "queued")
      .Member("message", "Password reset emails queued for " +
                             std::to_string(outcome.queued.size()) + " of " +
                             std::to_string(requested) + " customers.")
      .EndObject();
  return body;
}

}  // namespace

void ResetPassword(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  auto body = ParsePassword(call.request.body, false);
  if (!body) return call.answer(body.error());
  std::string new_hash = crypto::HashPassword(body->password);
  Wipe(body->password);
  call.store->Write(
      [id = *id, hash = std::move(new_hash)](StoreTransaction& transaction) -> Status {
        OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
        if (!customer) return Fail(ErrorKind::kNotFound, "no such customer");
        return SetHash(transaction, std::move(*customer), hash);
      },
      AnswerChanged(call, 201));
}

// The old password is compared on the worker, since that takes its time; the writer then makes sure
// that it still is the customer's.
void ChangePassword(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  auto body = ParsePassword(call.request.body, true);
  if (!body) return call.answer(body.error());
  const auto customer = ReadCustomer(*call.store, *id);
  if (!customer) return call.answer(FromError(customer.error()));
  if (!*customer) return call.answer(CustomerNotFound());
  const customers::Profile& profile = (*customer)->profile;
  const bool fits =
      crypto::VerifyPassword(profile.password_hash, body->old_password) &&
      customers::NormalizeEmail(profile.email) == customers::NormalizeEmail(body->email) &&
      profile.status != CustomerStatus::kAwaitingVerification;
  Wipe(body->old_password);
  if (!fits) return call.answer(WrongPassword());
  std::string new_hash = crypto::HashPassword(body->password);
  Wipe(body->password);
  call.store->Write(
      [id = *id, old_hash = profile.password_hash,
       hash = std::move(new_hash)](StoreTransaction& transaction) -> Status {
        OUBLI_TRY_ASSIGN(auto found, customers::FindCustomer(transaction, id));
        if (!found) return Fail(ErrorKind::kNotFound, "no such customer");
        if (found->profile.password_hash != old_hash) {
          return Fail(ErrorKind::kForbidden, "the password has been changed meanwhile");
        }
        return SetHash(transaction, std::move(*found), hash);
      },
      AnswerChanged(call, 200));
}

void BulkResetPassword(const Call& call) {
  auto ids = ParseIds(call.request.body);
  if (!ids) return call.answer(ids.error());
  const size_t requested = ids->size();
  call.store->Write([ids = std::move(*ids)](
                        StoreTransaction& transaction) { return QueueMails(transaction, ids); },
                    [answer = call.answer, requested](Result<Queued> outcome) {
                      if (!outcome) return answer(FromError(outcome.error()));
                      answer(JsonResponse(202, QueuedBody(*outcome, requested)));
                    });
}

}  // namespace oubli::dialects::webcommander
