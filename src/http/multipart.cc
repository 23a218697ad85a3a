// ParseMultipart() of parameters.h: RFC 7578 on top of RFC 2046, section 5.1.
#include <optional>
#include <utility>

#include "base/text.h"
#include "http/parameters.h"

namespace oubli::http {
namespace {

constexpr size_t kMaxBoundary = 200;  // RFC 2046 says 70; some clients write more
constexpr size_t kMaxPartHeader = 8 * 1024;
constexpr size_t npos = std::string_view::npos;

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The inside of a quoted string at the front of `text`, which begins with the quote; the text
// behind the closing one is left. Only \" and \\ are escapes: file names may hold other
// backslashes.
std::optional<std::string> TakeQuoted(std::string_view& text) {
  std::string out;
  for (size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (c == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
    out.push_back(text[i]);
  }
  return std::nullopt;
}

// The parameter `name` of a header value like `form-data; name="x"; filename="y"`. Sets `malformed`
// where the value breaks the grammar; nothing when the parameter is missing.
std::optional<std::string> FindParameter(std::string_view value, std::string_view name,
                                         bool& malformed) {
  malformed = false;
  std::optional<std::string> found;
  size_t semicolon = value.find(';');
  if (semicolon == npos) return found;
  std::string_view rest = value.substr(semicolon + 1);
  while (true) {
    rest = TrimBlanks(rest);
    if (rest.empty()) return found;
    const size_t equals = rest.find_first_of("=;");
    if (equals == npos || rest[equals] == ';') break;
    const std::string_view key = TrimBlanks(rest.substr(0, equals));
    rest = TrimBlanks(rest.substr(equals + 1));
    std::string text;
    if (!rest.empty() && rest.front() == '"') {
      std::optional<std::string> quoted = TakeQuoted(rest);
      if (!quoted) break;
      text = std::move(*quoted);
      rest = TrimBlanks(rest);
    } else {
      const std::string_view token = rest.substr(0, rest.find(';'));
      text = std::string(TrimBlanks(token));
      rest.remove_prefix(token.size());
    }
    if (EqualsIgnoreCase(key, name)) {
      if (found) break;
      found = std::move(text);
    }
    if (rest.empty()) return found;
    if (rest.front() != ';') break;
    rest.remove_prefix(1);
  }
  malformed = true;
  return std::nullopt;
}

// Browsers and curl since 7.81 write these three, and only these, as %XX inside a quoted name.
std::string DecodeName(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view three = text.substr(i, 3);
    char decoded = 0;
    if (three == "%22") decoded = '"';
    if (EqualsIgnoreCase(three, "%0d")) decoded = '\r';
    if (EqualsIgnoreCase(three, "%0a")) decoded = '\n';
    out.push_back(decoded != 0 ? decoded : text[i]);
    if (decoded != 0) i += 2;
  }
  return out;
}

Result<std::string> Boundary(std::string_view content_type) {
  bool malformed = false;
  std::optional<std::string> boundary = FindParameter(content_type, "boundary", malformed);
  if (malformed || !boundary || boundary->empty() || boundary->size() > kMaxBoundary ||
      HasControlCharacters(*boundary)) {
    return Fail(ErrorKind::kInvalid, "the multipart body has no usable boundary");
  }
  return std::move(*boundary);
}

struct Delimiter {
  size_t begin = 0;  // of the CRLF before the dashes, where there is one
  size_t end = 0;    // behind its line, or behind the final dashes
  bool final = false;
};

// The next delimiter line at or behind `from`. A line that merely begins like one is content.
std::optional<Delimiter> FindDelimiter(std::string_view body, std::string_view dashes,
                                       size_t from) {
  for (size_t at = body.find(dashes, from); at != npos; at = body.find(dashes, at + 1)) {
    const bool line_start =
        at == 0 || (at >= from + 2 && body[at - 2] == '\r' && body[at - 1] == '\n');
    if (!line_start) continue;
    Delimiter delimiter;
    delimiter.begin = at == 0 ? 0 : at - 2;
    size_t end = at + dashes.size();
    if (body.substr(end, 2) == "--") {
      delimiter.end = end + 2;
      delimiter.final = true;
      return delimiter;
    }
    while (end < body.size() && (body[end] == ' ' || body[end] == '\t')) ++end;
    if (body.substr(end, 2) != "\r\n") continue;
    delimiter.end = end + 2;
    return delimiter;
  }
  return std::nullopt;
}

// The name from the header lines of one part.
Result<std::string> PartName(std::string_view head) {
  std::optional<std::string> name;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const size_t colon = line.find(':');
    if (colon == npos) return Fail(ErrorKind::kInvalid, "a part has a malformed header");
    const std::string_view key = line.substr(0, colon);
    const std::string_view value = TrimBlanks(line.substr(colon + 1));
    if (EqualsIgnoreCase(key, "Content-Transfer-Encoding") && !EqualsIgnoreCase(value, "binary") &&
        !EqualsIgnoreCase(value, "8bit") && !EqualsIgnoreCase(value, "7bit")) {
      return Fail(ErrorKind::kInvalid, "a part has an unsupported Content-Transfer-Encoding");
    }
    if (!EqualsIgnoreCase(key, "Content-Disposition")) continue;
    bool malformed = false;
    std::optional<std::string> found = FindParameter(value, "name", malformed);
    const std::string_view kind = TrimBlanks(value.substr(0, value.find(';')));
    if (malformed || name || !found || !EqualsIgnoreCase(kind, "form-data")) {
      return Fail(ErrorKind::kInvalid, "a part has a malformed Content-Disposition");
    }
    name = DecodeName(*found);
  }
  if (!name) return Fail(ErrorKind::kInvalid, "a part has no name");
  return std::move(*name);
}

}  // namespace

Result<Parameters> ParseMultipart(std::string_view content_type, std::string_view body,
                                  size_t max_count) {
  OUBLI_TRY_ASSIGN(const std::string boundary, Boundary(content_type));
  const std::string dashes = "--" + boundary;
  Parameters parameters;
  std::optional<Delimiter> delimiter = FindDelimiter(body, dashes, 0);
  while (delimiter && !delimiter->final) {
    if (parameters.all().size() == max_count) return Fail(ErrorKind::kInvalid, "too many parts");
    const std::string_view part = body.substr(delimiter->end);
    // The blank line is found without looking further than a header may be long.
    const size_t head_end = part.substr(0, kMaxPartHeader).find("\r\n\r\n");
    if (head_end == npos) return Fail(ErrorKind::kInvalid, "a part has no end of its header");
    OUBLI_TRY_ASSIGN(std::string name, PartName(part.substr(0, head_end)));
    // The CRLF before a delimiter may be the one that ends the header: an empty value.
    const size_t content = delimiter->end + head_end + 4;
    delimiter = FindDelimiter(body, dashes, content - 2);
    if (!delimiter) break;
    const size_t end = std::max(content, delimiter->begin);
    parameters.Add(std::move(name), std::string(body.substr(content, end - content)));
  }
  if (!delimiter)
    return Fail(ErrorKind::kInvalid, "the multipart body ends before its last boundary");
  return parameters;
}

}  // namespace oubli::http
