#include "http/connection.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <limits>
#include <utility>

#include "http/body_stream.h"
#include "http/wire.h"

namespace oubli::http {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr size_t kFirstInput = 4 * 1024;       // grows to max_header_bytes when it has to
constexpr size_t kMaxUnwritten = 256 * 1024;   // of answers to pipelined requests
constexpr size_t kMaxDiscarded = 1024 * 1024;  // of what comes behind a refusal
constexpr size_t kKeptOutput = 64 * 1024;      // a buffer that grew beyond is given back
constexpr auto kLingerTime = std::chrono::milliseconds(1000);

// Methods become labels of metrics: a client must not be able to make up new ones.
std::string_view MethodLabel(std::string_view method) {
  for (const std::string_view known :
       {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}) {
    if (method == known) return known;
  }
  return "OTHER";
}

std::chrono::microseconds Since(SteadyTime begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin);
}

// What is needed to answer one request, wherever and whenever that happens.
struct Exchange {
  std::shared_ptr<Mailbox> mailbox;
  std::weak_ptr<Connection> connection;
  std::string_view method_label;
  AnswerForm form;
  size_t request_bytes = 0;
  SteadyTime begin;

  // On the responder's thread: formatting and observing there keeps the io thread free.
  void Send(Response response) const {
    if (!mailbox->Enter()) return;
    Core& core = mailbox->core();
    AnswerForm actual = form;
    const bool more = HasMorePieces(response, form);
    if (core.stopping.load(std::memory_order_relaxed)) actual.close = true;
    if (more && !InChunks(form)) actual.close = true;
    Answer answer{.connection = connection, .bytes = {}, .close = actual.close};
    AccessRecord record;
    record.status = AppendAnswer(answer.bytes, response, actual);
    record.method = method_label;
    record.route = response.route;
    record.request_bytes = request_bytes;
    record.response_bytes = answer.bytes.size();
    if (more) {
      answer.stream = std::make_shared<BodyStream>(std::move(response.next_piece), actual, mailbox,
                                                   connection, record, begin);
      mailbox->Push(std::move(answer));
      return mailbox->Leave();
    }
    mailbox->Push(std::move(answer));
    record.duration = Since(begin);
    if (core.observer) core.observer(record);
    mailbox->Leave();
  }
};

}  // namespace

Connection::Connection(Loop& loop, Socket socket, SSL* tls, std::string address)
    : loop_(loop),
      socket_(std::move(socket)),
      address_(std::move(address)),
      parser_(loop.core().parser_limits) {
  if (tls != nullptr) tls_ = std::make_unique<boost::asio::ssl::stream<Socket&>>(socket_, tls);
}

void Connection::Start() {
  error_code ignored;
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  if (tls_ != nullptr) return Handshake();
  ProcessInput();
}

void Connection::Handshake() {
  phase_ = Phase::kHandshake;
  read_deadline_ = steady_clock::now() + loop_.core().options.request_deadline;
  tls_->async_handshake(boost::asio::ssl::stream_base::server,
                        [self = shared_from_this()](const error_code& error) {
                          if (self->phase_ == Phase::kClosed) return;
                          if (error) return self->Close();
                          self->phase_ = Phase::kIdle;
                          self->ProcessInput();
                        });
}

void Connection::ReserveInput() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ < input_.size()) return;
  if (begin_ > 0) {
    std::copy(input_.begin() + static_cast<ptrdiff_t>(begin_),
              input_.begin() + static_cast<ptrdiff_t>(end_), input_.begin());
    end_ -= begin_;
    begin_ = 0;
    return;
  }
  // The parser never leaves max_header_bytes unparsed, so this ends there.
  const size_t most = std::max(loop_.core().options.max_header_bytes, kFirstInput);
  input_.resize(std::clamp(input_.size() * 2, kFirstInput, std::max(most, input_.size() + 1)));
}

void Connection::Read() {
  if (read_in_flight_) return;
  ReserveInput();
  read_in_flight_ = true;
  const auto buffer = boost::asio::buffer(input_.data() + end_, input_.size() - end_);
  auto done = [self = shared_from_this()](const error_code& error, size_t size) {
    self->OnRead(error, size);
  };
  if (tls_ != nullptr) {
    tls_->async_read_some(buffer, std::move(done));
  } else {
    socket_.async_read_some(buffer, std::move(done));
  }
}

