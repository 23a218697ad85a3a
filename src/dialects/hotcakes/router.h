// From a request to the resource that answers it: the path, the key, the store, the method.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dialects/dialect.h"
#include "dialects/hotcakes/resource.h"

namespace oubli::dialects::hotcakes {

// A path of the API taken apart:
// {site}/DesktopModules/Hotcakes/API/rest/v{version}/{model}/{target}.
struct ApiPath {
  std::string model;  // trimmed, lower case; "" when the path names none
  Target target;
};

// Whether the path belongs to the API, also when it leads nowhere. Case is ignored; what is in
// front of DesktopModules is the site's own.
bool IsApiPath(std::string_view path);
// REQUIRES: IsApiPath(path).
ApiPath ParseApiPath(std::string_view path);

// Safe from any thread.
class Router {
 public:
  explicit Router(const Environment& environment);
  void Handle(std::shared_ptr<const http::Request> request, http::Responder respond) const;

  // By their names in the path, for the tests that go over all of them.
  using Resources = std::map<std::string, std::unique_ptr<Resource>, std::less<>>;
  const Resources& resources() const { return resources_; }

 private:
  // The store that the key opens; when there is none, the reply has been sent.
  std::shared_ptr<customers::Store> OpenStore(const Query& query, const Reply& reply) const;

  const Environment environment_;
  Resources resources_;
};

}  // namespace oubli::dialects::hotcakes
