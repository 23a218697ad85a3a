#include "http/parser.h"

#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace oubli::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;

constexpr size_t kMaxHeaders = 256;
constexpr size_t kMaxChunkLine = 1024;           // a chunk's size and extensions
constexpr size_t kMaxChunkOverhead = 64 * 1024;  // extensions of one request together
constexpr size_t kMaxTrailers = 8 * 1024;        // they are read and dropped
constexpr uint64_t kMaxBodyReserve = 64 * 1024;  // a promised length alone takes no more memory
constexpr size_t kTypicalHeaders = 12;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// What may stand in a Host header: a name or an address with a port. It is not resolved here; this
// keeps out what could be read as a path, a list or user data.
bool IsHost(std::string_view text) {
  for (const char c : text) {
    const bool alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && std::string_view(".-_:[]%~!$&'()*+;=").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// Leaves the path and query of an absolute-form target (RFC 9112, 3.2.2), which every server must
// accept. False for what is neither that nor a path.
bool ReduceTarget(std::string_view& target) {
  if (target.empty() || target.find('#') != std::string_view::npos) return false;
  if (target.front() == '/') return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoreCase(target.substr(0, scheme.size()), scheme)) continue;
    const std::string_view rest = target.substr(scheme.size());
    const size_t end = std::min(rest.find_first_of("/?"), rest.size());
    if (end == 0 || !IsHost(rest.substr(0, end))) return false;
    target = rest.substr(end);
    return true;
  }
  return false;
}

// Goes over raw header bytes as they arrive, so that a malformed line is refused at once and not
// when (or if) the header ends. Finds the end of the header too.
class HeaderScanner {
 public:
  void Reset() { *this = HeaderScanner(); }
  bool malformed() const { return malformed_; }
  bool has_first_line() const { return first_line_ != 0; }
  size_t first_line() const { return first_line_; }  // its length, line end not counted
  size_t end() const { return end_; }                // behind the empty line; 0 while not found

  // `bytes` always begins with the header's first byte.
  void Scan(std::string_view bytes) {
    while (at_ < bytes.size() && end_ == 0 && !malformed_) {
      const auto c = static_cast<unsigned char>(bytes[at_]);
      if (after_cr_ ? c != '\n' : c == '\n') {
        malformed_ = true;
      } else if (c == '\n') {
        EndLine();
      } else if (c == '\r') {
        after_cr_ = true;
      } else if ((c < 0x20 && c != '\t') || c == 0x7f) {
        malformed_ = true;
      } else if (at_ == line_begin_ && (c == ' ' || c == '\t')) {
        malformed_ = true;  // a folded line, or blanks before the request line or the first header
      }
      ++at_;
    }
  }

 private:
  void EndLine() {
    after_cr_ = false;
    const size_t length = at_ - 1 - line_begin_;
    if (line_begin_ == 0) {
      malformed_ = length == 0;
      first_line_ = length;
    } else if (length == 0) {
      end_ = at_ + 1;
    }
    line_begin_ = at_ + 1;
  }

  size_t at_ = 0;
  size_t line_begin_ = 0;
  size_t first_line_ = 0;
  size_t end_ = 0;
  bool after_cr_ = false;
  bool malformed_ = false;
};

// A line end that is not CRLF, or a control character, in the lines between chunks.
bool IsMalformedChunkLine(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c == '\n' && (i == 0 || bytes[i - 1] != '\r')) return true;
    if (c == '\r' && i + 1 < bytes.size() && bytes[i + 1] != '\n') return true;
    if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f) return true;
  }
  return false;
}

// Beast looks for the closing quote of an extension beyond the end of its line.
bool ClosesItsQuotes(std::string_view line) {
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == '\\' && quoted) ++i;
  }
  return !quoted;
}

bool IsLastChunk(std::string_view line) {
  const size_t zeros = std::min(line.find_first_not_of('0'), line.size());
  return zeros > 0 &&
         (zeros == line.size() || std::string_view("; \t").find(line[zeros]) != line.npos);
}

// What has come without the beginning of `end`, if that is how it ends: a limit is for what stands
// before the end, in whatever pieces that comes.
size_t SizeBefore(std::string_view end, std::string_view come) {
  for (size_t begun = end.size() - 1; begun > 0; --begun) {
    if (come.ends_with(end.substr(0, begun))) return come.size() - begun;
  }
  return come.size();
}

enum class Readiness { kReady, kNotYet, kMalformed };

