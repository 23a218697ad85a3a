#include "webhooks/sender.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <iterator>
#include <thread>
#include <unordered_set>

#include "base/log.h"

namespace oubli::webhooks {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// An answer's head; its body is not read.
constexpr size_t kMaxAnswerHead = 16 * 1024;
// 100 Continue and its like, which come before the answer.
constexpr int kMaxInterimAnswers = 4;

asio::ip::address AddressOf(const IpAddress& address) {
  if (address.IsV4()) {
    asio::ip::address_v4::bytes_type bytes;
    std::copy(address.bytes.begin() + 12, address.bytes.end(), bytes.begin());
    return asio::ip::address_v4(bytes);
  }
  return asio::ip::address_v6(address.bytes);
}

std::string RequestText(const Outgoing& outgoing) {
  std::string text = fmt::format("POST {} HTTP/1.1\r\nhost: {}\r\n", outgoing.destination.target,
                                 outgoing.destination.HostHeader());
  for (const auto& [name, value] : outgoing.headers) {
    fmt::format_to(std::back_inserter(text), "{}: {}\r\n", name, value);
  }
  fmt::format_to(std::back_inserter(text), "content-length: {}\r\nconnection: close\r\n\r\n",
                 outgoing.body.size());
  return text + outgoing.body;
}

}  // namespace

class Sender::State {
 public:
  State(SenderOptions o, Resolver::Lookup lookup)
      : options(std::move(o)),
        resolver(8, std::move(lookup)),
        work(asio::make_work_guard(io)),
        tls(ssl::context::tls_client) {}

  Status LoadTrust() {
    error_code failed;
    tls.set_default_verify_paths(failed);
    if (!failed) tls.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, failed);
    if (!failed) tls.set_verify_mode(ssl::verify_peer, failed);
    if (failed) return Fail(ErrorKind::kUnavailable, "OpenSSL cannot set up TLS for webhooks");
    if (options.ca_file.empty()) return {};
    tls.load_verify_file(options.ca_file, failed);
    if (!failed) return {};
    return Fail(
        ErrorKind::kUnavailable,
        fmt::format("{} holds no certificates: webhook_ca names a PEM file", options.ca_file));
  }

  const SenderOptions options;
  Resolver resolver;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  ssl::context tls;
  std::thread thread;
};

// One delivery. Lives as long as something of it is under way; all but the resolver's answer runs
// on the sender's thread.
class Sender::Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(State& state, Outgoing outgoing, std::function<void(Failure)> done)
      : state_(state),
        outgoing_(std::move(outgoing)),
        done_(std::move(done)),
        timer_(state.io),
        stream_(state.io, state.tls),
        buffer_(kMaxAnswerHead) {}

  void Start() {
    timer_.expires_after(state_.options.timeout);
    timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->Finish("timed out");
    });
    state_.resolver.Resolve(
        outgoing_.destination.host,
        [self = shared_from_this()](const Result<std::vector<IpAddress>>& addresses) {
          asio::post(self->state_.io, [self, addresses] { self->Resolved(addresses); });
        });
  }

 private:
  void Finish(Failure failure) {
    if (!done_) return;
    timer_.cancel();
    error_code ignored;
    stream_.next_layer().close(ignored);
    const auto done = std::exchange(done_, nullptr);
    done(std::move(failure));
  }

  void Resolved(const Result<std::vector<IpAddress>>& addresses) {
    if (!done_) return;
    if (!addresses) return Finish(addresses.error().text);
    if (!state_.options.rules.Check(outgoing_.destination, *addresses)) {
      return Finish("forbidden address");
    }
    std::vector<tcp::endpoint> endpoints;
    for (const IpAddress& address : *addresses) {
      endpoints.emplace_back(AddressOf(address), outgoing_.destination.port);
    }
    endpoints_ = std::move(endpoints);
    asio::async_connect(
        stream_.next_layer(), endpoints_,
        [self = shared_from_this()](const error_code& failed, const tcp::endpoint&) {
          self->Connected(failed);
        });
  }

  void Connected(const error_code& failed) {
    if (!done_) return;
    if (failed) {
      return Finish(failed == asio::error::connection_refused ? "connection refused"
                                                              : "connection failed");
    }
    request_ = RequestText(outgoing_);
    if (!outgoing_.destination.tls) return Write(stream_.next_layer());
    const std::string& host = outgoing_.destination.host;
    if (!IpAddress::Parse(host) &&
        SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str()) != 1) {
      return Finish("TLS failed");
    }
    stream_.set_verify_callback(ssl::host_name_verification(host));
    stream_.async_handshake(ssl::stream_base::client,
                            [self = shared_from_this()](const error_code& refused) {
                              if (!self->done_) return;
                              if (refused) return self->Finish(self->HandshakeFailure());
                              self->Write(self->stream_);
                            });
  }

  Failure HandshakeFailure() {
    return SSL_get_verify_result(stream_.native_handle()) == X509_V_OK
               ? "TLS failed"
               : "TLS certificate not trusted";
  }

  template <class Stream>
  void Write(Stream& stream) {
    asio::async_write(stream, asio::buffer(request_),
                      [self = shared_from_this(), &stream](const error_code& failed, size_t) {
                        if (!self->done_) return;
                        // Who answers before reading all has answered all the same.
                        if (failed && failed != asio::error::broken_pipe)
                          return self->Finish("connection lost");
                        self->Read(stream);
                      });
  }

  template <class Stream>
  void Read(Stream& stream) {
    parser_.emplace();
    parser_->header_limit(kMaxAnswerHead);
    parser_->body_limit(boost::none);
    bhttp::async_read_header(
        stream, buffer_, *parser_,
        [self = shared_from_this(), &stream](const error_code& failed, size_t) {
          if (!self->done_) return;
          if (failed) return self->Finish(ReadFailure(failed));
          const unsigned status = self->parser_->get().result_int();
          const bool interim = status >= 100 && status < 200 && status != 101;
          if (interim && ++self->interim_ <= kMaxInterimAnswers) return self->Read(stream);
          self->Finish(status >= 200 && status < 300 ? "" : fmt::format("status {}", status));
        });
  }

  static Failure ReadFailure(const error_code& failed) {
    const bool ended = failed == bhttp::error::end_of_stream || failed == asio::error::eof ||
                       failed == asio::error::connection_reset ||
                       failed == ssl::error::stream_truncated;
    return ended ? "no answer" : "malformed answer";
  }

  State& state_;
  const Outgoing outgoing_;
  std::function<void(Failure)> done_;  // empty: it is over
  asio::steady_timer timer_;
  ssl::stream<tcp::socket> stream_;
  std::vector<tcp::endpoint> endpoints_;
  std::string request_;
  boost::beast::flat_buffer buffer_;
  std::optional<bhttp::response_parser<bhttp::empty_body>> parser_;
  int interim_ = 0;
};