void Connection::OnRead(const error_code& error, size_t size) {
  read_in_flight_ = false;
  if (phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kFinishing || phase_ == Phase::kLingering) {
    discarded_bytes_ += size;
    begin_ = end_ = 0;
    if (!error && discarded_bytes_ <= kMaxDiscarded) return Read();
    if (phase_ == Phase::kLingering) Close();
    return;
  }
  if (error) {
    // The peer may have closed its half only and still wait for answers.
    if (!write_in_flight_) return Close();
    phase_ = Phase::kFinishing;
    read_deadline_ = SteadyTime::max();
    return;
  }
  end_ += size;
  ProcessInput();
}

bool Connection::BeginRequest() {
  // RFC 9112, 2.2: an empty line before a request line is to be ignored; some clients send one
  // behind a body.
  while (empty_lines_ == 0 && Input().substr(0, 2) == "\r\n") {
    begin_ += 2;
    ++empty_lines_;
  }
  const ServerOptions& options = loop_.core().options;
  if (begin_ == end_ || (empty_lines_ == 0 && Input() == "\r")) {
    const auto limit = requests_ == 0 ? std::min(options.idle_timeout, options.request_deadline)
                                      : options.idle_timeout;
    read_deadline_ = steady_clock::now() + limit;
    Read();
    if (loop_.core().stopping.load(std::memory_order_relaxed)) BeginStop();
    return false;
  }
  if (output_.size() + writing_.size() > kMaxUnwritten) {
    stalled_ = true;
    read_deadline_ = SteadyTime::max();  // the write's deadline stands
    return false;
  }
  phase_ = Phase::kReading;
  ++requests_;
  empty_lines_ = 0;
  request_bytes_ = 0;
  request_begin_ = steady_clock::now();
  read_deadline_ = request_begin_ + options.request_deadline;
  if (requests_ > 1) parser_.Begin();
  return true;
}

void Connection::ProcessInput() {
  if (phase_ == Phase::kIdle && !BeginRequest()) return;
  while (true) {
    const size_t used = parser_.Feed(Input());
    begin_ += used;
    request_bytes_ += used;
    switch (parser_.state()) {
      case RequestParser::State::kNeedMore:
        return Read();
      case RequestParser::State::kContinue:
        output_.append("HTTP/1.1 100 Continue\r\n\r\n");
        Write();
        return Read();
      case RequestParser::State::kComplete:
        return Dispatch();
      case RequestParser::State::kRefused:
        return Refuse(parser_.refusal());
    }
  }
}

void Connection::Dispatch() {
  phase_ = Phase::kHandling;
  read_deadline_ = SteadyTime::max();
  const std::shared_ptr<Request> request = parser_.TakeRequest();
  request->remote_address = address_;
  request->tls = tls_ != nullptr;

  Exchange exchange{.mailbox = loop_.mailbox(),
                    .connection = weak_from_this(),
                    .method_label = MethodLabel(request->method),
                    .form = {},
                    .request_bytes = request_bytes_,
                    .begin = request_begin_};
  const bool last = requests_ >= loop_.core().options.max_requests_per_connection;
  exchange.form.head_only = request->method == "HEAD";
  exchange.form.close = last || !parser_.keep_alive();
  exchange.form.http_1_0 = parser_.http_1_0();
  loop_.Submit(HandlerCall{request, Responder([exchange = std::move(exchange)](Response response) {
                             exchange.Send(std::move(response));
                           })});
}

void Connection::TakeAnswer(Answer& answer) {
  if (phase_ != Phase::kHandling) {
    if (answer.stream != nullptr) answer.stream->Tell();
    return;
  }
  piece_in_making_ = false;
  if (answer.broken) return Close();
  if (answer.stream != nullptr) ends_by_close_ = !answer.stream->in_chunks();
  stream_ = std::move(answer.stream);
  if (output_.empty()) {
    output_ = std::move(answer.bytes);
  } else {
    output_.append(answer.bytes);
  }
  if (stream_ != nullptr) {
    Write();
    return AskForPiece();
  }
  phase_ = answer.close ? Phase::kFinishing : Phase::kIdle;
  Write();
  if (phase_ == Phase::kFinishing && !write_in_flight_) return Linger();
  if (phase_ == Phase::kIdle) ProcessInput();
}

