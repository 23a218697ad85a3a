#include "dialects/bigcommerce/attribute_json.h"

#include "base/date_time.h"

namespace oubli::dialects::bigcommerce {

void WriteAttribute(JsonWriter& json, const customers::AttributeDefinition& definition) {
  json.BeginObject()
      .Member("id", definition.id)
      .Member("name", definition.name)
      .Member("type", definition.type)
      .Member("date_created", FormatIso8601(definition.created_at))
      .Member("date_modified", FormatIso8601(definition.modified_at))
      .EndObject();
}

void WriteAttributeValue(JsonWriter& json, const customers::AttributeValue& value,
                         int64_t customer_id) {
  json.BeginObject()
      .Member("id", value.id)
      .Member("attribute_id", value.attribute_id)
      .Member("attribute_value", value.value)
      .Member("customer_id", customer_id)
      .Member("date_created", FormatIso8601(value.created_at))
      .Member("date_modified", FormatIso8601(value.modified_at))
      .EndObject();
}

}  // namespace oubli::dialects::bigcommerce
