#include "dialects/bigcommerce/bigcommerce.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "dialects/bigcommerce/authentication.h"
#include "dialects/bigcommerce/call.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/limits.h"
#include "dialects/bigcommerce/password_attempts.h"
#include "dialects/bigcommerce/request_id.h"
#include "dialects/bigcommerce/router.h"
#include "dialects/bigcommerce/v2/format.h"

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
bool IsAcceptable(const Call& call, bool is_v2) {
  if (!call.choices.check_accept || call.request.method == "DELETE") return true;
  if (is_v2) return v2::ChooseFormat(call.request, call.suffix).has_value();
  const std::string* accept = call.request.FindHeader("Accept");
  return accept == nullptr || AdmitsJson(*accept);
}

Choices WithChannelArrays(Choices choices) {
  choices.global_channel_ids_as_array = true;
  return choices;
}

// Contract 1.7 and 1.8.
void AddLimitHeaders(const Choices& choices, const Admission& admission, http::Response& response) {
  const ShownQuota& shown = admission.shown;
  response.AddHeader("x-rate-limit-time-window-ms", "30000");
  if (shown.quota > 0) {
    response.AddHeader("x-rate-limit-time-reset-ms", std::to_string(shown.reset_ms))
        .AddHeader("x-rate-limit-requests-quota", std::to_string(shown.quota))
        .AddHeader("x-rate-limit-requests-left", std::to_string(shown.left));
    return;
  }
  // Who finds all places taken shall not wait for a window that nobody counts.
  response
      .AddHeader("x-rate-limit-time-reset-ms", admission.admitted
                                                   ? std::string(choices.shown_reset_ms)
                                                   : std::to_string(admission.retry_after_s * 1000))
      .AddHeader("x-rate-limit-requests-quota", choices.shown_quota)
      .AddHeader("x-rate-limit-requests-left", choices.shown_left);
}

// The methods of a path of V2, for who asks before there is a token.
http::Response Options(const std::string& methods) {
  http::Response response;
  const bool has_get = methods.find("GET") != std::string::npos;
  response.AddHeader("allow", methods + (has_get ? ", HEAD, OPTIONS" : ", OPTIONS"));
  return response;
}

// Safe from any thread: holds the environment, the choices and what counts.
class BigCommerce final : public Dialect {
 public:
  BigCommerce(const Environment& environment, const Choices& choices)
      : environment_(environment),
        choices_(choices),
        array_choices_(WithChannelArrays(choices)),
        limits_(environment.clock, choices_),
        password_attempts_(environment.clock, choices_) {}

  bool Claims(std::string_view path) const override { return IsUnderRoot(path); }

  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    Match match = FindRoute(choices_, request->method, request->path);
    if (!match.path_is_known) {
      Answer(choices_, std::move(respond), "/stores/{unknown}")(NoSuchRoute());
      return;
    }
    if (match.route == nullptr) {
      const bool asks = match.is_v2 && request->method == "OPTIONS";
      Answer(choices_, std::move(respond),
             match.pattern)(asks ? Options(match.allow) : MethodNotAllowed(match.allow));
      return;
    }
    Answer answer(choices_, std::move(respond), match.pattern);
    const Need need = match.route->need;
    auto caller = Authenticate(environment_, choices_, *request, match.store_hash, need);
    if (!caller) {
      return answer(need == Need::kReadInstruments ? InInstrumentWords(std::move(caller.error()))
                                                   : std::move(caller.error()));
    }
    const Choices& choices = ChoicesOf(*caller->store);
    Call call{*request,
              environment_,
              choices,
              password_attempts_,
              std::move(answer),
              std::move(caller->principal),
              std::move(caller->store),
              std::move(match.path_parameters),
              match.suffix};
    if (Admit(call, *match.route, match.is_v2)) match.route->handle(call);
  }

 private:
  const Choices& ChoicesOf(customers::Store& store) const {
    const bool arrays = store.settings().IsOn(customers::Setting::kBigCommerceChannelIdsAsArray);
    return arrays ? array_choices_ : choices_;
  }

  // False: the call has been answered.
  bool Admit(Call& call, const Route& route, bool is_v2) const {
    Admission admission = limits_.Admit(*call.store, route.method, route.pattern);
    const bool admitted = admission.admitted;
    const int64_t retry_after_s = admission.retry_after_s;
    call.answer.SetAdmission(std::move(admission));
    if (!admitted) {
      call.answer(TooManyRequests(choices_, route.pattern, retry_after_s));
    } else if (!IsAcceptable(call, is_v2)) {
      call.answer(ErrorEnvelope(406, choices_.not_acceptable));
    } else {
      return true;
    }
    return false;
  }

  const Environment environment_;
  const Choices choices_;
  const Choices array_choices_;  // for stores that want channel_ids as an array
  mutable Limits limits_;        // safe from any thread
  mutable PasswordAttempts password_attempts_;
};

}  // namespace

void Answer::operator()(http::Response response) const {
  response.route = route_;
  response.headers.reserve(response.headers.size() + 7);
  AddLimitHeaders(choices_, admission_, response);
  response.AddHeader("x-request-id", NextRequestId())
      .AddHeader("strict-transport-security", "max-age=31536000; includeSubDomains")
      .AddHeader("vary", "Accept-Encoding");
  // First: who has the answer may call again at once.
  if (admission_.place) admission_.place->Leave();
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
