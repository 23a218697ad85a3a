// /admin/discount_profiles, as far as a customer's coupons live there, and
// POST /admin/discount_coupons/assign-customer.

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/date_time.h"
#include "base/json.h"
#include "base/text.h"
#include "customers/coupons.h"
#include "customers/customers.h"
#include "customers/shop_records.h"
#include "dialects/webcommander/fields.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/pagination.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::DiscountProfile;
using customers::StoreTransaction;
using customers::StoreView;

constexpr int64_t kMaxCodes = 1000;

// What is kept of a body beside name and type, as it came. Nothing else: a profile is nobody's and
// stands in clear, so no member may name a person.
constexpr std::array<std::string_view, 12> kKeptNames = {
    "description",    "is_active",        "active",
    "start_date",     "end_date",         "start_from",
    "start_to",       "priority",         "discount_details_type",
    "amount_details", "shipping_details", "product_details"};
constexpr std::array<std::string_view, 4> kDates = {"start_date", "end_date", "start_from",
                                                    "start_to"};

struct ProfileView {
  DiscountProfile profile;
  std::vector<std::pair<customers::Coupon, std::string>> coupons;  // with the customer's e-mail
};

ApiError ProfileNotFound() { return ApiError{404, "Discount Profile Not Found", "not_found"}; }

ApiError WrappedFrom(const Error& error) {
  if (error.kind == ErrorKind::kNotFound) return ProfileNotFound();
  if (error.kind == ErrorKind::kConflict) {
    return ApiError{409, "Discount Name already exists", "conflict"};
  }
  return FromError(error);
}

Parsed<int64_t> ProfileId(const Call& call) {
  const std::string& text = call.path_parameters.front();
  if (!IsDigits(text)) {
    return tl::unexpected(ValidationFailed("id", "invalid_id", "discount id must be numeric"));
  }
  return ParseInt(text).value_or(0);
}

// "2026-09-01 10:00:00" comes in and "2026-09-01T10:00:00" goes out, in UTC; so it comes back in
// too.
std::optional<std::string> ReadDate(FieldReader& reader, std::string_view name) {
  auto text = reader.Text(name);
  if (!text) return std::nullopt;
  std::string date = std::move(*text);
  if (date.size() == 19 && date[10] == ' ') date[10] = 'T';
  if (date.size() != 19 || date[10] != 'T' || !ParseIso8601(date + "Z")) {
    reader.Fail(name, "invalid_date", "must be yyyy-MM-dd HH:mm:ss");
    return std::nullopt;
  }
  return date;
}

Parsed<DiscountProfile> ParseProfile(std::string_view body, bool create) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader reader(*object);
  DiscountProfile profile;
  profile.name = reader.Text("name").value_or("");
  profile.type = reader
                     .Word("type", {"customer", "promote_product", "offer_incentive_and_sell_more",
                                    "offer_coupon"})
                     .value_or("");
  reader.Word("discount_details_type", {"amount", "shipping", "product"});
  reader.Text("description", {4096, true});
  for (const char* name : {"is_active", "active"}) reader.Bool(name);
  reader.Int("priority", 0);
  for (const char* name : {"amount_details", "shipping_details", "product_details"}) {
    reader.Object(name);
  }
  if (create && Trim(profile.name).empty()) reader.Fail("name", "invalid_value", "is required");
  if (create && profile.type.empty()) reader.Fail("type", "invalid_enum", "is required");
  std::map<std::string_view, std::string> dates;
  for (const std::string_view name : kDates) {
    if (auto date = ReadDate(reader, name)) dates.emplace(name, std::move(*date));
  }
  if (reader.problem()) return tl::unexpected(*reader.problem());
  boost::json::object rest;
  for (const auto& member : *object) {
    const std::string_view name = member.key();
    if (std::find(kKeptNames.begin(), kKeptNames.end(), name) != kKeptNames.end()) {
      rest.insert_or_assign(member.key(), member.value());
    }
  }
  for (const auto& [name, date] : dates) rest.insert_or_assign(name, date);
  profile.fields = boost::json::serialize(rest);
  return profile;
}

Result<std::string> EmailOf(StoreView& view, int64_t coupon_id) {
  OUBLI_TRY_ASSIGN(const auto owner, customers::FindCouponOwner(view, coupon_id));
  if (!owner) return std::string();
  OUBLI_TRY_ASSIGN(const auto customer, customers::OpenIfLiving(view, *owner));
  return customer ? customer->profile.email : std::string();
}

Result<ProfileView> ReadView(StoreView& view, DiscountProfile profile) {
  ProfileView shown{std::move(profile), {}};
  OUBLI_TRY_ASSIGN(auto coupons, customers::ListCoupons(view, shown.profile.id));
  for (customers::Coupon& coupon : coupons) {
    OUBLI_TRY_ASSIGN(std::string email, EmailOf(view, coupon.id));
    shown.coupons.emplace_back(std::move(coupon), std::move(email));
  }
  return shown;
}

