// The admin page under /admin/: its files, which are part of the program, and its calls (api.h).
#pragma once

#include <memory>

#include "access/administrators.h"
#include "admin/commands.h"
#include "base/clock.h"
#include "dialects/dialect.h"

namespace oubli::admin::web {

// To the server it is one more protocol beside the dialects. What is given outlives it.
std::unique_ptr<dialects::Dialect> MakeAdminPage(const Services& services,
                                                 access::Administrators& administrators,
                                                 const Clock& clock);

}  // namespace oubli::admin::web
