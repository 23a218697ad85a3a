#include "customers/schema.h"

#include <array>

#include "keys/tree_rows.h"

namespace oubli::customers {
namespace {

// owner holds the head rows: nothing personal. Its key begins with the epoch, so that after a
// clear-all the rows of the epoch before are out of every query's range and need no delete before
// the answer. record is clustered by ordinal: all that belongs to somebody lies in one key range.
constexpr std::string_view kTables = R"sql(
CREATE TABLE store_identity (
  value {blob} NOT NULL
);
CREATE TABLE counter (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
){clustered};
CREATE TABLE owner (
  epoch BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  id BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  modified_at BIGINT NOT NULL,
  tokens {blob} NOT NULL,
  stored_key {blob} NOT NULL,
  PRIMARY KEY (epoch, kind, id)
){clustered};
CREATE TABLE record (
  ordinal BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  id BIGINT NOT NULL,
  sealed {blob} NOT NULL,
  PRIMARY KEY (ordinal, kind, id)
){clustered};
CREATE TABLE record_id (
  kind BIGINT NOT NULL,
  id BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  owner_kind BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  PRIMARY KEY (kind, id)
){clustered};
CREATE TABLE token (
  value {blob} NOT NULL PRIMARY KEY,
  ordinal BIGINT NOT NULL,
  owner_kind BIGINT NOT NULL,
  owner_id BIGINT NOT NULL
){clustered};
CREATE TABLE sweep (
  no BIGINT NOT NULL PRIMARY KEY,
  ordinal BIGINT NOT NULL
){clustered};
CREATE TABLE customer_group (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
CREATE TABLE attribute_definition (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  modified_at BIGINT NOT NULL
);
CREATE TABLE campaign (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  description TEXT NOT NULL,
  points_ratio BIGINT NOT NULL,
  reward_ratio BIGINT NOT NULL,
  amount_per_event BIGINT NOT NULL,
  active BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
){clustered};
)sql";

// The earlier key table: data keys in the head rows, sealed under a key in this one.
constexpr std::string_view kKeyTable = R"sql(
CREATE TABLE key_epoch (
  epoch BIGINT NOT NULL PRIMARY KEY,
  root {blob} NOT NULL,
  index_key {blob} NOT NULL
);
)sql";

constexpr std::string_view kWithoutKeyTable = R"sql(
DROP TABLE key_epoch;
ALTER TABLE owner DROP COLUMN stored_key;
)sql";

// BigCommerce's segments, which are nobody's, and the ranges of record ids that nothing leads to
// any more and that the sweep takes away (record_ranges.h).
constexpr std::string_view kSegments = R"sql(
CREATE TABLE segment (
  id BIGINT NOT NULL PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  member_range BIGINT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  modified_at BIGINT NOT NULL
);
CREATE TABLE record_sweep (
  kind BIGINT NOT NULL,
  first_id BIGINT NOT NULL,
  last_id BIGINT NOT NULL,
  PRIMARY KEY (kind, first_id)
){clustered};
)sql";

// Definitions that are gone and whose values are on their way out: attribute_definitions.h.
constexpr std::string_view kAttributeRemovals = R"sql(
CREATE TABLE attribute_removal (
  attribute_id BIGINT NOT NULL PRIMARY KEY
);
)sql";

// What BigCommerce's V2 knows of a group besides its name. Lists are JSON.
constexpr std::string_view kGroupFields = R"sql(
ALTER TABLE customer_group ADD COLUMN modified_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customer_group ADD COLUMN is_default BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customer_group ADD COLUMN is_for_guests BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customer_group ADD COLUMN category_access TEXT NOT NULL DEFAULT 'all';
ALTER TABLE customer_group ADD COLUMN categories TEXT NOT NULL DEFAULT '[]';
ALTER TABLE customer_group ADD COLUMN discount_rules TEXT NOT NULL DEFAULT '[]';
UPDATE customer_group SET modified_at = created_at;
)sql";

