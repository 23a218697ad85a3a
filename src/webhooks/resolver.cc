#include "webhooks/resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace oubli::webhooks {
namespace {

constexpr size_t kMaxWaitingNames = 4096;
constexpr std::chrono::milliseconds kPatienceAtStop{500};

}  // namespace

struct Resolver::State {
  explicit State(Lookup l) : lookup(std::move(l)) {}

  const Lookup lookup;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  int running = 0;
  std::deque<std::string> waiting;
  std::unordered_map<std::string, std::vector<Done>> asked;  // also of what is being looked up
  std::vector<std::thread> threads;

  void Run() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return stopping || !waiting.empty(); });
      if (stopping) break;
      const std::string host = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      const Result<std::vector<IpAddress>> found = lookup(host);
      lock.lock();
      if (stopping) break;
      const auto entry = asked.extract(host);
      // Under the lock: after Stop() nobody is called.
      for (const Done& done : entry.mapped()) done(found);
    }
    --running;
    changed.notify_all();
  }
};

Result<std::vector<IpAddress>> Resolver::SystemLookup(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) {
    return Fail(ErrorKind::kUnavailable, "the name does not resolve");
  }
  std::vector<IpAddress> addresses;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    IpAddress address;
    if (each->ai_family == AF_INET) {
      std::array<uint8_t, 4> bytes{};
      const auto* const v4 = reinterpret_cast<const sockaddr_in*>(each->ai_addr);
      std::memcpy(bytes.data(), &v4->sin_addr, bytes.size());
      address = IpAddress::V4(bytes);
    } else if (each->ai_family == AF_INET6) {
      const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(each->ai_addr);
      std::memcpy(address.bytes.data(), &v6->sin6_addr, address.bytes.size());
    } else {
      continue;
    }
    if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
  }
  freeaddrinfo(list);
  if (addresses.empty()) return Fail(ErrorKind::kUnavailable, "the name does not resolve");
  return addresses;
}

Resolver::Resolver(int threads, Lookup lookup)
    : state_(std::make_shared<State>(std::move(lookup))) {
  state_->running = threads;
  for (int i = 0; i < threads; ++i) {
    state_->threads.emplace_back([state = state_] { state->Run(); });
  }
}

Resolver::~Resolver() { Stop(); }

void Resolver::Resolve(const std::string& host, Done done) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return;
    if (const auto asked = state_->asked.find(host); asked != state_->asked.end()) {
      asked->second.push_back(std::move(done));
      return;
    }
    if (state_->waiting.size() < kMaxWaitingNames) {
      state_->asked[host].push_back(std::move(done));
      state_->waiting.push_back(host);
      state_->changed.notify_one();
      return;
    }
  }
  done(Fail(ErrorKind::kUnavailable, "too many names wait to be resolved"));
}

void Resolver::Stop() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->asked.clear();
  state_->changed.notify_all();
  const bool all_ended =
      state_->changed.wait_for(lock, kPatienceAtStop, [this] { return state_->running == 0; });
  std::vector<std::thread> threads = std::move(state_->threads);
  state_->threads.clear();
  lock.unlock();
  for (std::thread& thread : threads) all_ended ? thread.join() : thread.detach();
}

}  // namespace oubli::webhooks
