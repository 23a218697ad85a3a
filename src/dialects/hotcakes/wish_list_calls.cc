#include "dialects/hotcakes/wish_list_calls.h"

#include <limits>
#include <utility>
#include <vector>

#include "base/text.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/hotcakes/account_view.h"
#include "dialects/hotcakes/wish_list_json.h"

namespace oubli::dialects::hotcakes {
namespace {

using customers::Head;
using customers::OwnedWishListItem;
using customers::Store;
using customers::StoreTransaction;
using customers::StoreView;
using customers::WishListItem;

using FoundItem = std::optional<OwnedWishListItem>;

constexpr std::string_view kNone =
    "No wish list items were found for the specified customer or store.";
constexpr std::string_view kNoSuchItem = "No wish list items were found matching the given ID.";
constexpr size_t kItemsOfAView = 200;

void SendItem(const Reply& reply, int64_t store_id, const Result<FoundItem>& found) {
  if (!found) return reply.Fault(found.error());
  if (!*found) return reply.Failure("NULL", kNoSuchItem);
  std::string json;
  JsonWriter writer(json, JsonWriter::Style::kHotcakes);
  AppendJson(writer, store_id, (*found)->owner.id, (*found)->item);
  reply.Content(json);
}

// The living customer of that Bvin. An item without one would be nobody's, and never erased.
Result<Head> FindOwner(StoreView& view, std::string_view bvin) {
  std::optional<Head> head;
  if (const auto id = ParseBvin(bvin)) {
    OUBLI_TRY_ASSIGN(head, customers::FindHead(view, customers::OwnerKind::kCustomer, *id));
  }
  if (head) return *head;
  return Fail(ErrorKind::kInvalid,
              "There is no customer with this CustomerId. Nothing was changed.", "CustomerId");
}

// All items of a store by ascending id.
class AllItems {
 public:
  explicit AllItems(std::shared_ptr<Store> store) : store_(std::move(store)) {}

  Result<bool> operator()(JsonItems& items) {
    OUBLI_TRY_ASSIGN(auto reader, store_->Read());
    std::vector<int64_t> ids;
    OUBLI_TRY(customers::ForEachRecordOwner(*reader, customers::RecordKind::kWishListItem,
                                            after_id_, [&ids](int64_t id, const Head&) {
                                              ids.push_back(id);
                                              return ids.size() < kItemsOfAView;
                                            }));
    for (const int64_t id : ids) {
      if (items.full()) return true;
      after_id_ = id;
      OUBLI_TRY_ASSIGN(const FoundItem found, customers::FindWishListItem(*reader, id));
      if (!found) continue;
      JsonWriter writer = items.Next();
      AppendJson(writer, store_->number(), found->owner.id, found->item);
    }
    return ids.size() == kItemsOfAView;
  }

 private:
  std::shared_ptr<Store> store_;
  int64_t after_id_ = 0;
};

// Those of one customer, the newest first.
class ItemsOfCustomer {
 public:
  ItemsOfCustomer(std::shared_ptr<Store> store, int64_t customer_id)
      : store_(std::move(store)), customer_id_(customer_id) {}

  Result<bool> operator()(JsonItems& items) {
    OUBLI_TRY_ASSIGN(auto reader, store_->Read());
    OUBLI_TRY_ASSIGN(const auto owner,
                     customers::FindHead(*reader, customers::OwnerKind::kCustomer, customer_id_));
    if (!owner) return false;
    bool more = false;
    OUBLI_TRY(customers::ForEachWishListItemOf(
        *reader, *owner, before_id_, [&](const WishListItem& item) {
          JsonWriter writer = items.Next();
          AppendJson(writer, store_->number(), customer_id_, item);
          before_id_ = item.id;
          more = items.full();
          return !more;
        }));
    return more;
  }

