#include "dialects/bigcommerce/segmentation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "dialects/bigcommerce/ids_to_delete.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr std::string_view kIds = "id:in";
constexpr size_t kUuidLength = 36;

template <class Row, class Write>
std::string Page(const std::vector<Row>& rows, int64_t total, const Query& query,
                 const PageRequest& page, const Choices& choices, Write write) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (const Row& row : rows) write(json, row);
  json.EndArray();
  PageOutcome outcome;
  outcome.count = static_cast<int64_t>(rows.size());
  outcome.total = total;
  outcome.has_links = choices.segmentation_links;
  WriteMeta(json, query, choices, page, outcome);
  json.EndObject();
  return body;
}

// Nothing means everything.
Result<std::optional<std::vector<std::string>>> ReadUuidsToDelete(const http::Request& request,
                                                                  const Choices& choices) {
  constexpr std::array<std::string_view, 1> kKnown = {kIds};
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(request.query));
  // Always, whatever the choice for customers is: a misspelt filter must not become "all".
  OUBLI_TRY(query.CheckNames(kKnown));
  OUBLI_TRY_ASSIGN(auto ids, ReadUuids(query, choices));
  if (ids && ids->size() > choices.max_ids_a_delete) {
    return Fail(ErrorKind::kInvalid, choices.bad_ids_to_delete);
  }
  return ids;
}

}  // namespace

std::optional<std::string> ParseUuid(std::string_view text) {
  if (text.size() != kUuidLength) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return std::nullopt;
  }
  return AsciiLower(text);
}

Result<std::optional<std::vector<std::string>>> ReadUuids(const Query& query,
                                                          const Choices& choices) {
  const auto texts = query.Texts(kIds);
  if (texts && !*texts) return std::nullopt;
  if (!texts) return Fail(ErrorKind::kInvalid, choices.bad_ids_to_delete);
  std::vector<std::string> ids;
  for (const std::string& text : **texts) {
    auto id = ParseUuid(text);
    if (!id) return Fail(ErrorKind::kInvalid, choices.bad_ids_to_delete);
    if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(std::move(*id));
  }
  return ids;
}

void WriteSegment(JsonWriter& json, const customers::Segment& segment) {
  json.BeginObject()
      .Member("id", segment.uuid)
      .Member("name", segment.name)
      .Member("description", segment.description)
      .Member("created_at", FormatIso8601(segment.created_at))
      .Member("updated_at", FormatIso8601(segment.modified_at))
      .EndObject();
}

void WriteShopperProfile(JsonWriter& json, const customers::OwnedShopperProfile& profile) {
  json.BeginObject()
      .Member("id", profile.profile.uuid)
      .Member("customer_id", profile.owner.id)
      .Member("created_at", FormatIso8601(profile.profile.created_at))
      .Member("updated_at", FormatIso8601(profile.profile.modified_at))
      .EndObject();
}

std::string SegmentPage(const std::vector<customers::Segment>& segments, int64_t total,
                        const Query& query, const PageRequest& page, const Choices& choices) {
  return Page(segments, total, query, page, choices, WriteSegment);
}

std::string ProfilePage(const std::vector<customers::OwnedShopperProfile>& profiles, int64_t total,
                        const Query& query, const PageRequest& page, const Choices& choices) {
  return Page(profiles, total, query, page, choices, WriteShopperProfile);
}

http::Response JsonAnswer(int status, std::string body) {
  return http::Response::Text(status, kJsonContentType, std::move(body));
}

http::Response BatchConflict(std::string_view title, const std::vector<FieldError>& errors,
                             size_t items) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray().EndArray().Key("errors").BeginArray();
  json.Raw(ErrorEnvelope(409, title, errors).body).EndArray();
  json.Key("meta").BeginObject();
  json.Member("total", items).Member("success", 0).Member("failed", items);
  json.EndObject().EndObject();
  return JsonAnswer(409, std::move(body));
}

http::Response NotThere(const Choices& choices) {
  return ErrorEnvelope(404, choices.resource_not_found);
}

void AnswerListError(const Call& call, const Error& error) {
  if (error.kind == ErrorKind::kNotFound) return call.answer(NotThere(call.choices));
  call.answer.Fail(error, call.choices.bad_filter_value);
}

void AnswerBodyError(const Answer& answer, const Choices& choices, const Error& error,
                     std::string_view failed_title) {
  if (error.kind == ErrorKind::kNotFound) return answer(NotThere(choices));
  answer(FromError(choices, error, failed_title, choices.segmentation_invalid_status));
}

void Delete(Call& call, Remover remove) {
  auto ids = ReadUuidsToDelete(call.request, call.choices);
  if (!ids) return call.answer.Fail(ids.error(), "");
  customers::Store& store = *call.store;
  if (!*ids && !MayMeanAll(call.request)) {
    const bool is_open = call.environment.windows.IsOpen(store.number());
    return call.answer(
        ErrorEnvelope(422, is_open ? kDeleteAllTakesNothing : call.choices.window_is_closed));
  }
  call.store->Write(
      [ids = std::move(*ids), remove = std::move(remove), &windows = call.environment.windows,
       number = store.number(),
       &choices = call.choices](customers::StoreTransaction& transaction) -> Status {
        // In the writer's turn, so that a window that is closed by now stops what waited for it.
        if (!ids && !windows.IsOpen(number)) {
          return Fail(ErrorKind::kForbidden, choices.window_is_closed);
        }
        return remove(transaction, ids);
      },
      [&store, &choices = call.choices, answer = call.answer](const Status& outcome) {
        if (outcome) {
          store.writer().WakeBackground();  // there may be records to sweep
          return answer(NoContent());
        }
        if (outcome.error().kind == ErrorKind::kNotFound) return answer(NotThere(choices));
        if (outcome.error().kind == ErrorKind::kForbidden) {
          return answer(ErrorEnvelope(422, outcome.error().text));
        }
        answer.Fail(outcome.error(), "");
      });
}

}  // namespace oubli::dialects::bigcommerce
