#include "dialects/bigcommerce/router.h"

#include <array>

#include "base/text.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/v2/handlers.h"
#include "http/parameters.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr auto kRoutes = std::to_array<Route>({
    {"GET", "/stores/{store_hash}/v3/customers", Need::kReadCustomers, ListCustomers},
    {"POST", "/stores/{store_hash}/v3/customers", Need::kModifyCustomers, CreateCustomers},
    {"PUT", "/stores/{store_hash}/v3/customers", Need::kModifyCustomers, UpdateCustomers},
    {"DELETE", "/stores/{store_hash}/v3/customers", Need::kModifyCustomers, DeleteCustomers},
    {"GET", "/stores/{store_hash}/v3/customers/addresses", Need::kReadCustomers, ListAddresses},
    {"POST", "/stores/{store_hash}/v3/customers/addresses", Need::kModifyCustomers,
     CreateAddresses},
    {"PUT", "/stores/{store_hash}/v3/customers/addresses", Need::kModifyCustomers, UpdateAddresses},
    {"DELETE", "/stores/{store_hash}/v3/customers/addresses", Need::kModifyCustomers,
     DeleteAddresses},
    {"GET", "/stores/{store_hash}/v3/segments", Need::kReadCustomers, ListSegments},
    {"POST", "/stores/{store_hash}/v3/segments", Need::kModifyCustomers, CreateSegments},
    {"PUT", "/stores/{store_hash}/v3/segments", Need::kModifyCustomers, UpdateSegments},
    {"DELETE", "/stores/{store_hash}/v3/segments", Need::kModifyCustomers, DeleteSegments},
    // The one list that takes the right to change (contract 1.3).
    {"GET", "/stores/{store_hash}/v3/segments/{segment_id}/shopper-profiles",
     Need::kModifyCustomers, ListSegmentMembers},
    {"POST", "/stores/{store_hash}/v3/segments/{segment_id}/shopper-profiles",
     Need::kModifyCustomers, AddSegmentMembers},
    {"DELETE", "/stores/{store_hash}/v3/segments/{segment_id}/shopper-profiles",
     Need::kModifyCustomers, RemoveSegmentMembers},
    {"GET", "/stores/{store_hash}/v3/shopper-profiles", Need::kReadCustomers, ListShopperProfiles},
    {"POST", "/stores/{store_hash}/v3/shopper-profiles", Need::kModifyCustomers,
     CreateShopperProfiles},
    {"DELETE", "/stores/{store_hash}/v3/shopper-profiles", Need::kModifyCustomers,
     DeleteShopperProfiles},
    {"GET", "/stores/{store_hash}/v3/shopper-profiles/{shopper_profile_id}/segments",
     Need::kReadCustomers, ListSegmentsOfProfile},
    {"GET", "/stores/{store_hash}/v3/customers/attributes", Need::kReadCustomers, ListAttributes},
    {"POST", "/stores/{store_hash}/v3/customers/attributes", Need::kModifyCustomers,
     CreateAttributes},
    {"PUT", "/stores/{store_hash}/v3/customers/attributes", Need::kModifyCustomers,
     UpdateAttributes},
    {"DELETE", "/stores/{store_hash}/v3/customers/attributes", Need::kModifyCustomers,
     DeleteAttributes},
    {"GET", "/stores/{store_hash}/v3/customers/attribute-values", Need::kReadCustomers,
     ListAttributeValues},
    {"PUT", "/stores/{store_hash}/v3/customers/attribute-values", Need::kModifyCustomers,
     PutAttributeValues},
    {"DELETE", "/stores/{store_hash}/v3/customers/attribute-values", Need::kModifyCustomers,
     DeleteAttributeValues},
    {"GET", "/stores/{store_hash}/v3/customers/form-field-values", Need::kReadCustomers,
     ListFormFieldValues},
    {"PUT", "/stores/{store_hash}/v3/customers/form-field-values", Need::kModifyCustomers,
     PutFormFieldValues},
    {"POST", "/stores/{store_hash}/v3/customers/validate-credentials", Need::kModifyCustomers,
     ValidateCredentials},
    {"GET", "/stores/{store_hash}/v3/customers/{customer_id}/consent", Need::kReadCustomers,
     GetConsent},
    {"PUT", "/stores/{store_hash}/v3/customers/{customer_id}/consent", Need::kModifyCustomers,
     PutConsent},
    {"GET", "/stores/{store_hash}/v3/customers/settings", Need::kReadCustomers, GetSettings},
    {"PUT", "/stores/{store_hash}/v3/customers/settings", Need::kModifyCustomers, PutSettings},
    {"GET", "/stores/{store_hash}/v3/customers/settings/channels/{channel_id}",
     Need::kReadCustomers, GetChannelSettings},
    {"PUT", "/stores/{store_hash}/v3/customers/settings/channels/{channel_id}",
     Need::kModifyCustomers, PutChannelSettings},

    {"GET", "/stores/{store_hash}/v2/customers", Need::kReadCustomers, v2::ListCustomers},
    {"POST", "/stores/{store_hash}/v2/customers", Need::kModifyCustomers, v2::CreateCustomer},
    {"DELETE", "/stores/{store_hash}/v2/customers", Need::kModifyCustomers, v2::DeleteAllCustomers},
    {"GET", "/stores/{store_hash}/v2/customers/count", Need::kReadCustomers, v2::CountCustomers},
    {"GET", "/stores/{store_hash}/v2/customers/{customer_id}", Need::kReadCustomers,
     v2::GetCustomer},
    {"PUT", "/stores/{store_hash}/v2/customers/{customer_id}", Need::kModifyCustomers,
     v2::UpdateCustomer},
    {"DELETE", "/stores/{store_hash}/v2/customers/{customer_id}", Need::kModifyCustomers,
     v2::DeleteCustomer},
    {"POST", "/stores/{store_hash}/v2/customers/{customer_id}/validate", Need::kModifyCustomers,
     v2::ValidatePassword},
    {"GET", "/stores/{store_hash}/v2/customers/{customer_id}/addresses", Need::kReadCustomers,
     v2::ListAddresses},
    {"POST", "/stores/{store_hash}/v2/customers/{customer_id}/addresses", Need::kModifyCustomers,
     v2::CreateAddress},
    {"DELETE", "/stores/{store_hash}/v2/customers/{customer_id}/addresses", Need::kModifyCustomers,
     v2::DeleteAddresses},
    {"GET", "/stores/{store_hash}/v2/customers/{customer_id}/addresses/count", Need::kReadCustomers,
     v2::CountAddresses},
    {"GET", "/stores/{store_hash}/v2/customers/{customer_id}/addresses/{address_id}",
     Need::kReadCustomers, v2::GetAddress},
    {"PUT", "/stores/{store_hash}/v2/customers/{customer_id}/addresses/{address_id}",
     Need::kModifyCustomers, v2::UpdateAddress},
    {"DELETE", "/stores/{store_hash}/v2/customers/{customer_id}/addresses/{address_id}",
     Need::kModifyCustomers, v2::DeleteAddress},
    {"GET", "/stores/{store_hash}/v2/customer_groups", Need::kReadCustomers, v2::ListGroups},
    {"POST", "/stores/{store_hash}/v2/customer_groups", Need::kModifyCustomers, v2::CreateGroup},
    {"GET", "/stores/{store_hash}/v2/customer_groups/count", Need::kReadCustomers, v2::CountGroups},
    {"GET", "/stores/{store_hash}/v2/customer_groups/{group_id}", Need::kReadCustomers,
     v2::GetGroup},
    {"PUT", "/stores/{store_hash}/v2/customer_groups/{group_id}", Need::kModifyCustomers,
     v2::UpdateGroup},
    {"DELETE", "/stores/{store_hash}/v2/customer_groups/{group_id}", Need::kModifyCustomers,
     v2::DeleteGroup},
    {"GET", "/stores/{store_hash}/v2/time", Need::kAnyToken, v2::GetTime},
    {"GET", "/stores/{store_hash}/v3/customers/metafields", Need::kReadCustomers,
     ListAllMetafields},
    {"POST", "/stores/{store_hash}/v3/customers/metafields", Need::kWriteMetafields,
     CreateMetafields},
    {"PUT", "/stores/{store_hash}/v3/customers/metafields", Need::kWriteMetafields,
     UpdateMetafields},
    {"DELETE", "/stores/{store_hash}/v3/customers/metafields", Need::kWriteMetafields,
     DeleteMetafields},
    {"GET", "/stores/{store_hash}/v3/customers/{customer_id}/metafields", Need::kReadCustomers,
     ListMetafieldsOfCustomer},
    {"POST", "/stores/{store_hash}/v3/customers/{customer_id}/metafields", Need::kWriteMetafields,
     CreateMetafield},
    {"GET", "/stores/{store_hash}/v3/customers/{customer_id}/metafields/{metafield_id}",
     Need::kReadCustomers, GetMetafield},
    {"PUT", "/stores/{store_hash}/v3/customers/{customer_id}/metafields/{metafield_id}",
     Need::kWriteMetafields, UpdateMetafield},
    {"DELETE", "/stores/{store_hash}/v3/customers/{customer_id}/metafields/{metafield_id}",
     Need::kWriteMetafields, DeleteMetafield},
    {"GET", "/stores/{store_hash}/v3/customers/{customer_id}/stored-instruments",
     Need::kReadInstruments, ListStoredInstruments},
    {"GET", "/stores/{store_hash}/v3/customers/subscribers", Need::kReadCustomers, ListSubscribers},
    {"POST", "/stores/{store_hash}/v3/customers/subscribers", Need::kModifyCustomers,
     CreateSubscriber},
    {"DELETE", "/stores/{store_hash}/v3/customers/subscribers", Need::kModifyCustomers,
     DeleteSubscribers},
    {"GET", "/stores/{store_hash}/v3/customers/subscribers/{subscriber_id}", Need::kReadCustomers,
     GetSubscriber},
    {"PUT", "/stores/{store_hash}/v3/customers/subscribers/{subscriber_id}", Need::kModifyCustomers,
     UpdateSubscriber},
    {"DELETE", "/stores/{store_hash}/v3/customers/subscribers/{subscriber_id}",
     Need::kModifyCustomers, DeleteSubscriber},
    {"GET", "/stores/{store_hash}/v3/hooks", Need::kAnyToken, ListHooks},
    {"POST", "/stores/{store_hash}/v3/hooks", Need::kAnyToken, CreateHook},
    // Before the pattern that "admin" fits too.
    {"GET", "/stores/{store_hash}/v3/hooks/admin", Need::kAnyToken, ShowHooksAdmin},
    {"PUT", "/stores/{store_hash}/v3/hooks/admin", Need::kAnyToken, UpdateHooksAdmin},
    {"GET", "/stores/{store_hash}/v3/hooks/{hook_id}", Need::kAnyToken, ShowHook},
    {"PUT", "/stores/{store_hash}/v3/hooks/{hook_id}", Need::kAnyToken, UpdateHook},
    {"DELETE", "/stores/{store_hash}/v3/hooks/{hook_id}", Need::kAnyToken, DeleteHook},
});

