#include "customers/metafields.h"

#include "customers/codec.h"
#include "customers/heads.h"
#include "customers/records.h"

namespace oubli::customers {
namespace {

Status CheckPlace(StoreTransaction& transaction, const Head& owner, const Metafield& metafield) {
  OUBLI_TRY_ASSIGN(const auto others, ListMetafields(transaction, owner));
  size_t of_client = 0;
  for (const Metafield& other : others) {
    if (other.client_id != metafield.client_id || other.id == metafield.id) continue;
    ++of_client;
    if (other.name_space == metafield.name_space && other.key == metafield.key) {
      return Fail(ErrorKind::kConflict, "already in use", "key");
    }
  }
  if (metafield.id == 0 && of_client >= kMaxMetafields) {
    return Fail(ErrorKind::kTooMany, "there are too many metafields of this application");
  }
  return {};
}

}  // namespace

Result<std::vector<Metafield>> ListMetafields(StoreView& view, const Head& owner) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  std::vector<Metafield> list;
  OUBLI_TRY(ForEachRecord(view, owner, key, RecordKind::kMetafield,
                          [&](int64_t id, std::string_view plain) -> Status {
                            Metafield& metafield = list.emplace_back();
                            metafield.id = id;
                            return Decode(plain, metafield);
                          }));
  return list;
}

Result<std::optional<Metafield>> FindMetafield(StoreView& view, const Head& owner, int64_t id) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  OUBLI_TRY_ASSIGN(const auto plain, FindRecord(view, owner, key, RecordKind::kMetafield, id));
  if (!plain) return std::nullopt;
  Metafield metafield;
  metafield.id = id;
  OUBLI_TRY(Decode(*plain, metafield));
  return metafield;
}

Result<Metafield> PutMetafield(StoreTransaction& transaction, const Head& owner,
                               Metafield metafield) {
  OUBLI_TRY(CheckPlace(transaction, owner, metafield));
  if (metafield.id == 0) {
    OUBLI_TRY_ASSIGN(metafield.id, NextNumber(transaction, "metafield_id"));
    metafield.created_at = transaction.now_ms();
  }
  metafield.modified_at = transaction.now_ms();
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  OUBLI_TRY(
      PutRecord(transaction, owner, key, RecordKind::kMetafield, metafield.id, Encode(metafield)));
  return metafield;
}

Result<bool> DeleteMetafield(StoreTransaction& transaction, const Head& owner, int64_t id) {
  return DeleteRecord(transaction, owner, RecordKind::kMetafield, id);
}

}  // namespace oubli::customers
