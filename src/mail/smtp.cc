#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "base/date_time.h"
#include "base/text.h"
#include "crypto/random.h"
#include "mail/transport.h"

namespace oubli::mail {
namespace {

// One @ between two parts, and nothing that ends an address or a header line.
bool IsAddress(std::string_view text) {
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 254 &&
         text.find('@', at + 1) == std::string_view::npos && IsValidUtf8(text) &&
         std::ranges::none_of(text, [](unsigned char c) {
           return c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == ',' || c == ';' ||
                  c == '"' || c == '\\' || c == '(' || c == ')';
         });
}

// The host of the URL, without user, port and path.
std::string HostOf(std::string_view url) {
  url.remove_prefix(std::min(url.size(), url.find("://") + 3));
  url = url.substr(0, url.find('/'));
  if (const size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  if (url.starts_with('[')) return std::string(url.substr(0, url.find(']') + 1));
  return std::string(url.substr(0, url.find(':')));
}

// By address alone, but for one name: 127.example.com is anybody's.
bool IsThisMachine(const std::string& host) {
  in_addr address{};
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && inet_pton(AF_INET, host.c_str(), &address) == 1);
}

// What is said and done while a mail goes out.
struct Talk {
  const Mail& mail;
  const std::atomic<bool>& interrupted;
  std::string_view left;     // of the text
  bool asked = false;        // for the text
  bool over = false;         // curl has said QUIT, whatever came before
  std::string last_command;  // its verb
  std::string last_reply;    // the front of it: code and enhanced code, never an address
};

size_t ReadUpload(char* buffer, size_t size, size_t count, void* state) {
  auto* const talk = static_cast<Talk*>(state);
  if (!std::exchange(talk->asked, true) && talk->mail.still_wanted && !talk->mail.still_wanted()) {
    return CURL_READFUNC_ABORT;
  }
  const size_t taken = std::min(size * count, talk->left.size());
  std::memcpy(buffer, talk->left.data(), taken);
  talk->left.remove_prefix(taken);
  return taken;
}

int Overhear(CURL* /*curl*/, curl_infotype type, char* data, size_t size, void* state) {
  constexpr size_t kVerb = 4;
  constexpr size_t kCodes = 9;  // "550 5.1.1"
  auto* const talk = static_cast<Talk*>(state);
  const std::string_view text(data, size);
  talk->over = talk->over || (type == CURLINFO_HEADER_OUT && text.starts_with("QUIT"));
  if (talk->over) return 0;
  if (type == CURLINFO_HEADER_OUT) talk->last_command = text.substr(0, kVerb);
  if (type == CURLINFO_HEADER_IN) talk->last_reply = text.substr(0, kCodes);
  return 0;
}

int StopWhenInterrupted(void* state, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Talk*>(state)->interrupted ? 1 : 0;
}

// A refusal by the server is about this mail where it comes after the recipient was named. For ever
// it is only where it says that there is no such mailbox: "5.7" is policy, which somebody mends.
ErrorKind KindOfFailure(const Talk& talk, CURLcode code) {
  const std::string_view reply = talk.last_reply;
  const bool refused = reply.size() >= 3 && (reply[0] == '4' || reply[0] == '5');
  if (!refused || reply.starts_with("421")) {
    return code == CURLE_ABORTED_BY_CALLBACK && talk.asked ? ErrorKind::kConflict
                                                           : ErrorKind::kUnavailable;
  }
  if (talk.last_command == "RCPT") {
    const std::string_view number = reply.substr(0, 3);
    const bool no_mailbox = number == "550" || number == "551" || number == "553";
    return no_mailbox && !reply.substr(3).starts_with(" 5.7") ? ErrorKind::kInvalid
                                                              : ErrorKind::kConflict;
  }
  return talk.asked || talk.last_command == "DATA" ? ErrorKind::kConflict : ErrorKind::kUnavailable;
}

class Smtp final : public Transport {
 public:
  Smtp(std::string url, std::string from, int64_t timeout_s)
      : url_(std::move(url)), from_(std::move(from)), timeout_s_(timeout_s) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  void Interrupt() override { interrupted_ = true; }

  Status Send(const Mail& mail) override {
    const std::string id = crypto::RandomHex(32) + "@" + from_.substr(from_.find('@') + 1);
    OUBLI_TRY_ASSIGN(const std::string bytes,
                     FormatMail(mail, from_, FormatRfc2822(SystemClock().NowMs()), id));
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> to(
        curl_slist_append(nullptr, ("<" + mail.to + ">").c_str()), &curl_slist_free_all);
    if (!curl || !to) return Fail(ErrorKind::kUnavailable, "no memory for a mail");
    Talk talk{mail, interrupted_, bytes, false, false, {}, {}};
    SetServer(curl.get());
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, to.get());
    SetTalk(curl.get(), talk);
    const CURLcode code = curl_easy_perform(curl.get());
    if (code == CURLE_OK) return {};
    return Fail(KindOfFailure(talk, code), std::string("SMTP: ") + curl_easy_strerror(code));
  }

 private:
  void SetServer(CURL* curl) const {
    curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    const long tls = IsThisMachine(HostOf(url_)) ? CURLUSESSL_TRY : CURLUSESSL_ALL;
    curl_easy_setopt(curl, CURLOPT_USE_SSL, tls);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + from_ + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(timeout_s_));
    // The first does not count for the answer to QUIT, which is waited for two minutes otherwise.
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(timeout_s_));
  }

  // curl's own trace is the one way to see its commands; it is printed nowhere.
  static void SetTalk(CURL* curl, Talk& talk) {
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, ReadUpload);
    curl_easy_setopt(curl, CURLOPT_READDATA, &talk);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, Overhear);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &talk);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, StopWhenInterrupted);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &talk);
  }

  const std::string url_;
  const std::string from_;
  const int64_t timeout_s_;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace

Status CheckSmtp(const std::string& url, const std::string& from) {
  if (!url.starts_with("smtp://") && !url.starts_with("smtps://")) {
    return Fail(ErrorKind::kInvalid, "smtp_url must begin with smtp:// or smtps://");
  }
  if (HostOf(url).empty()) return Fail(ErrorKind::kInvalid, "smtp_url names no host");
  if (!IsAddress(from)) {
    return Fail(ErrorKind::kInvalid, "smtp_url needs smtp_from, the address that mails come from");
  }
  return {};
}

Result<std::string> FormatMail(const Mail& mail, const std::string& from, const std::string& date,
                               const std::string& id) {
  if (!IsAddress(mail.to)) return Fail(ErrorKind::kInvalid, "not an address that mail can go to");
  if (HasControlCharacters(mail.subject) || mail.subject.find('\n') != std::string::npos ||
      mail.subject.find('\r') != std::string::npos) {
    return Fail(ErrorKind::kInvalid, "the subject of a mail has control characters");
  }
  std::string bytes = "Date: " + date + "\r\nFrom: <" + from + ">\r\nTo: <" + mail.to +
                      ">\r\nSubject: " + mail.subject + "\r\nMessage-ID: <" + id +
                      ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: 8bit\r\n\r\n";
  for (const char c : mail.text) {
    if (c == '\n') bytes += '\r';
    if (c != '\r') bytes += c;
  }
  return bytes;
}

std::unique_ptr<Transport> MakeSmtp(std::string url, std::string from, int64_t timeout_s) {
  return std::make_unique<Smtp>(std::move(url), std::move(from), timeout_s);
}

}  // namespace oubli::mail
