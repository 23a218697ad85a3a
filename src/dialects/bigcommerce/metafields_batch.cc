// POST, PUT and DELETE /v3/customers/metafields: what can be done of a batch is done, in one
// commit, and the answer says what could not (contract 5.7).
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/metafields.h"
#include "customers/records.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/ids_to_delete.h"
#include "dialects/bigcommerce/metafield_json.h"

namespace oubli::dialects::bigcommerce {
namespace {

namespace json = boost::json;
using customers::Head;
using customers::Metafield;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreTransaction;

struct Stored {
  Metafield metafield;
  int64_t customer_id = 0;
};

// What came of a batch: `stored` of a POST or PUT, `deleted` of a DELETE.
struct Outcome {
  std::vector<Stored> stored;
  std::vector<int64_t> deleted;
  std::vector<FieldError> failed;  // by the index of a new one, else by id
};

void WriteOutcome(JsonWriter& json, const Outcome& outcome) {
  const size_t done = outcome.stored.size() + outcome.deleted.size();
  json.BeginObject().Key("data").BeginArray();
  for (const Stored& one : outcome.stored) {
    WriteMetafield(json, one.metafield, one.customer_id, {});
  }
  for (const int64_t id : outcome.deleted) json.Int(id);
  json.EndArray().Key("errors").BeginArray();
  if (!outcome.failed.empty()) {
    json.Raw(ErrorEnvelope(422, "Bulk operation has failed", outcome.failed).body);
  }
  json.EndArray().Key("meta").BeginObject();
  json.Member("total", done + outcome.failed.size())
      .Member("success", done)
      .Member("failed", outcome.failed.size());
  json.EndObject().EndObject();
}

http::Response AnswerOf(const Outcome& outcome) {
  std::string body;
  JsonWriter json(body);
  WriteOutcome(json, outcome);
  return http::Response::Text(outcome.failed.empty() ? 200 : 422, kJsonContentType,
                              std::move(body));
}

// The caller's rights, for a command that outlives the call.
struct Rights {
  access::Principal caller;
  const Choices& choices;
};

// What an item's own failure is called; nothing when the whole batch has failed.
std::optional<std::string_view> ItemFailure(const Error& error, const Choices& choices) {
  if (error.kind == ErrorKind::kConflict) return choices.metafield_conflict;
  if (error.kind == ErrorKind::kTooMany) return choices.too_many_metafields_of_client;
  return std::nullopt;
}

// PutMetafield() refuses before it writes, so an item that fails leaves nothing behind.
Status PutOrNote(StoreTransaction& transaction, const Head& owner, Metafield metafield,
                 const std::string& item, const Choices& choices, Outcome& outcome) {
  auto stored = customers::PutMetafield(transaction, owner, std::move(metafield));
  if (stored) {
    outcome.stored.push_back({std::move(*stored), owner.id});
    return {};
  }
  const auto failure = ItemFailure(stored.error(), choices);
  if (!failure) return Fail(stored.error());
  outcome.failed.push_back({item, std::string(*failure)});
  return {};
}

Status CreateOrNote(StoreTransaction& transaction, const Rights& rights,
                    const MetafieldInput& input, size_t index, Outcome& outcome) {
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindHead(transaction, OwnerKind::kCustomer, *input.resource_id));
  const std::string item = fmt::format("{}", index);
  if (!owner) {
    outcome.failed.push_back({item, std::string(rights.choices.unknown_resource)});
    return {};
  }
  Metafield metafield;
  metafield.client_id = rights.caller.client_id;
  input.ApplyTo(metafield);
  return PutOrNote(transaction, *owner, std::move(metafield), item, rights.choices, outcome);
}

// The metafield of an id, or nothing and a note of why not.
Result<std::optional<FoundMetafield>> FindOrNote(StoreTransaction& transaction,
                                                 const Rights& rights, int64_t id,
                                                 std::string_view forbidden, Outcome& outcome) {
  const auto note = [&](std::string_view text) {
    outcome.failed.push_back({fmt::format("{}", id), std::string(text)});
    return std::nullopt;
  };
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindRecordOwner(transaction, RecordKind::kMetafield, id));
  if (!owner || owner->kind != OwnerKind::kCustomer) return note(rights.choices.unknown_metafield);
  OUBLI_TRY_ASSIGN(auto metafield, customers::FindMetafield(transaction, *owner, id));
  if (!metafield || !MaySee(rights.caller, *metafield, rights.choices)) {
    return note(rights.choices.unknown_metafield);
  }
  if (!MayWrite(rights.caller, *metafield)) return note(forbidden);
  return FoundMetafield{*owner, std::move(*metafield)};
}

