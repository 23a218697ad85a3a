#include "dialects/stickystreet/stickystreet.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "customers/settings.h"
#include "dialects/stickystreet/authenticate.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/output.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr std::string_view kUnknownRoute = "/ type=unknown";

const CallEntry* FindCall(std::string_view type) {
  const auto found = std::ranges::find(Calls(), type, &CallEntry::type);
  return found == Calls().end() ? nullptr : &*found;
}

// A refusal is the client's; what is told here is the operator's.
void LogFault(std::string_view route, const Error& error) {
  if (error.kind != ErrorKind::kUnavailable && error.kind != ErrorKind::kCorrupt) return;
  Log(LogLevel::kError, "call failed",
      {{"dialect", "stickystreet"}, {"route", route}, {"kind", ErrorKindName(error.kind)}});
}

class StickyStreet final : public Dialect {
 public:
  explicit StickyStreet(const Environment& environment) : environment_(environment) {}

  bool Claims(std::string_view path) const override { return path == "/" || path == "/api.php"; }

  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    const bool get = request->method == "GET";
    if (!get && request->method != "POST") {
      Reply(std::move(respond), "/", false).MethodNotAllowed(kMethodNotAllowed, "GET, POST");
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
    OUBLI_TRY_ASSIGN(const Caller caller, Authenticate(request, input.fields, environment_));
    OUBLI_TRY_ASSIGN(const std::shared_ptr<customers::Store> store,
                     environment_.stores.Open(caller.principal.store_number));
    if (reply.from_get() && !store->settings().IsOn(customers::Setting::kStickyStreetGet)) {
      reply.MethodNotAllowed(kGetIsOff, "POST");
      return {};
    }
    if (entry == nullptr) return Refuse(kActionUndefined);
    if (!caller.May(entry->permission)) {
      return Refuse(entry->permission == Permission::kOwner ? kOwnersOnly : kNoPermission);
    }
    OUBLI_TRY(CheckCampaigns(caller, input.fields));
    OUBLI_TRY(CheckValues(input.fields));
    entry->run(Call{caller, store, *store, input.fields, reply});
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
  LogFault(route_, outcome.error());
  Send(MakeResponse(Failure(TextOf(outcome.error())), format_));
}

void Reply::MethodNotAllowed(std::string_view text, std::string_view allowed) const {
  http::Response response = MakeResponse(Failure(text), format_);
  response.status = 405;
  response.AddHeader("Allow", allowed);
  Send(std::move(response));
}

void Reply::Stream(std::string first, NextPiece next) const {
  http::Response response = MakeResponse(std::move(first), format_);
  if (next != nullptr) {
    response.next_piece = [next = std::move(next), route = route_](std::string& piece) {
      auto more = next(piece);
      if (!more) LogFault(route, more.error());
      return more;
    };
  }
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
