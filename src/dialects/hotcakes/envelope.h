// The envelope {"Content":...,"Errors":[...]} around every answer, and the sending of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "base/result.h"
#include "http/message.h"

namespace oubli::dialects::hotcakes {

// Why a call is refused, in the words of the system that clients know. It goes to the caller alone
// and may repeat a piece of what the caller sent, so it never goes into a log or an Error.
struct Refusal {
  std::string description;
};

// What a caller sent, short enough to be repeated in a Refusal.
std::string Echo(std::string_view text);

// The items of a JSON array on their way into an answer.
class JsonItems {
 public:
  // Appends to `out`; `any` says whether there has been an item before, in whatever piece.
  JsonItems(std::string& out, bool& any) : out_(out), any_(any), begin_(out.size()) {}

  // The writer for one more item.
  JsonWriter Next();
  // Enough for one piece of the answer.
  bool full() const { return out_.size() - begin_ >= http::kPieceBytes; }

 private:
  std::string& out_;
  bool& any_;
  const size_t begin_;
};

// Writes the next items of a list of any length. True: more may come. Under the rules of
// http::NextPiece.
using NextItems = std::function<Result<bool>(JsonItems& items)>;

// Answers one call: HTTP 200 and the envelope, also for errors, since clients throw away the body
// of any other status. May be copied to another thread; one of its functions is called, once.
class Reply {
 public:
  // `route` is a literal. `as_text` is the caller's apiformat=text: the same JSON, labelled as a
  // page.
  Reply(http::Responder respond, std::string_view route, bool as_text)
      : respond_(std::move(respond)), route_(route), as_text_(as_text) {}

  // `json` is finished JSON.
  void Content(std::string_view json) const;
  void Bool(bool value) const { Content(value ? "true" : "false"); }
  // The silent refusal: neither content nor an error.
  void Null() const { Content("null"); }
  // A list. A short one is sent whole; a longer one in pieces, as the peer reads them. Where
  // `when_none` is given, an empty list is the error NULL with this description.
  void List(NextItems next, std::string_view when_none = "") const;

  // `content` is "null", or "false" where a call that answers a bool fails.
  void Failure(std::string_view code, std::string_view description,
               std::string_view content = "null") const;
  void Refuse(const Refusal& refusal) const { Failure("EXCEPTION", refusal.description); }
  void NoSuchResource() const { Refuse({"This server has no resource of that name."}); }
  // An error of the domain: EXCEPTION, in words that say whether anything has changed.
  void Fault(const Error& error, std::string_view content = "null") const;
  // 404: not even a resource is named.
  void NoSuchPath() const;

 private:
  http::Response Response(int status, std::string body) const;
  void Send(int status, std::string body) const;

  http::Responder respond_;
  std::string_view route_;
  bool as_text_;
};

}  // namespace oubli::dialects::hotcakes
