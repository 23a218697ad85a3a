// Every decision about this dialect that no document of the original settles: what the contract
// marks [I] (inferred), what its sources disagree about, and what Oubli decides for itself. All of
// it is here, so that a later finding is one changed line. Each line is explained in
// docs/dialects/bigcommerce.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "dialects/dialect.h"

namespace oubli::dialects::bigcommerce {

struct Choices {
  // ---- paths and headers ----
  // "/v3/customers/" and "/v3//customers" mean "/v3/customers"; else they are unknown routes (T1).
  bool ignore_extra_slashes = true;
  // 406 when the Accept header admits no JSON; else the header is not looked at.
  bool check_accept = true;

  // ---- limits, where a store's settings ask for them (limits.h) ----
  int64_t original_quota = 150;    // requests in 30 seconds: the plans Standard and Plus
  int64_t busy_retry_after_s = 1;  // told to who finds all places of an endpoint taken
  // Where nothing is counted the headers of the rate limit show this for ever.
  std::string_view shown_quota = "150";
  std::string_view shown_left = "149";
  std::string_view shown_reset_ms = "15000";

  // ---- lists ----
  int64_t default_limit = 50;
  int64_t max_limit = 250;
  bool clamp_limit = true;  // a larger `limit` becomes max_limit; else 413
  // `links` repeat the request's filters; the captures show page and limit alone.
  bool links_repeat_filters = false;
  bool date_bounds_inclusive = true;
  bool plain_date_is_whole_day = true;   // else midnight
  bool text_filters_ignore_case = true;  // e-mail addresses always do
  size_t max_embedded = 10;              // addresses and attributes shown inside a customer
  // `include=addresses,formfields` shows the addresses' form fields too; else the customer's alone,
  // as in the documents' example.
  bool embedded_addresses_have_form_fields = false;

  // ---- bodies ----
  size_t max_customers_a_call = 10;
  size_t max_addresses_a_call = 10;
  size_t max_metafields_a_call = 10;
  bool index_in_field_keys = true;  // "0.first_name"; else "first_name"
  bool check_email_form =
      true;  // something@something without blanks; else any text of fitting length
  bool refuse_state_codes = true;  // "TX" for "Texas" (T22)
  size_t min_password = 7;         // and both letters and digits
  size_t max_password = 255;

  size_t max_attributes_a_call = 50;  // as many as a store may have
  size_t max_attributes_a_store = 50;
  size_t max_attribute_values_a_call = 10;
  size_t max_form_field_values_a_call = 50;
  size_t max_form_fields = 200;  // that one customer or address may come to by them

  // ---- form fields ----
  // `field_type` finds the values that a field of that type could hold: lists for checkboxes,
  // numbers for numbers, texts that are dates for date, texts for the others (with a line break for
  // multiline alone). There are no definitions of fields that say more. Else it finds every value.
  bool form_field_types_by_value = true;

  // ---- logging in ----
  int64_t default_channel_id = 1;
  // Attempts at passwords in a window of this length. validate-credentials takes so many of one
  // store, and for one e-mail address in it; V2's validate so many of one store, and of one
  // customer.
  int64_t password_window_ms = 60'000;
  int64_t max_logins_of_a_store = 600;
  int64_t max_logins_of_an_email = 10;
  int64_t max_validations_of_a_store = 100;
  int64_t max_validations_of_a_customer = 10;

  // ---- consent and settings ----
  // A new customer whose body names no group is put into the default one of its channel, or of the
  // store; else into none.
  bool new_customers_join_default_group = true;
  // `updated_at` is always the time of the call; else that of the last PUT, and of the call only
  // for a customer who never said anything.
  bool consent_time_is_of_the_call = false;
  // Every number from 1 to this one is a channel: there is no list of them. Others are 404.
  int64_t max_channel_id = INT32_MAX;
  size_t max_xml_bytes = 1024 * 1024;
  bool check_xml_root = true;  // <customer> for a customer; else any element

  // ---- V2 ----
  // An e-mail address that is taken is a 409; else the 400 of a field that is not valid.
  bool taken_email_is_conflict = true;
  // A customer_group_id of V2 is that of a group; else any number, as in V3.
  bool group_must_exist = true;
  // The 400 of customer groups is {"errors":[{status,title,type}]}; else the array of the others.
  bool group_errors_in_object = true;
  // A store-wide discount that cannot be is left out and answered with 207; else the body is 400.
  bool store_wide_fault_is_207 = true;
  // DELETE of an id that nobody has is 404, in V2; else 204, as in V3.
  bool unknown_delete_is_not_found = true;
  // "X-Forwarded-Proto: https" makes links begin with https, and nothing makes them begin with http
  // for who came by TLS; else the header is not looked at.
  bool heed_forwarded_proto = true;

  // ---- deletion ----
  size_t max_ids_a_delete = 250;  // distinct ones
  // `?id:in=1&foo=2` deletes nothing; else `foo` is passed over. Without `id:in` nothing is looked
  // at.
  bool unknown_filter_stops_delete = true;

  // ---- segmentation ----
  bool segmentation_links = false;  // `links` in the pagination of segments and shopper profiles
  size_t max_segments_a_call = 50;
  size_t max_profiles_a_call = 50;  // made in one call, or put into a segment
  size_t max_segment_name = 255;
  size_t max_segment_description = 1000;
  int segmentation_invalid_status = 400;  // for a body that is not right
  int segments_updated_status = 201;      // else 200
  // `shopper_profile_id` of a customer who has none: null; else left out.
  bool no_profile_is_null = false;
  // ---- metafields ----
  // store_metafield_write_all reaches rows of permission_set app_only too; else those are invisible
  // to every other application.
  bool write_all_reaches_app_only = false;

