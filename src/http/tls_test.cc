// The server over TLS, with certificates made on the spot and OpenSSL's own client.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "http/test_support.h"

namespace oubli::http {
namespace {

using std::chrono::milliseconds;

class Folder {
 public:
  Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "oubli-tls-XXXXXX").string();
    path_ = mkdtemp(path.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key MakeKey() { return Key(EVP_EC_gen("P-256"), EVP_PKEY_free); }

void WriteKey(const std::string& path, EVP_PKEY* key, const char* passphrase = nullptr) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  const EVP_CIPHER* cipher = passphrase == nullptr ? nullptr : EVP_aes_256_cbc();
  EXPECT_EQ(PEM_write_PKCS8PrivateKey(file, key, cipher, nullptr, 0, nullptr,
                                      const_cast<char*>(passphrase)),
            1);
  std::fclose(file);
}

void WriteCertificate(const std::string& path, EVP_PKEY* key, const std::string& name) {
  const std::unique_ptr<X509, decltype(&X509_free)> cert(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
  X509_set_pubkey(cert.get(), key);
  X509_NAME* subject = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(cert.get(), subject);
  ASSERT_NE(X509_sign(cert.get(), key, EVP_sha256()), 0);
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  PEM_write_X509(file, cert.get());
  std::fclose(file);
}

// A blocking TLS client on top of a raw one.
class TlsClient {
 public:
  explicit TlsClient(uint16_t port, int max_version = 0) : raw_(port) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_options(context_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (max_version != 0) {
      SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context_.get(), max_version);
      SSL_CTX_set_security_level(context_.get(), 0);
    }
    const unsigned char protocols[] = "\x02h2\x08http/1.1";
    SSL_CTX_set_alpn_protos(context_.get(), protocols, sizeof(protocols) - 1);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), raw_.fd());
    connected_ = SSL_connect(ssl_.get()) == 1;
  }

  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string peer_name() const {
    char name[100] = "";
    X509* cert = SSL_get0_peer_certificate(ssl_.get());
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof(name));
    return name;
  }
  void Send(const std::string& bytes) {
    EXPECT_GT(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())), 0);
  }
  // Until `size` bytes have come, or the end.
  std::string Read(size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
      char piece[16384];
      const int got = SSL_read(ssl_.get(), piece, sizeof(piece));
      if (got <= 0) break;
      bytes.append(piece, static_cast<size_t>(got));
    }
    return bytes;
  }
  bool told_to_close() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  RawClient raw_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  bool connected_ = false;
};

class Tls : public testing::Test {
 protected:
  Tls() {
    WriteKey(key_, made_.get());
    WriteCertificate(cert_, made_.get(), "first");
  }
  ServerOptions With(const std::function<void(ServerOptions&)>& change = nullptr) const {
    return Options([&](ServerOptions& o) {
      o.tls_cert = cert_;
      o.tls_key = key_;
      if (change) change(o);
    });
  }
  std::string StartError(const std::string& cert, const std::string& key) {
    FunctionHandler handler(Echo);
    Server server(Options([&](ServerOptions& o) {
                    o.port = 0;
                    o.tls_cert = cert;
                    o.tls_key = key;
                  }),
                  handler, nullptr);
    const Status status = server.Start();
    return status ? "" : status.error().text;
  }

  const Folder folder_;
  const std::string key_ = folder_.File("key.pem");
  const std::string cert_ = folder_.File("cert.pem");
  const Key made_ = MakeKey();
};

