#include "admin/order_commands.h"

#include <future>
#include <memory>
#include <vector>

#include "base/date_time.h"
#include "base/json_writer.h"
#include "customers/kept_orders.h"
#include "erasure/eraser.h"

namespace oubli::admin {
namespace {

using customers::Head;
using customers::KeptOrder;

constexpr size_t kOrdersAPage = 500;
constexpr size_t kDateLetters = 10;

struct Page {
  std::vector<std::pair<Head, KeptOrder>> orders;
  int64_t after = 0;
  bool complete = false;
};

Result<Page> ReadPage(customers::Store& store, int64_t after) {
  OUBLI_TRY_ASSIGN(auto reader, store.Read());
  Page page;
  page.after = after;
  OUBLI_TRY(
      customers::ForEachKeptOrder(*reader, after, [&](const Head& head, const KeptOrder& order) {
        page.orders.emplace_back(head, order);
        page.after = head.id;
        return page.orders.size() < kOrdersAPage;
      }));
  page.complete = page.orders.size() < kOrdersAPage;
  return page;
}

void WriteOrder(JsonWriter& writer, int64_t id, const KeptOrder& order) {
  writer.BeginObject().Member("id", id).Key("date");
  order.date == 0 ? writer.Null() : writer.String(FormatDate(order.date));
  writer.Member("currency", order.currency).Member("status", order.status);
  writer.Member("total", order.total.ToString(2)).Key("items").BeginArray();
  for (const customers::KeptItem& item : order.items) {
    writer.BeginObject().Member("sku", item.sku).Member("quantity", item.quantity.ToString());
    writer.Member("price", item.price.ToString(2)).EndObject();
  }
  writer.EndArray().EndObject();
}

void WriteEnd(JsonWriter& writer, int64_t after, bool complete) {
  writer.Member("after", after).Member("complete", complete).EndObject();
}

Result<std::string> Kept(customers::Store& store, int64_t after) {
  OUBLI_TRY_ASSIGN(const Page page, ReadPage(store, after));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", store.handle()).Key("orders").BeginArray();
  for (const auto& [head, order] : page.orders) WriteOrder(writer, head.id, order);
  writer.EndArray();
  WriteEnd(writer, page.after, page.complete);
  return out;
}

Result<std::string> Keep(customers::Store& store, int64_t after) {
  OUBLI_TRY_ASSIGN(const customers::KeepStep step, customers::KeepPresentOrders(store, after));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", store.handle()).Member("kept", step.kept);
  writer.Member("unreadable", step.unreadable);
  WriteEnd(writer, step.after, step.complete);
  return out;
}

Result<UnixMs> ReadDay(const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(const std::string text, arguments.Text("before"));
  const auto day = text.size() == kDateLetters ? ParseIso8601(text) : std::nullopt;
  if (!day) return Fail(ErrorKind::kInvalid, "before must be a date, YYYY-MM-DD", "before");
  return *day;
}

Result<std::string> Forget(customers::Store& store, UnixMs before, int64_t after) {
  OUBLI_TRY_ASSIGN(const Page page, ReadPage(store, after));
  std::vector<int64_t> ids;
  for (const auto& [head, order] : page.orders) {
    // An order without a date is as old as its being written.
    if ((order.date == 0 ? head.created_at : order.date) < before) ids.push_back(head.id);
  }
  size_t forgotten = 0;
  if (!ids.empty()) {
    const auto erased = std::make_shared<std::promise<Result<erasure::Outcome>>>();
    erasure::Erase(
        store, customers::OwnerKind::kKeptOrder, std::move(ids),
        [erased](Result<erasure::Outcome> outcome) { erased->set_value(std::move(outcome)); });
    OUBLI_TRY_ASSIGN(const erasure::Outcome outcome, erased->get_future().get());
    forgotten = outcome.erased.size();
  }
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", store.handle()).Member("forgotten", forgotten);
  WriteEnd(writer, page.after, page.complete);
  return out;
}

}  // namespace

Result<std::string> RunOrders(access::Stores& stores, const access::StoreInfo& info,
                              std::string_view command, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(const auto store, stores.Open(info.number));
  OUBLI_TRY_ASSIGN(const int64_t after, arguments.Int("after", 0));
  if (command == kOrdersForget) {
    OUBLI_TRY(arguments.CheckNames({"store", "before", "after"}));
    OUBLI_TRY_ASSIGN(const UnixMs before, ReadDay(arguments));
    return Forget(*store, before, after);
  }
  OUBLI_TRY(arguments.CheckNames({"store", "after"}));
  return command == kOrdersKeep ? Keep(*store, after) : Kept(*store, after);
}

}  // namespace oubli::admin
