// GET /v3/customers/form-field-values (contract 5.6).
#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "base/date_time.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/customer_json.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/form_field_walk.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/pagination.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::FormField;

constexpr std::array<std::string_view, 8> kFormFieldParameters = {
    "page", "limit", "customer_id", "address_id", "field_name", "field_type", "after", "before"};
constexpr std::array<std::string_view, 8> kFormFieldTypes = {
    "checkboxes", "date", "multiline", "numbers", "password", "radiobuttons", "text", "picklist"};

struct FormFieldFilter {
  FieldOwners owners;
  std::optional<std::string> name;  // compared form
  std::optional<std::string_view> type;
};

Result<std::optional<int64_t>> ReadId(const Query& query, std::string_view name) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  const auto id = ParseInt(*text);
  if (!id) return Fail(ErrorKind::kInvalid, "must be an integer", name);
  return id;
}

Result<FormFieldFilter> ReadFormFieldFilter(const Query& query, const Choices& choices) {
  FormFieldFilter filter;
  OUBLI_TRY_ASSIGN(filter.owners.customer_id, ReadId(query, "customer_id"));
  OUBLI_TRY_ASSIGN(filter.owners.address_id, ReadId(query, "address_id"));
  OUBLI_TRY_ASSIGN(const auto name, query.Single("field_name"));
  if (name) filter.name = ComparedText(*name, choices);
  OUBLI_TRY_ASSIGN(filter.type, query.Single("field_type"));
  if (filter.type && std::ranges::find(kFormFieldTypes, *filter.type) == kFormFieldTypes.end()) {
    return Fail(ErrorKind::kInvalid, "is not a type of form fields", "field_type");
  }
  return filter;
}

// There are no definitions of form fields here, so a type finds the values that a field of it could
// hold.
bool CouldBeOf(std::string_view type, const FormField& field) {
  if (type == "checkboxes") return field.shape == FormField::Shape::kList;
  if (type == "numbers") return field.shape == FormField::Shape::kNumber;
  if (field.shape != FormField::Shape::kText) return false;
  const std::string_view text =
      field.values.empty() ? std::string_view() : std::string_view(field.values.front());
  if (type == "date") return ParseIso8601(text).has_value();
  return type == "multiline" || text.find('\n') == std::string_view::npos;
}

bool Matches(const FormFieldFilter& filter, const FormField& field, const Choices& choices) {
  if (filter.name && ComparedText(field.name, choices) != *filter.name) return false;
  return !filter.type || !choices.form_field_types_by_value || CouldBeOf(*filter.type, field);
}

FieldPlace PlaceOf(const Cursor& cursor) { return {cursor.id, cursor.field.value_or(0)}; }

Cursor CursorOf(const PlacedField& row) {
  Cursor cursor;
  cursor.id = row.place.session;
  cursor.field = row.place.field;
  return cursor;
}

// Keeps of the fields that are offered in order those of the page.
class FormFieldWindow {
 public:
  explicit FormFieldWindow(const PageRequest& page) : page_(page) {}

  FieldPlace Start() const {
    if (!page_.after) return {};
    FieldPlace start = PlaceOf(*page_.after);
    if (start.field < INT64_MAX) ++start.field;
    return start;
  }

  // False: enough.
  bool Offer(PlacedField row) {
    const bool full = static_cast<int64_t>(kept_.size()) == page_.limit;
    if (page_.after) {
      more_ = full;
      if (!full) kept_.push_back(std::move(row));
      return !full;
    }
    if (page_.before) {
      if (row.place >= PlaceOf(*page_.before)) return false;
      kept_.push_back(std::move(row));
      if (full) kept_.pop_front();
      more_ |= full;
      return true;
    }
    const int64_t index = seen_++;
    if (index >= page_.offset() && !full) kept_.push_back(std::move(row));
    return true;
  }

  const std::deque<PlacedField>& kept() const { return kept_; }

  PageOutcome Outcome() const {
    PageOutcome outcome;
    outcome.count = static_cast<int64_t>(kept_.size());
    outcome.has_cursors = true;
    if (!kept_.empty()) {
      outcome.first = CursorOf(kept_.front());
      outcome.last = CursorOf(kept_.back());
    }
    if (page_.by_cursor()) {
      // There is a way back to where the caller came from.
      outcome.has_next = page_.after ? more_ : true;
      outcome.has_previous = page_.after ? true : more_;
    } else {
      outcome.total = seen_;
      outcome.has_next = seen_ > page_.offset() + page_.limit;
    }
    return outcome;
  }

 private:
  const PageRequest& page_;
  int64_t seen_ = 0;
  bool more_ = false;
  std::deque<PlacedField> kept_;
};

Result<std::string> PageOfFormFields(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kFormFieldParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadFieldPageRequest(query, call.choices));
  OUBLI_TRY_ASSIGN(const FormFieldFilter filter, ReadFormFieldFilter(query, call.choices));

  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  FormFieldWindow window(page);
  OUBLI_TRY(ForEachFormField(*reader, filter.owners, window.Start(), [&](PlacedField row) {
    return !Matches(filter, row.field, call.choices) || window.Offer(std::move(row));
  }));
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (const PlacedField& row : window.kept()) {
    WriteFormField(json, row.of_address ? "address_id" : "customer_id", row.place.session,
                   row.field);
  }
  json.EndArray();
  WriteMeta(json, query, call.choices, page, window.Outcome());
  json.EndObject();
  return body;
}

}  // namespace

void ListFormFieldValues(Call& call) { AnswerList(call, PageOfFormFields(call)); }

}  // namespace oubli::dialects::bigcommerce
