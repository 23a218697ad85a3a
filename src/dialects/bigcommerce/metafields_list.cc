// GET /v3/customers/metafields, /v3/customers/{customer_id}/metafields and
// /v3/customers/{customer_id}/metafields/{metafield_id} (contract 5.7).
#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/metafields.h"
#include "customers/records.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/metafield_json.h"
#include "dialects/bigcommerce/pagination.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Head;
using customers::Metafield;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreView;

constexpr std::array<std::string_view, 14> kMetafieldParameters = {"page",
                                                                   "limit",
                                                                   "after",
                                                                   "before",
                                                                   "key",
                                                                   "key:in",
                                                                   "namespace",
                                                                   "namespace:in",
                                                                   "direction",
                                                                   "include_fields",
                                                                   "date_created:min",
                                                                   "date_created:max",
                                                                   "date_modified:min",
                                                                   "date_modified:max"};

// An exact value and a list, both of which have to fit. These are names that programs gave: case
// counts.
struct NameFilter {
  std::optional<std::string> one;
  std::optional<std::vector<std::string>> list;

  static Result<NameFilter> Read(const Query& query, const std::string& name) {
    NameFilter filter;
    OUBLI_TRY_ASSIGN(const auto one, query.Single(name));
    if (one) filter.one.emplace(*one);
    OUBLI_TRY_ASSIGN(filter.list, query.Texts(name + ":in"));
    return filter;
  }
  bool Fits(const std::string& text) const {
    if (one && *one != text) return false;
    return !list || std::ranges::find(*list, text) != list->end();
  }
};

struct MetafieldFilter {
  NameFilter keys, name_spaces;
  SecondsRange created, modified;
  bool descending = false;

  static Result<MetafieldFilter> Read(const Query& query, const Choices& choices) {
    MetafieldFilter filter;
    OUBLI_TRY_ASSIGN(filter.keys, NameFilter::Read(query, "key"));
    OUBLI_TRY_ASSIGN(filter.name_spaces, NameFilter::Read(query, "namespace"));
    OUBLI_TRY_ASSIGN(filter.created, ReadDates(query, "date_created", choices));
    OUBLI_TRY_ASSIGN(filter.modified, ReadDates(query, "date_modified", choices));
    OUBLI_TRY_ASSIGN(const auto direction, query.Single("direction"));
    if (direction && *direction != "asc" && *direction != "desc") {
      return Fail(ErrorKind::kInvalid, "must be asc or desc", "direction");
    }
    filter.descending = direction == "desc";
    return filter;
  }
  bool Fits(const Metafield& metafield) const {
    return keys.Fits(metafield.key) && name_spaces.Fits(metafield.name_space) &&
           created.Has(SecondOf(metafield.created_at)) &&
           modified.Has(SecondOf(metafield.modified_at));
  }
};

struct ListedMetafield {
  Metafield metafield;
  int64_t customer_id = 0;
};

// Goes over the metafields of one customer or of all, one at a time: there may be any number.
class MetafieldSearch {
 public:
  MetafieldSearch(const Call& call, StoreView& view, const MetafieldFilter& filter)
      : call_(call), view_(view), filter_(filter) {}

  // Nobody: a customer that there is not.
  void OfCustomer(const std::optional<Head>& owner) {
    of_one_ = true;
    owner_ = owner;
  }

  Result<PageOutcome> Run(const PageRequest& page, std::vector<ListedMetafield>& rows) {
    PageOutcome outcome;
    outcome.has_cursors = true;
    if (page.by_cursor()) {
      OUBLI_TRY(TakeAtCursor(page, rows, outcome));
    } else {
      OUBLI_TRY(TakePage(page, rows, outcome));
    }
    outcome.count = static_cast<int64_t>(rows.size());
    if (!rows.empty()) {
      outcome.first = Cursor{rows.front().metafield.id, std::nullopt};
      outcome.last = Cursor{rows.back().metafield.id, std::nullopt};
    }
    return outcome;
  }

 private:
  using Visit = std::function<bool(ListedMetafield)>;

  Status TakePage(const PageRequest& page, std::vector<ListedMetafield>& rows,
                  PageOutcome& outcome) {
    OUBLI_TRY(
        Scan(filter_.descending, filter_.descending ? INT64_MAX : 0, [&](ListedMetafield row) {
          const int64_t index = outcome.total++;
          if (index >= page.offset() && index < page.offset() + page.limit) {
            rows.push_back(std::move(row));
          }
          return true;
        }));
    outcome.has_next = outcome.total > page.offset() + page.limit;
    return {};
  }

  // Rows before a cursor are the next ones in the other direction.
  Status TakeAtCursor(const PageRequest& page, std::vector<ListedMetafield>& rows,
                      PageOutcome& outcome) {
    const bool descending = page.after ? filter_.descending : !filter_.descending;
    const int64_t id = (page.after ? page.after : page.before)->id;
    bool more = false;
    OUBLI_TRY(Scan(descending, id, [&](ListedMetafield row) {
      more = static_cast<int64_t>(rows.size()) == page.limit;
      if (!more) rows.push_back(std::move(row));
      return !more;
    }));
    if (page.before) std::ranges::reverse(rows);
    // There is a way back to where the caller came from.
    outcome.has_next = page.after ? more : true;
    outcome.has_previous = page.after ? true : more;
    return {};
  }

