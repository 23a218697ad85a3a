#include "http/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace oubli::http {
namespace {

// TLS 1.2's; those of 1.3 are all good and chosen by OpenSSL.
constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// OpenSSL would ask on the terminal, where a server has nobody to answer.
int RefusePassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

int SelectProtocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void* /*unused*/) {
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  unsigned char* selected = nullptr;
  const int found = SSL_select_next_proto(&selected, out_size, kProtocols, sizeof(kProtocols) - 1,
                                          offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

std::string LastReason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "not a PEM file" : reason;
}

Status CheckReadable(std::string_view what, const std::string& file, std::string_view flag) {
  if (file.empty()) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("TLS needs a {} as well: name its file with {}", what, flag));
  }
  if (access(file.c_str(), R_OK) != 0) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot read the TLS {} {}: {}; check the path and the file's owner",
                            what, file, std::strerror(errno)));
  }
  return {};
}

bool ApplyDefaults(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, SelectProtocol, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1;
}

}  // namespace

Result<std::shared_ptr<SSL_CTX>> LoadTlsContext(const std::string& cert_file,
                                                const std::string& key_file) {
  OUBLI_TRY(CheckReadable("certificate", cert_file, "--tls-cert"));
  OUBLI_TRY(CheckReadable("key", key_file, "--tls-key"));
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (context == nullptr || !ApplyDefaults(context.get())) {
    return Fail(ErrorKind::kUnavailable, "OpenSSL cannot set up TLS: " + LastReason());
  }
  bool asked = false;
  SSL_CTX_set_default_passwd_cb(context.get(), RefusePassphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context.get(), &asked);
  if (SSL_CTX_use_certificate_chain_file(context.get(), cert_file.c_str()) != 1) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("{} holds no usable certificate ({}): give the chain as PEM, the "
                            "server's own certificate first",
                            cert_file, LastReason()));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    const std::string reason = LastReason();
    return Fail(ErrorKind::kUnavailable,
                asked
                    ? fmt::format("the TLS key {} has a passphrase: store it without one, readable "
                                  "by the server alone",
                                  key_file)
                    : fmt::format("{} holds no key that fits the certificate {} ({})", key_file,
                                  cert_file, reason));
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return Fail(ErrorKind::kUnavailable, fmt::format("the TLS key {} does not belong to {}: {}",
                                                     key_file, cert_file, LastReason()));
  }
  SSL_CTX_set_default_passwd_cb_userdata(context.get(), nullptr);
  return context;
}

}  // namespace oubli::http
