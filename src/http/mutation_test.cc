// Random damage to valid requests, against a running server: whatever comes, it answers or closes,
// and serves the next one. The seed is printed; OUBLI_TEST_SEED sets it.
#include <cstdlib>
#include <random>

#include "http/parser.h"
#include "http/test_support.h"

namespace oubli::http {
namespace {

const std::vector<std::string>& ValidRequests() {
  static const std::vector<std::string> requests = {
      "GET /stores/x/v3/customers?id:in=4,5,6 HTTP/1.1\r\nHost: h\r\nX-Auth-Token: t\r\n\r\n",
      "DELETE http://h:80/api/v4 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer x\r\n\r\n",
      "POST /api.php HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nExpect: "
      "100-continue\r\n\r\na=1&b=2&c=3",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=\"y\"\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
      "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      "PUT /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
  };
  return requests;
}

constexpr std::string_view kPieces[] = {"\r\n",
                                        "\n",
                                        "\r",
                                        "\r\n\r\n",
                                        ":",
                                        " ",
                                        "\t",
                                        "chunked",
                                        "0\r\n\r\n",
                                        "%",
                                        "ffffffff",
                                        ";",
                                        "\"",
                                        ",",
                                        "Host: h\r\n",
                                        "Content-Length: 3\r\n",
                                        "HTTP/1.1",
                                        "close",
                                        "Transfer-Encoding: chunked\r\n"};

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  size_t Below(size_t limit) { return static_cast<size_t>(random_() % limit); }

  // One to three valid requests behind each other, with up to five changes.
  std::string Next() {
    std::string bytes;
    for (size_t i = 0, count = 1 + Below(3); i < count; ++i) {
      bytes += ValidRequests()[Below(ValidRequests().size())];
    }
    for (size_t i = 0, count = Below(6); i < count && !bytes.empty(); ++i) Change(bytes);
    return bytes;
  }

 private:
  void Change(std::string& bytes) {
    const size_t at = Below(bytes.size());
    switch (Below(6)) {
      case 0:
        bytes[at] = static_cast<char>(Below(256));
        return;
      case 1:
        bytes.erase(at, 1 + Below(8));
        return;
      case 2:
        bytes.insert(at, kPieces[Below(std::size(kPieces))]);
        return;
      case 3:
        bytes.insert(at, bytes.substr(Below(bytes.size()), Below(40)));
        return;
      case 4:
        bytes.insert(at, std::string(Below(3000), static_cast<char>(Below(256))));
        return;
      default:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(8)));
    }
  }

  std::mt19937_64 random_;
};

uint64_t Seed() {
  const char* given = std::getenv("OUBLI_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::printf("seed: OUBLI_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

TEST(Mutations, LiveServerSurvives) {
  Mutator mutator(Seed());
  TestServer server(Options([](ServerOptions& o) {
    o.request_deadline = o.idle_timeout = std::chrono::milliseconds(2000);
    o.max_body_bytes = 4096;
  }));
  for (int i = 0; i < 1500; ++i) {
    const std::string bytes = mutator.Next();
    RawClient client(server->port());
    const size_t cut = mutator.Below(bytes.size() + 1);
    client.Send(bytes.substr(0, cut));
    client.Send(bytes.substr(cut));
    client.FinishSending();
    const std::string answers = client.ReadToEnd();
    ASSERT_FALSE(client.timed_out()) << i;
    ASSERT_TRUE(answers.empty() || answers.starts_with("HTTP/1.1 ")) << i;
  }
  RawClient client(server->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "GET /x ");
}

// The pieces in which bytes arrive must not change what is read from them.
TEST(Mutations, PiecesDoNotMatter) {
  Mutator mutator(Seed());
  const ParserLimits limits{.max_header_bytes = 4096, .max_body_bytes = 4096};
  for (int i = 0; i < 20000; ++i) {
    const std::string bytes = mutator.Next();
    std::vector<std::string> outcomes;
    for (const size_t step : {size_t{1}, bytes.size() + 1, 1 + mutator.Below(50)}) {
      RequestParser parser(limits);
      size_t used = 0;
      size_t available = 0;
      auto state = RequestParser::State::kNeedMore;
      while (available < bytes.size() && state != RequestParser::State::kComplete &&
             state != RequestParser::State::kRefused) {
        available = std::min(bytes.size(), available + step);
        used += parser.Feed(std::string_view(bytes).substr(used, available - used));
        state = parser.state();
      }
      std::string outcome = "more";
      if (state == RequestParser::State::kRefused) outcome = "refused";
      if (state == RequestParser::State::kComplete) {
        const auto request = parser.TakeRequest();
        outcome = fmt::format("{} {} {} {} {} {}", used, request->method, request->path,
                              request->query, request->headers.size(), request->body);
      }
      outcomes.push_back(outcome);
    }
    ASSERT_EQ(outcomes[0], outcomes[1]) << i << "\n" << bytes;
    ASSERT_EQ(outcomes[0], outcomes[2]) << i << "\n" << bytes;
  }
}

}  // namespace
}  // namespace oubli::http
