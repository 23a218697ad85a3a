// The compact form in which records are sealed.
//
//   record = version byte (1), field...
//   field  = varint tag, varint length, bytes
//
// Text is its bytes, a number a zigzag varint, true the number 1; a list has one field an element,
// a map one field an entry; nested structs are fields without a version byte. A field that has its
// default is left out, and a tag that the program does not know is an error: an older program must
// not rewrite a record and lose what a newer one put in. A tag is never given a second meaning.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "customers/model.h"

namespace oubli::customers {

std::string Encode(const Profile& profile);
std::string Encode(const Address& address);
std::string Encode(const AttributeValue& value);
std::string Encode(const Transaction& transaction);
std::string Encode(const Enrollment& enrollment);
std::string Encode(const Order& order);
std::string Encode(const ShopperProfile& profile);
std::string Encode(const SegmentMembership& membership);
std::string Encode(const KeptOrder& order);
std::string Encode(const Consent& consent);
std::string Encode(const Metafield& metafield);
std::string Encode(const PaymentInstrument& instrument);
std::string Encode(const OrderDetails& details);
std::string Encode(const Cart& cart);
std::string Encode(const CouponAssignment& assignment);
std::string Encode(const CreditAdjustment& adjustment);
std::string Encode(const WishListItem& item);

// The id of a record is its row's, not part of the bytes. Errors: kCorrupt.
Status Decode(std::string_view bytes, Profile& profile);
Status Decode(std::string_view bytes, Address& address);
Status Decode(std::string_view bytes, AttributeValue& value);
Status Decode(std::string_view bytes, Transaction& transaction);
Status Decode(std::string_view bytes, Enrollment& enrollment);
Status Decode(std::string_view bytes, Order& order);
Status Decode(std::string_view bytes, ShopperProfile& profile);
Status Decode(std::string_view bytes, SegmentMembership& membership);
Status Decode(std::string_view bytes, KeptOrder& order);
Status Decode(std::string_view bytes, Consent& consent);
Status Decode(std::string_view bytes, Metafield& metafield);
Status Decode(std::string_view bytes, PaymentInstrument& instrument);
Status Decode(std::string_view bytes, OrderDetails& details);
Status Decode(std::string_view bytes, Cart& cart);
Status Decode(std::string_view bytes, CouponAssignment& assignment);
Status Decode(std::string_view bytes, CreditAdjustment& adjustment);
Status Decode(std::string_view bytes, WishListItem& item);

}  // namespace oubli::customers
