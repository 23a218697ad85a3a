// The calls of this dialect: one function each, found by the parameter `type`. A new call is a
// function here and a line in the table of stickystreet.cc.
#pragma once

#include "access/api_keys.h"
#include "base/result.h"
#include "customers/store.h"
#include "dialects/stickystreet/output.h"
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

  void operator()(const Result<Node>& outcome) const;
  void MethodNotAllowed() const;

 private:
  void Send(http::Response response) const;

  http::Responder respond_;
  std::string_view route_;
  bool from_get_;
  Format format_;
};

// One authenticated call. Lives as long as its function runs; what answers later copies `reply` and
// what else it needs, but never the store, whose own threads run that part.
struct Call {
  const access::Principal& principal;
  customers::Store& store;
  const Fields& fields;
  const Reply& reply;
};

void CustomerDelete(const Call& call);  // customer_delete.cc
void CustomerInfo(const Call& call);    // customer_info.cc
void RecordCustomer(const Call& call);  // record_customer.cc
void RecordActivity(const Call& call);  // record_activity.cc
void CampaignNew(const Call& call);     // campaigns.cc
void CampaignsList(const Call& call);   // campaigns.cc

}  // namespace oubli::dialects::stickystreet
