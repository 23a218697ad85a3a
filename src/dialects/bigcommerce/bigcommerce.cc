#include "dialects/bigcommerce/bigcommerce.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "dialects/bigcommerce/authentication.h"
#include "dialects/bigcommerce/call.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/request_id.h"
#include "dialects/bigcommerce/router.h"

namespace oubli::dialects::bigcommerce {
namespace {

// Whether an Accept header admits JSON (RFC 9110, 12.5.1; a weight of 0 is not looked at).
bool AdmitsJson(std::string_view accept) {
  if (Trim(accept).empty()) return true;
  for (const std::string_view range : Split(accept, ',')) {
    const std::string_view media = Trim(range.substr(0, range.find(';')));
    if (media == "*/*" || media == "*" || EqualsIgnoreCase(media, "application/*") ||
        EqualsIgnoreCase(media, kJsonContentType)) {
      return true;
    }
  }
  return false;
}

// Only what is answered with a body cares: a DELETE has none.
bool IsAcceptable(const Call& call) {
  if (!call.choices.check_accept || call.request.method == "DELETE") return true;
  const std::string* accept = call.request.FindHeader("Accept");
  return accept == nullptr || AdmitsJson(*accept);
}

// Safe from any thread: holds nothing but the environment and the choices.
class BigCommerce final : public Dialect {
 public:
  BigCommerce(const Environment& environment, const Choices& choices)
      : environment_(environment), choices_(choices) {}

  bool Claims(std::string_view path) const override { return IsUnderRoot(path); }

  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    Match match = FindRoute(choices_, request->method, request->path);
    if (!match.path_is_known) {
      Answer(choices_, std::move(respond), "/stores/{unknown}")(NoSuchRoute());
      return;
    }
    if (match.route == nullptr) {
      Answer(choices_, std::move(respond), match.pattern)(MethodNotAllowed(match.allow));
      return;
    }
    Call call{*request, environment_, choices_, Answer(choices_, std::move(respond), match.pattern),
              std::move(match.path_parameters)};
    if (auto refusal = Authenticate(call, match.store_hash, match.route->need)) {
      const bool of_instruments = match.route->need == Need::kReadInstruments;
      call.answer(of_instruments ? InInstrumentWords(std::move(*refusal)) : std::move(*refusal));
    } else if (!IsAcceptable(call)) {
      call.answer(ErrorEnvelope(406, choices_.not_acceptable));
    } else {
      match.route->handle(call);
    }
  }

 private:
  const Environment environment_;
  const Choices choices_;
};

}  // namespace

void Answer::operator()(http::Response response) const {
  response.route = route_;
  response.headers.reserve(response.headers.size() + 7);
  // Contract 1.7.
  response.AddHeader("x-rate-limit-time-window-ms", "30000")
      .AddHeader("x-rate-limit-time-reset-ms", "15000")
      .AddHeader("x-rate-limit-requests-quota", choices_.shown_quota)
      .AddHeader("x-rate-limit-requests-left", choices_.shown_left)
      .AddHeader("x-request-id", NextRequestId())
      .AddHeader("strict-transport-security", "max-age=31536000; includeSubDomains")
      .AddHeader("vary", "Accept-Encoding");
  respond_(std::move(response));
}

void Answer::Fail(const Error& error, std::string_view failed_title) const {
  (*this)(FromError(choices_, error, failed_title));
}

std::optional<int64_t> Call::PathId(size_t index) const {
  const auto id = ParseInt(path_parameters.at(index));
  return id && *id > 0 ? id : std::nullopt;
}

std::unique_ptr<Dialect> MakeWithChoices(const Environment& environment, const Choices& choices) {
  return std::make_unique<BigCommerce>(environment, choices);
}

std::unique_ptr<Dialect> Make(const Environment& environment) {
  return MakeWithChoices(environment, Choices());
}

}  // namespace oubli::dialects::bigcommerce