TEST_F(Tls, Serves) {
  std::atomic<bool> tls = false;
  TestServer server(With(), [&](const auto& request, const Responder& respond) {
    tls = request->tls;
    Echo(request, respond);
  });
  TlsClient client(server->port());
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(client.version(), "TLSv1.3");
  EXPECT_EQ(client.protocol(), "http/1.1");
  client.Send(kGet);
  client.Send("GET /y HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string answers = client.Read(100'000);
  EXPECT_NE(answers.find("GET /x "), std::string::npos);
  EXPECT_TRUE(answers.ends_with("\r\n\r\nGET /y ")) << answers;
  EXPECT_TRUE(client.told_to_close());
  EXPECT_TRUE(tls);
}

TEST_F(Tls, CarriesBigBodiesBothWays) {
  TestServer server(With());
  TlsClient client(server->port());
  const std::string body(3 << 20, 'b');
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\nConnection: close\r\n\r\n");
  client.Send(body);
  EXPECT_TRUE(client.Read(body.size() + 100).ends_with("\r\n\r\nPOST / " + body));
}

TEST_F(Tls, CarriesBodiesInPieces) {
  std::atomic<bool> breaks = false;
  TestServer server(With(), [&breaks](const auto&, const Responder& respond) {
    Response response = Response::Text(200, "text/plain", "");
    response.next_piece = [&breaks, made = 0](std::string& out) mutable -> Result<bool> {
      if (breaks && made == 10) return Fail(ErrorKind::kUnavailable, "no more");
      out.append(100'000, 'x');
      return ++made < 30;
    };
    respond(std::move(response));
  });
  const std::string get = "GET /x HTTP/1.0\r\n\r\n";
  TlsClient whole(server->port());
  whole.Send(get);
  EXPECT_EQ(BodyOf(whole.Read(100'000'000)).size(), 3'000'000U);
  EXPECT_TRUE(whole.told_to_close());
  breaks = true;
  TlsClient half(server->port());
  half.Send(get);
  EXPECT_LT(half.Read(100'000'000).size(), 3'000'000U);
  EXPECT_FALSE(half.told_to_close()) << "an early end must not look like the body's";
}

// Pieces of 64 KB until `enough`.
HandlerFunction PiecesUntil(std::atomic<int>& made, int enough) {
  return [&made, enough](const auto&, const Responder& respond) {
    Response response = Response::Text(200, "text/plain", "");
    response.next_piece = [&made, enough](std::string& out) -> Result<bool> {
      out.append(64 * 1024, 'x');
      return ++made < enough;
    };
    respond(std::move(response));
  };
}

TEST_F(Tls, SlowReadersGetBodiesInPiecesWhole) {
  std::atomic<int> made = 0;
  TestServer server(With([](ServerOptions& o) {
                      o.answer_deadline = o.request_deadline = o.idle_timeout = milliseconds(500);
                    }),
                    PiecesUntil(made, 200));
  TlsClient client(server->port());
  client.Send("GET /x HTTP/1.0\r\n\r\n");
  const auto begin = std::chrono::steady_clock::now();
  std::string answer;
  while (true) {
    const std::string more = client.Read(32 * 1024);
    answer += more;
    if (more.size() < 32 * 1024) break;
    std::this_thread::sleep_for(milliseconds(4));
  }
  EXPECT_GT(std::chrono::steady_clock::now() - begin, milliseconds(1000));
  EXPECT_EQ(BodyOf(answer).size(), 200U * 64 * 1024);
  EXPECT_TRUE(client.told_to_close());
}

TEST_F(Tls, WhoStopsReadingABodyInPiecesIsCutOff) {
  std::atomic<int> made = 0;
  TestServer server(With([](ServerOptions& o) { o.answer_deadline = milliseconds(200); }),
                    PiecesUntil(made, 10'000));
  TlsClient client(server->port());
  client.Send(kGet);
  EXPECT_TRUE(Eventually([&] { return made > 0 && server->open_connections() == 0; }));
  EXPECT_LT(made, 1000);
  client.Read(1'000'000'000);
  EXPECT_FALSE(client.told_to_close());
}

TEST_F(Tls, WhoHangsUpEndsABodyInPieces) {
  std::atomic<int> made = 0;
  TestServer server(With(), PiecesUntil(made, 1'000'000'000));
  {
    TlsClient client(server->port());
    client.Send(kGet);
    EXPECT_GT(client.Read(1'000'000).size(), 0U);
  }
  EXPECT_TRUE(Eventually([&] { return server->open_connections() == 0; }));
  EXPECT_TRUE(Eventually([&] { return server.statuses().size() == 1; }));
}

TEST_F(Tls, AStopCutsABodyInPiecesOffWithoutAnEnd) {
  std::atomic<int> made = 0;
  TestServer server(With(), PiecesUntil(made, 10'000));
  TlsClient client(server->port());
  client.Send("GET /x HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return made > 3; }));
  server->Stop(milliseconds(50));
  EXPECT_LT(client.Read(1'000'000'000).size(), 10'000U * 64 * 1024);
  EXPECT_FALSE(client.told_to_close()) << "an early end must not look like the body's";
}

TEST_F(Tls, RefusalsArriveThoughTheBodyIsUnread) {
  TestServer server(With([](ServerOptions& o) { o.max_body_bytes = 10; }));
  TlsClient client(server->port());
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" +
              std::string(50'000, 'x'));
  EXPECT_EQ(StatusOf(client.Read(100'000)), 413);
}

TEST_F(Tls, OldVersionsAreRefused) {
  TestServer server(With());
  EXPECT_FALSE(TlsClient(server->port(), TLS1_1_VERSION).connected());
  EXPECT_TRUE(TlsClient(server->port(), TLS1_2_VERSION).connected());
}

TEST_F(Tls, PlainAndSilentPeersAreClosed) {
  TestServer server(With([](ServerOptions& o) { o.request_deadline = milliseconds(200); }));
  RawClient plain(server->port());
  plain.Send(kGet);
  EXPECT_EQ(StatusOf(plain.ReadToEnd()), 0);
  RawClient silent(server->port());
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_FALSE(silent.timed_out());
  EXPECT_TRUE(Eventually([&] { return server->open_connections() == 0; }));
}

TEST_F(Tls, ReloadTakesTheNewCertificateForNewConnections) {
  TestServer server(With());
  TlsClient old_client(server->port());
  ASSERT_TRUE(old_client.connected());
  EXPECT_EQ(old_client.peer_name(), "first");
  WriteCertificate(cert_, made_.get(), "second");
  ASSERT_TRUE(server->ReloadTls());
  EXPECT_EQ(TlsClient(server->port()).peer_name(), "second");
  old_client.Send(kGet);
  EXPECT_EQ(StatusOf(old_client.Read(1)), 200);

  std::ofstream(cert_) << "not a certificate";
  const Status failed = server->ReloadTls();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(TlsClient(server->port()).peer_name(), "second");
}

TEST_F(Tls, StopClosesIdleConnections) {
  TestServer server(With());
  TlsClient client(server->port());
  client.Send(kGet);
  EXPECT_EQ(StatusOf(client.Read(1)), 200);
  const auto begin = std::chrono::steady_clock::now();
  server->Stop(milliseconds(30'000));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(5'000));
}

TEST_F(Tls, StartSaysWhatIsWrong) {
  const std::string missing = folder_.File("missing.pem");
  EXPECT_NE(StartError(missing, key_).find("cannot read the TLS certificate " + missing),
            std::string::npos);
  EXPECT_NE(StartError(cert_, missing).find("cannot read the TLS key " + missing),
            std::string::npos);
  EXPECT_NE(StartError(cert_, "").find("--tls-key"), std::string::npos);
  EXPECT_NE(StartError("", key_).find("--tls-cert"), std::string::npos);
  EXPECT_NE(StartError(key_, key_).find("holds no usable certificate"), std::string::npos);
  EXPECT_NE(StartError(cert_, cert_).find("holds no key"), std::string::npos);

  const std::string other = folder_.File("other.pem");
  WriteKey(other, MakeKey().get());
  EXPECT_NE(StartError(cert_, other).find("holds no key that fits"), std::string::npos);
  WriteKey(other, made_.get(), "secret");
  EXPECT_NE(StartError(cert_, other).find("has a passphrase"), std::string::npos);
}

}  // namespace
}  // namespace oubli::http
