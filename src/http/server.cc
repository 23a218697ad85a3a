#include "http/server.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "http/loop.h"
#include "http/tls.h"
#include "http/wire.h"

namespace oubli::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string AddressText(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

Result<asio::ip::address> ParseAddress(const std::string& text) {
  error_code error;
  const auto address = asio::ip::make_address(text == "localhost" ? "127.0.0.1" : text, error);
  if (!error) return address;
  return Fail(ErrorKind::kUnavailable,
              fmt::format("{} is not an IP address to listen on: give 127.0.0.1 for this machine "
                          "alone, 0.0.0.0 or :: for all networks",
                          text));
}

std::string ListenProblem(const ServerOptions& options, const error_code& error) {
  const std::string place = fmt::format("port {} on {}", options.port, options.address);
  if (error == asio::error::address_in_use) {
    return place + " is taken: stop the program that listens there, or choose another port";
  }
  if (error == asio::error::access_denied) {
    return place +
           " needs privileges: choose a port from 1024 up, or give the program the "
           "capability CAP_NET_BIND_SERVICE";
  }
  if (error == boost::system::errc::address_not_available) {
    return place + " cannot be used: this machine has no such address";
  }
  return fmt::format("{} cannot be opened: {}", place, error.message());
}

// For the queue of connections that wait to be accepted when the server stops: peers that go on
// connecting must not keep it from that.
constexpr int kMaxAcceptedAtStop = 4096;

}  // namespace

struct Server::Impl {
  Impl(ServerOptions options, Handler& handler, Observer observer)
      : core(std::move(options), handler, std::move(observer)) {
    const int count = std::max(core.options.io_threads, 1);
    for (int i = 0; i < count; ++i) loops.push_back(std::make_unique<Loop>(core));
  }

  Status Listen();
  Loop& NextLoop();
  void Accept();
  void OnAccepted(Loop& loop, const error_code& error, Socket socket);
  void TakeOver(Loop& loop, Socket socket);
  void Refuse(Socket& socket);
  // Returns when the port is closed and every connection so far is counted.
  void StopAccepting();
  void DrainAndClose();

  Core core;
  std::vector<std::unique_ptr<Loop>> loops;
  size_t next_loop = 0;                // of the first loop's thread
  std::unique_ptr<Acceptor> acceptor;  // of the first loop's thread once started
  std::unique_ptr<asio::basic_waitable_timer<
      std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Io::executor_type>>
      pause;
  std::atomic<uint16_t> port = 0;
  bool running = false;
  std::mutex tls_mutex;
  std::shared_ptr<SSL_CTX> tls;  // guarded by tls_mutex; null: plain HTTP
};

Status Server::Impl::Listen() {
  OUBLI_TRY_ASSIGN(const asio::ip::address address, ParseAddress(core.options.address));
  const tcp::endpoint endpoint(address, core.options.port);
  acceptor = std::make_unique<Acceptor>(loops.front()->io());
  error_code error;
  error_code ignored;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(Acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor->set_option(asio::ip::v6_only(false), ignored);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    acceptor.reset();
    return Fail(ErrorKind::kUnavailable, ListenProblem(core.options, error));
  }
  port = acceptor->local_endpoint(ignored).port();
  pause = std::make_unique<std::remove_reference_t<decltype(*pause)>>(loops.front()->io());
  return {};
}

Loop& Server::Impl::NextLoop() {
  Loop& loop = *loops[next_loop];
  next_loop = (next_loop + 1) % loops.size();
  return loop;
}

void Server::Impl::Accept() {
  Loop& loop = NextLoop();
  acceptor->async_accept(loop.io(), [this, &loop](const error_code& error, Socket socket) {
    OnAccepted(loop, error, std::move(socket));
  });
}

void Server::Impl::OnAccepted(Loop& loop, const error_code& error, Socket socket) {
  if (error == asio::error::operation_aborted) return;
  if (error) {
    // Out of file descriptors, most likely: it would fail again at once.
    Log(LogLevel::kWarning, "connection not accepted", {{"error", int64_t{error.value()}}});
    pause->expires_after(std::chrono::milliseconds(100));
    pause->async_wait([this](const error_code& stopped) {
      if (!stopped && !core.stopping) Accept();
    });
    return;
  }
  TakeOver(loop, std::move(socket));
  if (!core.stopping) Accept();
}

