#include <curl/curl.h>

#include <algorithm>
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

constexpr long kTimeoutSeconds = 30;

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

bool IsThisMachine(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

struct Upload {
  std::string_view left;
};

size_t ReadUpload(char* buffer, size_t size, size_t count, void* state) {
  auto* const upload = static_cast<Upload*>(state);
  const size_t taken = std::min(size * count, upload->left.size());
  std::memcpy(buffer, upload->left.data(), taken);
  upload->left.remove_prefix(taken);
  return taken;
}

// A refused command is told as CURLE_SEND_ERROR. 55x about a mail is for ever; 421 is the server's
// good-bye; every other reply is about this mail and may pass.
ErrorKind KindOf(CURLcode code, long reply) {
  if (code != CURLE_SEND_ERROR || reply < 400 || reply == 421) return ErrorKind::kUnavailable;
  return reply >= 550 && reply < 560 ? ErrorKind::kInvalid : ErrorKind::kTooMany;
}

class Smtp final : public Transport {
 public:
  Smtp(std::string url, std::string from) : url_(std::move(url)), from_(std::move(from)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  Status Send(const Mail& mail) override {
    const std::string id = crypto::RandomHex(32) + "@" + from_.substr(from_.find('@') + 1);
    OUBLI_TRY_ASSIGN(const std::string bytes,
                     FormatMail(mail, from_, FormatRfc2822(SystemClock().NowMs()), id));
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> to(
        curl_slist_append(nullptr, ("<" + mail.to + ">").c_str()), &curl_slist_free_all);
    if (!curl || !to) return Fail(ErrorKind::kUnavailable, "no memory for a mail");
    Upload upload{bytes};
    curl_easy_setopt(curl.get(), CURLOPT_URL, url_.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(
        curl.get(), CURLOPT_USE_SSL,
        static_cast<long>(IsThisMachine(HostOf(url_)) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, ("<" + from_ + ">").c_str());
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, ReadUpload);
    curl_easy_setopt(curl.get(), CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kTimeoutSeconds);
    const CURLcode code = curl_easy_perform(curl.get());
    if (code == CURLE_OK) return {};
    long reply = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply);
    return Fail(KindOf(code, reply), std::string("SMTP: ") + curl_easy_strerror(code));
  }

 private:
  const std::string url_;
  const std::string from_;
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

std::unique_ptr<Transport> MakeSmtp(std::string url, std::string from) {
  return std::make_unique<Smtp>(std::move(url), std::move(from));
}

}  // namespace oubli::mail
