// How a mail leaves the house.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace oubli::mail {

struct Mail {
  std::string to;
  std::string subject;
  std::string text;  // UTF-8, lines end in \n
  // Asked again when the text is about to leave, which may be long after Send() began: false, and
  // it does not. Empty: wanted.
  std::function<bool()> still_wanted = {};
};

class Transport {
 public:
  virtual ~Transport() = default;
  // One thread at a time. Errors: kInvalid when this mail will never go (no such address);
  // kConflict when this one cannot go now, which says nothing about others; kUnavailable when none
  // can. No error text holds an address.
  virtual Status Send(const Mail& mail) = 0;
  // From any thread: ends the Send() that is under way soon, and later ones, with kUnavailable.
  virtual void Interrupt() {}
};

// By SMTP through libcurl. `url` is smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://...; the first
// insists on STARTTLS unless the host is this machine. `from` is the sender's address. `timeout_s`
// is for a whole mail.
std::unique_ptr<Transport> MakeSmtp(std::string url, std::string from, int64_t timeout_s = 30);

// What is wrong with the two, or nothing. Errors: kInvalid.
Status CheckSmtp(const std::string& url, const std::string& from);

// The bytes of a mail as they are sent, with \r\n. Errors: kInvalid for an address that cannot be
// one, so that nobody's address becomes a header of its own.
Result<std::string> FormatMail(const Mail& mail, const std::string& from, const std::string& date,
                               const std::string& id);

}  // namespace oubli::mail
