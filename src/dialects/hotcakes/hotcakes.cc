#include "dialects/hotcakes/hotcakes.h"

#include <utility>

#include "dialects/hotcakes/router.h"

namespace oubli::dialects::hotcakes {
namespace {

class Hotcakes final : public Dialect {
 public:
  explicit Hotcakes(const Environment& environment) : router_(environment) {}

  bool Claims(std::string_view path) const override { return IsApiPath(path); }
  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    router_.Handle(std::move(request), std::move(respond));
  }

 private:
  const Router router_;
};

}  // namespace

std::unique_ptr<Dialect> Make(const Environment& environment) {
  return std::make_unique<Hotcakes>(environment);
}

}  // namespace oubli::dialects::hotcakes
