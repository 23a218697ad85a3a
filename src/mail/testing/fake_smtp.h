// An SMTP server on loopback that says what a test tells it to, and may stop saying anything.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace oubli::mail {

// Serves one connection after the other. Steps are "banner", "EHLO", "MAIL", "RCPT", "DATA", "."
// (behind the text) and "QUIT"; what is not told gets what a good server says.
class FakeSmtp {
 public:
  static constexpr const char* kHang = "hang";  // says nothing more, until the client goes
  static constexpr const char* kCut = "cut";    // closes the connection
  using Replies = std::map<std::string, std::string>;

  explicit FakeSmtp(Replies replies = {},
                    std::function<void(const std::string& step)> before_reply = {})
      : replies_(std::move(replies)), before_reply_(std::move(before_reply)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 8);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~FakeSmtp() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string Url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  std::string Received() {
    const std::lock_guard lock(mutex_);
    return received_;
  }
  int taken() const { return taken_; }  // mails, with their last dot

 private:
  void Run() {
    while (true) {
      const int peer = accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      Serve(peer);
      close(peer);
    }
  }
  // False: no more.
  bool Say(int peer, const std::string& step, const std::string& usual) {
    if (before_reply_) before_reply_(step);
    const auto found = replies_.find(step);
    const std::string& text = found == replies_.end() ? usual : found->second;
    if (text == kCut) return false;
    if (text == kHang) {
      for (char c = 0; recv(peer, &c, 1, 0) == 1;) Keep(c);
      return false;
    }
    const std::string line = text + "\r\n";
    return send(peer, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
  }
  void Keep(char c) {
    const std::lock_guard lock(mutex_);
    received_ += c;
  }
  void Serve(int peer) {
    if (!Say(peer, "banner", "220 test ready")) return;
    std::string line;
    bool body = false;
    bool goes_on = true;
    for (char c = 0; goes_on && recv(peer, &c, 1, 0) == 1;) {
      Keep(c);
      line += c;
      if (c != '\n') continue;
      if (body) {
        if (line == ".\r\n") {
          body = false;
          ++taken_;
          goes_on = Say(peer, ".", "250 taken");
        }
      } else {
        const std::string step = line.substr(0, 4);
        goes_on = Say(peer, step, step == "DATA" ? "354 go on" : "250 fine") && step != "QUIT";
        body = step == "DATA" && (!replies_.contains("DATA"));
      }
      line.clear();
    }
  }

  const Replies replies_;
  const std::function<void(const std::string& step)> before_reply_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> taken_ = 0;
  std::mutex mutex_;
  std::string received_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace oubli::mail
