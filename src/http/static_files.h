// Answers GET and HEAD with files that are part of the program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/embedded_file.h"
#include "http/message.h"

namespace oubli::http {

// Safe from any thread. Answers carry an ETag and must be asked about again each time
// (Cache-Control: no-cache), so a new program is seen at once; gzip where the client takes it.
class StaticFiles {
 public:
  explicit StaticFiles(std::span<const EmbeddedFile> files);

  // Whether there is a file of that name ("app.js").
  bool Has(std::string_view name) const;
  // REQUIRES: Has(name). 304 when the client has it already, 405 for other methods.
  Response Answer(const Request& request, std::string_view name) const;

 private:
  struct File {
    const EmbeddedFile* embedded;
    std::string etag;
  };
  std::unordered_map<std::string_view, File> files_;
};

// By the name's ending: "text/html; charset=utf-8"; application/octet-stream for what is unknown.
std::string_view ContentTypeOf(std::string_view name);

}  // namespace oubli::http
