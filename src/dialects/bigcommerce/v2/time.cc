// GET /v2/time (contract 6.2): the cheap call by which clients see whether their token is good.
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/v2/handlers.h"
#include "dialects/bigcommerce/v2/list_query.h"
#include "dialects/bigcommerce/v2/reply.h"

namespace oubli::dialects::bigcommerce::v2 {

void GetTime(Call& call) {
  const Reply reply(call);
  if (const auto query = ReadQuery(call, {}); !query) return reply.Fail(query.error());
  reply.Object(200, "time", {{"time", SecondOf(call.environment.clock.NowMs())}});
}

}  // namespace oubli::dialects::bigcommerce::v2
