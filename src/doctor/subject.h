// What is examined: the data of one server, opened by this process.
#pragma once

#include <functional>
#include <string>

#include "access/key_custody.h"
#include "access/server_file.h"
#include "access/stores.h"
#include "base/clock.h"

namespace oubli::doctor {

struct Subject {
  access::ServerFile& file;
  access::Stores& stores;
  access::KeyCustody& custody;
  const Clock& clock;
  std::string data_dir;
  std::string log_file = {};  // empty: none is known
  // False ends a long work early with kUnavailable: the server stops.
  std::function<bool()> keep_going = [] { return true; };

  Status CheckGoing() const {
    if (keep_going()) return {};
    return Fail(ErrorKind::kUnavailable, "given up: the server stops");
  }
};

}  // namespace oubli::doctor
