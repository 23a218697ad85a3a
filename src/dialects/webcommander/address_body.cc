#include "dialects/webcommander/address_body.h"

#include <algorithm>
#include <array>

#include "base/countries.h"
#include "base/json.h"
#include "base/text.h"
#include "dialects/webcommander/address_json.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;

struct AddressTextField {
  std::string_view name;
  std::string Address::*member;
};
constexpr std::array<AddressTextField, 13> kTexts = {{
    {"first_name", &Address::first_name},
    {"last_name", &Address::last_name},
    {"email", &Address::email},
    {"company_name", &Address::company},
    {"address_line1", &Address::line1},
    {"address_line_1", &Address::line1},
    {"address_line2", &Address::line2},
    {"address_line_2", &Address::line2},
    {"city", &Address::city},
    {"post_code", &Address::postal_code},
    {"mobile", &Address::mobile},
    {"phone", &Address::phone},
    {"fax", &Address::fax},
}};

// The country that it is in already stays as another dialect may have written it.
void SetKnownCountry(const Country& country, Address& address) {
  if (address.country_code == country.alpha2) return;
  address.country_code = country.alpha2;
  address.country = country.name;
}

void SetCountryByNumber(FieldReader& reader, std::string_view name, int64_t number,
                        Address& address) {
  const Country* country = FindCountryByNumber(number);
  if (country == nullptr) return reader.Fail(name, "invalid_value", "is no country");
  SetKnownCountry(*country, address);
}

// A text, a number, or an object with `code`, `name` or `id`.
void ReadCountry(FieldReader& reader, std::string_view name, Address& address) {
  const boost::json::value* found = reader.Find(name);
  if (found == nullptr) return;
  if (found->is_object()) {
    FieldReader inner(found->get_object(), reader.prefix() + std::string(name) + ".");
    if (const auto code = inner.Text("code"); code && !code->empty()) {
      SetCountry(*code, address);
    } else if (const auto text = inner.Text("name"); text && !text->empty()) {
      SetCountry(*text, address);
    } else if (const auto number = inner.Int("id", 1)) {
      SetCountryByNumber(inner, "id", *number, address);
    }
    return reader.Adopt(inner.problem());
  }
  if (const auto number = AsInt(*found)) return SetCountryByNumber(reader, name, *number, address);
  if (const auto text = reader.Text(name)) SetCountry(*text, address);
}

void FailState(FieldReader& reader) {
  reader.Adopt(ParameterRefused(reader.prefix() + "state_id", "state_country_mismatch",
                                "is no state of this country"));
}

void ReadState(FieldReader& reader, std::string_view name, Address& address) {
  const boost::json::value* found = reader.Find(name);
  if (found == nullptr) return;
  if (found->is_object()) {
    FieldReader inner(found->get_object(), reader.prefix() + std::string(name) + ".");
    const auto code = inner.Text("code");
    const auto text = inner.Text("name");
    reader.Adopt(inner.problem());
    if (code || text) {
      const std::string new_name = text.value_or("");
      const std::string new_code = code.value_or("");
      const bool same =
          (!text || new_name == address.state) && (!code || new_code == address.state_code);
      if (same && !(new_name.empty() && new_code.empty())) return;
      address.state = new_name;
      address.state_code = new_code;
    } else if (inner.Find("id") != nullptr) {
      FailState(reader);
    }
    return;
  }
  if (found->is_number()) return FailState(reader);
  if (const auto text = reader.Text(name)) SetState(*text, address);
}

}  // namespace

void SetCountry(std::string_view text, Address& address) {
  if (const Country* country = FindCountry(text)) return SetKnownCountry(*country, address);
  address.country_code.clear();
  address.country = text;
}

// Two or three capital letters are a code, anything else is a name. The name or the code that it
// has already changes nothing, so that what is read and sent back loses neither.
void SetState(std::string_view text, Address& address) {
  if (!text.empty() && (text == address.state || text == address.state_code)) return;
  const bool code =
      (text.size() == 2 || text.size() == 3) &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  address.state = code ? "" : text;
  address.state_code = code ? text : "";
}

void ReadAddress(FieldReader& reader, Address& address) {
  for (const AddressTextField& field : kTexts) {
    if (auto text = reader.Text(field.name)) address.*field.member = std::move(*text);
  }
  if (!address.email.empty() && !LooksLikeEmail(address.email)) {
    reader.Fail("email", "invalid_value", "must be an e-mail address");
  }
  for (const char* name : {"country", "country_code", "country_id"}) {
    ReadCountry(reader, name, address);
  }
  for (const char* name : {"state", "state_code", "state_id"}) ReadState(reader, name, address);
}

}  // namespace oubli::dialects::webcommander
