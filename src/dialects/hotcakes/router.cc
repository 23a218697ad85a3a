#include "dialects/hotcakes/router.h"

#include <utility>

#include "base/text.h"
#include "customers/settings.h"
#include "dialects/hotcakes/customer_accounts.h"
#include "dialects/hotcakes/gated_clear_all.h"
#include "dialects/hotcakes/price_group_calls.h"
#include "dialects/hotcakes/wish_list_calls.h"
#include "http/parameters.h"

namespace oubli::dialects::hotcakes {
namespace {

constexpr std::string_view kMarker = "/desktopmodules/hotcakes/api/rest/v";
constexpr std::string_view kUnknownRoute = "/DesktopModules/Hotcakes/API/rest/v1/{model}";

}  // namespace

bool IsApiPath(std::string_view path) {
  return AsciiLower(path).find(kMarker) != std::string::npos;
}

ApiPath ParseApiPath(std::string_view path) {
  ApiPath parsed;
  std::string_view rest = path.substr(AsciiLower(path).find(kMarker) + kMarker.size());
  const size_t version_end = rest.find('/');
  // The version itself does not count, but there is one.
  if (version_end == std::string_view::npos || version_end == 0) return parsed;
  const std::string_view encoded = rest.substr(version_end + 1);
  const std::string decoded = http::PercentDecode(encoded, false);
  rest = decoded;
  const size_t model_end = rest.find('/');
  const std::string_view model = rest.substr(0, model_end);
  parsed.model = AsciiLower(Trim(model));
  rest = model_end == std::string_view::npos ? std::string_view() : rest.substr(model_end + 1);
  parsed.target.id = std::string(rest.substr(0, rest.find('/')));
  // A trailing %2F, a second slash, a blank: a client put an empty id together. That is no request
  // for everything, so the collection is only what is spelled as one.
  parsed.target.collection = rest.empty() && encoded == decoded && model == Trim(model);
  return parsed;
}

Router::Router(const Environment& environment) : environment_(environment) {
  resources_.emplace("customeraccounts", MakeCustomerAccounts(environment));
  resources_.emplace("pricegroups", MakePriceGroups());
  resources_.emplace("wishlistitems", MakeWishListItems());
  resources_.emplace("categories", MakeCategories(environment));
  resources_.emplace("products", MakeProducts(environment));
}

void Router::Handle(std::shared_ptr<const http::Request> request, http::Responder respond) const {
  ApiPath path = ParseApiPath(request->path);
  auto query = Query::Parse(request->query);
  const auto found = resources_.find(path.model);
  std::string_view route = kUnknownRoute;
  if (found != resources_.end()) {
    route =
        path.target.collection ? found->second->collection_route() : found->second->item_route();
  }
  const bool as_text = query && query->Find("apiformat") == "text";
  Reply reply(std::move(respond), route, as_text);

  if (path.model.empty()) return reply.NoSuchPath();
  if (!query) return reply.Refuse({"The query has too many parameters."});
  auto store = OpenStore(*query, reply);
  if (store == nullptr) return;
  if (!request->tls && store->settings().IsOn(customers::Setting::kHotcakesRequireTls))
    return reply.Failure("SSLCONNECTION", "Store API require SSL connection.");
  if (found == resources_.end()) return reply.NoSuchResource();

  const Resource& resource = *found->second;
  const std::string& method = request->method;
  const Call call{request, std::move(*query), std::move(path.target), std::move(store), reply};
  if (method == "GET") return resource.Get(call);
  if (method == "POST") return resource.Post(call);
  if (method == "DELETE") return resource.Delete(call);
  reply.Refuse({"The method or operation is not implemented."});
}

std::shared_ptr<customers::Store> Router::OpenStore(const Query& query, const Reply& reply) const {
  const std::string key = query.Find("key").value_or("");
  if (Trim(key).empty()) {
    reply.Failure("KEY", "Api Key is missing.");
    return nullptr;
  }
  const auto principal = environment_.api_keys.ByHotcakesKey(key);
  if (!principal) {
    reply.Failure("KEY", "Api Key is invalid");
    return nullptr;
  }
  // Asked of the list of stores, not of the store: that may still be open.
  const bool known = !principal->handle.empty();
  using Opened = Result<std::shared_ptr<customers::Store>>;
  auto store = known ? environment_.stores.Open(principal->store_number)
                     : Opened(Fail(ErrorKind::kNotFound, "there is no such store"));
  if (store) return std::move(*store);
  if (store.error().kind == ErrorKind::kNotFound) {
    reply.Failure("STORENOTFOUND", "No store was found at this URL.");
  } else {
    reply.Fault(store.error());
  }
  return nullptr;
}

}  // namespace oubli::dialects::hotcakes
