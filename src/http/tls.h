// TLS for the server: a context from two PEM files. OpenSSL's own headers stay in tls.cc.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

typedef struct ssl_ctx_st SSL_CTX;

namespace oubli::http {

// TLS 1.2 and up, forward secrecy and authenticated ciphers only, ALPN "http/1.1". Shared by the
// connections that were opened with it. Errors: kUnavailable, naming the file and what to do.
Result<std::shared_ptr<SSL_CTX>> LoadTlsContext(const std::string& cert_file,
                                                const std::string& key_file);

}  // namespace oubli::http
