// One connection: reads requests one after another, hands them out, writes the answers in order.
// Internal to http.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "http/loop.h"
#include "http/parser.h"
#include "http/server.h"

namespace oubli::http {

// Lives on its loop's thread alone. Owned by the loop's list and by its operations in flight; an
// answer still to come holds it weakly.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, Socket socket, SSL* tls, std::string address);

  void Start();
  void TakeAnswer(Answer& answer);
  void CheckDeadlines(SteadyTime now);
  // The server stops: closes now if nothing is under way, else after the answer that is.
  void BeginStop();
  void Close();

  const std::string& address() const { return address_; }
  size_t index() const { return index_; }  // where it stands in the loop's list
  void set_index(size_t index) { index_ = index; }

 private:
  enum class Phase {
    kHandshake,
    kIdle,       // no byte of a request yet
    kReading,    // between the first byte of a request and its last
    kHandling,   // waits for the handler's answer, or for the rest of it
    kFinishing,  // nothing more is served; closes when all is written
    kLingering,  // all is written and the peer told; waits a moment for it to close first
    kClosed,
  };

  void Handshake();
  void Read();
  void OnRead(const boost::system::error_code& error, size_t size);
  void ReserveInput();
  void ProcessInput();
  bool BeginRequest();
  void Dispatch();
  void Refuse(int status);
  void AskForPiece();
  void Write();
  void OnWritten(const boost::system::error_code& error);
  void Linger();
  std::string_view Input() const { return {input_.data() + begin_, end_ - begin_}; }

  Loop& loop_;
  Socket socket_;
  std::unique_ptr<boost::asio::ssl::stream<Socket&>> tls_;
  const std::string address_;
  size_t index_ = 0;
  Phase phase_ = Phase::kIdle;
  RequestParser parser_;

  std::string input_;  // bytes read and not yet parsed are those from begin_ to end_
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string output_;   // waits for the write in flight
  std::string writing_;  // is being written
  bool read_in_flight_ = false;
  bool write_in_flight_ = false;
  bool stalled_ = false;  // too much unwritten output: no further request until it is gone
  // Where the rest of the answer under way comes from. There is one piece in the making, and at
  // most one waiting behind the one that is being written.
  std::shared_ptr<BodyStream> stream_;
  bool piece_in_making_ = false;
  bool ends_by_close_ = false;  // of the answer under way: an early end must look like one
  bool unread_ = false;         // the peer may still be sending what will not be read

  SteadyTime read_deadline_ = SteadyTime::max();
  SteadyTime write_deadline_ = SteadyTime::max();
  SteadyTime request_begin_;
  size_t request_bytes_ = 0;
  size_t discarded_bytes_ = 0;
  int requests_ = 0;
  int empty_lines_ = 0;
};

}  // namespace oubli::http
