// What an administrator can do, each as a command with JSON arguments and a JSON result. The
// command line runs them on data that it has opened itself, or sends them to the running server
// (protocol.h).
//
//   store.create {handle}                          {number, handle, created_at}
//   store.list   {}                                {stores: [...]}
//   store.show   {handle}                          the same with customers, keys, sweep_backlog,
//   window key.create   {store, dialect, scopes, role}    {id, store, dialect, and the credentials}
//   key.list     {store}                           {keys: [...]}
//   key.revoke   {store, id}                       {id, store, revoked}
//   window.open  {store, minutes}                  {store, open, until, remaining_seconds}
//   window.close, window.show {store}              the same
//   mail.list    {store}                           {store, mails: [{no, customer, kind, at}]}
//   import.batch {store, rows}                     import_batch.h
//   places.list, places.retire                     places_commands.h
//   reindex.start, reindex.step, reindex.end, reindex.show {store}    reindex_commands.h
//   setting.list, setting.get, setting.set, setting.reset       setting_commands.h
//   orders.kept, orders.keep, orders.forget                     order_commands.h
//   backup.begin, backup.store, backup.finish, backup.cancel    backup_commands.h
//   webhook.list, webhook.events {store}                        webhook_commands.h
//   doctor, residue                                             doctor_commands.h
//   admin.create, admin.list, admin.password, admin.remove      administrator_commands.h
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "access/administrators.h"
#include "access/api_keys.h"
#include "access/hooks.h"
#include "access/key_custody.h"
#include "access/stores.h"
#include "access/windows.h"
#include "backup/backups.h"
#include "base/result.h"
#include "doctor/subject.h"

namespace oubli::admin {

// What the commands work on.
struct Services {
  access::ApiKeys& api_keys;
  access::Stores& stores;
  access::Windows& windows;
  access::KeyCustody& custody;
  backup::Backups* backups = nullptr;                // null: no backups can be made
  const doctor::Subject* subject = nullptr;          // null: nothing can be examined
  access::Administrators* administrators = nullptr;  // null: there are none to speak of
  access::Hooks* hooks = nullptr;                    // null: there are none to tell of
};

// Runs one command; the result is one JSON object without line breaks. Safe from any thread.
// Errors: those of the command; kInvalid for an unknown command or argument.
Result<std::string> RunCommand(const Services& services, std::string_view command,
                               const boost::json::object& arguments);

}  // namespace oubli::admin