void WriteProfile(JsonWriter& writer, const ProfileView& shown) {
  writer.BeginObject()
      .Member("id", shown.profile.id)
      .Member("name", shown.profile.name)
      .Member("type", shown.profile.type);
  if (const auto fields = ParseJson(shown.profile.fields); fields && fields->is_object()) {
    for (const auto& member : fields->get_object()) {
      WriteJson(writer.Key(member.key()), member.value());
    }
  }
  writer.Key("customer_coupons").BeginArray();
  for (const auto& [coupon, email] : shown.coupons) {
    writer.BeginObject()
        .Member("id", coupon.id)
        .Member("code", coupon.code)
        .Member("customer_email", email)
        .EndObject();
  }
  writer.EndArray().EndObject();
}

auto AnswerWith(const Call& call, int status) {
  return [answer = call.answer, status](Result<ProfileView> shown) {
    if (!shown) return answer(WrappedError(WrappedFrom(shown.error())));
    std::string body;
    JsonWriter writer(body);
    WriteProfile(writer.BeginObject().Key("discount_profile"), *shown);
    writer.EndObject();
    answer(JsonResponse(status, std::move(body)));
  };
}

// Members that an update does not carry stay.
std::string MergedFields(const std::string& old_fields, const std::string& new_fields) {
  auto merged = ParseJson(old_fields);
  const auto changes = ParseJson(new_fields);
  if (!merged || !merged->is_object() || !changes || !changes->is_object()) return new_fields;
  for (const auto& member : changes->get_object()) {
    merged->get_object().insert_or_assign(member.key(), member.value());
  }
  return boost::json::serialize(*merged);
}

struct ProfileList {
  Place place;
  std::vector<ProfileView> rows;
};

Result<ProfileList> ReadList(customers::Store& store, const http::Parameters& query, Place place) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  OUBLI_TRY_ASSIGN(auto all, customers::ListDiscountProfiles(*view));
  std::erase_if(all, [&](const DiscountProfile& profile) {
    const std::string* type = query.Find("type");
    const std::string* name = query.Find("name");
    return (type != nullptr && !EqualsIgnoreCase(*type, profile.type)) ||
           (name != nullptr && FoldCase(profile.name).find(FoldCase(*name)) == std::string::npos);
  });
  const std::string* sort = query.Find("sort");
  if (sort != nullptr && *sort != "id") {
    const auto member = *sort == "name" ? &DiscountProfile::name : &DiscountProfile::type;
    std::ranges::sort(all, [member](const DiscountProfile& a, const DiscountProfile& b) {
      return std::tie(a.*member, a.id) < std::tie(b.*member, b.id);
    });
  }
  if (const std::string* dir = query.Find("dir");
      dir != nullptr && EqualsIgnoreCase(*dir, "desc")) {
    std::ranges::reverse(all);
  }
  ProfileList list{place, {}};
  list.place.total = static_cast<int64_t>(all.size());
  for (int64_t i = place.offset; i < std::min(list.place.total, place.offset + place.limit); ++i) {
    OUBLI_TRY_ASSIGN(auto shown, ReadView(*view, std::move(all[static_cast<size_t>(i)])));
    list.rows.push_back(std::move(shown));
  }
  list.place.count = static_cast<int64_t>(list.rows.size());
  return list;
}

// The third shape of errors that this one call has.
http::Response AssignError(std::string_view message, std::string_view details) {
  std::string body;
  JsonWriter(body)
      .BeginObject()
      .Member("status", "error")
      .Member("message", message)
      .Member("detailsMessage", details)
      .EndObject();
  return JsonResponse(400, std::move(body));
}

}  // namespace

