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

}  // namespace

std::span<const std::string_view> StoreSchema() {
  static const std::array<std::string_view, 5> kSchema = {kTables, kKeyTable, keys::kKeyTreeDdl,
                                                          kWithoutKeyTable, kPriceGroups};
  return kSchema;
}

}  // namespace oubli::customers
