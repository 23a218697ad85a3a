#include "admin/import_batch.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "admin/protocol.h"
#include "base/json.h"
#include "base/json_writer.h"

namespace oubli::admin {
namespace {

using import::RowOutcome;
using import::RowResult;

std::string_view ResultName(RowResult result) {
  switch (result) {
    case RowResult::kCreated:
      return "created";
    case RowResult::kUpdated:
      return "updated";
    case RowResult::kRefused:
      break;
  }
  return "refused";
}

std::string EncodeOutcomes(const std::vector<RowOutcome>& outcomes) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("outcomes").BeginArray();
  for (const RowOutcome& outcome : outcomes) {
    writer.BeginObject().Member("result", ResultName(outcome.result));
    if (outcome.result == RowResult::kRefused) {
      writer.Key("problem").BeginObject();
      writer.Member("list", outcome.problem.list).Member("index", outcome.problem.index);
      writer.Member("field", outcome.problem.field).Member("text", outcome.problem.text);
      writer.EndObject();
    }
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

RowOutcome DecodeOutcome(const boost::json::value& value) {
  RowOutcome outcome;
  if (!value.is_object()) return outcome;
  const boost::json::object& object = value.get_object();
  const std::string result = TextMember(object, "result");
  if (result == "created") outcome.result = RowResult::kCreated;
  if (result == "updated") outcome.result = RowResult::kUpdated;
  const boost::json::value* problem = object.if_contains("problem");
  if (problem == nullptr || !problem->is_object()) return outcome;
  const boost::json::object& members = problem->get_object();
  outcome.problem.list = TextMember(members, "list");
  outcome.problem.field = TextMember(members, "field");
  outcome.problem.text = TextMember(members, "text");
  const boost::json::value* index = members.if_contains("index");
  if (index != nullptr) outcome.problem.index = AsInt(*index).value_or(-1);
  return outcome;
}

}  // namespace

Result<std::string> ImportBatch(access::Stores& stores, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store", "rows"}));
  OUBLI_TRY_ASSIGN(const std::string handle, arguments.Text("store"));
  const boost::json::value* list = arguments.object().if_contains("rows");
  if (list == nullptr || !list->is_array()) {
    return Fail(ErrorKind::kInvalid, "rows must be a list of objects", "rows");
  }
  std::vector<boost::json::object> rows;
  for (const boost::json::value& row : list->get_array()) {
    if (!row.is_object()) {
      return Fail(ErrorKind::kInvalid, "rows must be a list of objects", "rows");
    }
    rows.push_back(row.get_object());
  }
  OUBLI_TRY_ASSIGN(const access::StoreInfo info, stores.Find(handle));
  OUBLI_TRY_ASSIGN(const auto store, stores.Open(info.number));
  OUBLI_TRY_ASSIGN(const std::vector<RowOutcome> outcomes, import::ApplyBatch(*store, rows));
  return EncodeOutcomes(outcomes);
}

std::string EncodeImportBatch(std::string_view store, std::span<const boost::json::object> rows) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", store).Key("rows").BeginArray();
  for (const boost::json::object& row : rows) {
    writer.BeginObject();
    for (const auto& member : row) {
      writer.Key({member.key().data(), member.key().size()});
      WriteJson(writer, member.value());
    }
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

Result<std::vector<RowOutcome>> DecodeImportOutcomes(std::string_view result, size_t rows) {
  OUBLI_TRY_ASSIGN(const boost::json::value value, ParseJson(result));
  const boost::json::value* list =
      value.is_object() ? value.get_object().if_contains("outcomes") : nullptr;
  if (list == nullptr || !list->is_array() || list->get_array().size() != rows) {
    return Fail(ErrorKind::kCorrupt, "the server's answer to a batch is not understood");
  }
  std::vector<RowOutcome> outcomes;
  outcomes.reserve(rows);
  for (const boost::json::value& outcome : list->get_array()) {
    outcomes.push_back(DecodeOutcome(outcome));
  }
  return outcomes;
}

}  // namespace oubli::admin