constexpr size_t kMaxSegments = 12;  // more than any route has

// A path cut at its slashes, without copying.
struct Segments {
  std::array<std::string_view, kMaxSegments> at;
  size_t count = 0;
  bool overflow = false;
};

Segments Cut(std::string_view path, bool ignore_empty) {
  Segments segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (!segment.empty() || !ignore_empty) {
      if (segments.count == kMaxSegments) {
        segments.overflow = true;
        return segments;
      }
      segments.at[segments.count++] = segment;
    }
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

// V2's paths may end in the name of a format. A name without anything before it is not one: it is
// what a client makes of an id that came out blank.
void TakeSuffix(Segments& segments, Match& match) {
  match.is_v2 = segments.count > 3 && segments.at[2] == "v2";
  if (!match.is_v2) return;
  std::string_view& last = segments.at[segments.count - 1];
  for (const auto& [name, suffix] :
       {std::pair<std::string_view, PathSuffix>{".json", PathSuffix::kJson},
        std::pair<std::string_view, PathSuffix>{".xml", PathSuffix::kXml}}) {
    if (last.size() <= name.size() || !last.ends_with(name)) continue;
    last.remove_suffix(name.size());
    match.suffix = suffix;
    return;
  }
}

bool IsParameter(std::string_view segment) { return segment.starts_with('{'); }

bool Fits(std::string_view pattern, const Segments& segments) {
  pattern.remove_prefix(1);
  for (size_t i = 0; i < segments.count; ++i) {
    const size_t slash = pattern.find('/');
    const std::string_view wanted = pattern.substr(0, slash);
    const bool last = i + 1 == segments.count;
    if ((slash == std::string_view::npos) != last) return false;
    if (!IsParameter(wanted) && wanted != segments.at[i]) return false;
    if (segments.at[i].empty()) return false;
    if (!last) pattern.remove_prefix(slash + 1);
  }
  return segments.count > 0;
}

void TakeParameters(std::string_view pattern, const Segments& segments, Match& match) {
  size_t i = 0;
  for (pattern.remove_prefix(1); i < segments.count; ++i) {
    const size_t slash = pattern.find('/');
    if (IsParameter(pattern.substr(0, slash))) {
      std::string value = http::PercentDecode(segments.at[i], false);
      if (i == 1) {
        match.store_hash = std::move(value);
      } else {
        match.path_parameters.push_back(std::move(value));
      }
    }
    pattern.remove_prefix(slash == std::string_view::npos ? pattern.size() : slash + 1);
  }
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

Match FindRoute(const Choices& choices, std::string_view method, std::string_view path) {
  Match match;
  Segments segments = Cut(path, choices.ignore_extra_slashes);
  if (segments.overflow) return match;
  TakeSuffix(segments, match);
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : kRoutes) {
    if (match.path_is_known ? route.pattern != match.pattern : !Fits(route.pattern, segments)) {
      continue;
    }
    match.path_is_known = true;
    match.pattern = route.pattern;
    if (route.method == wanted) {
      match.route = &route;
      TakeParameters(route.pattern, segments, match);
      return match;
    }
  }
  for (const Route& route : kRoutes) {
    if (!match.path_is_known || route.pattern != match.pattern) continue;
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += route.method;
  }
  return match;
}

bool IsUnderRoot(std::string_view path) {
  constexpr std::string_view kRoot = "stores";
  const size_t start = path.find_first_not_of('/');
  if (start == 0 || start == std::string_view::npos) return false;
  path.remove_prefix(start);
  return path.starts_with(kRoot) && (path.size() == kRoot.size() || path[kRoot.size()] == '/');
}

}  // namespace oubli::dialects::bigcommerce
