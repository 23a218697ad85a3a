// The resource customeraccounts: find, create, update, delete one, and clear all inside the window.
#pragma once

#include <memory>

#include "dialects/dialect.h"
#include "dialects/hotcakes/resource.h"

namespace oubli::dialects::hotcakes {

std::unique_ptr<Resource> MakeCustomerAccounts(const Environment& environment);

}  // namespace oubli::dialects::hotcakes
