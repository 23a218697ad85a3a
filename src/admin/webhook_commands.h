// The administrator's commands about webhooks.
//
//   webhook.list   {store}   {webhooks: [{id, client_id, scope, destination, status, waiting,
//                             created_at, updated_at}, ...]}
//   webhook.events {store}   {events: [{at, webhook, kind, reason}, ...]}, the newest first
//
// `destination` is scheme, host and port alone: paths and queries may hold secrets. `status` is
// active, inactive or deactivated (by the server); `waiting` counts deliveries that failed and are
// to be tried again.
#pragma once

#include <string>

#include "access/hooks.h"
#include "access/stores.h"
#include "base/result.h"

namespace oubli::admin {

Result<std::string> ListWebhooks(access::Hooks& hooks, access::Stores& stores,
                                 const access::StoreInfo& store);
Result<std::string> ListWebhookEvents(access::Hooks& hooks, const access::StoreInfo& store);

}  // namespace oubli::admin