void Server::Impl::TakeOver(Loop& loop, Socket socket) {
  error_code gone;
  const tcp::endpoint peer = socket.remote_endpoint(gone);
  if (gone) return;
  const ServerOptions& options = core.options;
  std::string address = AddressText(peer.address());
  if (!core.counts.TryAdd(address, options.max_connections, options.max_connections_per_address)) {
    return Refuse(socket);
  }
  std::shared_ptr<SSL_CTX> context;
  {
    const std::lock_guard lock(tls_mutex);
    context = tls;
  }
  // The SSL holds its context itself.
  SSL* ssl = context == nullptr ? nullptr : SSL_new(context.get());
  if (context != nullptr && ssl == nullptr) return core.counts.Remove(address);
  loop.PostConnection(std::move(socket), ssl, std::move(address));
}

void Server::Impl::Refuse(Socket& socket) {
  bool plain = false;
  {
    const std::lock_guard lock(tls_mutex);
    plain = tls == nullptr;
  }
  if (!plain) return;  // a handshake would cost more than the connection that is refused
  std::string bytes;
  AppendRefusal(bytes, 503, false);
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(bytes), ignored);
}

void Server::Impl::StopAccepting() {
  std::promise<void> done;
  Io& io = loops.front()->io();
  asio::post(io, [&] {
    error_code ignored;
    acceptor->cancel(ignored);
    pause->cancel();
    // Behind the last accept's own report, whatever that is.
    asio::post(io, [&] {
      DrainAndClose();
      // What a loop's own thread posts to it is in its queue only when this has returned: the word
      // goes behind it, so that nothing that is posted after Stop() has heard it comes first.
      asio::post(io, [&] { done.set_value(); });
    });
  });
  done.get_future().wait();
}

void Server::Impl::DrainAndClose() {
  // What the kernel has accepted in our name may have sent its request already.
  error_code error;
  acceptor->non_blocking(true, error);
  for (int i = 0; i < kMaxAcceptedAtStop && !error; ++i) {
    Loop& loop = NextLoop();
    Socket socket(loop.io());
    acceptor->accept(socket, error);
    if (!error) TakeOver(loop, std::move(socket));
  }
  acceptor->close(error);
  // Posted behind the last connection, so that no loop misses one.
  for (const auto& loop : loops) loop->PostBeginStop();
}

Server::Server(ServerOptions options, Handler& handler, Observer observer)
    : impl_(std::make_unique<Impl>(std::move(options), handler, std::move(observer))) {}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }

Status Server::Start() {
  const ServerOptions& options = impl_->core.options;
  if (!options.tls_cert.empty() || !options.tls_key.empty()) {
    OUBLI_TRY_ASSIGN(impl_->tls, LoadTlsContext(options.tls_cert, options.tls_key));
  }
  OUBLI_TRY(impl_->Listen());
  impl_->running = true;
  impl_->core.workers.Start(options.worker_threads);
  impl_->Accept();
  for (const auto& loop : impl_->loops) loop->Start();
  return {};
}

uint16_t Server::port() const { return impl_->port; }

Status Server::ReloadTls() {
  const ServerOptions& options = impl_->core.options;
  if (options.tls_cert.empty() && options.tls_key.empty()) return {};
  OUBLI_TRY_ASSIGN(std::shared_ptr<SSL_CTX> context,
                   LoadTlsContext(options.tls_cert, options.tls_key));
  const std::lock_guard lock(impl_->tls_mutex);
  impl_->tls = std::move(context);
  return {};
}

void Server::Stop(std::chrono::milliseconds grace) {
  if (!std::exchange(impl_->running, false)) return;
  impl_->core.stopping = true;
  impl_->StopAccepting();
  impl_->core.counts.WaitUntilNone(grace);
  // From here on late answers go nowhere; the workers' own among them.
  for (const auto& loop : impl_->loops) loop->mailbox()->Close();
  impl_->core.workers.Stop();
  for (const auto& loop : impl_->loops) loop->PostEnd();
  for (const auto& loop : impl_->loops) loop->Join();
}

int Server::open_connections() const { return impl_->core.counts.total(); }

}  // namespace oubli::http
