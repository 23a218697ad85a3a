#include "dialects/bigcommerce/v2/customer_json.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <string_view>

#include "base/date_time.h"
#include "base/json.h"
#include "base/text.h"
#include "dialects/bigcommerce/v2/value.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

namespace json = boost::json;
using customers::FormField;

constexpr size_t kMaxHost = 255;

// Letters, digits and what else a host and a port are made of: nothing that could end the host in
// a URL, or become markup.
bool IsPlainHost(std::string_view host) {
  if (host.empty() || host.size() > kMaxHost) return false;
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  });
}

// A proxy in front may say that the caller came by TLS; nobody can say that it did not.
bool CameByTls(const Call& call) {
  if (call.request.tls) return true;
  if (!call.choices.heed_forwarded_proto) return false;
  const std::string* proto = call.request.FindHeader("X-Forwarded-Proto");
  return proto != nullptr && EqualsIgnoreCase(Trim(*proto), "https");
}

json::value ValueOf(const FormField& field) {
  const std::string first = field.values.empty() ? std::string() : field.values.front();
  if (field.shape == FormField::Shape::kList) {
    json::array list;
    for (const std::string& value : field.values) list.push_back(TextValue(value));
    return list;
  }
  if (field.shape == FormField::Shape::kNumber) {
    if (const auto number = ParseInt(first)) return *number;
  }
  return TextValue(first);
}

}  // namespace

Links::Links(const Call& call) {
  const std::string* host = call.request.FindHeader("Host");
  // Without a host that may be repeated the links are paths, which lead to where the caller is.
  if (host != nullptr && IsPlainHost(*host)) {
    base_ = fmt::format("{}://{}", CameByTls(call) ? "https" : "http", *host);
  }
  base_ += fmt::format("/stores/{}/v2", call.principal.handle);
  if (ChooseFormat(call.request, call.suffix) == Format::kXml) suffix_ = ".xml";
}

json::object Links::To(const std::string& resource) const {
  json::object link;
  PutText(link, "url", base_ + resource + suffix_);
  PutText(link, "resource", resource);
  return link;
}

json::value FormFieldsValue(const std::vector<FormField>& fields) {
  if (fields.empty()) return nullptr;
  json::array list;
  for (const FormField& field : fields) {
    json::object entry;
    PutText(entry, "name", field.name);
    entry["value"] = ValueOf(field);
    list.emplace_back(std::move(entry));
  }
  return list;
}

json::object CustomerObject(const customers::Customer& customer, const Links& links) {
  const customers::Head& head = customer.head;
  const customers::Profile& profile = customer.profile;
  json::object object;
  object["id"] = head.id;
  PutText(object, "company", profile.company);
  PutText(object, "first_name", profile.first_name);
  PutText(object, "last_name", profile.last_name);
  PutText(object, "email", profile.email);
  PutText(object, "phone", profile.phone);
  object["form_fields"] = FormFieldsValue(profile.form_fields);
  PutText(object, "date_created", FormatRfc2822(head.created_at));
  PutText(object, "date_modified", FormatRfc2822(head.modified_at));
  PutText(object, "store_credit", MoneyText(profile.store_credit));
  PutText(object, "registration_ip_address", profile.registration_ip_address);
  object["customer_group_id"] = head.group_id;
  PutText(object, "notes", profile.notes);
  PutText(object, "tax_exempt_category", profile.tax_exempt_category);
  object["reset_pass_on_login"] = profile.force_password_reset;
  object["accepts_marketing"] = profile.accepts_marketing;
  object["addresses"] = links.To(fmt::format("/customers/{}/addresses", head.id));
  return object;
}

}  // namespace oubli::dialects::bigcommerce::v2
