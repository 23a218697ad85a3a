#include "dialects/stickystreet/customer_scan.h"

#include <memory>
#include <utility>

#include "customers/customer_walk.h"
#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;
using customers::StoreView;

class Scan {
 public:
  Scan(std::shared_ptr<customers::Store> store, const Format& format, ScanForm form, Show show)
      : walk_(std::move(store), 0, customers::CustomerWalk::kAll, form.after_id),
        printer_(format, form.list, form.element),
        form_(std::move(form)),
        show_(std::move(show)) {
    done_ = form_.limit <= 0;
  }

  bool any() const { return shown_ > 0; }
  void Begin(std::string& out) { printer_.Begin(out, form_.root); }

  // False: that was the last one, the end is written.
  Result<bool> Piece(std::string& out) {
    if (!done_) OUBLI_TRY(Look(out));
    if (done_) printer_.End(out);
    return !done_;
  }

 private:
  Status Look(std::string& out) {
    const size_t enough = out.size() + http::kPieceBytes;
    OUBLI_TRY_ASSIGN(
        const bool more,
        walk_.NextSlice([&](StoreView& view, const Customer& customer) -> Result<bool> {
          done_ = done_ || customer.head.id > form_.last_id;
          if (!done_) OUBLI_TRY(Take(view, customer, out));
          return !done_ && out.size() < enough;
        }));
    done_ = done_ || !more;
    return {};
  }

  Status Take(StoreView& view, const Customer& customer, std::string& out) {
    const auto nodes = show_(view, customer);
    if (!nodes) {
      return nodes.error().kind == ErrorKind::kNotFound ? Status() : Fail(nodes.error());
    }
    for (const Node& node : *nodes) {
      if (done_) break;
      if (passed_ < form_.offset) {
        ++passed_;
        continue;
      }
      printer_.Add(out, node);
      ++shown_;
      done_ = shown_ >= form_.limit;
    }
    return {};
  }

  customers::CustomerWalk walk_;
  ListPrinter printer_;
  const ScanForm form_;
  const Show show_;
  int64_t passed_ = 0;
  int64_t shown_ = 0;
  bool done_ = false;  // all customers have been looked at, or enough of them
};

}  // namespace

void AnswerWithScan(const Call& call, ScanForm form, Show show) {
  const bool empty_is_error = form.empty_is_error;
  const auto scan = std::make_shared<Scan>(call.shared_store, call.reply.format(), std::move(form),
                                           std::move(show));
  std::string first;
  scan->Begin(first);
  bool more = true;
  do {
    const auto piece = scan->Piece(first);
    if (!piece) return call.reply(Fail(piece.error()));
    more = *piece;
  } while (more && empty_is_error && !scan->any());
  if (empty_is_error && !scan->any()) return call.reply(Refuse(kNoSuchCustomer));
  if (!more) return call.reply.Stream(std::move(first));
  call.reply.Stream(std::move(first), [scan](std::string& piece) { return scan->Piece(piece); });
}

}  // namespace oubli::dialects::stickystreet
