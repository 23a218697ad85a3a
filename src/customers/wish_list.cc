#include "customers/wish_list.h"

#include <utility>

#include "customers/codec.h"
#include "customers/heads.h"
#include "customers/records.h"

namespace oubli::customers {
namespace {

constexpr RecordKind kKind = RecordKind::kWishListItem;

Result<WishListItem> Read(int64_t id, std::string_view plain) {
  WishListItem item;
  item.id = id;
  OUBLI_TRY(Decode(plain, item));
  return item;
}

}  // namespace

Result<std::optional<OwnedWishListItem>> FindWishListItem(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(const auto owner, FindRecordOwner(view, kKind, id));
  if (!owner) return std::nullopt;
  const auto key = view.KeyOf(*owner);
  if (!key && key.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!key) return Fail(key.error());
  OUBLI_TRY_ASSIGN(const auto plain, FindRecord(view, *owner, *key, kKind, id));
  if (!plain) return std::nullopt;
  OUBLI_TRY_ASSIGN(WishListItem item, Read(id, *plain));
  return OwnedWishListItem{*owner, std::move(item)};
}

Status ForEachWishListItemOf(StoreView& view, const Head& owner, int64_t before_id,
                             const std::function<bool(const WishListItem& item)>& visit) {
  const auto key = view.KeyOf(owner);
  if (!key && key.error().kind == ErrorKind::kNotFound) return {};  // erased since the view began
  if (!key) return Fail(key.error());
  OUBLI_TRY_ASSIGN(
      auto select,
      view.connection().Prepare("SELECT id, sealed FROM record WHERE ordinal = $1 AND kind = $2 "
                                "AND id < $3 ORDER BY id DESC"));
  select->Bind(1, owner.ordinal).Bind(2, static_cast<int64_t>(kKind)).Bind(3, before_id);
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return {};
    const int64_t id = select->Int(0);
    OUBLI_TRY_ASSIGN(const std::string plain,
                     OpenRecord(*key, owner.ordinal, kKind, id, select->Blob(1)));
    OUBLI_TRY_ASSIGN(const WishListItem item, Read(id, plain));
    if (!visit(item)) return {};
  }
}

Result<WishListItem> PutWishListItem(StoreTransaction& transaction, const Head& owner,
                                     WishListItem item) {
  if (item.id == 0) {
    OUBLI_TRY_ASSIGN(item.id, NextNumber(transaction, kWishListItemCounter));
  }
  item.modified_at = transaction.now_ms();
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  OUBLI_TRY(PutRecord(transaction, owner, key, kKind, item.id, Encode(item)));
  return item;
}

Result<WishListItem> MoveWishListItem(StoreTransaction& transaction, const Head& from,
                                      const Head& to, WishListItem item) {
  OUBLI_TRY(DeleteRecord(transaction, from, kKind, item.id));
  return PutWishListItem(transaction, to, std::move(item));
}

Result<bool> DeleteWishListItem(StoreTransaction& transaction, int64_t id) {
  OUBLI_TRY_ASSIGN(const auto owner, FindRecordOwner(transaction, kKind, id));
  if (!owner) return false;
  return DeleteRecord(transaction, *owner, kKind, id);
}

}  // namespace oubli::customers
