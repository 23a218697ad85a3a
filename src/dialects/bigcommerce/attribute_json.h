// Attribute definitions and attribute values in V3 answers (contract 4).
#pragma once

#include <cstdint>

#include "base/json_writer.h"
#include "customers/definitions.h"
#include "customers/model.h"

namespace oubli::dialects::bigcommerce {

void WriteAttribute(JsonWriter& json, const customers::AttributeDefinition& definition);
void WriteAttributeValue(JsonWriter& json, const customers::AttributeValue& value,
                         int64_t customer_id);

}  // namespace oubli::dialects::bigcommerce