  // Those beyond the id `from` that the caller may see and that fit, until `visit` returns false.
  Status Scan(bool descending, int64_t from, const Visit& visit) {
    if (of_one_) return ScanOne(descending, from, visit);
    Status failed;
    const auto consider = [&](int64_t id, const Head& owner) {
      auto go_on = Consider(id, owner, visit);
      if (go_on) return *go_on;
      failed = Fail(go_on.error());
      return false;
    };
    OUBLI_TRY(
        descending
            ? customers::ForEachRecordOwnerBackwards(view_, RecordKind::kMetafield, from, consider)
            : customers::ForEachRecordOwner(view_, RecordKind::kMetafield, from, consider));
    return failed;
  }

  Status ScanOne(bool descending, int64_t from, const Visit& visit) {
    if (!owner_) return {};
    auto list = customers::ListMetafields(view_, *owner_);
    if (!list && list.error().kind == ErrorKind::kNotFound) return {};  // erased meanwhile
    if (!list) return Fail(list.error());
    if (descending) std::ranges::reverse(*list);
    for (Metafield& metafield : *list) {
      if (descending ? metafield.id >= from : metafield.id <= from) continue;
      if (!Offer(std::move(metafield), *owner_, visit)) break;
    }
    return {};
  }

  Result<bool> Consider(int64_t id, const Head& owner, const Visit& visit) {
    if (owner.kind != OwnerKind::kCustomer) return true;
    auto metafield = customers::FindMetafield(view_, owner, id);
    if (!metafield && metafield.error().kind == ErrorKind::kNotFound) return true;
    if (!metafield) return Fail(metafield.error());
    if (!*metafield) return Fail(ErrorKind::kCorrupt, "a metafield's id leads to no metafield");
    return Offer(std::move(**metafield), owner, visit);
  }

  bool Offer(Metafield metafield, const Head& owner, const Visit& visit) {
    if (!MaySee(call_.principal, metafield, call_.choices) || !filter_.Fits(metafield)) return true;
    return visit({std::move(metafield), owner.id});
  }

  const Call& call_;
  StoreView& view_;
  const MetafieldFilter& filter_;
  bool of_one_ = false;
  std::optional<Head> owner_;
};

Result<std::string> PageOfMetafields(const Call& call, std::optional<int64_t> customer_id) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kMetafieldParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, true));
  OUBLI_TRY_ASSIGN(const auto filter, MetafieldFilter::Read(query, call.choices));
  OUBLI_TRY_ASSIGN(const auto fields, MetafieldFields::Read(query));

  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  MetafieldSearch search(call, *reader, filter);
  if (customer_id) {
    OUBLI_TRY_ASSIGN(const auto owner,
                     customers::FindHead(*reader, OwnerKind::kCustomer, *customer_id));
    search.OfCustomer(owner);
  }
  std::vector<ListedMetafield> rows;
  OUBLI_TRY_ASSIGN(const PageOutcome outcome, search.Run(page, rows));
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (const ListedMetafield& row : rows)
    WriteMetafield(json, row.metafield, row.customer_id, fields);
  json.EndArray();
  WriteMeta(json, query, call.choices, page, outcome);
  json.EndObject();
  return body;
}

// Nothing when there is none that the caller may see.
Result<std::optional<Metafield>> Find(const Call& call, int64_t customer_id, int64_t id) {
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindHead(*reader, OwnerKind::kCustomer, customer_id));
  if (!owner) return std::nullopt;
  auto found = customers::FindMetafield(*reader, *owner, id);
  if (!found && found.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!found) return Fail(found.error());
  if (!*found || !MaySee(call.principal, **found, call.choices)) return std::nullopt;
  return std::move(*found);
}

}  // namespace

void ListAllMetafields(Call& call) { AnswerList(call, PageOfMetafields(call, std::nullopt)); }

void ListMetafieldsOfCustomer(Call& call) {
  const auto customer_id = call.PathId(0);
  if (!customer_id) return call.answer(ResourceNotFound());
  AnswerList(call, PageOfMetafields(call, customer_id));
}

void GetMetafield(Call& call) {
  const auto customer_id = call.PathId(0);
  const auto id = call.PathId(1);
  if (!customer_id || !id) return call.answer(ResourceNotFound());
  const auto found = Find(call, *customer_id, *id);
  if (!found) return call.answer.Fail(found.error(), "");
  if (!*found) return call.answer(ResourceNotFound());
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data");
  WriteMetafield(json, **found, *customer_id, {});
  json.Key("meta").BeginObject().EndObject().EndObject();
  call.answer(http::Response::Text(200, kJsonContentType, std::move(body)));
}

}  // namespace oubli::dialects::bigcommerce
