#include "http/body_stream.h"

#include <exception>
#include <utility>

#include "base/log.h"

namespace oubli::http {
namespace {

using std::chrono::steady_clock;

Result<bool> Call(const NextPiece& next, std::string& piece) {
  try {
    return next(piece);
  } catch (const std::exception&) {
    return Fail(ErrorKind::kUnavailable, "an exception");
  } catch (...) {
    return Fail(ErrorKind::kUnavailable, "something thrown");
  }
}

}  // namespace

BodyStream::BodyStream(NextPiece next, AnswerForm form, std::shared_ptr<Mailbox> mailbox,
                       std::weak_ptr<Connection> connection, const AccessRecord& record,
                       SteadyTime begin)
    : next_(std::move(next)),
      form_(form),
      mailbox_(std::move(mailbox)),
      connection_(std::move(connection)),
      record_(record),
      begin_(begin),
      bytes_(record.response_bytes) {}

Answer BodyStream::Next() {
  Answer answer{.connection = connection_, .bytes = {}, .close = form_.close};
  std::string piece;
  const Result<bool> more = Call(next_, piece);
  if (!more) {
    answer.broken = true;
    Log(LogLevel::kError, "an answer was cut off: the rest of it cannot be made",
        {{"route", record_.route}, {"reason", more.error().text}});
    return answer;
  }
  if (in_chunks()) {
    AppendChunk(answer.bytes, piece);
    if (!*more) answer.bytes.append(kLastChunk);
  } else {
    answer.bytes = std::move(piece);
  }
  bytes_.fetch_add(answer.bytes.size(), std::memory_order_relaxed);
  if (*more) answer.stream = shared_from_this();
  return answer;
}

void BodyStream::MakePiece() {
  if (connection_.expired()) return;  // the peer has gone
  Answer answer = Next();
  if (!mailbox_->Enter()) return;
  const bool ends = answer.stream == nullptr;
  mailbox_->Push(std::move(answer));
  if (ends) Tell();
  mailbox_->Leave();
}

void BodyStream::Tell() {
  if (told_.exchange(true)) return;
  const Core& core = mailbox_->core();
  if (!core.observer) return;
  AccessRecord record = record_;
  record.response_bytes = bytes_.load(std::memory_order_relaxed);
  record.duration =
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin_);
  core.observer(record);
}

}  // namespace oubli::http
