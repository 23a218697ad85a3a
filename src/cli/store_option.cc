#include "cli/store_option.h"

#include "base/json_writer.h"

namespace oubli::cli {

Parameter StoreOption() {
  return {.name = "--store", .help = "the store's handle", .value = "HANDLE", .required = true};
}

std::string StoreArgument(const Invocation& invocation) {
  std::string out;
  JsonWriter(out).BeginObject().Member("store", invocation.Get("--store")).EndObject();
  return out;
}

}  // namespace oubli::cli
