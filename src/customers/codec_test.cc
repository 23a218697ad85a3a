#include "customers/codec.h"

#include <gtest/gtest.h>

namespace oubli::customers {
namespace {

Profile FullProfile() {
  Profile p;
  p.email = "sally@example.com";
  p.first_name = "Sally";
  p.password_hash = "$argon2id$x";
  p.force_password_reset = true;
  p.status = CustomerStatus::kApprovalAwaiting;
  p.last_login_at = -5;
  p.code = "1234";
  p.custom_fields = {{3, "blue"}, {7, std::string("nul\0inside", 10)}};
  p.registered = false;
  p.store_credit = Decimal::Parse("-43.15").value();
  p.origin_channel_id = 0;
  p.channel_ids = std::vector<int64_t>{1, -2, INT64_MAX};
  p.form_fields = {{"Sales Rep", {"James Bond"}, FormField::Shape::kText},
                   {"Sizes", {"S", "", "L"}, FormField::Shape::kList}};
  p.custom_properties = {{1, "label", "description"}};
  p.extra = {{"hotcakes.tax", "x"}, {"empty", ""}};
  return p;
}

TEST(CodecTest, AProfileComesBackAsItWas) {
  const Profile in = FullProfile();
  Profile out;
  ASSERT_TRUE(Decode(Encode(in), out));
  EXPECT_EQ(out.email, in.email);
  EXPECT_EQ(out.first_name, in.first_name);
  EXPECT_EQ(out.password_hash, in.password_hash);
  EXPECT_TRUE(out.force_password_reset);
  EXPECT_EQ(out.status, in.status);
  EXPECT_EQ(out.last_login_at, -5);
  EXPECT_EQ(out.custom_fields, in.custom_fields);
  EXPECT_FALSE(out.registered);
  EXPECT_EQ(out.store_credit, in.store_credit);
  EXPECT_EQ(out.origin_channel_id, 0);
  EXPECT_EQ(out.channel_ids, in.channel_ids);
  ASSERT_EQ(out.form_fields.size(), 2u);
  EXPECT_EQ(out.form_fields[1].values, in.form_fields[1].values);
  EXPECT_EQ(out.form_fields[1].shape, FormField::Shape::kList);
  ASSERT_EQ(out.custom_properties.size(), 1u);
  EXPECT_EQ(out.custom_properties[0].description, "description");
  EXPECT_EQ(out.extra, in.extra);
  EXPECT_EQ(Encode(out), Encode(in));
}

TEST(CodecTest, DefaultsTakeNoSpaceAndComeBack) {
  EXPECT_EQ(Encode(Profile()).size(), 1u);
  EXPECT_EQ(Encode(Address()).size(), 1u);
  Profile profile;
  ASSERT_TRUE(Decode(Encode(Profile()), profile));
  EXPECT_TRUE(profile.registered);
  EXPECT_EQ(profile.origin_channel_id, 1);
  EXPECT_FALSE(profile.channel_ids.has_value());
  Profile none;
  none.channel_ids.emplace();
  ASSERT_TRUE(Decode(Encode(none), profile));
  ASSERT_TRUE(profile.channel_ids.has_value());
  EXPECT_TRUE(profile.channel_ids->empty());
  Address address;
  address.roles = 0;
  Address back;
  ASSERT_TRUE(Decode(Encode(address), back));
  EXPECT_EQ(back.roles, 0);
}

TEST(CodecTest, OtherRecordsComeBackAsTheyWere) {
  Transaction t;
  t.campaign_id = 1111222233334444;
  t.date = 1'700'000'000'123;
  t.redeemed = true;
  t.amount = Decimal::Parse("0.000001").value();
  t.custom_fields = {{1, "x"}};
  Transaction t2;
  ASSERT_TRUE(Decode(Encode(t), t2));
  EXPECT_EQ(Encode(t2), Encode(t));
  EXPECT_EQ(t2.amount, t.amount);
  Order o;
  o.items = {{"Shirt", "T-1", Decimal::FromInt(2), Decimal::FromInt(25)}, {}};
  Order o2;
  ASSERT_TRUE(Decode(Encode(o), o2));
  ASSERT_EQ(o2.items.size(), 2u);
  EXPECT_EQ(o2.items[0].sku, "T-1");
  const Consent c{{"essential", "functional"}, {"analytics"}, 1'700'000'000'123};
  Consent c2;
  ASSERT_TRUE(Decode(Encode(c), c2));
  EXPECT_EQ(c2.allow, c.allow);
  EXPECT_EQ(c2.deny, c.deny);
  EXPECT_EQ(c2.updated_at, c.updated_at);
}

TEST(CodecTest, DamagedAndUnknownBytesAreErrorsAndNeverCrash) {
  const std::string good = Encode(FullProfile());
  for (size_t size = 0; size < good.size(); ++size) {
    Profile profile;
    const Status status = Decode(std::string_view(good).substr(0, size), profile);
    // A cut at a field's end cannot be told from a shorter record; the seal's tag can.
    if (!status) {
      EXPECT_EQ(status.error().kind, ErrorKind::kCorrupt);
    }
  }
  Profile profile;
  EXPECT_FALSE(Decode("", profile));
  EXPECT_FALSE(Decode("\x02", profile));
  EXPECT_FALSE(Decode(std::string("\x01\xff\x01\x01x", 5), profile)) << "an unknown tag";
  EXPECT_FALSE(Decode(std::string("\x01\x01\x7f", 3), profile)) << "longer than what is there";
}

}  // namespace
}  // namespace oubli::customers
