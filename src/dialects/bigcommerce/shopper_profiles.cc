// GET, POST and DELETE /v3/shopper-profiles, and GET /v3/shopper-profiles/{id}/segments
// (contract 7).
#include "customers/shopper_profiles.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "customers/customers.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/segmentation.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Head;
using customers::OwnedShopperProfile;
using customers::OwnerKind;
using customers::Segment;
using customers::StoreTransaction;

constexpr std::array<std::string_view, 2> kProfileParameters = {"page", "limit"};

Result<std::string> PageOfProfiles(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kProfileParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const int64_t total, customers::CountShopperProfiles(*reader));
  OUBLI_TRY_ASSIGN(const auto profiles,
                   customers::ListShopperProfiles(*reader, page.offset(), page.limit));
  return ProfilePage(profiles, total, query, page, call.choices);
}

Result<std::string> SegmentsOfOne(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kProfileParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  const auto uuid = ParseUuid(call.path_parameters.front());
  if (!uuid) return Fail(ErrorKind::kNotFound, "no profile has this id");
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const auto profile, customers::FindShopperProfileByUuid(*reader, *uuid));
  if (!profile) return Fail(ErrorKind::kNotFound, "no profile has this id");
  OUBLI_TRY_ASSIGN(const auto segments, customers::SegmentsOf(*reader, profile->owner));
  const auto total = static_cast<int64_t>(segments.size());
  const auto from = std::min(page.offset(), total);
  const auto to = std::min(from + page.limit, total);
  const std::vector<Segment> shown(segments.begin() + from, segments.begin() + to);
  return SegmentPage(shown, total, query, page, call.choices);
}

Result<std::vector<int64_t>> ReadCustomerIds(const boost::json::array& items,
                                             const Choices& choices) {
  const auto read = [](const boost::json::object& object,
                       const std::string& path) -> Result<int64_t> {
    const FieldReader reader(object, path);
    OUBLI_TRY(reader.Require("customer_id"));
    std::optional<int64_t> id;
    OUBLI_TRY(reader.Integer("customer_id", 1, INT64_MAX, id));
    return *id;
  };
  return ReadItems(items, choices, read);
}

// Either all of them, or who has one already; then nothing was written.
struct Created {
  std::vector<OwnedShopperProfile> profiles;
  std::vector<FieldError> conflicts;
};

Result<Created> CreateAll(StoreTransaction& transaction, const std::vector<int64_t>& ids,
                          const Choices& choices) {
  Created created;
  std::vector<Head> owners;
  std::set<int64_t> seen;
  for (size_t i = 0; i < ids.size(); ++i) {
    OUBLI_TRY_ASSIGN(const auto owner,
                     customers::FindHead(transaction, OwnerKind::kCustomer, ids[i]));
    if (!owner) {
      return Fail(ErrorKind::kInvalid, choices.unknown_customer,
                  ItemPath(choices, i) + "customer_id");
    }
    OUBLI_TRY_ASSIGN(const auto present, customers::FindShopperProfile(transaction, *owner));
    if (present || !seen.insert(ids[i]).second) {
      created.conflicts.push_back(
          {std::to_string(i),
           fmt::format("A shopper profile already exists for customer `{}`.", ids[i])});
    }
    owners.push_back(*owner);
  }
  if (!created.conflicts.empty()) return created;
  for (const Head& owner : owners) {
    OUBLI_TRY_ASSIGN(auto profile, customers::CreateShopperProfile(transaction, owner));
    created.profiles.push_back({owner, std::move(profile)});
  }
  return created;
}

std::string ProfilesBody(const std::vector<OwnedShopperProfile>& profiles) {
  return DataBody(profiles, WriteShopperProfile);
}

// Unknown ids are passed over.
Status RemoveProfiles(StoreTransaction& transaction,
                      const std::optional<std::vector<std::string>>& ids) {
  if (!ids) return customers::DeleteAllShopperProfiles(transaction);
  for (const std::string& id : *ids) {
    OUBLI_TRY_ASSIGN(const auto profile, customers::FindShopperProfileByUuid(transaction, id));
    if (profile) OUBLI_TRY(customers::DeleteShopperProfile(transaction, *profile));
  }
  return {};
}

}  // namespace

void ListShopperProfiles(Call& call) {
  auto body = PageOfProfiles(call);
  if (!body) return AnswerListError(call, body.error());
  call.answer(JsonAnswer(200, std::move(*body)));
}

void ListSegmentsOfProfile(Call& call) {
  auto body = SegmentsOfOne(call);
  if (!body) return AnswerListError(call, body.error());
  call.answer(JsonAnswer(200, std::move(*body)));
}

void CreateShopperProfiles(Call& call) {
  const Choices& choices = call.choices;
  const auto body =
      ReadArrayBody(call.request, choices, choices.max_profiles_a_call,
                    choices.too_many_segmentation_items, choices.segmentation_invalid_status);
  if (!body) return call.answer(body.error());
  auto ids = ReadCustomerIds(body->get_array(), choices);
  if (!ids) {
    return AnswerBodyError(call.answer, choices, ids.error(), choices.create_profiles_failed);
  }
  const size_t count = ids->size();
  call.store->Write(
      [ids = std::move(*ids), &choices](StoreTransaction& transaction) {
        return CreateAll(transaction, ids, choices);
      },
      [count, &choices, answer = call.answer](const Result<Created>& created) {
        if (!created) {
          return AnswerBodyError(answer, choices, created.error(), choices.create_profiles_failed);
        }
        if (created->conflicts.empty())
          return answer(JsonAnswer(201, ProfilesBody(created->profiles)));
        answer(BatchConflict(choices.profiles_clash, created->conflicts, count));
      });
}

void DeleteShopperProfiles(Call& call) { Delete(call, RemoveProfiles); }

}  // namespace oubli::dialects::bigcommerce
