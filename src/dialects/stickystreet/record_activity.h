// Recording one activity, for record_activity and for each row of a batch.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"
#include "dialects/stickystreet/balances.h"
#include "dialects/stickystreet/receipt.h"

namespace oubli::dialects::stickystreet {

// What was sent; which of it counts depends on the campaign's type.
struct Activity {
  int64_t campaign_id = 0;
  std::string code;
  std::string card_number;
  std::string amount;
  std::string promo_id;
  std::string item;
  std::string quantity;
  bool apply_ratio = true;       // false: the amount is points
  customers::Transaction entry;  // what is the same for all types; date 0 is now
};

// Errors: the contract's texts.
Result<Receipt> RecordOne(customers::StoreTransaction& transaction, const Activity& activity);

// What somebody has in one campaign, as far as recording an activity needs it.
struct Ledger {
  Balance balance;
  bool enrolled = false;
};

// Records many activities as RecordOne() would, one after the other. A customer's records are
// opened once, for the first activity that names the customer, however many follow: else so many
// rows for one customer would hold the store's writer for the square of their number.
class ActivityRecorder {
 public:
  // REQUIRES: nobody else changes these customers in this transaction while the recorder lives.
  explicit ActivityRecorder(customers::StoreTransaction& transaction) : transaction_(transaction) {}
  ActivityRecorder(const ActivityRecorder&) = delete;
  ActivityRecorder& operator=(const ActivityRecorder&) = delete;

  // Errors: as RecordOne(); then the transaction and the recorder are of no use any more.
  Status Record(const Activity& activity);

 private:
  Result<customers::Head> FindOwner(const Activity& activity);
  Result<Ledger*> FindLedger(const customers::Head& owner, int64_t campaign_id);

  customers::StoreTransaction& transaction_;
  // By code, or by card number where there is no code. Two names may be one customer's.
  std::map<std::pair<std::string, std::string>, customers::Head> owners_;
  std::map<std::pair<customers::Ordinal, int64_t>, Ledger> ledgers_;  // by owner and campaign
};

}  // namespace oubli::dialects::stickystreet
