#include "dialects/bigcommerce/customer_place.h"

#include <string>

#include "crypto/key.h"
#include "crypto/seal.h"
#include "customers/search_index.h"
#include "dialects/bigcommerce/filters.h"

namespace oubli::dialects::bigcommerce {
namespace {

// Of four bytes a character, as long as a first and last name may be; a longer name's cursor says
// its row alone.
constexpr size_t kLongestName = 400;

const crypto::Key& CursorKey() {
  static const crypto::Key key = crypto::Key::Random();
  return key;
}

std::string PurposeOf(int64_t id) { return "cursor by last name " + std::to_string(id); }

}  // namespace

search::Place PlaceOf(const Order& order, const customers::Head& head,
                      const std::optional<customers::Customer>& customer) {
  search::Place place;
  place.id = head.id;
  if (order.by == Order::By::kCreated) place.number = SecondOf(head.created_at);
  if (order.by == Order::By::kModified) place.number = SecondOf(head.modified_at);
  if (order.by == Order::By::kLastName && customer) {
    place.text = customers::SearchedLastName(customer->profile);
  }
  return place;
}

Cursor CursorOf(const Order& order, const search::Place& place) {
  Cursor cursor{place.id, std::nullopt, {}};
  if (order.by == Order::By::kCreated || order.by == Order::By::kModified) {
    cursor.key = place.number;
  }
  if (order.by == Order::By::kLastName && place.text.size() <= kLongestName) {
    cursor.sealed = crypto::Seal(CursorKey(), place.text, PurposeOf(place.id));
  }
  return cursor;
}

std::optional<search::Place> PlaceIn(const Order& order, const Cursor& cursor) {
  search::Place place;
  place.id = cursor.id;
  switch (order.by) {
    case Order::By::kId:
      return place;
    case Order::By::kCreated:
    case Order::By::kModified:
      if (!cursor.key) return std::nullopt;
      place.number = *cursor.key;
      return place;
    case Order::By::kLastName:
      break;
  }
  if (cursor.sealed.empty()) return std::nullopt;
  auto text = crypto::Open(CursorKey(), cursor.sealed, PurposeOf(cursor.id));
  if (!text) return std::nullopt;
  place.text = *std::move(text);
  return place;
}

}  // namespace oubli::dialects::bigcommerce
