#include "dialects/native/native.h"

#include <utility>

#include "base/text.h"
#include "dialects/native/call.h"
#include "dialects/native/router.h"

namespace oubli::dialects::native {
namespace {

// The key of "Authorization: Bearer KEY"; "" without one, and when the header came twice: two
// readers could see two callers.
std::string_view BearerOf(const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string* value = nullptr;
  for (const http::Header& header : request.headers) {
    if (!EqualsIgnoreCase(header.name, "Authorization")) continue;
    if (value != nullptr) return {};
    value = &header.value;
  }
  if (value == nullptr) return {};
  const std::string_view text = Trim(*value);
  if (!EqualsIgnoreCase(text.substr(0, kScheme.size()), kScheme)) return {};
  return Trim(text.substr(kScheme.size()));
}

// Fills in the call's principal and store, or returns the refusal. A store that is not the key's is
// refused in the same words whether it exists or not.
std::optional<Problem> Authenticate(Call& call, std::string_view handle) {
  const std::string_view key = BearerOf(call.request);
  if (key.empty()) return Problem{ProblemType::kUnauthorized};
  auto principal = call.environment.api_keys.ByNativeKey(key);
  if (!principal) return Problem{ProblemType::kUnauthorized};
  if (principal->handle != handle) return Problem{ProblemType::kForbidden};
  auto store = call.environment.stores.Open(principal->store_number);
  if (!store && store.error().kind == ErrorKind::kNotFound) {
    return Problem{ProblemType::kForbidden};
  }
  if (!store) return FromError(store.error());
  call.principal = std::move(*principal);
  call.store = std::move(*store);
  return std::nullopt;
}

// Whether an Accept header admits JSON (RFC 9110, 12.5.1; weights are not looked at).
bool AdmitsJson(const http::Request& request) {
  const std::string* accept = request.FindHeader("Accept");
  if (accept == nullptr || Trim(*accept).empty() || request.method == "DELETE") return true;
  for (const std::string_view range : Split(*accept, ',')) {
    const std::string_view media = Trim(range.substr(0, range.find(';')));
    if (media == "*/*" || EqualsIgnoreCase(media, "application/*") ||
        EqualsIgnoreCase(media, "application/json")) {
      return true;
    }
  }
  return false;
}

// Safe from any thread: holds nothing but the environment.
class Native final : public Dialect {
 public:
  explicit Native(const Environment& environment) : environment_(environment) {}

  bool Claims(std::string_view path) const override { return IsUnderRoot(path); }

  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    Match match = FindRoute(request->method, request->path);
    if (match.pattern.empty()) {
      return Answer(std::move(respond), "/v1/{unknown}").Refuse({ProblemType::kNoSuchRoute});
    }
    const Answer answer(std::move(respond), match.pattern);
    if (match.route == nullptr) {
      http::Response response = ToResponse({ProblemType::kMethodNotAllowed});
      response.AddHeader("Allow", match.allow);  // RFC 9110, 15.5.6
      return answer(std::move(response));
    }
    Call call{*request, environment_, answer, std::move(match.path_parameters)};
    if (const auto refusal = Authenticate(call, match.handle)) return answer.Refuse(*refusal);
    if (!AdmitsJson(*request)) return answer.Refuse({ProblemType::kNotAcceptable});
    match.route->handle(call);
  }

 private:
  const Environment environment_;
};

}  // namespace

void Answer::operator()(http::Response response) const {
  response.route = route_;
  // What these calls show is about one person.
  response.AddHeader("Cache-Control", "no-store");
  respond_(std::move(response));
}

void Answer::Json(int status, std::string body) const {
  (*this)(http::Response::Text(status, "application/json", std::move(body)));
}

void Answer::Refuse(const Problem& problem) const { (*this)(ToResponse(problem)); }

std::optional<int64_t> Call::PathId(size_t index) const {
  const auto id = ParseInt(path_parameters.at(index));
  return id && *id > 0 ? id : std::nullopt;
}

std::unique_ptr<Dialect> Make(const Environment& environment) {
  return std::make_unique<Native>(environment);
}

}  // namespace oubli::dialects::native
