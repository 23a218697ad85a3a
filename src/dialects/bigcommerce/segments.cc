// GET, POST, PUT and DELETE /v3/segments (contract 7).
#include "customers/segments.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/segmentation.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::NewSegment;
using customers::Segment;
using customers::SegmentChange;
using customers::StoreTransaction;

Result<std::string> PageOfSegments(const Call& call) {
  constexpr std::array<std::string_view, 3> kKnown = {"page", "limit", "id:in"};
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kKnown));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  const auto ids = ReadUuids(query, call.choices);
  if (!ids) return Fail(ErrorKind::kInvalid, "must be a list of UUIDs", "id:in");

  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(std::vector<Segment> segments, customers::ListSegments(*reader));
  std::erase_if(segments, [&](const Segment& segment) {
    return *ids && std::ranges::find(**ids, segment.uuid) == (*ids)->end();
  });
  const auto total = static_cast<int64_t>(segments.size());
  const auto from = std::min(page.offset(), total);
  const auto to = std::min(from + page.limit, total);
  const std::vector<Segment> shown(segments.begin() + from, segments.begin() + to);
  return SegmentPage(shown, total, query, page, call.choices);
}

Status ReadTexts(const FieldReader& reader, const Choices& choices,
                 std::optional<std::string>& name, std::optional<std::string>& description) {
  OUBLI_TRY(reader.Text("name", {1, choices.max_segment_name}, name));
  return reader.Text("description", {0, choices.max_segment_description}, description);
}

Result<NewSegment> ReadOne(const FieldReader& reader, const Choices& choices, NewSegment*) {
  OUBLI_TRY(reader.Require("name"));
  std::optional<std::string> name;
  std::optional<std::string> description;
  OUBLI_TRY(ReadTexts(reader, choices, name, description));
  return NewSegment{std::move(name).value_or(""), std::move(description).value_or("")};
}

Result<SegmentChange> ReadOne(const FieldReader& reader, const Choices& choices, SegmentChange*) {
  OUBLI_TRY(reader.Require("id"));
  std::optional<std::string> id;
  OUBLI_TRY(reader.Text("id", {}, id));
  auto uuid = ParseUuid(*id);
  if (!uuid) return reader.Fault("id", choices.unknown_segment);
  SegmentChange change;
  change.uuid = std::move(*uuid);
  OUBLI_TRY(ReadTexts(reader, choices, change.name, change.description));
  return change;
}

template <class T>
Result<std::vector<T>> ReadAll(const boost::json::array& items, const Choices& choices) {
  return ReadItems(items, choices, [&](const auto& object, const std::string& path) {
    return ReadOne(FieldReader(object, path), choices, static_cast<T*>(nullptr));
  });
}

std::string BodyOf(const std::vector<Segment>& segments) {
  return DataBody(segments, WriteSegment);
}

void AnswerFailure(const Answer& answer, const Choices& choices, const Error& error, size_t items,
                   std::string_view title) {
  switch (error.kind) {
    case ErrorKind::kConflict:
      return answer(BatchConflict(choices.segment_names_clash, {}, items));
    case ErrorKind::kTooMany:
      return answer(ErrorEnvelope(422, choices.too_many_segments));
    case ErrorKind::kNotFound:
      return AnswerBodyError(
          answer, choices,
          Error{ErrorKind::kInvalid, std::string(choices.unknown_segment), error.field + ".id"},
          title);
    default:
      return AnswerBodyError(answer, choices, error, title);
  }
}

// `T`: NewSegment or SegmentChange, and `write` what does it.
template <class T, class Write>
void WriteBatch(Call& call, Write write, int status, std::string_view title) {
  const Choices& choices = call.choices;
  const auto body =
      ReadArrayBody(call.request, choices, choices.max_segments_a_call,
                    choices.too_many_segmentation_items, choices.segmentation_invalid_status);
  if (!body) return call.answer(body.error());
  auto items = ReadAll<T>(body->get_array(), choices);
  if (!items) return AnswerBodyError(call.answer, choices, items.error(), title);
  const size_t count = items->size();
  call.store->Write([items = std::move(*items),
                     write](StoreTransaction& transaction) { return write(transaction, items); },
                    [count, status, title, &choices,
                     answer = call.answer](const Result<std::vector<Segment>>& segments) {
                      if (segments) return answer(JsonAnswer(status, BodyOf(*segments)));
                      AnswerFailure(answer, choices, segments.error(), count, title);
                    });
}

Status RemoveSegments(StoreTransaction& transaction,
                      const std::optional<std::vector<std::string>>& ids) {
  OUBLI_TRY_ASSIGN(const auto segments, customers::ListSegments(transaction));
  for (const Segment& segment : segments) {
    if (ids && std::ranges::find(*ids, segment.uuid) == ids->end()) continue;
    OUBLI_TRY(customers::DeleteSegment(transaction, segment));
  }
  return {};
}

}  // namespace

void ListSegments(Call& call) {
  auto body = PageOfSegments(call);
  if (!body) return AnswerListError(call, body.error());
  call.answer(JsonAnswer(200, std::move(*body)));
}

void CreateSegments(Call& call) {
  WriteBatch<NewSegment>(call, customers::CreateSegments, 201, call.choices.create_segments_failed);
}

void UpdateSegments(Call& call) {
  WriteBatch<SegmentChange>(call, customers::UpdateSegments, call.choices.segments_updated_status,
                            call.choices.update_segments_failed);
}

void DeleteSegments(Call& call) { Delete(call, RemoveSegments); }

}  // namespace oubli::dialects::bigcommerce
