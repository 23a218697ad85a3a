#include "http/parameters.h"

#include <utility>

#include "base/text.h"

namespace oubli::http {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

void Parameters::Add(std::string name, std::string value) {
  list_.push_back({std::move(name), std::move(value)});
}

const std::string* Parameters::Find(std::string_view name) const {
  for (const Parameter& parameter : list_) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

size_t Parameters::Count(std::string_view name) const {
  size_t count = 0;
  for (const Parameter& parameter : list_) {
    if (parameter.name == name) ++count;
  }
  return count;
}

std::string PercentDecode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && text.size() - i > 2) {
      const int high = HexValue(text[i + 1]);
      const int low = HexValue(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(c == '+' && plus_is_blank ? ' ' : c);
  }
  return out;
}

std::string PercentEncode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

Result<Parameters> ParseUrlEncoded(std::string_view text, size_t max_count) {
  Parameters parameters;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (parameters.all().size() == max_count) {
      return Fail(ErrorKind::kInvalid, "too many parameters");
    }
    const size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    parameters.Add(PercentDecode(pair.substr(0, equals), true), PercentDecode(value, true));
  }
  return parameters;
}

Result<Parameters> ParseForm(const Request& request) {
  if (request.body.empty()) return Parameters();
  const std::string* content_type = request.FindHeader("Content-Type");
  if (content_type == nullptr) return Fail(ErrorKind::kInvalid, "the body has no Content-Type");
  const std::string_view type = *content_type;
  const std::string_view media = Trim(type.substr(0, type.find(';')));
  if (EqualsIgnoreCase(media, "application/x-www-form-urlencoded")) {
    return ParseUrlEncoded(request.body);
  }
  if (EqualsIgnoreCase(media, "multipart/form-data")) return ParseMultipart(type, request.body);
  return Fail(ErrorKind::kInvalid, "the body is not a form");
}

}  // namespace oubli::http