  // ---- subscribers ----
  std::string_view default_source = "custom";
  // What a new subscriber consents to when the call does not say.
  std::string_view default_consent = "marketing_newsletter";

  // ---- objects ----
  // `channel_ids` of a customer who may use every channel: an array of the origin channel; else
  // null (T14). True for stores whose setting bigcommerce_channel_ids_as_array says so.
  bool global_channel_ids_as_array = false;

  // ---- webhooks ----
  bool new_hook_is_active = true;     // where the request does not say
  bool refuse_foreign_scopes = true;  // "store/order/*", which nothing is ever told of; else taken
  size_t max_hook_emails = 50;

  // ---- words ----
  std::string_view hook_failed = "Webhook could not be saved.";
  std::string_view hook_input_is_invalid = "Input is invalid.";  // with a stop (contract 1.6)
  std::string_view wrong_store = "You don't have a required scope to access the endpoint";
  std::string_view unsupported_media_type = "Unsupported Media Type";
  std::string_view too_many_requests = "Too many requests";
  std::string_view not_acceptable = "Not Acceptable";
  std::string_view input_is_invalid = "Input is invalid";
  std::string_view too_many_customers =
      "The request payload is too large. The maximum number of items allowed in the array is 10.";
  std::string_view too_many_addresses =
      "The request payload is too large. The maximum number of items allowed in the array is 10.";
  std::string_view too_many_metafields =
      "The request payload is too large. The maximum number of items allowed in the array is 10.";
  std::string_view limit_too_large = "The limit is too large. The maximum is 250.";
  std::string_view bad_filter_value = "One or more filter values are not valid.";
  std::string_view bad_ids_to_delete = "Bulk operation has failed";
  std::string_view update_email_key = ".customer_update";
  std::string_view update_email_text = "Error updating customers";
  std::string_view create_addresses_failed = "Create customer addresses failed.";
  std::string_view update_addresses_failed = "Update customer addresses failed.";
  std::string_view unknown_customer = "invalid customer ID";
  std::string_view unknown_address = "invalid address ID";
  std::string_view unknown_attribute = "invalid attribute ID";
  std::string_view segment_names_clash = "Cannot have multiple segments with the same name.";
  std::string_view too_many_segments = "A store can have at most 1000 segments.";
  std::string_view create_segments_failed = "Create segments failed.";
  std::string_view update_segments_failed = "Update segments failed.";
  std::string_view unknown_segment = "invalid segment ID";
  std::string_view create_profiles_failed = "Create shopper profiles failed.";
  std::string_view profiles_clash = "Unable to create shopper profiles due to conflicts.";
  std::string_view add_members_failed = "Unable to add shopper profiles to segment.";
  std::string_view members_clash = "Unable to add shopper profiles to segment due to conflicts.";
  std::string_view unknown_profile = "invalid shopper profile ID";
  std::string_view too_many_segmentation_items =
      "The request payload is too large. The maximum number of items allowed in the array is 50.";
  std::string_view window_is_closed =
      "The filter id:in is required: a delete without it takes all, and needs an open window.";
  std::string_view unknown_attribute_value = "invalid attribute value ID";
  std::string_view too_many_attributes =
      "The request payload is too large. The maximum number of items allowed in the array is 50.";
  std::string_view too_many_attributes_a_store = "A store can have at most 50 customer attributes.";
  std::string_view too_many_attribute_values =
      "The request payload is too large. The maximum number of items allowed in the array is 10.";
  std::string_view too_many_form_field_values =
      "The request payload is too large. The maximum number of items allowed in the array is 50.";
  std::string_view too_many_form_fields = "would be more form fields than there may be";
  std::string_view create_attributes_failed = "Create customer attributes failed.";
  std::string_view update_attributes_failed = "Update customer attributes failed.";
  std::string_view update_attribute_values_failed = "Update customer attribute values failed.";
  std::string_view update_form_field_values_failed = "Update customer form field values failed.";
  std::string_view validate_failed = "Validate customer credentials failed.";
  std::string_view consent_failed = "Update customer consent failed.";
  std::string_view settings_failed = "Update customer settings failed.";
  std::string_view unknown_group = "is not the id of a group";
  std::string_view resource_not_found = "The resource at that URL is not found.";
  std::string_view xml_too_large = "The XML is longer than 1 MiB.";
  std::string_view delete_all_takes_nothing =
      "The call that deletes all customers takes no parameters, no body, and no slash at the end.";
  std::string_view invalid_metafield = "The metafield is not valid.";
  std::string_view metafield_conflict =
      "The Metafield conflicts with another Metafield. An application may have one of each "
      "namespace "
      "and key at a resource.";
  std::string_view too_many_metafields_of_client =
      "An application may have at most 250 metafields at a resource.";
  std::string_view unknown_resource = "Resource does not exist";
  std::string_view unknown_metafield = "Metafield does not exist";
  std::string_view may_not_update = "Unauthorized to update";
  std::string_view may_not_delete = "Unauthorized to delete";
  std::string_view invalid_subscriber = "The subscriber is not valid.";
  std::string_view subscriber_conflict = "A subscriber with this email exists already.";
  std::string_view delete_all_is_closed =
      "Without a filter all subscribers would be deleted, which needs an open window. Nothing was "
      "deleted.";
  std::string_view unavailable = "The service is temporarily unavailable";
  std::string_view internal_error = "Internal Server Error";
};

// The dialect with other choices than the usual ones; Make() takes those.
std::unique_ptr<Dialect> MakeWithChoices(const Environment& environment, const Choices& choices);

}  // namespace oubli::dialects::bigcommerce
