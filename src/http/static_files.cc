#include "http/static_files.h"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <utility>

#include "base/text.h"

namespace oubli::http {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".md", "text/markdown; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".json", "application/json"},
}};

// Whether a comma-separated header names `wanted` (or `*`), parameters aside, and not with q=0.
bool Lists(const Request& request, std::string_view header, std::string_view wanted) {
  const std::string* const value = request.FindHeader(header);
  if (value == nullptr) return false;
  for (const std::string_view part : Split(*value, ',')) {
    const size_t end = part.find(';');
    std::string_view name = Trim(part.substr(0, end));
    if (name.starts_with("W/")) name.remove_prefix(2);
    if (name != wanted && name != "*") continue;
    const std::string_view rest =
        end == std::string_view::npos ? std::string_view() : Trim(part.substr(end + 1));
    if (rest != "q=0" && rest != "q=0.0" && rest != "q=0.00" && rest != "q=0.000") return true;
  }
  return false;
}

}  // namespace

std::string_view ContentTypeOf(std::string_view name) {
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

StaticFiles::StaticFiles(std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) {
    const size_t hash = std::hash<std::string_view>()(file.bytes);
    files_.emplace(file.name, File{&file, fmt::format("\"{:x}-{:x}\"", file.bytes.size(), hash)});
  }
}

bool StaticFiles::Has(std::string_view name) const { return files_.contains(name); }

Response StaticFiles::Answer(const Request& request, std::string_view name) const {
  const File& file = files_.find(name)->second;
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = Response::Text(405, "text/plain; charset=utf-8", "Method Not Allowed\n");
    response.AddHeader("Allow", "GET, HEAD");
    return response;
  }
  Response response;
  if (Lists(request, "If-None-Match", file.etag)) {
    response.status = 304;
  } else {
    const bool compressed =
        !file.embedded->gzip.empty() && Lists(request, "Accept-Encoding", "gzip");
    const std::string_view bytes = compressed ? file.embedded->gzip : file.embedded->bytes;
    response = Response::Text(200, ContentTypeOf(name), std::string(bytes));
    if (compressed) response.AddHeader("Content-Encoding", "gzip");
  }
  response.AddHeader("ETag", file.etag)
      .AddHeader("Cache-Control", "no-cache")
      .AddHeader("Vary", "Accept-Encoding");
  return response;
}

}  // namespace oubli::http
