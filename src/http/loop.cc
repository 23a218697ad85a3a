#include "http/loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/check.h"
#include "http/body_stream.h"
#include "http/connection.h"

namespace oubli::http {
namespace {

// Deadlines are looked at this often: one timer for all connections instead of one armed and
// cancelled for each request. An eighth of the shortest deadline is as exact as anybody needs.
std::chrono::milliseconds TickInterval(const ServerOptions& options) {
  const auto shortest =
      std::min({options.request_deadline, options.answer_deadline, options.idle_timeout});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

}  // namespace

bool ConnectionCounts::TryAdd(const std::string& address, int max_total, int max_per_address) {
  const std::lock_guard lock(mutex_);
  if (total_.load(std::memory_order_relaxed) >= max_total) return false;
  int& count = by_address_[address];
  if (count >= max_per_address) {
    if (count == 0) by_address_.erase(address);
    return false;
  }
  ++count;
  total_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void ConnectionCounts::Remove(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  OUBLI_CHECK(found != by_address_.end());
  if (--found->second == 0) by_address_.erase(found);
  if (total_.fetch_sub(1, std::memory_order_relaxed) == 1) none_left_.notify_all();
}

bool ConnectionCounts::WaitUntilNone(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return none_left_.wait_for(lock, limit, [this] { return total() == 0; });
}

Core::Core(ServerOptions server_options, Handler& handler, Server::Observer server_observer)
    : options(std::move(server_options)),
      parser_limits{.max_header_bytes = options.max_header_bytes,
                    .max_body_bytes = options.max_body_bytes},
      observer(std::move(server_observer)),
      workers(handler) {}

bool Mailbox::Enter() {
  if ((gate_.fetch_add(1, std::memory_order_acquire) & kClosed) == 0) return true;
  Leave();
  return false;
}

void Mailbox::Leave() {
  if (gate_.fetch_sub(1, std::memory_order_release) == kClosed + 1) gate_.notify_all();
}

void Mailbox::Push(Answer answer) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = answers_.empty();
    answers_.push_back(std::move(answer));
  }
  if (first) loop_->PostWakeUp();
}

void Mailbox::Close() {
  uint32_t inside = gate_.fetch_or(kClosed, std::memory_order_acq_rel) | kClosed;
  while (inside != kClosed) {
    gate_.wait(inside, std::memory_order_acquire);
    inside = gate_.load(std::memory_order_acquire);
  }
}

void Mailbox::TakeAll(std::vector<Answer>& answers) {
  const std::lock_guard lock(mutex_);
  answers.swap(answers_);
}

Loop::Loop(Core& core)
    : core_(core),
      work_(io_.get_executor()),
      tick_(io_),
      tick_interval_(TickInterval(core.options)),
      mailbox_(std::make_shared<Mailbox>(core, *this)) {}

Loop::~Loop() = default;

void Loop::Start() {
  thread_ = std::thread([this] { io_.run(); });
}

void Loop::PostConnection(Socket socket, SSL* tls, std::string address) {
  boost::asio::post(
      io_, [this, socket = std::move(socket), tls, address = std::move(address)]() mutable {
        Add(std::move(socket), tls, std::move(address));
      });
}

void Loop::PostWakeUp() {
  boost::asio::post(io_, [this] { DeliverAnswers(); });
}

void Loop::PostBeginStop() {
  boost::asio::post(io_, [this] {
    // Closing takes a connection out of the list, so this goes over a copy.
    const std::vector<std::shared_ptr<Connection>> connections = connections_;
    for (const auto& connection : connections) connection->BeginStop();
  });
}

void Loop::PostEnd() {
  boost::asio::post(io_, [this] {
    while (!connections_.empty()) {
      const std::shared_ptr<Connection> connection = connections_.back();
      connection->Close();
    }
    DeliverAnswers();  // to nobody; what makes a body must not outlive the server
    tick_.cancel();
    work_.reset();
  });
}

void Loop::Join() {
  if (thread_.joinable()) thread_.join();
}

void Loop::Submit(Job job) {
  jobs_.push_back(std::move(job));
  if (submit_posted_) return;
  submit_posted_ = true;
  boost::asio::post(io_, [this] {
    submit_posted_ = false;
    core_.workers.Submit(jobs_);
  });
}

void Loop::Add(Socket socket, SSL* tls, std::string address) {
  auto connection = std::make_shared<Connection>(*this, std::move(socket), tls, std::move(address));
  connection->set_index(connections_.size());
  connections_.push_back(connection);
  connection->Start();
  if (!ticking_ && !connections_.empty()) ArmTick();
}

void Loop::Remove(Connection& connection) {
  const size_t index = connection.index();
  OUBLI_CHECK(index < connections_.size() && connections_[index].get() == &connection);
  core_.counts.Remove(connection.address());
  connections_[index]->set_index(0);
  if (index + 1 != connections_.size()) {
    std::swap(connections_[index], connections_.back());
    connections_[index]->set_index(index);
  }
  connections_.pop_back();
}

void Loop::DeliverAnswers() {
  mailbox_->TakeAll(delivered_);
  for (Answer& answer : delivered_) {
    if (const auto connection = answer.connection.lock()) {
      connection->TakeAnswer(answer);
    } else if (answer.stream != nullptr) {
      answer.stream->Tell();
    }
  }
  delivered_.clear();
}

void Loop::ArmTick() {
  ticking_ = true;
  tick_.expires_after(tick_interval_);
  tick_.async_wait([this](const boost::system::error_code& error) {
    ticking_ = false;
    if (!error) Tick();
  });
}

void Loop::Tick() {
  const SteadyTime now = std::chrono::steady_clock::now();
  // From the back: a connection that closes itself is replaced by one that was looked at already.
  for (size_t i = connections_.size(); i-- > 0;) {
    const std::shared_ptr<Connection> connection = connections_[i];
    connection->CheckDeadlines(now);
  }
  if (!connections_.empty()) ArmTick();
}

}  // namespace oubli::http