Status UpdateOrNote(StoreTransaction& transaction, const Rights& rights,
                    const MetafieldInput& input, Outcome& outcome) {
  OUBLI_TRY_ASSIGN(auto found, FindOrNote(transaction, rights, *input.id,
                                          rights.choices.may_not_update, outcome));
  if (!found) return {};
  input.ApplyTo(found->metafield);
  return PutOrNote(transaction, found->owner, std::move(found->metafield),
                   fmt::format("{}", *input.id), rights.choices, outcome);
}

Status DeleteOrNote(StoreTransaction& transaction, const Rights& rights, int64_t id,
                    Outcome& outcome) {
  OUBLI_TRY_ASSIGN(const auto found,
                   FindOrNote(transaction, rights, id, rights.choices.may_not_delete, outcome));
  if (!found) return {};
  OUBLI_TRY(customers::DeleteMetafield(transaction, found->owner, id));
  outcome.deleted.push_back(id);
  return {};
}

// Runs `each(transaction, rights, item, index, outcome)` for the items in order.
template <class Item, class Each>
void RunBatch(Call& call, std::vector<Item> items, Each each) {
  call.store->Write(
      [items = std::move(items), each, rights = Rights{call.principal, call.choices}](
          StoreTransaction& transaction) -> Result<Outcome> {
        Outcome outcome;
        for (size_t i = 0; i < items.size(); ++i) {
          OUBLI_TRY(each(transaction, rights, items[i], i, outcome));
        }
        return outcome;
      },
      [answer = call.answer](const Result<Outcome>& outcome) {
        if (!outcome) return answer.Fail(outcome.error(), "");
        answer(AnswerOf(*outcome));
      });
}

// The items of a body, or nothing when the call has been answered.
std::optional<std::vector<MetafieldInput>> ReadItems(const Call& call, MetafieldUse use) {
  const Choices& choices = call.choices;
  const auto body = ReadArrayBody(call.request, choices, choices.max_metafields_a_call,
                                  choices.too_many_metafields);
  if (!body) {
    call.answer(body.error());
    return std::nullopt;
  }
  const json::array& items = body->get_array();
  std::vector<MetafieldInput> inputs;
  for (size_t i = 0; i < items.size(); ++i) {
    const auto object = ItemObject(choices, items, i);
    auto input = object ? ReadMetafield(**object, ItemPath(choices, i), use)
                        : Result<MetafieldInput>(Fail(object.error()));
    if (!input) {
      call.answer.Fail(input.error(), choices.invalid_metafield);
      return std::nullopt;
    }
    inputs.push_back(std::move(*input));
  }
  return inputs;
}

// The ids in the body of a DELETE, in order, without repeats.
tl::expected<std::vector<int64_t>, http::Response> ReadIdsInBody(const Call& call) {
  const Choices& choices = call.choices;
  const auto refuse = [&](std::string_view title) {
    return tl::unexpected<http::Response>(ErrorEnvelope(422, title));
  };
  const auto body = ReadUntypedBody(call.request, choices);
  if (!body) return tl::unexpected<http::Response>(body.error());
  if (!body->is_array()) return refuse(choices.bad_ids_to_delete);
  std::vector<int64_t> ids;
  for (const json::value& element : body->get_array()) {
    const auto id = AsInt(element);
    if (!id || *id < 1) return refuse(choices.bad_ids_to_delete);
    if (std::ranges::find(ids, *id) != ids.end()) continue;
    if (ids.size() == choices.max_ids_a_delete) return refuse(choices.bad_ids_to_delete);
    ids.push_back(*id);
  }
  return ids;
}

}  // namespace

void CreateMetafields(Call& call) {
  auto items = ReadItems(call, MetafieldUse::kCreateInBatch);
  if (!items) return;
  RunBatch(call, std::move(*items), CreateOrNote);
}

void UpdateMetafields(Call& call) {
  auto items = ReadItems(call, MetafieldUse::kUpdateInBatch);
  if (!items) return;
  RunBatch(
      call, std::move(*items),
      [](StoreTransaction& transaction, const Rights& rights, const MetafieldInput& input, size_t,
         Outcome& outcome) { return UpdateOrNote(transaction, rights, input, outcome); });
}

void DeleteMetafields(Call& call) {
  auto ids = ReadIdsToDelete(call.request, call.choices);
  if (!ids) return call.answer.Fail(ids.error(), "");
  if (!call.request.body.empty()) {
    // Two lists that do not say the same: whoever sent them did not mean both.
    if (!ids->empty()) {
      return call.answer(ErrorEnvelope(422, call.choices.bad_ids_to_delete));
    }
    auto in_body = ReadIdsInBody(call);
    if (!in_body) return call.answer(in_body.error());
    *ids = std::move(*in_body);
  }
  RunBatch(call, std::move(*ids),
           [](StoreTransaction& transaction, const Rights& rights, int64_t id, size_t,
              Outcome& outcome) { return DeleteOrNote(transaction, rights, id, outcome); });
}

}  // namespace oubli::dialects::bigcommerce
