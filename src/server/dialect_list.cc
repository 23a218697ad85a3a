#include "server/dialect_list.h"

#include "dialects/bigcommerce/bigcommerce.h"
#include "dialects/hotcakes/hotcakes.h"
#include "dialects/native/native.h"
#include "dialects/stickystreet/stickystreet.h"
#include "dialects/webcommander/webcommander.h"

namespace oubli::server {

// Asked in this order; their paths do not overlap.
std::vector<std::unique_ptr<dialects::Dialect>> MakeDialects(
    const dialects::Environment& environment) {
  std::vector<std::unique_ptr<dialects::Dialect>> list;
  list.push_back(dialects::bigcommerce::Make(environment));
  list.push_back(dialects::webcommander::Make(environment));
  list.push_back(dialects::stickystreet::Make(environment));
  list.push_back(dialects::hotcakes::Make(environment));
  list.push_back(dialects::native::Make(environment));
  return list;
}

}  // namespace oubli::server
