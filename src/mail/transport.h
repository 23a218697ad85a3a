// How a mail leaves the house.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace oubli::mail {

struct Mail {
  std::string to;
  std::string subject;
  std::string text;  // UTF-8, lines end in \n
};

// One thread at a time.
class Transport {
 public:
  virtual ~Transport() = default;
  // Errors: kInvalid when this mail will never go (no such address), kTooMany when this one is not
  // taken now and others may be (an unknown domain, a full mailbox), kUnavailable when none goes
  // now. No error text holds an address.
  virtual Status Send(const Mail& mail) = 0;
};

// By SMTP through libcurl. `url` is smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://...; the first
// insists on STARTTLS unless the host is this machine. `from` is the sender's address.
std::unique_ptr<Transport> MakeSmtp(std::string url, std::string from);

// What is wrong with the two, or nothing. Errors: kInvalid.
Status CheckSmtp(const std::string& url, const std::string& from);

// The bytes of a mail as they are sent, with \r\n. Errors: kInvalid for an address that cannot be
// one, so that nobody's address becomes a header of its own.
Result<std::string> FormatMail(const Mail& mail, const std::string& from, const std::string& date,
                               const std::string& id);

}  // namespace oubli::mail
