// GET /v3/customers/addresses (contract 3).
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/bigcommerce/address_json.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/pagination.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Address;
using customers::Head;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreView;

constexpr std::array<std::string_view, 7> kAddressParameters = {
    "page", "limit", "id:in", "customer_id:in", "company:in", "name:in", "include"};

struct AddressFilter {
  std::optional<std::vector<int64_t>> ids, customer_ids;  // ascending
  std::optional<TextList> companies, names;

  bool NeedsAddress() const { return companies || names; }
  bool Matches(const Address& address, const Choices& choices) const {
    if (companies && !companies->Has(address.company, choices)) return false;
    return !names || names->Has(address.first_name + " " + address.last_name, choices);
  }
};

Result<AddressFilter> ReadAddressFilter(const Query& query, const Choices& choices) {
  AddressFilter filter;
  OUBLI_TRY_ASSIGN(filter.ids, query.Integers("id:in"));
  OUBLI_TRY_ASSIGN(filter.customer_ids, query.Integers("customer_id:in"));
  OUBLI_TRY_ASSIGN(filter.companies, TextList::Read(query, "company:in", choices));
  OUBLI_TRY_ASSIGN(filter.names, TextList::Read(query, "name:in", choices));
  return filter;
}

Result<bool> ReadFormFieldsWanted(const Query& query) {
  OUBLI_TRY_ASSIGN(const auto words, query.Texts("include"));
  if (!words) return false;
  bool wanted = false;
  for (const std::string& word : *words) {
    if (word != "formfields" && !word.empty()) {
      return Fail(ErrorKind::kInvalid, "must be formfields", "include");
    }
    wanted |= word == "formfields";
  }
  return wanted;
}

// An address that fits. Not kept open: of a scan few are on the page.
struct FoundAddress {
  int64_t id = 0;
  Head owner;
};

class AddressSearch {
 public:
  AddressSearch(StoreView& view, const AddressFilter& filter, const Choices& choices)
      : view_(view), filter_(filter), choices_(choices) {}

  // Ascending by id.
  Result<std::vector<FoundAddress>> Run() {
    if (filter_.ids) {
      OUBLI_TRY(FromIds());
    } else if (filter_.customer_ids) {
      OUBLI_TRY(FromCustomers());
    } else {
      OUBLI_TRY(FromAll());
    }
    std::ranges::sort(rows_, {}, &FoundAddress::id);
    return std::move(rows_);
  }

 private:
  Status FromIds() {
    for (const int64_t id : *filter_.ids) {
      OUBLI_TRY_ASSIGN(const auto owner,
                       customers::FindRecordOwner(view_, RecordKind::kAddress, id));
      if (owner) OUBLI_TRY(Consider(id, *owner));
    }
    return {};
  }

  Status FromCustomers() {
    for (const int64_t id : *filter_.customer_ids) {
      OUBLI_TRY_ASSIGN(const auto owner, customers::FindHead(view_, OwnerKind::kCustomer, id));
      if (!owner) continue;
      OUBLI_TRY_ASSIGN(const auto list,
                       customers::NothingIfErased(customers::ListAddresses(view_, *owner)));
      for (const Address& address : list) {
        if (filter_.Matches(address, choices_)) rows_.push_back({address.id, *owner});
      }
    }
    return {};
  }

  Status FromAll() {
    Status failed;
    OUBLI_TRY(customers::ForEachRecordOwner(view_, RecordKind::kAddress, 0,
                                            [&](int64_t id, const Head& owner) {
                                              failed = Consider(id, owner);
                                              return failed.has_value();
                                            }));
    return failed;
  }

  Status Consider(int64_t id, const Head& owner) {
    if (owner.kind != OwnerKind::kCustomer) return {};
    if (filter_.customer_ids && !std::ranges::binary_search(*filter_.customer_ids, owner.id)) {
      return {};
    }
    if (filter_.NeedsAddress()) {
      OUBLI_TRY_ASSIGN(const auto address,
                       customers::NothingIfErased(customers::FindAddress(view_, owner, id)));
      if (!address || !filter_.Matches(*address, choices_)) return {};
    }
    rows_.push_back({id, owner});
    return {};
  }

  StoreView& view_;
  const AddressFilter& filter_;
  const Choices& choices_;
  std::vector<FoundAddress> rows_;
};

Result<std::string> PageOfAddresses(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kAddressParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const AddressFilter filter, ReadAddressFilter(query, call.choices));
  OUBLI_TRY_ASSIGN(const bool form_fields, ReadFormFieldsWanted(query));

  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const std::vector<FoundAddress> rows,
                   AddressSearch(*reader, filter, call.choices).Run());
  PageOutcome outcome;
  outcome.total = static_cast<int64_t>(rows.size());
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  const int64_t end = std::min(outcome.total, page.offset() + page.limit);
  for (int64_t i = page.offset(); i < end; ++i) {
    const FoundAddress& row = rows[static_cast<size_t>(i)];
    OUBLI_TRY_ASSIGN(const auto address, customers::NothingIfErased(
                                             customers::FindAddress(*reader, row.owner, row.id)));
    if (!address) continue;  // erased since this view began
    WriteAddress(json, *address, row.owner.id, form_fields);
    ++outcome.count;
  }
  json.EndArray();
  WriteMeta(json, query, call.choices, page, outcome);
  json.EndObject();
  return body;
}

}  // namespace

void ListAddresses(Call& call) { AnswerList(call, PageOfAddresses(call)); }

}  // namespace oubli::dialects::bigcommerce
