#include "dialects/stickystreet/customer_scan.h"

#include <memory>
#include <utility>

#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;
using customers::StoreReader;

// A piece ends at whichever comes first, so that it takes milliseconds.
constexpr size_t kPieceBytes = 64 * 1024;
constexpr int kPieceCustomers = 1000;

class Scan {
 public:
  Scan(std::shared_ptr<customers::Store> store, const Format& format, ScanForm form, Show show)
      : store_(std::move(store)),
        printer_(format, form.list, form.element),
        form_(std::move(form)),
        show_(std::move(show)) {
    done_ = form_.limit <= 0;
  }

  bool any() const { return shown_ > 0; }
  bool done() const { return done_; }
  void Begin(std::string& out) { printer_.Begin(out, form_.root); }

  Result<bool> Piece(std::string& out) {
    if (!done_) OUBLI_TRY(Look(out));
    if (done_ && !ended_) {
      printer_.End(out);
      ended_ = true;
    }
    return !done_;
  }

 private:
  Status Look(std::string& out) {
    OUBLI_TRY_ASSIGN(StoreReader reader, store_->Read());
    const size_t enough = out.size() + kPieceBytes;
    int looked_at = 0;
    bool cut_short = false;
    Status failed;
    OUBLI_TRY(customers::ForEachCustomer(*reader, after_id_, [&](const Customer& customer) {
      after_id_ = customer.head.id;
      failed = Take(*reader, customer, out);
      cut_short = failed && !done_ && (out.size() >= enough || ++looked_at >= kPieceCustomers);
      return failed && !done_ && !cut_short;
    }));
    OUBLI_TRY(failed);
    if (!cut_short) done_ = true;
    return {};
  }

  Status Take(customers::StoreView& view, const Customer& customer, std::string& out) {
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

  const std::shared_ptr<customers::Store> store_;
  ListPrinter printer_;
  const ScanForm form_;
  const Show show_;
  int64_t after_id_ = 0;
  int64_t passed_ = 0;
  int64_t shown_ = 0;
  bool done_ = false;   // all customers have been looked at, or enough of them
  bool ended_ = false;  // and the end is written
};

}  // namespace

void AnswerWithScan(const Call& call, ScanForm form, Show show) {
  const bool empty_is_error = form.empty_is_error;
  const auto scan = std::make_shared<Scan>(call.shared_store, call.reply.format(), std::move(form),
                                           std::move(show));
  // Until there is something to show it is not known whether this is a success.
  std::string first;
  scan->Begin(first);
  while (empty_is_error && !scan->any() && !scan->done()) {
    const auto more = scan->Piece(first);
    if (!more) return call.reply(Fail(more.error()));
  }
  if (empty_is_error && !scan->any()) return call.reply(Refuse(kNoSuchCustomer));
  call.reply.Stream(std::move(first), [scan](std::string& piece) { return scan->Piece(piece); });
}

}  // namespace oubli::dialects::stickystreet
