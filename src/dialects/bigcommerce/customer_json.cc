#include "dialects/bigcommerce/customer_json.h"

#include <algorithm>

#include "base/date_time.h"
#include "customers/attribute_definitions.h"
#include "customers/shopper_profiles.h"
#include "dialects/bigcommerce/address_json.h"
#include "dialects/bigcommerce/attribute_json.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::AttributeValue;
using customers::FormField;
using customers::Head;
using customers::Profile;

void WriteChannels(JsonWriter& json, const Profile& profile, const Choices& choices) {
  json.Key("channel_ids");
  if (!profile.channel_ids && !choices.global_channel_ids_as_array) {
    json.Null();
    return;
  }
  json.BeginArray();
  if (profile.channel_ids) {
    for (const int64_t id : *profile.channel_ids) json.Int(id);
  } else {
    json.Int(profile.origin_channel_id);
  }
  json.EndArray();
}

void WriteOwnFields(JsonWriter& json, const Head& head, const Profile& profile) {
  json.Member("id", head.id);
  json.Key("authentication")
      .BeginObject()
      .Member("force_password_reset", profile.force_password_reset)
      .EndObject();
  json.Member("company", profile.company)
      .Member("customer_group_id", head.group_id)
      .Member("email", profile.email)
      .Member("first_name", profile.first_name)
      .Member("last_name", profile.last_name)
      .Member("notes", profile.notes)
      .Member("phone", profile.phone)
      .Member("registration_ip_address", profile.registration_ip_address)
      .Member("tax_exempt_category", profile.tax_exempt_category)
      .Member("date_created", FormatIso8601(head.created_at))
      .Member("date_modified", FormatIso8601(head.modified_at))
      .Member("accepts_product_review_abandoned_cart_emails", profile.accepts_marketing);
}

// Of a definition that is gone no value is shown, also while they are being removed.
Result<std::vector<AttributeValue>> ReadAttributeValues(customers::StoreView& view,
                                                        const Head& head) {
  OUBLI_TRY_ASSIGN(auto values,
                   customers::NothingIfErased(customers::ListAttributeValues(view, head)));
  if (values.empty()) return values;
  OUBLI_TRY_ASSIGN(const bool some_are_going, customers::HasAttributeRemovals(view));
  if (!some_are_going) return values;
  OUBLI_TRY_ASSIGN(const auto definitions, customers::ListAttributeDefinitions(view));
  std::erase_if(values, [&](const AttributeValue& value) {
    return std::ranges::find(definitions, value.attribute_id,
                             &customers::AttributeDefinition::id) == definitions.end();
  });
  return values;
}

}  // namespace

Result<Includes> ReadIncludes(const Query& query) {
  Includes includes;
  OUBLI_TRY_ASSIGN(const auto words, query.Texts("include"));
  if (!words) return includes;
  for (const std::string& word : *words) {
    if (word == "addresses") {
      includes.addresses = true;
    } else if (word == "storecredit") {
      includes.store_credit = true;
    } else if (word == "attributes") {
      includes.attributes = true;
    } else if (word == "formfields") {
      includes.form_fields = true;
    } else if (word == "shopper_profile_id") {
      includes.shopper_profile_id = true;
    } else if (word == "segment_ids") {
      includes.segment_ids = true;
    } else if (!word.empty()) {
      return Fail(ErrorKind::kInvalid, "must be a list of words that it knows", "include");
    }
  }
  return includes;
}

Result<CustomerView> ReadCustomerView(customers::StoreView& view, customers::Customer customer,
                                      const Includes& includes) {
  CustomerView shown;
  shown.customer = std::move(customer);
  if (includes.addresses) {
    OUBLI_TRY_ASSIGN(shown.addresses, customers::NothingIfErased(
                                          customers::ListAddresses(view, shown.customer.head)));
  }
  if (includes.attributes) {
    OUBLI_TRY_ASSIGN(shown.attributes, ReadAttributeValues(view, shown.customer.head));
  }
  if (includes.shopper_profile_id) {
    OUBLI_TRY_ASSIGN(auto profile, customers::FindShopperProfile(view, shown.customer.head));
    if (profile) shown.shopper_profile_id = std::move(profile->uuid);
  }
  if (includes.segment_ids) {
    OUBLI_TRY_ASSIGN(auto segments, customers::SegmentsOf(view, shown.customer.head));
    for (customers::Segment& segment : segments) {
      shown.segment_ids.push_back(std::move(segment.uuid));
    }
  }
  return shown;
}

namespace {

void WriteSegmentation(JsonWriter& json, const CustomerView& view, const Includes& includes,
                       const Choices& choices) {
  if (includes.shopper_profile_id) {
    if (!view.shopper_profile_id.empty()) {
      json.Member("shopper_profile_id", view.shopper_profile_id);
    } else if (choices.no_profile_is_null) {
      json.Key("shopper_profile_id").Null();
    }
  }
  if (includes.segment_ids) {
    json.Key("segment_ids").BeginArray();
    for (const std::string& id : view.segment_ids) json.String(id);
    json.EndArray();
  }
}

}  // namespace

void WriteCustomer(JsonWriter& json, const CustomerView& view, const Includes& includes,
                   const Choices& choices) {
  const Head& head = view.customer.head;
  const Profile& profile = view.customer.profile;
  json.BeginObject();
  WriteOwnFields(json, head, profile);
  if (includes.store_credit) {
    json.Key("store_credit_amounts").BeginArray().BeginObject();
    json.Key("amount").Raw(profile.store_credit.ToString()).EndObject().EndArray();
  }
  json.Member("origin_channel_id", profile.origin_channel_id);
  WriteChannels(json, profile, choices);
  if (view.addresses) {
    json.Key("addresses").BeginArray();
    const size_t count = std::min(view.addresses->size(), choices.max_embedded);
    for (size_t i = 0; i < count; ++i) {
      WriteAddress(json, (*view.addresses)[i], head.id,
                   includes.form_fields && choices.embedded_addresses_have_form_fields);
    }
    json.EndArray();
  }
  if (view.attributes) {
    json.Key("attributes").BeginArray();
    const size_t count = std::min(view.attributes->size(), choices.max_embedded);
    for (size_t i = 0; i < count; ++i) WriteAttributeValue(json, (*view.attributes)[i], head.id);
    json.EndArray();
  }
  if (includes.form_fields) {
    json.Key("form_fields").BeginArray();
    for (const FormField& field : profile.form_fields) {
      WriteFormField(json, "customer_id", head.id, field);
    }
    json.EndArray();
  }
  WriteSegmentation(json, view, includes, choices);
  json.EndObject();
}

void WriteFormField(JsonWriter& json, std::string_view owner_member, int64_t owner_id,
                    const FormField& field) {
  json.BeginObject().Member(owner_member, owner_id).Member("name", field.name).Key("value");
  const std::string first = field.values.empty() ? std::string() : field.values.front();
  if (field.shape == FormField::Shape::kList) {
    json.BeginArray();
    for (const std::string& value : field.values) json.String(value);
    json.EndArray();
  } else if (const auto number = Decimal::Parse(first);
             field.shape == FormField::Shape::kNumber && number) {
    json.Raw(number->ToString());
  } else {
    json.String(first);
  }
  json.EndObject();
}

}  // namespace oubli::dialects::bigcommerce
