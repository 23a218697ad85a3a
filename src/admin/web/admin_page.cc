#include "admin/web/admin_page.h"

#include <span>
#include <string_view>
#include <utility>

#include "admin/web/api.h"
#include "admin/web/http_rules.h"
#include "base/embedded_file.h"
#include "http/static_files.h"

namespace oubli::admin::web {

// Of web/, see CMakeLists.txt.
std::span<const EmbeddedFile> AdminPageFiles();

namespace {

constexpr std::string_view kRoot = "/admin/";
constexpr std::string_view kIndex = "index.html";

class AdminPage final : public dialects::Dialect {
 public:
  AdminPage(const Services& services, access::Administrators& administrators, const Clock& clock)
      : api_(services, administrators, clock), files_(AdminPageFiles()) {}

  bool Claims(std::string_view path) const override {
    return path == "/admin" || path.starts_with(kRoot);
  }

  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    http::Response response =
        request->path.starts_with(Api::kRoot) ? api_.Answer(*request) : Page(*request);
    AddSecurityHeaders(response);
    respond(std::move(response));
  }

 private:
  http::Response Page(const http::Request& request) const {
    if (request.path == "/admin") {
      http::Response response = WithoutBody(308);
      response.AddHeader("Location", kRoot);
      response.route = "/admin";
      return response;
    }
    std::string_view name = std::string_view(request.path).substr(kRoot.size());
    if (name.empty()) name = kIndex;
    if (!files_.Has(name)) {
      http::Response response =
          http::Response::Text(404, "text/plain; charset=utf-8", "There is no such page.\n");
      response.route = "/admin/{unknown}";
      return response;
    }
    http::Response response = files_.Answer(request, name);
    response.route = "/admin/{file}";
    return response;
  }

  mutable Api api_;
  const http::StaticFiles files_;
};

}  // namespace

std::unique_ptr<dialects::Dialect> MakeAdminPage(const Services& services,
                                                 access::Administrators& administrators,
                                                 const Clock& clock) {
  return std::make_unique<AdminPage>(services, administrators, clock);
}

}  // namespace oubli::admin::web