// Whether `bytes` hold what stands between two chunks: the line end of the former one, the size
// line of the next; and for the last one everything up to the empty line that ends the trailers.
// Beast gets only what is complete (1.81 asserts on some of the pieces).
Readiness ChunkLineReadiness(std::string_view bytes, bool first, size_t max_trailers) {
  const size_t begin = first ? 0 : 2;
  const size_t end = bytes.size() < begin ? bytes.npos : bytes.find("\r\n", begin);
  const std::string_view line = bytes.substr(0, end);
  const size_t line_size = end == bytes.npos ? SizeBefore("\r\n", line) : line.size();
  if (line_size > kMaxChunkLine || IsMalformedChunkLine(line)) return Readiness::kMalformed;
  if (end == bytes.npos) return Readiness::kNotYet;
  if (!ClosesItsQuotes(line)) return Readiness::kMalformed;
  if (!IsLastChunk(line.substr(begin))) return Readiness::kReady;
  const size_t trailers_end = bytes.find("\r\n\r\n", end);
  const std::string_view trailers = bytes.substr(end, trailers_end - end);
  const size_t trailers_size =
      trailers_end == bytes.npos ? SizeBefore("\r\n\r\n", trailers) : trailers.size();
  if (trailers_size > max_trailers || IsMalformedChunkLine(trailers)) return Readiness::kMalformed;
  return trailers_end == bytes.npos ? Readiness::kNotYet : Readiness::kReady;
}

// Beast's parser, writing straight into our request.
class BeastParser final : public beast::http::basic_parser<true> {
 public:
  BeastParser(const ParserLimits& limits, Request& request) : request_(request) {
    // Before the first byte: Beast checks a Content-Length against it when the header ends.
    body_limit(static_cast<uint64_t>(limits.max_body_bytes));
    header_limit(static_cast<uint32_t>(limits.max_header_bytes));
  }

  int refusal() const { return refusal_; }  // 0: Beast's own error counts
  bool http_1_0() const { return http_1_0_; }
  bool expects_continue() const { return expects_continue_; }
  bool at_chunk_line() const { return chunked() && chunk_left_ == 0; }
  bool at_first_chunk() const { return at_first_chunk_; }

 private:
  using error_code = beast::error_code;

  void Refuse(int status, error_code& ec) {
    refusal_ = status;
    ec = beast::http::error::bad_value;
  }

  void on_request_impl(beast::http::verb verb, beast::string_view method, beast::string_view target,
                       int version, error_code& ec) override {
    http_1_0_ = version == 10;
    request_.method = View(method);
    if (verb == beast::http::verb::connect) return Refuse(501, ec);
    std::string_view rest = View(target);
    if (!ReduceTarget(rest)) return Refuse(400, ec);
    const size_t question = rest.find('?');
    request_.path = rest.substr(0, question);
    if (request_.path.empty()) request_.path = "/";
    if (question != std::string_view::npos) request_.query = rest.substr(question + 1);
    request_.headers.reserve(kTypicalHeaders);
  }

  void on_field_impl(field name, beast::string_view name_text, beast::string_view value_text,
                     error_code& ec) override {
    // Trailers come here too. Nothing of ours reads them, and merged into the headers they could
    // contradict what was decided from those.
    if (is_header_done()) return;
    if (request_.headers.size() == kMaxHeaders) return Refuse(431, ec);
    const std::string_view value = View(value_text);
    if (name == field::host) {
      if (++hosts_ > 1 || !IsHost(value)) return Refuse(400, ec);
    } else if (name == field::content_length) {
      if (++content_lengths_ > 1 || !IsDigits(value)) return Refuse(400, ec);
    } else if (name == field::transfer_encoding) {
      if (++transfer_encodings_ > 1 || http_1_0_) return Refuse(400, ec);
      if (!EqualsIgnoreCase(value, "chunked")) return Refuse(501, ec);
    } else if (name == field::expect) {
      if (!EqualsIgnoreCase(value, "100-continue")) return Refuse(417, ec);
      expects_continue_ = !http_1_0_;  // RFC 9110, 10.1.1: under 1.0 it is to be ignored
    }
    request_.headers.push_back({std::string(View(name_text)), std::string(value)});
  }

  void on_header_impl(error_code& ec) override {
    if (hosts_ == 0 && !http_1_0_) return Refuse(400, ec);
    if (content_lengths_ != 0 && transfer_encodings_ != 0) return Refuse(400, ec);
  }

  void on_body_init_impl(const boost::optional<uint64_t>& length, error_code& /*ec*/) override {
    if (length) request_.body.reserve(static_cast<size_t>(std::min(*length, kMaxBodyReserve)));
  }

  size_t on_body_impl(beast::string_view piece, error_code& /*ec*/) override {
    request_.body.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_chunk_header_impl(uint64_t size, beast::string_view extensions, error_code& ec) override {
    chunk_left_ = size;
    at_first_chunk_ = false;
    chunk_overhead_ += extensions.size();
    if (chunk_overhead_ > kMaxChunkOverhead) Refuse(400, ec);
  }

  size_t on_chunk_body_impl(uint64_t /*remaining*/, beast::string_view piece,
                            error_code& /*ec*/) override {
    chunk_left_ -= piece.size();
    request_.body.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_finish_impl(error_code& /*ec*/) override {}
  void on_response_impl(int, beast::string_view, int, error_code& /*ec*/) override {}

  Request& request_;
  int refusal_ = 0;
  int hosts_ = 0;
  int content_lengths_ = 0;
  int transfer_encodings_ = 0;
  uint64_t chunk_left_ = 0;
  bool at_first_chunk_ = true;
  size_t chunk_overhead_ = 0;
  bool http_1_0_ = false;
  bool expects_continue_ = false;
};

}  // namespace

struct RequestParser::Impl {
  explicit Impl(const ParserLimits& parser_limits) : limits(parser_limits) {}