void ListDiscounts(const Call& call) {
  const auto query = http::ParseUrlEncoded(call.request.query);
  if (!query) return call.answer(WrappedError(InvalidRequest("invalid query string")));
  const auto place = ReadPlace(*query);
  if (!place) return call.answer(WrappedError(place.error()));
  if (const std::string* sort = query->Find("sort");
      sort != nullptr && *sort != "id" && *sort != "name" && *sort != "type") {
    return call.answer(
        WrappedError(ParameterRefused("sort", "invalid_sort_field", "cannot be sorted by")));
  }
  const auto list = ReadList(*call.store, *query, *place);
  if (!list) return call.answer(WrappedError(FromError(list.error())));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("discount_profiles").BeginArray();
  for (const ProfileView& row : list->rows) WriteProfile(writer, row);
  writer.EndArray();
  WritePagination(writer, call.request, "/api/v4/admin/discount_profiles", {}, list->place);
  writer.EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void CreateDiscount(const Call& call) {
  auto profile = ParseProfile(call.request.body, true);
  if (!profile) return call.answer(WrappedError(profile.error()));
  call.store->Write(
      [profile = std::move(*profile)](StoreTransaction& transaction) -> Result<ProfileView> {
        OUBLI_TRY_ASSIGN(auto stored, customers::PutDiscountProfile(transaction, profile));
        return ReadView(transaction, std::move(stored));
      },
      AnswerWith(call, 201));
}

void GetDiscount(const Call& call) {
  const auto id = ProfileId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  auto read = [&]() -> Result<ProfileView> {
    OUBLI_TRY_ASSIGN(auto view, call.store->Read());
    OUBLI_TRY_ASSIGN(auto profile, customers::FindDiscountProfile(*view, *id));
    if (!profile) return Fail(ErrorKind::kNotFound, "no such discount");
    return ReadView(*view, std::move(*profile));
  };
  AnswerWith(call, 200)(read());
}

void UpdateDiscount(const Call& call) {
  const auto id = ProfileId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  auto changes = ParseProfile(call.request.body, false);
  if (!changes) return call.answer(WrappedError(changes.error()));
  call.store->Write(
      [id = *id,
       changes = std::move(*changes)](StoreTransaction& transaction) -> Result<ProfileView> {
        OUBLI_TRY_ASSIGN(auto profile, customers::FindDiscountProfile(transaction, id));
        if (!profile) return Fail(ErrorKind::kNotFound, "no such discount");
        if (!changes.name.empty()) profile->name = changes.name;
        if (!changes.type.empty()) profile->type = changes.type;
        profile->fields = MergedFields(profile->fields, changes.fields);
        OUBLI_TRY_ASSIGN(auto stored,
                         customers::PutDiscountProfile(transaction, std::move(*profile)));
        return ReadView(transaction, std::move(stored));
      },
      AnswerWith(call, 200));
}

void DeleteDiscount(const Call& call) {
  const auto id = ProfileId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  call.store->Write(
      [id = *id](StoreTransaction& transaction) {
        return customers::DeleteDiscountProfile(transaction, id);
      },
      [answer = call.answer](Result<bool> deleted) {
        if (!deleted) return answer(WrappedError(FromError(deleted.error())));
        if (!*deleted) return answer(WrappedError(ProfileNotFound()));
        http::Response response;
        response.status = 204;
        answer(std::move(response));
      });
}

void PatchDiscount(const Call& call) {
  call.answer(WrappedError(ApiError{405, "Method Not Allowed", "invalid_request"}));
}

void CreateCoupons(const Call& call) {
  const auto id = ProfileId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  const auto object = ParseObject(call.request.body);
  if (!object) return call.answer(WrappedError(object.error()));
  FieldReader reader(*object);
  const auto count = reader.Int("requested_codes", 1);
  if (!count || *count > kMaxCodes) {
    reader.Fail("requested_codes", "out_of_range", "must be from 1 to 1000");
  }
  if (reader.problem()) return call.answer(WrappedError(*reader.problem()));
  call.store->Write(
      [id = *id,
       count = *count](StoreTransaction& transaction) -> Result<std::vector<std::string>> {
        OUBLI_TRY_ASSIGN(const auto profile, customers::FindDiscountProfile(transaction, id));
        if (!profile) return Fail(ErrorKind::kNotFound, "no such discount");
        std::vector<std::string> codes;
        for (int64_t i = 0; i < count; ++i) {
          OUBLI_TRY_ASSIGN(auto coupon, customers::CreateCoupon(transaction, id));
          codes.push_back(std::move(coupon.code));
        }
        return codes;
      },
      [answer = call.answer](Result<std::vector<std::string>> codes) {
        if (!codes) return answer(WrappedError(WrappedFrom(codes.error())));
        std::string body;
        JsonWriter writer(body);
        writer.BeginObject().Member("status", "success");
        writer.Member("message", std::to_string(codes->size()) + " new codes generated.");
        writer.Key("codes").BeginArray();
        for (const std::string& code : *codes) writer.String(code);
        writer.EndArray().EndObject();
        answer(JsonResponse(201, std::move(body)));
      });
}

void AssignCoupon(const Call& call) {
  const auto object = ParseObject(call.request.body);
  if (!object) return call.answer(object.error());
  FieldReader reader(*object);
  const std::string email = reader.Text("email").value_or("");
  const std::string code = reader.Text("code").value_or("");
  if (reader.problem()) return call.answer(*reader.problem());
  if (Trim(email).empty()) return call.answer(ApiError{400, "Email is required"});
  if (Trim(code).empty()) return call.answer(ApiError{400, "Code is required"});
  call.store->Write(
      [email, code](StoreTransaction& transaction) -> Status {
        OUBLI_TRY_ASSIGN(const auto customer, customers::FindCustomerByEmail(transaction, email));
        if (!customer) return Fail(ErrorKind::kNotFound, "", "customer");
        OUBLI_TRY_ASSIGN(const auto coupon, customers::FindCoupon(transaction, Trim(code)));
        if (!coupon) return Fail(ErrorKind::kNotFound, "", "coupon");
        return customers::PutCouponAssignment(transaction, customer->head, {coupon->id, 0});
      },
      [answer = call.answer](Status assigned) {
        if (assigned) {
          return answer(JsonResponse(
              201, R"({"status":"success","message":"customer has been assigned successfully."})"));
        }
        if (assigned.error().kind != ErrorKind::kNotFound) {
          return answer(FromError(assigned.error()));
        }
        if (assigned.error().field == "coupon") {
          return answer(AssignError("Coupon not found", "coupon.not.found.by.code"));
        }
        answer(AssignError("Customer not found", "customer.not.found"));
      });
}

}  // namespace oubli::dialects::webcommander
