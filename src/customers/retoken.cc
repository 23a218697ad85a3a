#include "customers/retoken.h"

#include <vector>

#include "customers/customers.h"
#include "customers/heads.h"
#include "customers/records.h"
#include "customers/tokens.h"

namespace oubli::customers {

Status RetokenOwner(StoreTransaction& transaction, OwnerKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(const auto found, FindHeadAndTokens(transaction, kind, id));
  if (!found) return {};
  OUBLI_TRY_ASSIGN(const auto opened, OpenIfLiving(transaction, found->head));
  if (!opened) return {};
  OUBLI_TRY_ASSIGN(const std::string tokens,
                   ReplaceTokens(transaction, found->head, found->tokens, opened->profile));
  if (tokens == found->tokens) return {};
  return UpdateTokens(transaction, found->head, tokens);
}

Status SealRecordsAnew(storage::Connection& writer, Ordinal ordinal, const crypto::Key& old_key,
                       const crypto::Key& new_key) {
  struct Row {
    RecordKind kind;
    int64_t id = 0;
    std::string sealed;
  };
  std::vector<Row> rows;
  {
    OUBLI_TRY_ASSIGN(auto select,
                     writer.Prepare("SELECT kind, id, sealed FROM record WHERE ordinal = $1"));
    select->Bind(1, ordinal);
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) break;
      const auto kind = static_cast<RecordKind>(select->Int(0));
      const int64_t id = select->Int(1);
      OUBLI_TRY_ASSIGN(const std::string plain,
                       OpenRecord(old_key, ordinal, kind, id, select->Blob(2)));
      rows.push_back({kind, id, SealRecord(new_key, ordinal, kind, id, plain)});
    }
  }
  OUBLI_TRY_ASSIGN(auto update, writer.Prepare("UPDATE record SET sealed = $4 WHERE ordinal = $1 "
                                               "AND kind = $2 AND id = $3"));
  for (const Row& row : rows) {
    update->Reset();
    update->Bind(1, ordinal).Bind(2, static_cast<int64_t>(row.kind)).Bind(3, row.id);
    update->BindBlob(4, row.sealed);
    OUBLI_TRY(update->Step());
  }
  return {};
}

}  // namespace oubli::customers
