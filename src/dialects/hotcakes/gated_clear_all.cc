#include "dialects/hotcakes/gated_clear_all.h"

namespace oubli::dialects::hotcakes {
namespace {

struct Answers {
  std::string_view collection_route;
  std::string_view item_route;
  std::string_view open;
  std::string_view closed;
};

constexpr Answers kCategories = {"/DesktopModules/Hotcakes/API/rest/v1/categories",
                                 "/DesktopModules/Hotcakes/API/rest/v1/categories/{bvin}", "true",
                                 "false"};
// How many it clears at most does not count where there are none.
constexpr Answers kProducts = {"/DesktopModules/Hotcakes/API/rest/v1/products",
                               "/DesktopModules/Hotcakes/API/rest/v1/products/{bvin}",
                               R"({"ProductsCleared":0,"ProductsRemaining":0})",
                               R"({"ProductsCleared":0,"ProductsRemaining":-1})"};

class GatedClearAll final : public Resource {
 public:
  GatedClearAll(const Environment& environment, const Answers& answers)
      : environment_(environment), answers_(answers) {}

  std::string_view collection_route() const override { return answers_.collection_route; }
  std::string_view item_route() const override { return answers_.item_route; }

  void Get(const Call& call) const override { call.reply.NoSuchResource(); }
  void Post(const Call& call) const override { call.reply.NoSuchResource(); }
  void Delete(const Call& call) const override {
    // An id, also a blank one: nothing has it.
    if (!call.target.collection) return call.reply.Bool(false);
    const bool open = environment_.windows.IsOpen(call.store->number());
    call.reply.Content(open ? answers_.open : answers_.closed);
  }

 private:
  const Environment environment_;
  const Answers answers_;
};

}  // namespace

std::unique_ptr<Resource> MakeCategories(const Environment& environment) {
  return std::make_unique<GatedClearAll>(environment, kCategories);
}

std::unique_ptr<Resource> MakeProducts(const Environment& environment) {
  return std::make_unique<GatedClearAll>(environment, kProducts);
}

}  // namespace oubli::dialects::hotcakes