  void Refuse(int status) {
    state = State::kRefused;
    refusal = status;
  }

  void Refuse(const beast::error_code& ec) {
    if (beast->refusal() != 0) return Refuse(beast->refusal());
    if (ec == beast::http::error::body_limit) return Refuse(413);
    if (ec == beast::http::error::header_limit) return Refuse(431);
    if (ec == beast::http::error::bad_version) return Refuse(505);
    Refuse(400);
  }

  size_t FeedHeader(std::string_view bytes);
  size_t FeedBody(std::string_view bytes);
  bool HeaderTooLong(std::string_view bytes);

  const ParserLimits limits;
  std::shared_ptr<Request> request;
  std::optional<BeastParser> beast;
  HeaderScanner scanner;
  State state = State::kNeedMore;
  int refusal = 0;
  bool in_body = false;
};

bool RequestParser::Impl::HeaderTooLong(std::string_view bytes) {
  // An unfinished line may have its CR already, which does not count.
  const size_t line =
      scanner.has_first_line() ? scanner.first_line() : std::max<size_t>(bytes.size(), 1) - 1;
  if (line > limits.max_header_bytes / 2) {
    Refuse(414);
    return true;
  }
  const size_t header = scanner.end() != 0 ? scanner.end() : bytes.size();
  if (header > limits.max_header_bytes ||
      (scanner.end() == 0 && header == limits.max_header_bytes)) {
    Refuse(431);
    return true;
  }
  return false;
}

size_t RequestParser::Impl::FeedHeader(std::string_view bytes) {
  scanner.Scan(bytes);
  if (scanner.malformed()) {
    Refuse(400);
    return 0;
  }
  if (HeaderTooLong(bytes) || scanner.end() == 0) return 0;
  beast::error_code ec;
  const size_t used = beast->put(boost::asio::const_buffer(bytes.data(), scanner.end()), ec);
  if (ec) {
    Refuse(ec);
    return used;
  }
  // Beast ends the header where the scanner does, or one of them is wrong and the body is not where
  // we would look for it.
  if (used != scanner.end() || !beast->is_header_done()) {
    Refuse(400);
    return used;
  }
  in_body = true;
  if (beast->is_done()) {
    state = State::kComplete;
  } else if (beast->expects_continue() && bytes.size() == used) {
    state = State::kContinue;
  }
  return used;
}

size_t RequestParser::Impl::FeedBody(std::string_view bytes) {
  size_t total = 0;
  while (!beast->is_done() && total < bytes.size()) {
    const std::string_view rest = bytes.substr(total);
    if (beast->at_chunk_line()) {
      const size_t max_trailers = std::min(kMaxTrailers, limits.max_header_bytes / 2);
      const Readiness readiness = ChunkLineReadiness(rest, beast->at_first_chunk(), max_trailers);
      if (readiness == Readiness::kMalformed) Refuse(400);
      if (readiness != Readiness::kReady) return total;
    }
    beast::error_code ec;
    const size_t used = beast->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
    total += used;
    if (ec || used == 0) {
      Refuse(ec);
      return total;
    }
  }
  if (beast->is_done()) state = State::kComplete;
  return total;
}

RequestParser::RequestParser(const ParserLimits& limits) : impl_(std::make_unique<Impl>(limits)) {
  Begin();
}

RequestParser::~RequestParser() = default;

void RequestParser::Begin() {
  impl_->request = std::make_shared<Request>();
  impl_->beast.emplace(impl_->limits, *impl_->request);
  impl_->scanner.Reset();
  impl_->state = State::kNeedMore;
  impl_->refusal = 0;
  impl_->in_body = false;
}

size_t RequestParser::Feed(std::string_view bytes) {
  OUBLI_CHECK(impl_->state == State::kNeedMore || impl_->state == State::kContinue);
  impl_->state = State::kNeedMore;
  size_t used = 0;
  if (!impl_->in_body) used = impl_->FeedHeader(bytes);
  if (impl_->in_body && impl_->state == State::kNeedMore) {
    used += impl_->FeedBody(bytes.substr(used));
  }
  return used;
}

RequestParser::State RequestParser::state() const { return impl_->state; }
int RequestParser::refusal() const { return impl_->refusal; }

std::shared_ptr<Request> RequestParser::TakeRequest() {
  OUBLI_CHECK(impl_->state == State::kComplete);
  return std::move(impl_->request);
}

std::string_view RequestParser::method() const {
  return impl_->request == nullptr ? std::string_view() : std::string_view(impl_->request->method);
}

bool RequestParser::http_1_0() const { return impl_->beast->http_1_0(); }
bool RequestParser::keep_alive() const { return impl_->beast->keep_alive(); }

}  // namespace oubli::http
