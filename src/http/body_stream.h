// The body of an answer that is made in pieces, behind its header. Internal to http.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "http/loop.h"
#include "http/message.h"
#include "http/server.h"
#include "http/wire.h"

namespace oubli::http {

// Made by the answer's first bytes and held by the connection, which asks for one piece after the
// other, as the peer reads them. Pieces are made by the workers and go through the mailbox like
// whole answers.
class BodyStream : public std::enable_shared_from_this<BodyStream> {
 public:
  // `record` tells of the bytes that went out before. REQUIRES: the mailbox has been entered.
  BodyStream(NextPiece next, AnswerForm form, std::shared_ptr<Mailbox> mailbox,
             std::weak_ptr<Connection> connection, const AccessRecord& record, SteadyTime begin);

  bool in_chunks() const { return InChunks(form_); }

  // On a worker thread; one call at a time.
  void MakePiece();

  // Tells the observer of the request: at the end of the body, or of the connection before it.
  // Calls after the first do nothing. REQUIRES: the server exists.
  void Tell();

 private:
  // What comes next in the body, with its frame. Never throws.
  Answer Next();

  const NextPiece next_;
  const AnswerForm form_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::weak_ptr<Connection> connection_;
  const AccessRecord record_;
  const SteadyTime begin_;
  std::atomic<size_t> bytes_;
  std::atomic<bool> told_ = false;
};

}  // namespace oubli::http
