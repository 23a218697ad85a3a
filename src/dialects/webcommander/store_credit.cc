// /admin/customers/{customer_id}/store-credit/adjustments.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/date_time.h"
#include "customers/customers.h"
#include "customers/shop_records.h"
#include "dialects/webcommander/address_json.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/customer_lookup.h"
#include "dialects/webcommander/fields.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/pagination.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::CreditAdjustment;
using customers::Head;

constexpr size_t kMaxAdjustmentNote = 4096;

struct Adjusted {
  Head head;
  CreditAdjustment adjustment;
};

void WriteAdjustment(JsonWriter& writer, const Head& head, const CreditAdjustment& adjustment) {
  writer.Member("id", adjustment.id)
      .Member("customer_id", head.id)
      .Member("internal_id", InternalId(head))
      .Member("action", adjustment.deducted ? "deduct" : "add");
  Amount(writer, "amount", adjustment.amount);
  NullableText(writer, "note", adjustment.note);
  writer.Member("created_at", FormatIso8601(adjustment.created_at));
  NullableText(writer, "created_by", adjustment.created_by);
}

Parsed<CreditAdjustment> ParseAdjustment(std::string_view body) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader reader(*object);
  CreditAdjustment adjustment;
  const auto action = reader.Word("action", {"add", "deduct"});
  if (!action) reader.Fail("action", "invalid_enum", "must be one of add, deduct");
  adjustment.deducted = action == "deduct";
  adjustment.amount = reader.Amount("amount").value_or(Decimal());
  if (adjustment.amount <= Decimal()) {
    reader.Fail("amount", "out_of_range", "must be greater than 0");
  }
  adjustment.note = reader.Text("note", {kMaxAdjustmentNote, true}).value_or("");
  if (reader.problem()) return tl::unexpected(*reader.problem());
  return adjustment;
}

Result<Adjusted> Adjust(customers::StoreTransaction& transaction, int64_t id,
                        CreditAdjustment adjustment) {
  OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
  if (!customer) return Fail(ErrorKind::kNotFound, "no such customer");
  adjustment.balance_before = customer->profile.store_credit;
  const auto after = adjustment.balance_before.Plus(
      adjustment.deducted ? adjustment.amount.Negated() : adjustment.amount);
  if (!after || *after < Decimal()) {
    return Fail(ErrorKind::kInvalid, "the balance would be out of range", "amount");
  }
  adjustment.balance_after = *after;
  customer->profile.store_credit = *after;
  const Head head = customer->head;
  OUBLI_TRY(customers::UpdateCustomer(transaction, std::move(*customer)));
  OUBLI_TRY_ASSIGN(adjustment, customers::PutCreditAdjustment(transaction, head, adjustment));
  return Adjusted{head, std::move(adjustment)};
}

struct History {
  Head head;
  std::vector<CreditAdjustment> adjustments;  // newest first
};

Result<History> ReadHistory(customers::Store& store, int64_t id) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  OUBLI_TRY_ASSIGN(const auto head,
                   customers::FindHead(*view, customers::OwnerKind::kCustomer, id));
  if (!head) return Fail(ErrorKind::kNotFound, "no such customer");
  OUBLI_TRY_ASSIGN(auto adjustments, customers::ListCreditAdjustments(*view, *head));
  std::reverse(adjustments.begin(), adjustments.end());  // they come by id
  return History{*head, std::move(adjustments)};
}

Parsed<Place> ParsePlace(std::string_view query) {
  const auto parameters = http::ParseUrlEncoded(query);
  if (!parameters) return tl::unexpected(InvalidRequest("invalid query string"));
  for (const http::Parameter& parameter : parameters->all()) {
    const std::string& name = parameter.name;
    if (name != "limit" && name != "offset" && name != "page") {
      return tl::unexpected(
          ParameterRefused(ShownName(name), "unknown_parameter", "this parameter is not known"));
    }
    if (parameters->Count(name) > 1) {
      return tl::unexpected(ValidationFailed(name, "invalid_value", "must be given once"));
    }
  }
  return ReadPlace(*parameters);
}

}  // namespace

void ListCreditAdjustments(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  auto place = ParsePlace(call.request.query);
  if (!place) return call.answer(place.error());
  const auto history = ReadHistory(*call.store, *id);
  if (!history) return call.answer(FromError(history.error()));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("store_credit_adjustments").BeginArray();
  place->total = static_cast<int64_t>(history->adjustments.size());
  for (int64_t i = place->offset; i < std::min(place->total, place->offset + place->limit); ++i) {
    writer.BeginObject();
    WriteAdjustment(writer, history->head, history->adjustments[static_cast<size_t>(i)]);
    writer.EndObject();
    ++place->count;
  }
  writer.EndArray();
  WritePagination(writer, call.request,
                  "/api/v4/admin/customers/" + std::to_string(*id) + "/store-credit/adjustments",
                  {}, *place);
  writer.EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void AdjustCredit(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  auto adjustment = ParseAdjustment(call.request.body);
  if (!adjustment) return call.answer(adjustment.error());
  adjustment->created_by = call.principal.user_id;
  call.store->Write(
      [id = *id, adjustment = std::move(*adjustment)](customers::StoreTransaction& transaction) {
        return Adjust(transaction, id, adjustment);
      },
      [answer = call.answer](Result<Adjusted> adjusted) {
        if (!adjusted && adjusted.error().kind == ErrorKind::kInvalid) {
          return answer(ValidationFailed("amount", "out_of_range",
                                         "the store credit must stay between 0 and what fits"));
        }
        if (!adjusted) return answer(FromError(adjusted.error()));
        std::string body;
        JsonWriter writer(body);
        writer.BeginObject().Key("store_credit_adjustment").BeginObject();
        WriteAdjustment(writer, adjusted->head, adjusted->adjustment);
        Amount(writer, "balance_before", adjusted->adjustment.balance_before);
        Amount(writer, "balance_after", adjusted->adjustment.balance_after);
        writer.EndObject();
        Amount(writer, "store_credit", adjusted->adjustment.balance_after);
        writer.EndObject();
        answer(JsonResponse(201, std::move(body)));
      });
}

}  // namespace oubli::dialects::webcommander
