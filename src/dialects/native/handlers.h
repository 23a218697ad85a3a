// The handlers of all calls; each answers its call exactly once. Listed in router.cc.
#pragma once

#include "dialects/native/call.h"

namespace oubli::dialects::native {

// Of /v1/stores/{handle}/customers/{customer_id}/stored-instruments:
void ListStoredInstruments(Call& call);   // GET
void CreateStoredInstrument(Call& call);  // POST
void DeleteStoredInstrument(Call& call);  // DELETE .../{token}

}  // namespace oubli::dialects::native
