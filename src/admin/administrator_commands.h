// Commands about the people who sign in to the admin page:
//
//   admin.create   {name, password, stores}    {name, superuser, stores, created_at}; without
//                                              `stores` a superuser
//   admin.list     {}                          {administrators: [...]}
//   admin.password {name, password}            {name}; what they are signed in with ends
//   admin.remove   {name}                      {name, removed}
#pragma once

#include <string>

#include "access/administrators.h"
#include "access/stores.h"
#include "admin/arguments.h"
#include "base/result.h"

namespace oubli::admin {

// Errors of all: those of access::Administrators; kInvalid for an argument.
Result<std::string> CreateAdministrator(access::Administrators& administrators,
                                        access::Stores& stores, const Arguments& arguments);
Result<std::string> ListAdministrators(access::Administrators& administrators,
                                       access::Stores& stores, const Arguments& arguments);
Result<std::string> SetAdministratorPassword(access::Administrators& administrators,
                                             const Arguments& arguments);
Result<std::string> RemoveAdministrator(access::Administrators& administrators,
                                        const Arguments& arguments);

}  // namespace oubli::admin