class Sender::NameCheck : public std::enable_shared_from_this<NameCheck> {
 public:
  NameCheck(State& state, Destination destination, std::function<void(Status)> done)
      : state_(state),
        destination_(std::move(destination)),
        done_(std::move(done)),
        timer_(state.io) {}

  void Start(std::chrono::milliseconds patience) {
    timer_.expires_after(patience);
    timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->Resolved(Fail(ErrorKind::kUnavailable, "timed out"));
    });
    state_.resolver.Resolve(
        destination_.host,
        [self = shared_from_this()](const Result<std::vector<IpAddress>>& addresses) {
          asio::post(self->state_.io, [self, addresses] { self->Resolved(addresses); });
        });
  }

 private:
  void Resolved(const Result<std::vector<IpAddress>>& addresses) {
    if (!done_) return;
    timer_.cancel();
    const AddressRules& rules = state_.options.rules;
    std::exchange(done_, nullptr)(addresses ? rules.Check(destination_, *addresses)
                                            : rules.CheckUnresolved(destination_));
  }

  State& state_;
  const Destination destination_;
  std::function<void(Status)> done_;
  asio::steady_timer timer_;
};

Result<std::unique_ptr<Sender>> Sender::Make(SenderOptions options, Resolver::Lookup lookup) {
  auto state = std::make_shared<State>(std::move(options), std::move(lookup));
  OUBLI_TRY(state->LoadTrust());
  state->thread = std::thread([raw = state.get()] {
    while (true) {
      try {
        raw->io.run();
        return;
      } catch (const std::exception&) {
        Log(LogLevel::kError, "a webhook was dropped for want of memory");
      }
    }
  });
  return std::unique_ptr<Sender>(new Sender(std::move(state)));
}

Sender::~Sender() { Stop(); }

void Sender::Send(Outgoing outgoing, std::function<void(Failure)> done) {
  asio::post(state_->io, [state = state_.get(), outgoing = std::move(outgoing),
                          done = std::move(done)]() mutable {
    std::make_shared<Attempt>(*state, std::move(outgoing), std::move(done))->Start();
  });
}

void Sender::Check(Destination destination, std::chrono::milliseconds patience,
                   std::function<void(Status)> done) {
  asio::post(state_->io, [state = state_.get(), destination = std::move(destination), patience,
                          done = std::move(done)]() mutable {
    std::make_shared<NameCheck>(*state, std::move(destination), std::move(done))->Start(patience);
  });
}

void Sender::Stop() {
  state_->io.stop();
  if (state_->thread.joinable()) state_->thread.join();
  state_->resolver.Stop();
}

}  // namespace oubli::webhooks
