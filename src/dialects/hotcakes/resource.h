// A resource ("customeraccounts") of the API: what one name in the path stands for. A further
// resource is a class of this kind and a line in router.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "customers/store.h"
#include "dialects/hotcakes/envelope.h"
#include "dialects/hotcakes/query.h"
#include "http/message.h"

namespace oubli::dialects::hotcakes {

// What is behind the resource's name in the path.
struct Target {
  // Nothing is, or a single slash: the whole collection is meant, and said so plainly.
  bool collection = true;
  // Else the part up to the next slash, decoded; blank ids are none that anything has.
  std::string id;
};

// A request whose key is good.
struct Call {
  std::shared_ptr<const http::Request> request;
  Query query;
  Target target;
  std::shared_ptr<customers::Store> store;
  Reply reply;
};

// Safe from any thread. Each function answers through call.reply, at once or after a commit; what
// runs after a commit keeps a copy of the reply and of nothing else of the call.
class Resource {
 public:
  virtual ~Resource() = default;
  // For the access log; literals.
  virtual std::string_view collection_route() const = 0;
  virtual std::string_view item_route() const = 0;

  virtual void Get(const Call& call) const = 0;
  virtual void Post(const Call& call) const = 0;
  virtual void Delete(const Call& call) const = 0;
};

}  // namespace oubli::dialects::hotcakes
