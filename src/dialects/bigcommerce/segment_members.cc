// GET, POST and DELETE /v3/segments/{segment_id}/shopper-profiles (contract 7).
#include <fmt/core.h>

#include <array>
#include <set>
#include <utility>

#include "base/json.h"
#include "customers/shopper_profiles.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/segmentation.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::OwnedShopperProfile;
using customers::Segment;
using customers::StoreTransaction;
using customers::StoreView;

// The segment of the path. Errors: kNotFound.
Result<Segment> SegmentOfPath(StoreView& view, const std::string& text) {
  const auto uuid = ParseUuid(text);
  if (!uuid) return Fail(ErrorKind::kNotFound, "no segment has this id");
  OUBLI_TRY_ASSIGN(auto segment, customers::FindSegment(view, *uuid));
  if (!segment) return Fail(ErrorKind::kNotFound, "no segment has this id");
  return std::move(*segment);
}

Result<std::string> PageOfMembers(const Call& call) {
  constexpr std::array<std::string_view, 2> kKnown = {"page", "limit"};
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kKnown));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const Segment segment, SegmentOfPath(*reader, call.path_parameters.front()));
  OUBLI_TRY_ASSIGN(const int64_t total, customers::CountMembers(*reader, segment));
  OUBLI_TRY_ASSIGN(const auto profiles,
                   customers::ListMembers(*reader, segment, page.offset(), page.limit));
  return ProfilePage(profiles, total, query, page, call.choices);
}

// Upper case becomes lower; what is no uuid is an error of its place.
Result<std::vector<std::string>> ReadProfileIds(const boost::json::array& items,
                                                const Choices& choices) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < items.size(); ++i) {
    const auto text = AsString(items[i]);
    if (!text) return Fail(ErrorKind::kInvalid, kExpectedString, std::to_string(i));
    auto uuid = ParseUuid(*text);
    if (!uuid) return Fail(ErrorKind::kInvalid, choices.unknown_profile, std::to_string(i));
    ids.push_back(std::move(*uuid));
  }
  return ids;
}

// Either all of them, or who is a member already; then nothing was written.
struct Added {
  std::vector<OwnedShopperProfile> profiles;
  std::vector<FieldError> conflicts;
};

Result<Added> AddAll(StoreTransaction& transaction, const std::string& segment_id,
                     const std::vector<std::string>& ids, const Choices& choices) {
  OUBLI_TRY_ASSIGN(const Segment segment, SegmentOfPath(transaction, segment_id));
  Added added;
  std::set<std::string_view> seen;
  for (size_t i = 0; i < ids.size(); ++i) {
    OUBLI_TRY_ASSIGN(auto profile, customers::FindShopperProfileByUuid(transaction, ids[i]));
    if (!profile) return Fail(ErrorKind::kInvalid, choices.unknown_profile, std::to_string(i));
    OUBLI_TRY_ASSIGN(const bool member, customers::IsMember(transaction, segment, profile->owner));
    if (member || !seen.insert(ids[i]).second) {
      added.conflicts.push_back(
          {std::to_string(i), fmt::format("Shopper profile `{}` already exists for segment `{}`.",
                                          ids[i], segment.uuid)});
    }
    added.profiles.push_back(std::move(*profile));
  }
  if (!added.conflicts.empty()) return added;
  for (const OwnedShopperProfile& profile : added.profiles) {
    OUBLI_TRY(customers::AddMember(transaction, segment, profile.owner));
  }
  return added;
}

// The one success of a write that has no `meta`.
std::string BodyWithoutMeta(const std::vector<OwnedShopperProfile>& profiles) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (const OwnedShopperProfile& profile : profiles) WriteShopperProfile(json, profile);
  json.EndArray().EndObject();
  return body;
}

// Unknown ids, and those of profiles outside of the segment, are passed over.
Status RemoveMembers(StoreTransaction& transaction, const std::string& segment_id,
                     const std::optional<std::vector<std::string>>& ids) {
  OUBLI_TRY_ASSIGN(const Segment segment, SegmentOfPath(transaction, segment_id));
  if (!ids) return customers::EmptySegment(transaction, segment);
  for (const std::string& id : *ids) {
    OUBLI_TRY_ASSIGN(const auto profile, customers::FindShopperProfileByUuid(transaction, id));
    if (profile) OUBLI_TRY(customers::RemoveMember(transaction, segment, profile->owner));
  }
  return {};
}

}  // namespace

void ListSegmentMembers(Call& call) {
  auto body = PageOfMembers(call);
  if (!body) return AnswerListError(call, body.error());
  call.answer(JsonAnswer(200, std::move(*body)));
}

void AddSegmentMembers(Call& call) {
  const Choices& choices = call.choices;
  const auto body =
      ReadArrayBody(call.request, choices, choices.max_profiles_a_call,
                    choices.too_many_segmentation_items, choices.segmentation_invalid_status);
  if (!body) return call.answer(body.error());
  auto ids = ReadProfileIds(body->get_array(), choices);
  if (!ids) return AnswerBodyError(call.answer, choices, ids.error(), choices.add_members_failed);
  const size_t count = ids->size();
  call.store->Write(
      [segment_id = call.path_parameters.front(), ids = std::move(*ids), &choices](
          StoreTransaction& transaction) { return AddAll(transaction, segment_id, ids, choices); },
      [count, &choices, answer = call.answer](const Result<Added>& added) {
        if (!added) {
          return AnswerBodyError(answer, choices, added.error(), choices.add_members_failed);
        }
        if (added->conflicts.empty())
          return answer(JsonAnswer(201, BodyWithoutMeta(added->profiles)));
        answer(BatchConflict(choices.members_clash, added->conflicts, count));
      });
}

void RemoveSegmentMembers(Call& call) {
  Delete(call,
         [segment_id = call.path_parameters.front()](
             StoreTransaction& transaction, const std::optional<std::vector<std::string>>& ids) {
           return RemoveMembers(transaction, segment_id, ids);
         });
}

}  // namespace oubli::dialects::bigcommerce
