#include "customers/coupons.h"

#include <utility>

#include "crypto/random.h"
#include "customers/heads.h"

namespace oubli::customers {
namespace {

DiscountProfile ReadProfile(storage::Statement& row) {
  return {row.Int(0), std::string(row.Text(1)), std::string(row.Text(2)), std::string(row.Text(3)),
          row.Int(4)};
}

Coupon ReadCoupon(storage::Statement& row) {
  return {row.Int(0), std::string(row.Text(1)), row.Int(2)};
}

template <class T>
Result<std::vector<T>> AllRows(storage::Statement& select, T (*read)(storage::Statement&)) {
  std::vector<T> list;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select.Step());
    if (!row) return list;
    list.push_back(read(select));
  }
}

template <class T>
Result<std::optional<T>> FirstRow(storage::Statement& select, T (*read)(storage::Statement&)) {
  OUBLI_TRY_ASSIGN(const bool row, select.Step());
  if (!row) return std::nullopt;
  return read(select);
}

}  // namespace

Result<std::vector<DiscountProfile>> ListDiscountProfiles(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, name, type, fields, created_at FROM "
                                             "discount_profile ORDER BY id"));
  return AllRows<DiscountProfile>(*select, ReadProfile);
}

Result<std::optional<DiscountProfile>> FindDiscountProfile(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, name, type, fields, created_at FROM "
                                             "discount_profile WHERE id = $1"));
  select->Bind(1, id);
  return FirstRow<DiscountProfile>(*select, ReadProfile);
}

Result<DiscountProfile> PutDiscountProfile(StoreTransaction& transaction, DiscountProfile profile) {
  {
    OUBLI_TRY_ASSIGN(auto same, transaction.connection().Prepare(
                                    "SELECT id FROM discount_profile WHERE name = $1"));
    same->BindText(1, profile.name);
    OUBLI_TRY_ASSIGN(const bool taken, same->Step());
    if (taken && same->Int(0) != profile.id) {
      return Fail(ErrorKind::kConflict, "already in use", "name");
    }
  }
  if (profile.id == 0) {
    OUBLI_TRY_ASSIGN(profile.id, NextNumber(transaction, "discount_profile_id"));
    profile.created_at = transaction.now_ms();
  }
  OUBLI_TRY_ASSIGN(auto put,
                   transaction.connection().Prepare(
                       "INSERT INTO discount_profile (id, name, type, fields, created_at) "
                       "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET "
                       "name = excluded.name, type = excluded.type, fields = excluded.fields"));
  put->Bind(1, profile.id)
      .BindText(2, profile.name)
      .BindText(3, profile.type)
      .BindText(4, profile.fields)
      .Bind(5, profile.created_at);
  OUBLI_TRY(put->Step());
  return profile;
}

Result<bool> DeleteDiscountProfile(StoreTransaction& transaction, int64_t id) {
  {
    OUBLI_TRY_ASSIGN(auto coupons,
                     transaction.connection().Prepare("DELETE FROM coupon WHERE profile_id = $1"));
    coupons->Bind(1, id);
    OUBLI_TRY(coupons->Step());
  }
  OUBLI_TRY_ASSIGN(auto profile,
                   transaction.connection().Prepare("DELETE FROM discount_profile WHERE id = $1"));
  profile->Bind(1, id);
  OUBLI_TRY(profile->Step());
  return profile->Changes() > 0;
}

Result<std::vector<Coupon>> ListCoupons(StoreView& view, int64_t profile_id) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare("SELECT id, code, profile_id FROM coupon "
                                                          "WHERE profile_id = $1 ORDER BY id"));
  select->Bind(1, profile_id);
  return AllRows<Coupon>(*select, ReadCoupon);
}

Result<std::optional<Coupon>> FindCoupon(StoreView& view, std::string_view code) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT id, code, profile_id FROM coupon WHERE code = $1"));
  select->BindText(1, code);
  return FirstRow<Coupon>(*select, ReadCoupon);
}

Result<Coupon> CreateCoupon(StoreTransaction& transaction, int64_t profile_id) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  Coupon coupon;
  coupon.profile_id = profile_id;
  for (int i = 0; i < 10; ++i) coupon.code += kLetters[crypto::RandomBelow(kLetters.size())];
  OUBLI_TRY_ASSIGN(coupon.id, NextNumber(transaction, "coupon_id"));
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO coupon (id, code, profile_id) VALUES ($1, $2, $3)"));
  insert->Bind(1, coupon.id).BindText(2, coupon.code).Bind(3, profile_id);
  OUBLI_TRY(insert->Step());
  return coupon;
}

}  // namespace oubli::customers
