#include "customers/field_definitions.h"

#include "base/text.h"

namespace oubli::customers {

Result<std::vector<FieldDefinition>> ListFieldDefinitions(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT number, label, type, shown, choices FROM "
                                             "field_definition ORDER BY number"));
  std::vector<FieldDefinition> definitions;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return definitions;
    FieldDefinition& definition = definitions.emplace_back();
    definition.number = select->Int(0);
    definition.label = select->Text(1);
    definition.type = select->Text(2);
    definition.shown = select->Int(3) != 0;
    const std::string_view choices = select->Text(4);
    if (choices.empty()) continue;
    for (const std::string_view choice : Split(choices, '\n')) {
      definition.choices.emplace_back(choice);
    }
  }
}

Status PutFieldDefinition(StoreTransaction& transaction, const FieldDefinition& definition) {
  std::string choices;
  for (const std::string& choice : definition.choices) {
    if (!choices.empty()) choices += '\n';
    choices += choice;
  }
  OUBLI_TRY_ASSIGN(auto put,
                   transaction.connection().Prepare(
                       "INSERT INTO field_definition (number, label, type, shown, choices) VALUES "
                       "($1, $2, $3, $4, $5) ON CONFLICT (number) DO UPDATE SET label = "
                       "excluded.label, type = excluded.type, shown = excluded.shown, choices = "
                       "excluded.choices"));
  put->Bind(1, definition.number).BindText(2, definition.label).BindText(3, definition.type);
  put->Bind(4, definition.shown ? 1 : 0).BindText(5, choices);
  OUBLI_TRY(put->Step());
  return {};
}

Result<bool> DeleteFieldDefinition(StoreTransaction& transaction, int64_t number) {
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM field_definition WHERE number = $1"));
  erase->Bind(1, number);
  OUBLI_TRY(erase->Step());
  return erase->Changes() != 0;
}

}  // namespace oubli::customers
