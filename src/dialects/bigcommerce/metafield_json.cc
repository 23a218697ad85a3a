#include "dialects/bigcommerce/metafield_json.h"

#include <algorithm>
#include <array>

#include "base/date_time.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Metafield;
using Access = customers::Metafield::Access;

constexpr std::string_view kWriteAll = "store_metafield_write_all";

struct NamedAccess {
  std::string_view name;
  Access access;
};
constexpr std::array<NamedAccess, 5> kAccesses = {{
    {"app_only", Access::kAppOnly},
    {"read", Access::kRead},
    {"write", Access::kWrite},
    {"read_and_sf_access", Access::kReadAndStorefront},
    {"write_and_sf_access", Access::kWriteAndStorefront},
}};

std::string_view NameOf(Access access) {
  const auto* found = std::ranges::find(kAccesses, access, &NamedAccess::access);
  return found == kAccesses.end() ? kAccesses[0].name : found->name;
}

// In the order in which they are shown; the id is the first.
constexpr std::array<std::string_view, 11> kMembers = {"id",
                                                       "key",
                                                       "value",
                                                       "namespace",
                                                       "permission_set",
                                                       "resource_type",
                                                       "resource_id",
                                                       "description",
                                                       "date_created",
                                                       "date_modified",
                                                       "owner_client_id"};

constexpr std::array<TextField<MetafieldInput>, 4> kMetafieldTextFields = {{
    {"namespace", &MetafieldInput::name_space, {1, 64}, true},
    {"key", &MetafieldInput::key, {1, 64}, true},
    {"value", &MetafieldInput::value, {1, 65535}, true},
    {"description", &MetafieldInput::description, {0, 255}, false},
}};

Status ReadAccess(const FieldReader& reader, bool create, MetafieldInput& input) {
  constexpr std::string_view kName = "permission_set";
  if (create) OUBLI_TRY(reader.Require(kName));
  std::optional<std::string> text;
  OUBLI_TRY(reader.Text(kName, {}, text));
  if (!text) return {};
  const auto* found = std::ranges::find(kAccesses, *text, &NamedAccess::name);
  if (found == kAccesses.end()) {
    return reader.Fault(kName,
                        "must be app_only, read, write, read_and_sf_access or "
                        "write_and_sf_access");
  }
  input.access = found->access;
  return {};
}

}  // namespace

bool MaySee(const access::Principal& caller, const Metafield& metafield, const Choices& choices) {
  if (metafield.client_id == caller.client_id) return true;
  if (metafield.access != Access::kAppOnly) return true;
  return choices.write_all_reaches_app_only && caller.HasScope(kWriteAll);
}

bool MayWrite(const access::Principal& caller, const Metafield& metafield) {
  return metafield.client_id == caller.client_id || metafield.access == Access::kWrite ||
         metafield.access == Access::kWriteAndStorefront || caller.HasScope(kWriteAll);
}

Result<MetafieldFields> MetafieldFields::Read(const Query& query) {
  constexpr std::string_view kName = "include_fields";
  MetafieldFields fields;
  OUBLI_TRY_ASSIGN(const auto words, query.Texts(kName));
  if (!words) return fields;
  fields.shown_ = 1;
  for (const std::string& word : *words) {
    if (word.empty()) continue;
    const auto* found = std::ranges::find(kMembers, word);
    if (found == kMembers.end()) {
      return Fail(ErrorKind::kInvalid, "must be names of a metafield's fields", kName);
    }
    fields.shown_ |= 1U << (found - kMembers.begin());
  }
  return fields;
}

bool MetafieldFields::Has(std::string_view name) const {
  return (shown_ >> (std::ranges::find(kMembers, name) - kMembers.begin()) & 1) != 0;
}

void WriteMetafield(JsonWriter& json, const Metafield& metafield, int64_t customer_id,
                    const MetafieldFields& fields) {
  const auto put = [&](std::string_view name, auto value) {
    if (fields.Has(name)) json.Member(name, value);
  };
  json.BeginObject().Member("id", metafield.id);
  put("key", std::string_view(metafield.key));
  put("value", std::string_view(metafield.value));
  put("namespace", std::string_view(metafield.name_space));
  put("permission_set", NameOf(metafield.access));
  put("resource_type", std::string_view("customer"));
  put("resource_id", customer_id);
  put("description", std::string_view(metafield.description));
  put("date_created", std::string_view(FormatIso8601Offset(metafield.created_at)));
  put("date_modified", std::string_view(FormatIso8601Offset(metafield.modified_at)));
  put("owner_client_id", std::string_view(metafield.client_id));
  json.EndObject();
}

void MetafieldInput::ApplyTo(Metafield& metafield) const {
  if (name_space) metafield.name_space = *name_space;
  if (key) metafield.key = *key;
  if (value) metafield.value = *value;
  if (description) metafield.description = *description;
  if (access) metafield.access = *access;
}

Result<MetafieldInput> ReadMetafield(const boost::json::object& object, const std::string& path,
                                     MetafieldUse use) {
  const FieldReader reader(object, path);
  const bool create = use == MetafieldUse::kCreate || use == MetafieldUse::kCreateInBatch;
  MetafieldInput input;
  if (use == MetafieldUse::kCreateInBatch) {
    OUBLI_TRY(reader.Require("resource_id"));
    OUBLI_TRY(reader.Integer("resource_id", INT64_MIN, INT64_MAX, input.resource_id));
  }
  if (use == MetafieldUse::kUpdateInBatch) OUBLI_TRY(reader.Require("id"));
  if (!create) OUBLI_TRY(reader.Integer("id", INT64_MIN, INT64_MAX, input.id));
  OUBLI_TRY(ReadAccess(reader, create, input));
  for (const TextField<MetafieldInput>& field : kMetafieldTextFields) {
    if (create && field.required_to_create) OUBLI_TRY(reader.Require(field.name));
    OUBLI_TRY(reader.Text(field.name, field.length, input.*field.member));
  }
  return input;
}

}  // namespace oubli::dialects::bigcommerce
