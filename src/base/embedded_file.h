// Files that were put into the program when it was built; see cmake/embed.cmake.
#pragma once

#include <string_view>

namespace oubli {

// The bytes live as long as the program.
struct EmbeddedFile {
  std::string_view name;  // below its root, with '/': "app.js"
  std::string_view bytes;
  std::string_view gzip;  // the same, compressed; empty when there is none
};

}  // namespace oubli
