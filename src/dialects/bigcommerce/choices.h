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
  // The headers of the rate limit show this quota for ever; nothing is counted yet.
  std::string_view shown_quota = "150";
  std::string_view shown_left = "149";

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

  // ---- bodies ----
  size_t max_customers_a_call = 10;
  size_t max_addresses_a_call = 10;
  bool index_in_field_keys = true;  // "0.first_name"; else "first_name"
  bool check_email_form =
      true;  // something@something without blanks; else any text of fitting length
  bool refuse_state_codes = true;  // "TX" for "Texas" (T22)
  size_t min_password = 7;         // and both letters and digits
  size_t max_password = 255;

  // ---- deletion ----
  size_t max_ids_a_delete = 250;  // distinct ones
  // `?id:in=1&foo=2` deletes nothing; else `foo` is passed over. Without `id:in` nothing is looked
  // at.
  bool unknown_filter_stops_delete = true;

  // ---- objects ----
  // `channel_ids` of a customer who may use every channel: an array of the origin channel; else
  // null (T14).
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
  std::string_view not_acceptable = "Not Acceptable";
  std::string_view input_is_invalid = "Input is invalid";
  std::string_view too_many_customers =
      "The request payload is too large. The maximum number of items allowed in the array is 10.";
  std::string_view too_many_addresses =
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
  std::string_view unavailable = "The service is temporarily unavailable";
  std::string_view internal_error = "Internal Server Error";
};

// The dialect with other choices than the usual ones; Make() takes those.
std::unique_ptr<Dialect> MakeWithChoices(const Environment& environment, const Choices& choices);

}  // namespace oubli::dialects::bigcommerce
