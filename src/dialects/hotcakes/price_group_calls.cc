#include "dialects/hotcakes/price_group_calls.h"

#include <utility>

#include "base/text.h"
#include "crypto/random.h"
#include "dialects/hotcakes/price_group_json.h"

namespace oubli::dialects::hotcakes {
namespace {

using customers::PriceGroup;
using customers::StoreTransaction;

using FoundGroup = std::optional<PriceGroup>;

void SendGroup(const Reply& reply, int64_t store_id, const Result<FoundGroup>& found) {
  if (!found && found.error().kind == ErrorKind::kConflict)
    return reply.Refuse({"There is a price group with this Bvin. Nothing was changed."});
  if (!found && found.error().kind == ErrorKind::kTooMany)
    return reply.Refuse({"A store holds at most 10000 price groups. Nothing was changed."});
  if (!found) return reply.Fault(found.error());
  if (!*found)
    return reply.Failure("NULL", "Could not locate that item. Check bvin and try again.");
  std::string json;
  JsonWriter writer(json, JsonWriter::Style::kHotcakes);
  AppendJson(writer, store_id, **found);
  reply.Content(json);
}

class PriceGroups final : public Resource {
 public:
  std::string_view collection_route() const override {
    return "/DesktopModules/Hotcakes/API/rest/v1/pricegroups";
  }
  std::string_view item_route() const override {
    return "/DesktopModules/Hotcakes/API/rest/v1/pricegroups/{bvin}";
  }

  void Get(const Call& call) const override {
    auto reader = call.store->Read();
    if (!reader) return call.reply.Fault(reader.error());
    if (!call.target.collection) {
      return SendGroup(call.reply, call.store->number(),
                       customers::FindPriceGroup(**reader, call.target.id));
    }
    const auto groups = customers::ListPriceGroups(**reader);
    if (!groups) return call.reply.Fault(groups.error());
    std::string json;
    JsonWriter writer(json, JsonWriter::Style::kHotcakes);
    writer.BeginArray();
    for (const PriceGroup& group : *groups) AppendJson(writer, call.store->number(), group);
    writer.EndArray();
    call.reply.Content(json);
  }

  void Post(const Call& call) const override {
    auto dto = ReadPriceGroup(call.request->body);
    if (!dto) return call.reply.Refuse(dto.error());
    if (Trim(call.target.id).empty()) return Create(call, std::move(dto->group));
    Update(call, std::move(*dto));
  }

  void Delete(const Call& call) const override {
    if (Trim(call.target.id).empty()) return call.reply.Bool(false);
    call.store->Write(
        [bvin = call.target.id](StoreTransaction& transaction) {
          return customers::DeletePriceGroup(transaction, bvin);
        },
        [reply = call.reply](const Result<bool>& deleted) {
          if (!deleted) return reply.Fault(deleted.error(), "false");
          reply.Bool(*deleted);
        });
  }

 private:
  static void Create(const Call& call, PriceGroup group) {
    if (group.bvin.empty()) group.bvin = crypto::RandomUuid();
    call.store->Write(
        [group = std::move(group)](StoreTransaction& transaction) -> Result<FoundGroup> {
          return customers::CreatePriceGroup(transaction, group);
        },
        [reply = call.reply, store_id = call.store->number()](const Result<FoundGroup>& created) {
          SendGroup(reply, store_id, created);
        });
  }

  // The body says which one is changed, and that it is this store's; else the one of the URL is
  // answered as it is.
  static void Update(const Call& call, PriceGroupDto dto) {
    if (!dto.group.bvin.empty() && !EqualsIgnoreCase(dto.group.bvin, call.target.id)) {
      return call.reply.Refuse(
          {"The Bvin of the price group is not the one in the URL. Nothing was changed."});
    }
    const int64_t store_id = call.store->number();
    const bool changes = !dto.group.bvin.empty() && dto.store_id == store_id;
    call.store->Write(
        [group = std::move(dto.group), changes,
         bvin = call.target.id](StoreTransaction& transaction) -> Result<FoundGroup> {
          if (!changes) return customers::FindPriceGroup(transaction, bvin);
          return customers::UpdatePriceGroup(transaction, group);
        },
        [reply = call.reply, store_id](const Result<FoundGroup>& updated) {
          SendGroup(reply, store_id, updated);
        });
  }
};

}  // namespace

std::unique_ptr<Resource> MakePriceGroups() { return std::make_unique<PriceGroups>(); }

}  // namespace oubli::dialects::hotcakes
