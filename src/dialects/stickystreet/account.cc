// account_info and account_update (contract, 5): what the operator says about the business.
// The operator's own words, no customer's: kept as settings of the store, in clear (guarantees.md).
#include "dialects/stickystreet/account.h"

#include <utility>

#include "customers/definitions.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

struct AccountField {
  const char* name;
  const char* otherwise;  // as long as nobody has said anything
};
constexpr AccountField kFields[] = {
    {"biz_name", ""},      {"biz_address1", ""},       {"biz_address2", ""},
    {"biz_city", ""},      {"biz_state", ""},          {"biz_zip", ""},
    {"biz_country", ""},   {"contact_first_name", ""}, {"contact_last_name", ""},
    {"contact_phone", ""}, {"contact_email", ""},      {"language", "EN"},
};

std::string SettingOf(const AccountField& field) {
  return std::string("stickystreet account ") + field.name;
}

Result<Node> ReadAccount(customers::StoreView& view, const std::string& handle) {
  Node account;
  account.Add("account_id", handle);
  for (const AccountField& field : kFields) {
    OUBLI_TRY_ASSIGN(const std::string text, customers::ReadSetting(view, SettingOf(field)));
    account.Add(field.name, text.empty() ? std::string(field.otherwise) : text);
  }
  account.Add("symbol", kCurrency).Add("glyph", kGlyph);
  account.Add("timezone", "UTC").Add("coalition", "No");
  return Success().Add("account", std::move(account));
}

Result<Node> Read(const Call& call) {
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  return ReadAccount(*reader, call.principal().handle);
}

}  // namespace

Result<std::string> AccountName(customers::StoreView& view, std::string_view handle) {
  OUBLI_TRY_ASSIGN(std::string name, customers::ReadSetting(view, SettingOf(kFields[0])));
  return name.empty() ? std::string(handle) : std::move(name);
}

void AccountInfo(const Call& call) { call.reply(Read(call)); }

void AccountUpdate(const Call& call) {
  std::vector<std::pair<std::string, std::string>> changes;
  for (const AccountField& field : kFields) {
    if (call.fields.Find(field.name) == nullptr) continue;
    changes.emplace_back(SettingOf(field), call.fields.Get(field.name));
  }
  if (changes.empty()) return call.reply(Refuse(kNoData));
  call.store.Write(
      [changes = std::move(changes),
       handle = call.principal().handle](customers::StoreTransaction& transaction) -> Result<Node> {
        for (const auto& [name, value] : changes) {
          OUBLI_TRY(customers::WriteSetting(transaction, name, value));
        }
        return ReadAccount(transaction, handle);
      },
      [reply = call.reply](const Result<Node>& outcome) { reply(outcome); });
}

}  // namespace oubli::dialects::stickystreet
