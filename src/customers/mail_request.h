// Mails that wait to be sent to customers: whom by number, never an address. The address is read
// when a mail is sent, so somebody who has been erased meanwhile gets none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

inline constexpr std::string_view kPasswordResetMail = "password_reset";
inline constexpr UnixMs kMailRequestLifetimeMs = 7 * 24 * 3600 * UnixMs{1000};

struct MailRequest {
  int64_t no = 0;
  int64_t customer_id = 0;
  Ordinal ordinal = 0;
  std::string kind;
  UnixMs at = 0;
};

// One request of a kind waits for a customer at a time: another one takes its place. What is older
// than kMailRequestLifetimeMs is dropped here.
Status AddMailRequest(StoreTransaction& transaction, const Head& customer, std::string_view kind);
// In order of arrival behind the request `after_no`, at most `limit`, of living customers alone:
// the ones of the erased are passed over.
Result<std::vector<MailRequest>> ListMailRequests(StoreView& view, int64_t limit,
                                                  int64_t after_no = 0);
Status DeleteMailRequest(StoreTransaction& transaction, int64_t no);

}  // namespace oubli::customers