// What has to be told to webhooks: ids and nothing else, written in the commit of the change.
constexpr std::string_view kOutbox = R"sql(
CREATE TABLE outbox (
  no BIGINT NOT NULL PRIMARY KEY,
  event BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  address_id BIGINT NOT NULL,
  channel_ids TEXT,
  created_at BIGINT NOT NULL
){clustered};
CREATE TABLE outbox_cleared (
  epoch BIGINT NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL
){clustered};
CREATE TABLE outbox_hook (
  hook_id BIGINT NOT NULL PRIMARY KEY,
  done_no BIGINT NOT NULL
){clustered};
CREATE TABLE outbox_retry (
  hook_id BIGINT NOT NULL,
  no BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  PRIMARY KEY (hook_id, no)
){clustered};
CREATE INDEX outbox_retry_due ON outbox_retry (hook_id, due_at);
CREATE INDEX outbox_retry_no ON outbox_retry (no);
)sql";

// Sticky Street's campaigns in full, its users and its field definitions, all nobody's. What
// campaign_sweep lists are campaigns that are deleted, and how far the sweep has come in taking
// away their transactions.
constexpr std::string_view kLoyalty = R"sql(
CREATE TABLE campaign_part (
  campaign_id BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  id BIGINT NOT NULL,
  level BIGINT NOT NULL,
  description TEXT NOT NULL,
  identifier TEXT NOT NULL,
  operand TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  PRIMARY KEY (campaign_id, kind, id)
){clustered};
CREATE TABLE campaign_part_field (
  campaign_id BIGINT NOT NULL,
  part_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (campaign_id, part_id, number)
){clustered};
CREATE TABLE campaign_sweep (
  campaign_id BIGINT NOT NULL PRIMARY KEY,
  after_id BIGINT NOT NULL
){clustered};
CREATE TABLE account_user (
  id BIGINT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  permissions BIGINT NOT NULL,
  key_hash {blob} NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
CREATE TABLE account_user_campaign (
  user_no BIGINT NOT NULL,
  campaign_id BIGINT NOT NULL,
  PRIMARY KEY (user_no, campaign_id)
){clustered};
CREATE TABLE field_definition (
  number BIGINT NOT NULL PRIMARY KEY,
  label TEXT NOT NULL,
  type TEXT NOT NULL,
  shown BIGINT NOT NULL,
  choices TEXT NOT NULL
){clustered};
)sql";

// Discounts, their coupon codes, and mails that wait to be sent: numbers of customers alone.
constexpr std::string_view kDiscountsAndMail = R"sql(
CREATE TABLE discount_profile (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  fields TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE coupon (
  id BIGINT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  profile_id BIGINT NOT NULL
);
CREATE INDEX coupon_of_profile ON coupon (profile_id);
CREATE TABLE mail_request (
  no BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL
);
)sql";

// A price group is nobody's. The key is the bvin in lower case; the adjustment counts 10^-10.
constexpr std::string_view kPriceGroups = R"sql(
CREATE TABLE price_group (
  key TEXT NOT NULL PRIMARY KEY,
  bvin TEXT NOT NULL,
  name TEXT NOT NULL,
  pricing_type BIGINT NOT NULL,
  adjustment BIGINT NOT NULL,
  modified_at BIGINT NOT NULL
);
)sql";

// What was kept of users of a loyalty account and need not be.
constexpr std::string_view kWithoutUsersNames = R"sql(
ALTER TABLE account_user DROP COLUMN name;
ALTER TABLE account_user DROP COLUMN email;
)sql";

}  // namespace

std::span<const std::string_view> StoreSchema() {
  static const std::array kSchema = {
      kTables,   kKeyTable,          keys::kKeyTreeDdl, kWithoutKeyTable,
      kSegments, kAttributeRemovals, kGroupFields,      kOutbox,
      kLoyalty,  kDiscountsAndMail,  kPriceGroups,      kWithoutUsersNames,
  };
  return kSchema;
}

}  // namespace oubli::customers
