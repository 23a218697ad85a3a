#include "dialects/stickystreet/stickystreet.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/output.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {
namespace {

struct CallEntry {
  std::string_view type;
  std::string_view route;  // for the access log; a literal, never input
  void (*run)(const Call& call);
};

constexpr CallEntry kCalls[] = {
    {"customer_delete", "/ type=customer_delete", CustomerDelete},
    {"customer_info", "/ type=customer_info", CustomerInfo},
    {"record_customer", "/ type=record_customer", RecordCustomer},
    {"record_activity", "/ type=record_activity", RecordActivity},
    {"campaign_new", "/ type=campaign_new", CampaignNew},
    {"campaigns_list", "/ type=campaigns_list", CampaignsList},
};
constexpr std::string_view kUnknownRoute = "/ type=unknown";

const CallEntry* FindCall(std::string_view type) {
  const auto* found = std::find_if(std::begin(kCalls), std::end(kCalls),
                                   [&](const CallEntry& entry) { return entry.type == type; });
  return found == std::end(kCalls) ? nullptr : found;
}

class StickyStreet final : public Dialect {
 public:
  explicit StickyStreet(const Environment& environment) : environment_(environment) {}

  bool Claims(std::string_view path) const override { return path == "/" || path == "/api.php"; }

  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    const bool get = request->method == "GET";
    if (!get && request->method != "POST") {
      Reply(std::move(respond), "/", false).MethodNotAllowed();
      return;
    }
    Input input = ReadInput(*request);
    const CallEntry* entry = FindCall(input.fields.Get("type"));
    Reply reply(std::move(respond), entry == nullptr ? kUnknownRoute : entry->route, get);
    reply.set_format(std::move(input.format));
    if (const Status status = Dispatch(*request, input, entry, reply); !status) {
      reply(Fail(status.error()));
    }
  }

 private:
  // The checks in the contract's order (section 7), then the call, which answers by itself. An
  // error here means that nobody has answered yet.
  Status Dispatch(const http::Request& request, const Input& input, const CallEntry* entry,
                  const Reply& reply) const {
    OUBLI_TRY(input.status);
    OUBLI_TRY_ASSIGN(const access::Principal principal,
                     Authenticate(request, input.fields, environment_.api_keys));
    if (entry == nullptr) return Refuse(kActionUndefined);
    OUBLI_TRY(CheckValues(input.fields));
    OUBLI_TRY_ASSIGN(const std::shared_ptr<customers::Store> store,
                     environment_.stores.Open(principal.store_number));
    entry->run(Call{principal, *store, input.fields, reply});
    return {};
  }

  const Environment environment_;
};

}  // namespace

void Reply::operator()(const Result<Node>& outcome) const {
  if (outcome) {
    Send(MakeResponse(*outcome, format_));
    return;
  }
  const Error& error = outcome.error();
  if (error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kCorrupt) {
    Log(LogLevel::kError, "call failed",
        {{"dialect", "stickystreet"}, {"route", route_}, {"kind", ErrorKindName(error.kind)}});
  }
  Send(MakeResponse(Failure(TextOf(error)), format_));
}

void Reply::MethodNotAllowed() const {
  http::Response response = MakeResponse(Failure(kMethodNotAllowed), Format());
  response.status = 405;
  response.AddHeader("Allow", "GET, POST");
  Send(std::move(response));
}

void Reply::Send(http::Response response) const {
  response.route = route_;
  if (from_get_) {
    response.AddHeader("Warning", "299 - \"GET shows the credentials in the URL; send POST\"");
  }
  respond_(std::move(response));
}

std::unique_ptr<Dialect> Make(const Environment& environment) {
  return std::make_unique<StickyStreet>(environment);
}

}  // namespace oubli::dialects::stickystreet
