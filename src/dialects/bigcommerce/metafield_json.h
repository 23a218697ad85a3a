// The metafield object of V3 and who may do what with one (contract 1.3 and 5.7).
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/api_keys.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "customers/model.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/query.h"

namespace oubli::dialects::bigcommerce {

// Whether a metafield exists for the caller's application at all.
bool MaySee(const access::Principal& caller, const customers::Metafield& metafield,
            const Choices& choices);
// REQUIRES: MaySee().
bool MayWrite(const access::Principal& caller, const customers::Metafield& metafield);

// `include_fields=`: which members are shown. The id always is.
class MetafieldFields {
 public:
  // Errors: kInvalid for a word that is not the name of a member.
  static Result<MetafieldFields> Read(const Query& query);
  bool Has(std::string_view name) const;

 private:
  uint32_t shown_ = UINT32_MAX;  // a bit a member
};
void WriteMetafield(JsonWriter& json, const customers::Metafield& metafield, int64_t customer_id,
                    const MetafieldFields& fields);

// A metafield and whose it is.
struct FoundMetafield {
  customers::Head owner;
  customers::Metafield metafield;
};

enum class MetafieldUse { kCreate, kCreateInBatch, kUpdate, kUpdateInBatch };

// What a body says of a metafield; an absent member changes nothing.
struct MetafieldInput {
  std::optional<int64_t> id;           // kUpdate, kUpdateInBatch
  std::optional<int64_t> resource_id;  // kCreateInBatch
  std::optional<std::string> name_space, key, value, description;
  std::optional<customers::Metafield::Access> access;

  void ApplyTo(customers::Metafield& metafield) const;
};
// `path` comes before the names in errors. Errors: kInvalid with a field.
Result<MetafieldInput> ReadMetafield(const boost::json::object& object, const std::string& path,
                                     MetafieldUse use);

}  // namespace oubli::dialects::bigcommerce