 private:
  std::shared_ptr<Store> store_;
  int64_t customer_id_;
  int64_t before_id_ = std::numeric_limits<int64_t>::max();
};

Result<FoundItem> Create(StoreTransaction& transaction, const WishListItemDto& dto) {
  OUBLI_TRY_ASSIGN(const Head owner, FindOwner(transaction, dto.customer_id));
  WishListItem item = dto.item;
  item.id = 0;
  OUBLI_TRY_ASSIGN(item, customers::PutWishListItem(transaction, owner, std::move(item)));
  return OwnedWishListItem{owner, std::move(item)};
}

Result<FoundItem> Update(StoreTransaction& transaction, const WishListItemDto& dto) {
  OUBLI_TRY_ASSIGN(const FoundItem old, customers::FindWishListItem(transaction, dto.item.id));
  if (!old) return old;
  OUBLI_TRY_ASSIGN(const Head owner, FindOwner(transaction, dto.customer_id));
  WishListItem item = dto.item;
  if (owner.ordinal == old->owner.ordinal) {
    OUBLI_TRY_ASSIGN(item, customers::PutWishListItem(transaction, owner, std::move(item)));
  } else {
    OUBLI_TRY_ASSIGN(item,
                     customers::MoveWishListItem(transaction, old->owner, owner, std::move(item)));
  }
  return OwnedWishListItem{owner, std::move(item)};
}

class WishListItems final : public Resource {
 public:
  std::string_view collection_route() const override {
    return "/DesktopModules/Hotcakes/API/rest/v1/wishlistitems";
  }
  std::string_view item_route() const override {
    return "/DesktopModules/Hotcakes/API/rest/v1/wishlistitems/{id}";
  }

  void Get(const Call& call) const override {
    if (!call.target.collection) return GetOne(call);
    const std::string customer = call.query.Find("id").value_or("");
    if (customer.empty()) return call.reply.List(AllItems(call.store), kNone);
    const auto id = ParseBvin(customer);
    if (!id) return call.reply.Failure("NULL", kNone);
    call.reply.List(ItemsOfCustomer(call.store, *id), kNone);
  }

  void Post(const Call& call) const override {
    auto dto = ReadWishListItem(call.request->body);
    if (!dto) return call.reply.Refuse(dto.error());
    const auto done = [reply = call.reply, store_id = call.store->number()](
                          const Result<FoundItem>& found) { SendItem(reply, store_id, found); };
    if (Trim(call.target.id).empty()) {
      return call.store->Write(
          [dto = std::move(*dto)](StoreTransaction& transaction) {
            return Create(transaction, dto);
          },
          done);
    }
    const auto id = ParseBvin(call.target.id);
    if (!id) return call.reply.Failure("NULL", kNoSuchItem);
    if (dto->item.id != 0 && dto->item.id != *id) {
      return call.reply.Refuse(
          {"The Id of the item is not the one in the URL. Nothing was changed."});
    }
    const bool changes = dto->item.id != 0 && dto->store_id == call.store->number();
    call.store->Write(
        [dto = std::move(*dto), changes, id = *id](StoreTransaction& transaction) {
          return changes ? Update(transaction, dto) : customers::FindWishListItem(transaction, id);
        },
        done);
  }

  void Delete(const Call& call) const override {
    const auto id = ParseBvin(call.target.id);
    if (!id) return call.reply.Bool(false);
    call.store->Write(
        [id = *id](StoreTransaction& transaction) {
          return customers::DeleteWishListItem(transaction, id);
        },
        [reply = call.reply](const Result<bool>& deleted) {
          if (!deleted) return reply.Fault(deleted.error(), "false");
          reply.Bool(*deleted);
        });
  }

 private:
  static void GetOne(const Call& call) {
    const auto id = ParseBvin(call.target.id);
    if (!id) return call.reply.Failure("NULL", kNoSuchItem);
    auto reader = call.store->Read();
    if (!reader) return call.reply.Fault(reader.error());
    SendItem(call.reply, call.store->number(), customers::FindWishListItem(**reader, *id));
  }
};

}  // namespace

std::unique_ptr<Resource> MakeWishListItems() { return std::make_unique<WishListItems>(); }

}  // namespace oubli::dialects::hotcakes
