// GET /v3/customers/attribute-values (contract 4.2).
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/json_writer.h"
#include "customers/attribute_definitions.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/bigcommerce/attribute_json.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/pagination.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::AttributeValue;
using customers::Head;
using customers::NothingIfErased;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreView;

constexpr std::array<std::string_view, 11> kAttributeValueParameters = {"page",
                                                                        "limit",
                                                                        "customer_id:in",
                                                                        "attribute_id:in",
                                                                        "name",
                                                                        "date_created",
                                                                        "date_created:min",
                                                                        "date_created:max",
                                                                        "date_modified",
                                                                        "date_modified:min",
                                                                        "date_modified:max"};

struct AttributeValueFilter {
  std::optional<std::vector<int64_t>> customer_ids, attribute_ids;  // ascending
  std::optional<std::string> name;                                  // compared form
  SecondsRange created, modified;
};

Result<AttributeValueFilter> ReadAttributeValueFilter(const Query& query, const Choices& choices) {
  AttributeValueFilter filter;
  OUBLI_TRY_ASSIGN(filter.customer_ids, query.Integers("customer_id:in"));
  OUBLI_TRY_ASSIGN(filter.attribute_ids, query.Integers("attribute_id:in"));
  OUBLI_TRY_ASSIGN(const auto name, query.Single("name"));
  if (name) filter.name = ComparedText(*name, choices);
  OUBLI_TRY_ASSIGN(filter.created, ReadDates(query, "date_created", choices, DateForm::kOrUnix));
  OUBLI_TRY_ASSIGN(filter.modified, ReadDates(query, "date_modified", choices, DateForm::kOrUnix));
  return filter;
}

// A value that fits. Not kept open: of a scan few are on the page.
struct FoundAttributeValue {
  int64_t id = 0;
  Head owner;
};

class AttributeValueSearch {
 public:
  AttributeValueSearch(StoreView& view, const AttributeValueFilter& filter, const Choices& choices)
      : view_(view), filter_(filter), choices_(choices) {}

  // Ascending by id.
  Result<std::vector<FoundAttributeValue>> Run() {
    OUBLI_TRY(FindAttributes());
    if (attributes_.empty()) return std::move(rows_);
    if (filter_.customer_ids) {
      OUBLI_TRY(FromCustomers());
    } else {
      OUBLI_TRY(FromAll());
    }
    std::ranges::sort(rows_, {}, &FoundAttributeValue::id);
    return std::move(rows_);
  }

 private:
  // The attributes whose values may be shown: of a definition that is gone none may.
  Status FindAttributes() {
    OUBLI_TRY_ASSIGN(const auto definitions, customers::ListAttributeDefinitions(view_));
    for (const auto& one : definitions) {
      if (filter_.name && ComparedText(one.name, choices_) != *filter_.name) continue;
      if (filter_.attribute_ids && !std::ranges::binary_search(*filter_.attribute_ids, one.id)) {
        continue;
      }
      attributes_.push_back(one.id);
    }
    OUBLI_TRY_ASSIGN(needs_value_, customers::HasAttributeRemovals(view_));
    needs_value_ |= attributes_.size() != definitions.size() || !filter_.created.IsEverything() ||
                    !filter_.modified.IsEverything();
    return {};
  }

  bool Matches(const AttributeValue& value) const {
    return std::ranges::binary_search(attributes_, value.attribute_id) &&
           filter_.created.Has(SecondOf(value.created_at)) &&
           filter_.modified.Has(SecondOf(value.modified_at));
  }

  Status FromCustomers() {
    for (const int64_t id : *filter_.customer_ids) {
      OUBLI_TRY_ASSIGN(const auto owner, customers::FindHead(view_, OwnerKind::kCustomer, id));
      if (!owner) continue;
      OUBLI_TRY_ASSIGN(const auto values,
                       NothingIfErased(customers::ListAttributeValues(view_, *owner)));
      for (const AttributeValue& value : values) {
        if (Matches(value)) rows_.push_back({value.id, *owner});
      }
    }
    return {};
  }

  Status FromAll() {
    Status failed;
    OUBLI_TRY(customers::ForEachRecordOwner(view_, RecordKind::kAttributeValue, 0,
                                            [&](int64_t id, const Head& owner) {
                                              failed = Consider(id, owner);
                                              return failed.has_value();
                                            }));
    return failed;
  }

  Status Consider(int64_t id, const Head& owner) {
    if (owner.kind != OwnerKind::kCustomer) return {};
    if (needs_value_) {
      OUBLI_TRY_ASSIGN(const auto value,
                       NothingIfErased(customers::FindAttributeValue(view_, owner, id)));
      if (!value || !Matches(*value)) return {};
    }
    rows_.push_back({id, owner});
    return {};
  }

  StoreView& view_;
  const AttributeValueFilter& filter_;
  const Choices& choices_;
  std::vector<int64_t> attributes_;  // ascending
  bool needs_value_ = false;         // to know whether it fits
  std::vector<FoundAttributeValue> rows_;
};

Result<std::string> PageOfAttributeValues(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kAttributeValueParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const AttributeValueFilter filter,
                   ReadAttributeValueFilter(query, call.choices));

  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const std::vector<FoundAttributeValue> rows,
                   AttributeValueSearch(*reader, filter, call.choices).Run());
  PageOutcome outcome;
  outcome.total = static_cast<int64_t>(rows.size());
  const int64_t end = std::min(outcome.total, page.offset() + page.limit);
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (int64_t i = page.offset(); i < end; ++i) {
    const FoundAttributeValue& row = rows[static_cast<size_t>(i)];
    OUBLI_TRY_ASSIGN(const auto value,
                     NothingIfErased(customers::FindAttributeValue(*reader, row.owner, row.id)));
    if (!value) continue;  // erased since this view began
    WriteAttributeValue(json, *value, row.owner.id);
    ++outcome.count;
  }
  json.EndArray();
  WriteMeta(json, query, call.choices, page, outcome);
  json.EndObject();
  return body;
}

}  // namespace

void ListAttributeValues(Call& call) { AnswerList(call, PageOfAttributeValues(call)); }

}  // namespace oubli::dialects::bigcommerce
