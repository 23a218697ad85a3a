#include "admin/reindex_commands.h"

#include "base/date_time.h"
#include "base/json_writer.h"
#include "erasure/reindex.h"

namespace oubli::admin {
namespace {

Result<erasure::ReindexState> Run(customers::Store& store, std::string_view command) {
  if (command == kReindexStep) return erasure::StepReindex(store);
  if (command == kReindexEnd) return erasure::EndReindex(store);
  if (command == kReindexStart) OUBLI_TRY(erasure::StartReindex(store));
  OUBLI_TRY_ASSIGN(auto reader, store.Read());
  return erasure::ReadReindex(*reader);
}

}  // namespace

Result<std::string> RunReindex(access::Stores& stores, const access::StoreInfo& info,
                               std::string_view command) {
  OUBLI_TRY_ASSIGN(const auto store, stores.Open(info.number));
  OUBLI_TRY_ASSIGN(const erasure::ReindexState state, Run(*store, command));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", info.handle);
  writer.Member("under_way", state.under_way).Member("complete", state.complete);
  writer.Member("done", state.done).Member("customers", state.customers);
  writer.Member("unreadable", state.unreadable).Key("unreadable_ids").BeginArray();
  for (const int64_t id : state.unreadable_ids) writer.Int(id);
  writer.EndArray().Key("unreadable_subscriber_ids").BeginArray();
  for (const int64_t id : state.unreadable_subscriber_ids) writer.Int(id);
  writer.EndArray().Key("ended_at");
  state.ended_at == 0 ? writer.Null() : writer.String(FormatIso8601(state.ended_at));
  writer.EndObject();
  return out;
}

}  // namespace oubli::admin
