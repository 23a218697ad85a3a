#include "dialects/hotcakes/wish_list_json.h"

#include <fmt/core.h>

#include <utility>

#include "base/text.h"
#include "dialects/hotcakes/account_json.h"
#include "dialects/hotcakes/dotnet_conversion.h"

namespace oubli::dialects::hotcakes {
namespace {

constexpr std::string_view kWishListItemType = "Hotcakes.CommerceDTO.v1.Catalog.WishListItemDTO";
constexpr std::string_view kSelectionType = "Hotcakes.CommerceDTO.v1.Catalog.OptionSelectionDTO";
constexpr std::string_view kListType = "System.Collections.Generic.List`1";
constexpr size_t kMaxSelections = 100;
constexpr size_t kMaxId = 255;
constexpr size_t kMaxValue = 4000;

using Type = JavaScriptValue::Type;

std::string Text(const JavaScriptValue& value, std::string_view property, size_t limit,
                 DotnetConversion& convert) {
  std::string text = convert.Text(value, property);
  if (CodePoints(text) > limit)
    convert.Refuse(fmt::format("{} is longer than {} characters.", property, limit));
  return text;
}

customers::OptionSelection ReadSelection(const JavaScriptValue& value, DotnetConversion& convert) {
  customers::OptionSelection selection;
  if (value.type == Type::kNull) {
    convert.Refuse("A selection must not be null.");
    return selection;
  }
  if (!convert.IsObject(value, kSelectionType)) return selection;
  for (const JavaScriptMember& member : value.members) {
    if (member.Is("OptionBvin")) {
      selection.option = Text(member.value, "OptionBvin", kMaxId, convert);
    } else if (member.Is("SelectionData")) {
      selection.value = Text(member.value, "SelectionData", kMaxValue, convert);
    }
  }
  return selection;
}

std::vector<customers::OptionSelection> ReadSelections(const JavaScriptValue& value,
                                                       DotnetConversion& convert) {
  std::vector<customers::OptionSelection> selections;
  if (value.type == Type::kNull) {
    convert.Refuse("SelectionData must not be null.");
    return selections;
  }
  if (!convert.IsList(value, kListType)) return selections;
  if (value.items.size() > kMaxSelections) {
    convert.Refuse(fmt::format("An item has at most {} selections.", kMaxSelections));
    return selections;
  }
  for (const JavaScriptValue& item : value.items)
    selections.push_back(ReadSelection(item, convert));
  return selections;
}

void ReadMember(const JavaScriptMember& member, WishListItemDto& dto, DotnetConversion& convert) {
  if (member.Is("Id")) {
    dto.item.id = convert.Int64(member.value);
  } else if (member.Is("StoreId")) {
    dto.store_id = convert.Int64(member.value);
  } else if (member.Is("CustomerId")) {
    dto.customer_id = convert.Text(member.value, "CustomerId");
  } else if (member.Is("LastUpdatedUtc")) {
    convert.Date(member.value);  // has to be one, and then does not count
  } else if (member.Is("ProductId")) {
    dto.item.product = Text(member.value, "ProductId", kMaxId, convert);
  } else if (member.Is("Quantity")) {
    dto.item.quantity = convert.Int32(member.value);
  } else if (member.Is("SelectionData")) {
    dto.item.selections = ReadSelections(member.value, convert);
  }
}

}  // namespace

void AppendJson(JsonWriter& writer, int64_t store_id, int64_t customer_id,
                const customers::WishListItem& item) {
  writer.BeginObject()
      .Member("Id", item.id)
      .Member("StoreId", store_id)
      .Member("CustomerId", std::string_view(std::to_string(customer_id)));
  writer.Key("LastUpdatedUtc").Raw(DateJson(item.modified_at));
  writer.Member("ProductId", item.product).Member("Quantity", item.quantity);
  writer.Key("SelectionData").BeginArray();
  for (const customers::OptionSelection& selection : item.selections) {
    writer.BeginObject()
        .Member("OptionBvin", selection.option)
        .Member("SelectionData", selection.value)
        .EndObject();
  }
  writer.EndArray().EndObject();
}

tl::expected<WishListItemDto, Refusal> ReadWishListItem(std::string_view body) {
  auto value = ReadJavaScript(body);
  if (!value) return tl::unexpected(std::move(value).error());
  if (value->type == Type::kNull) return tl::unexpected(Refusal{"The request body is empty."});
  DotnetConversion convert;
  WishListItemDto dto;
  if (convert.IsObject(*value, kWishListItemType)) {
    for (const JavaScriptMember& member : value->members) ReadMember(member, dto, convert);
  }
  if (convert.refusal()) return tl::unexpected(*convert.refusal());
  return dto;
}

}  // namespace oubli::dialects::hotcakes
