#include "customers/mail_request.h"

#include "customers/customers.h"
#include "customers/heads.h"

namespace oubli::customers {

Status AddMailRequest(StoreTransaction& transaction, const Head& customer, std::string_view kind) {
  {
    OUBLI_TRY_ASSIGN(auto drop,
                     transaction.connection().Prepare("DELETE FROM mail_request WHERE at < $1 OR "
                                                      "(ordinal = $2 AND kind = $3)"));
    drop->Bind(1, transaction.now_ms() - kMailRequestLifetimeMs)
        .Bind(2, customer.ordinal)
        .BindText(3, kind);
    OUBLI_TRY(drop->Step());
  }
  OUBLI_TRY_ASSIGN(const int64_t no, NextNumber(transaction, "mail_request_no"));
  OUBLI_TRY_ASSIGN(auto insert, transaction.connection().Prepare(
                                    "INSERT INTO mail_request (no, customer_id, ordinal, kind, at) "
                                    "VALUES ($1, $2, $3, $4, $5)"));
  insert->Bind(1, no).Bind(2, customer.id).Bind(3, customer.ordinal).BindText(4, kind);
  insert->Bind(5, transaction.now_ms());
  OUBLI_TRY(insert->Step());
  return {};
}

Result<std::vector<MailRequest>> ListMailRequests(StoreView& view, int64_t limit,
                                                  int64_t after_no) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT no, customer_id, ordinal, kind, at FROM mail_request "
                                    "WHERE at >= $1 AND no > $2 ORDER BY no"));
  select->Bind(1, view.now_ms() - kMailRequestLifetimeMs).Bind(2, after_no);
  std::vector<MailRequest> list;
  while (static_cast<int64_t>(list.size()) < limit) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) break;
    MailRequest request{select->Int(0), select->Int(1), select->Int(2),
                        std::string(select->Text(3)), select->Int(4)};
    OUBLI_TRY_ASSIGN(const auto head, FindHead(view, OwnerKind::kCustomer, request.customer_id));
    if (head && head->ordinal == request.ordinal) list.push_back(std::move(request));
  }
  return list;
}

Status DeleteMailRequest(StoreTransaction& transaction, int64_t no) {
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare("DELETE FROM mail_request WHERE no = $1"));
  erase->Bind(1, no);
  OUBLI_TRY(erase->Step());
  return {};
}

}  // namespace oubli::customers
