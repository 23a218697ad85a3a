// Recording one activity, for record_activity and for each row of a batch.
#pragma once

#include <string>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"
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

}  // namespace oubli::dialects::stickystreet