void Connection::AskForPiece() {
  if (stream_ == nullptr || piece_in_making_ || !output_.empty()) return;
  piece_in_making_ = true;
  loop_.Submit(Task([stream = stream_] { stream->MakePiece(); }));
}

void Connection::Refuse(int status) {
  phase_ = Phase::kFinishing;
  read_deadline_ = SteadyTime::max();
  unread_ = true;
  const size_t before = output_.size();
  AppendRefusal(output_, status, parser_.method() == "HEAD");
  if (loop_.core().observer) {
    AccessRecord record;
    record.method = MethodLabel(parser_.method());
    record.route = "refused";
    record.status = status;
    record.request_bytes = request_bytes_;
    record.response_bytes = output_.size() - before;
    record.duration = Since(request_begin_);
    loop_.core().observer(record);
  }
  Write();
}

void Connection::Write() {
  if (write_in_flight_ || output_.empty()) return;
  write_in_flight_ = true;
  writing_.swap(output_);
  write_deadline_ = steady_clock::now() + loop_.core().options.answer_deadline;
  auto done = [self = shared_from_this()](const error_code& error, size_t /*size*/) {
    self->OnWritten(error);
  };
  if (tls_ != nullptr) {
    boost::asio::async_write(*tls_, boost::asio::buffer(writing_), std::move(done));
  } else {
    boost::asio::async_write(socket_, boost::asio::buffer(writing_), std::move(done));
  }
}

void Connection::OnWritten(const error_code& error) {
  write_in_flight_ = false;
  if (phase_ == Phase::kClosed) return;
  if (error) return Close();
  writing_.clear();
  if (writing_.capacity() > kKeptOutput) writing_.shrink_to_fit();
  write_deadline_ = SteadyTime::max();
  Write();
  AskForPiece();
  if (write_in_flight_) return;
  if (phase_ == Phase::kFinishing) return Linger();
  if (stalled_) {
    stalled_ = false;
    return ProcessInput();
  }
  if (phase_ == Phase::kIdle && loop_.core().stopping.load(std::memory_order_relaxed)) BeginStop();
}

void Connection::Linger() {
  // Closing a socket with unread input resets the connection, and the reset may overtake the
  // answer: so the peer is told first, and given a moment to close (RFC 9112, 9.6).
  if (loop_.core().stopping.load(std::memory_order_relaxed) && !unread_) return Close();
  phase_ = Phase::kLingering;
  read_deadline_ = steady_clock::now() + kLingerTime;
  begin_ = end_ = 0;
  if (tls_ == nullptr) {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  } else if (!unread_ && !read_in_flight_) {
    tls_->async_shutdown([self = shared_from_this()](const error_code&) { self->Close(); });
    return;
  }
  Read();
}

void Connection::BeginStop() {
  switch (phase_) {
    case Phase::kHandshake:
      return Close();
    case Phase::kIdle: {
      if (write_in_flight_ || stalled_) return;  // OnWritten() comes back here
      error_code error;
      // A request that has arrived and not been read yet is served.
      if (begin_ != end_ || socket_.available(error) > 0) return;
      // So is one whose read has finished and not been reported: that report comes, instead of the
      // one of this.
      if (!read_in_flight_) return Close();
      socket_.cancel(error);
      return;
    }
    case Phase::kLingering:
      if (!unread_) Close();
      return;
    case Phase::kReading:
    case Phase::kHandling:
    case Phase::kFinishing:
    case Phase::kClosed:
      return;
  }
}

void Connection::CheckDeadlines(SteadyTime now) {
  if (now >= write_deadline_) return Close();
  if (now < read_deadline_) return;
  if (phase_ == Phase::kReading) return Refuse(408);
  if (phase_ == Phase::kIdle && write_in_flight_) return;
  Close();
}

void Connection::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  const std::shared_ptr<Connection> self = shared_from_this();  // the list may hold the last one
  error_code ignored;
  const bool cut_off = stream_ != nullptr || (ends_by_close_ && write_in_flight_);
  if (stream_ != nullptr) stream_->Tell();
  stream_.reset();
  // A reset: an orderly end would say that the body is whole.
  if (cut_off) socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
  loop_.Remove(*this);
}

}  // namespace oubli::http
