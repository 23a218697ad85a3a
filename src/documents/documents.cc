#include "documents/documents.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/embedded_file.h"
#include "http/static_files.h"

namespace oubli::documents {

// Of docs/, see CMakeLists.txt.
std::span<const EmbeddedFile> DocumentFiles();

namespace {

constexpr std::string_view kRoot = "/docs";

bool IsForPrograms(std::string_view path) {
  return path == "/llms.txt" || path == "/llms-full.txt";
}

class Documents final : public dialects::Dialect {
 public:
  Documents() : files_(DocumentFiles()) {}

  bool Claims(std::string_view path) const override {
    return IsForPrograms(path) || path == kRoot || path.starts_with("/docs/");
  }

  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    http::Response response = Answer(*request);
    response
        .AddHeader("Content-Security-Policy",
                   "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
                   "frame-ancestors 'none'")
        .AddHeader("X-Content-Type-Options", "nosniff");
    respond(std::move(response));
  }

 private:
  http::Response Answer(const http::Request& request) const {
    const std::string_view path = request.path;
    if (IsForPrograms(path)) return Shown(request, path.substr(1), "/llms.txt");
    const std::string_view page = path.substr(kRoot.size());
    // A folder is one with its slash, or the links in it would lead elsewhere.
    if (page.empty() ||
        (!page.ends_with('/') && files_.Has(std::string(page.substr(1)) + "/README.html"))) {
      http::Response response;
      response.status = 308;
      response.AddHeader("Location", std::string(path) + "/");
      response.route = "/docs/{page}";
      return response;
    }
    return Shown(request, NameOf(page.substr(1)), "/docs/{page}");
  }

  // The file of a page: "cli" is cli.html, "dialects/" is dialects/README.html.
  static std::string NameOf(std::string_view page) {
    std::string name(page);
    if (name.empty() || name.ends_with('/')) return name + "README.html";
    const bool has_ending = name.find('.', name.rfind('/') + 1) != std::string::npos;
    return has_ending ? name : name + ".html";
  }

  http::Response Shown(const http::Request& request, std::string_view name,
                       std::string_view route) const {
    http::Response response =
        files_.Has(name)
            ? files_.Answer(request, name)
            : http::Response::Text(404, "text/plain; charset=utf-8", "There is no such page.\n");
    response.route = route;
    return response;
  }

  const http::StaticFiles files_;
};

}  // namespace

std::unique_ptr<dialects::Dialect> MakeDocuments() { return std::make_unique<Documents>(); }

}  // namespace oubli::documents
