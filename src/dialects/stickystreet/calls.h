// The calls of this dialect: one function each, found by the parameter `type`. A new call is a
// function here and a line in the table of calls.cc.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "access/api_keys.h"
#include "base/result.h"
#include "customers/store.h"
#include "dialects/stickystreet/output.h"
#include "dialects/stickystreet/permissions.h"
#include "dialects/stickystreet/request.h"
#include "http/message.h"

namespace oubli::dialects::stickystreet {

// Sends the one answer, in the format that was asked for. May be copied and used from any thread.
class Reply {
 public:
  // `route` points to a literal. `from_get` adds the header that warns of credentials in the URL.
  Reply(http::Responder respond, std::string_view route, bool from_get)
      : respond_(std::move(respond)), route_(route), from_get_(from_get) {}
  void set_format(Format format) { format_ = std::move(format); }
  const Format& format() const { return format_; }
  bool from_get() const { return from_get_; }

  void operator()(const Result<Node>& outcome) const;
  // A success of any length: `first` goes out at once, and what `next` appends follows as the
  // client reads it, until it says false. An error of `next` cuts the answer off. Without `next`
  // the first piece is all.
  void Stream(std::string first, NextPiece next = nullptr) const;
  void MethodNotAllowed(std::string_view text, std::string_view allowed) const;

 private:
  void Send(http::Response response) const;

  http::Responder respond_;
  std::string_view route_;
  bool from_get_;
  Format format_;
};

// One authenticated call. Lives as long as its function runs; what answers later copies `reply` and
// what else it needs. What runs on the store's own threads never holds the store; what makes an
// answer in pieces does.
struct Call {
  const Caller& caller;
  const std::shared_ptr<customers::Store>& shared_store;
  customers::Store& store;
  const Fields& fields;
  const Reply& reply;

  const access::Principal& principal() const { return caller.principal; }
};

struct CallEntry {
  std::string_view type;
  std::string_view route;  // for the access log; a literal, never input
  Permission permission;
  void (*run)(const Call& call);
};
std::span<const CallEntry> Calls();

void CustomerDelete(const Call& call);            // customer_delete.cc
void CustomerInfo(const Call& call);              // customer_info.cc
void CustomerBalance(const Call& call);           // customer_balance.cc
void CustomerSearch(const Call& call);            // customer_search.cc
void CustomerFind(const Call& call);              // customer_search.cc
void ValidateCustomerPassword(const Call& call);  // validate_password.cc
void RecordCustomer(const Call& call);            // record_customer.cc
void GenerateCardNumber(const Call& call);        // fresh_numbers.cc
void CardReplace(const Call& call);               // card_replace.cc
void CustomersBatch(const Call& call);            // customers_batch.cc
void Reports(const Call& call);                   // reports.cc
void RecordActivity(const Call& call);            // record_activity.cc
void Redeem(const Call& call);                    // redeem.cc
void TransactionDelete(const Call& call);         // transaction_delete.cc
void BatchTransactions(const Call& call);         // batch_transactions.cc
void TransactionFields(const Call& call);         // field_calls.cc
void ManageFields(const Call& call);              // field_calls.cc
void GenerateTimeToken(const Call& call);         // time_token.cc
void ValidateTimeToken(const Call& call);         // time_token.cc
void CampaignsList(const Call& call);             // campaign_lists.cc
void CampaignsInactiveList(const Call& call);     // campaign_lists.cc
void CampaignRewards(const Call& call);           // campaign_lists.cc
void CampaignPromos(const Call& call);            // campaign_lists.cc
void BuyxItemsList(const Call& call);             // campaign_lists.cc
void CampaignNew(const Call& call);               // campaign_changes.cc
void CampaignUpdate(const Call& call);            // campaign_changes.cc
void CampaignDelete(const Call& call);            // campaign_changes.cc
void CampaignDeactivate(const Call& call);        // campaign_changes.cc
void CampaignReactivate(const Call& call);        // campaign_changes.cc
void UserLogin(const Call& call);                 // user_login.cc
void AccountInfo(const Call& call);               // account.cc
void AccountUpdate(const Call& call);             // account.cc
void UserInfo(const Call& call);                  // users.cc
void UsersList(const Call& call);                 // users.cc
void UserNew(const Call& call);                   // users.cc
void UserUpdate(const Call& call);                // users.cc
void UserDelete(const Call& call);                // users.cc
void CampaignUsers(const Call& call);             // users.cc

}  // namespace oubli::dialects::stickystreet
