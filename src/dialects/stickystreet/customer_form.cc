#include "dialects/stickystreet/customer_form.h"

#include <algorithm>

#include "base/countries.h"
#include "base/date_time.h"
#include "base/text.h"
#include "crypto/password.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/fresh_numbers.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Address;
using customers::Profile;

struct ProfileField {
  std::string_view name;
  std::string Profile::*member;
};
constexpr ProfileField kProfileFields[] = {
    {"first_name", &Profile::first_name},
    {"last_name", &Profile::last_name},
    {"phone", &Profile::phone},
    {"email", &Profile::email},
    {"custom_date", &Profile::custom_date},
    {"custom_field", &Profile::custom_field},
    {"customer_username", &Profile::username},
};

struct AddressField {
  std::string_view name;
  std::string Address::*member;
};
// State and country are more than a text: see Apply().
constexpr AddressField kAddressFields[] = {
    {"street1", &Address::line1},
    {"street2", &Address::line2},
    {"city", &Address::city},
    {"postal_code", &Address::postal_code},
};
constexpr std::string_view kState = "state";
constexpr std::string_view kCountry = "country";

Result<CustomerForm::Action> ReadAction(std::string_view name) {
  if (name == "new") return CustomerForm::Action::kNew;
  if (name == "register") return CustomerForm::Action::kRegister;
  if (name == "edit") return CustomerForm::Action::kEdit;
  return Refuse(kActionUndefined);
}

Result<std::string> ReadPin(const Fields& fields) {
  const std::string_view pin = fields.Get("customer_PIN");
  if (pin.empty()) return std::string();
  if (!IsDigits(pin) || (pin.size() != 4 && pin.size() != 5)) return Refuse(kBadPin);
  return std::string(pin);
}

Status ReadTexts(const Fields& fields, CustomerForm& form) {
  const auto take = [&](std::string_view name) {
    if (fields.Find(name) != nullptr) form.texts[std::string(name)] = fields.Get(name);
  };
  for (const ProfileField& field : kProfileFields) take(field.name);
  for (const AddressField& field : kAddressFields) take(field.name);
  take(kState);
  take(kCountry);
  // Free text stays as it is; older clients call it custom1.
  for (const char* name : {"custom1", "custom_field"}) {
    if (const std::string* text = fields.Find(name)) form.texts["custom_field"] = *text;
  }
  if (const auto day = form.texts.find("custom_date"); day != form.texts.end()) {
    OUBLI_TRY_ASSIGN(day->second, ReadDay(day->second));
  }
  return {};
}

Status ReadEnrollment(const Fields& fields, CustomerForm& form) {
  for (const std::string_view part : Split(fields.Get("campaign_id"), ',')) {
    if (Trim(part).empty()) continue;
    OUBLI_TRY_ASSIGN(const int64_t id, ReadCampaignId(Trim(part)));
    if (std::find(form.campaign_ids.begin(), form.campaign_ids.end(), id) ==
        form.campaign_ids.end()) {
      form.campaign_ids.push_back(id);
    }
  }
  const std::string_view amount = fields.Get("auto_add");
  if (amount.empty()) return {};
  OUBLI_TRY_ASSIGN(form.auto_add, ReadStartAmount(amount));
  if (form.auto_add != Decimal() && form.campaign_ids.empty()) return Refuse(kCampaignNotValid);
  return {};
}

void SetState(std::string_view text, Address& address) {
  // Sent back as it is shown: what other dialects know of the state beside it stays.
  const std::string& shown = address.state.empty() ? address.state_code : address.state;
  if (!text.empty() && text == shown) return;
  const bool is_code =
      (text.size() == 2 || text.size() == 3) &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  address.state = text;
  address.state_code = is_code ? text : std::string_view();
}

void SetCountry(std::string_view text, Address& address) {
  const Country* country = FindCountry(text);
  address.country_code = country == nullptr ? std::string_view() : country->alpha2;
  address.country = address.country_code == text ? std::string_view() : text;
}

}  // namespace

Result<CustomerForm> ReadCustomerForm(const Fields& fields) {
  CustomerForm form;
  OUBLI_TRY_ASSIGN(form.action, ReadAction(fields.Get("customer_action")));
  OUBLI_TRY_ASSIGN(form.code, ReadIdentity(fields.Get("code")));
  OUBLI_TRY_ASSIGN(form.card_number, ReadIdentity(fields.Get("card_number")));
  OUBLI_TRY_ASSIGN(form.generate_card, ReadCardPattern(fields, "card_number_generate"));
  form.random_code = fields.IsYes("new_code");
  OUBLI_TRY(ReadTexts(fields, form));
  OUBLI_TRY_ASSIGN(form.custom_fields, ReadCustomFields(fields));
  if (form.action != CustomerForm::Action::kEdit) OUBLI_TRY(ReadEnrollment(fields, form));
  OUBLI_TRY_ASSIGN(const std::string pin, ReadPin(fields));
  // Last, when nothing can be wrong any more: hashing is slow on purpose.
  if (!pin.empty()) form.pin_hash = crypto::HashPassword(pin);
  const std::string* password = fields.Find("customer_password");
  if (password != nullptr && !password->empty()) {
    form.password_hash = crypto::HashPassword(*password);
  }
  return form;
}

void Apply(const CustomerForm& form, Profile& profile) {
  for (const ProfileField& field : kProfileFields) {
    const auto text = form.texts.find(std::string(field.name));
    if (text != form.texts.end()) profile.*field.member = text->second;
  }
  if (!form.card_number.empty()) profile.card_number = form.card_number;
  if (!form.password_hash.empty()) profile.password_hash = form.password_hash;
  if (!form.pin_hash.empty()) profile.pin_hash = form.pin_hash;
  for (const auto& [number, text] : form.custom_fields) {
    if (text.empty()) {
      profile.custom_fields.erase(number);
    } else {
      profile.custom_fields[number] = text;
    }
  }
}

bool HasAddress(const CustomerForm& form) {
  return form.texts.contains(std::string(kState)) || form.texts.contains(std::string(kCountry)) ||
         std::any_of(std::begin(kAddressFields), std::end(kAddressFields),
                     [&](const AddressField& field) {
                       return form.texts.contains(std::string(field.name));
                     });
}

void Apply(const CustomerForm& form, Address& address) {
  for (const AddressField& field : kAddressFields) {
    const auto text = form.texts.find(std::string(field.name));
    if (text != form.texts.end()) address.*field.member = text->second;
  }
  if (const auto state = form.texts.find(std::string(kState)); state != form.texts.end()) {
    SetState(state->second, address);
  }
  if (const auto country = form.texts.find(std::string(kCountry)); country != form.texts.end()) {
    SetCountry(country->second, address);
  }
}

}  // namespace oubli::dialects::stickystreet
