#include "http_response.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace oubli::bench {
namespace {

// Larger than any head or chunk line that an honest server sends.
constexpr size_t kMaxLineBytes = 64 * 1024;

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<uint64_t> ParseNumber(std::string_view text, int base) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

}  // namespace

size_t ResponseReader::Feed(std::string_view bytes) {
  size_t taken = 0;
  while (taken < bytes.size() && (state_ == State::kHead || state_ == State::kBody)) {
    const std::string_view rest = bytes.substr(taken);
    if (state_ == State::kBody) {
      taken += FeedBody(rest);
      continue;
    }
    // Nearly always the whole head is in one read; then nothing is copied.
    if (pending_.empty()) {
      if (const size_t end = rest.find("\r\n\r\n"); end != std::string_view::npos) {
        taken += end + 4;
        ReadHead(rest.substr(0, end));
        continue;
      }
    }
    const size_t before = pending_.size();
    pending_.append(rest);
    const size_t end = pending_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
    if (end == std::string::npos) {
      if (pending_.size() > kMaxLineBytes) state_ = State::kBroken;
      return bytes.size();
    }
    taken += end + 4 - before;
    const std::string head = pending_.substr(0, end);
    pending_.clear();
    ReadHead(head);
  }
  return taken;
}

void ResponseReader::FeedEnd() {
  const bool whole = state_ == State::kBody && framing_ == Framing::kUntilClose;
  state_ = whole ? State::kComplete : State::kBroken;
  keep_alive_ = false;
}

void ResponseReader::Reset() {
  state_ = State::kHead;
  framing_ = Framing::kLength;
  pending_.clear();
  remaining_ = 0;
  body_bytes_ = 0;
  status_ = 0;
  keep_alive_ = true;
}

void ResponseReader::ReadHead(std::string_view head) {
  // "HTTP/1.1 204 No Content"
  if (head.size() < 12 || !head.starts_with("HTTP/1.") || head[8] != ' ') {
    state_ = State::kBroken;
    return;
  }
  status_ = static_cast<int>(ParseNumber(head.substr(9, 3), 10).value_or(0));
  keep_alive_ = head[7] == '1';
  framing_ = Framing::kUntilClose;
  size_t at = head.find("\r\n");
  while (at != std::string_view::npos) {
    const size_t start = at + 2;
    at = head.find("\r\n", start);
    const std::string_view line = head.substr(start, at - start);
    if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
      ReadField(line.substr(0, colon), Trim(line.substr(colon + 1)));
    }
  }
  if (status_ < 100) {
    state_ = State::kBroken;
  } else if (status_ < 200) {
    Reset();
  } else if (status_ == 204 || status_ == 304 ||
             (framing_ == Framing::kLength && remaining_ == 0)) {
    state_ = State::kComplete;
  } else if (state_ != State::kBroken) {
    state_ = State::kBody;
  }
}

void ResponseReader::ReadField(std::string_view name, std::string_view value) {
  if (EqualsIgnoringCase(name, "content-length") && framing_ != Framing::kChunkSize) {
    const auto length = ParseNumber(value, 10);
    if (!length) state_ = State::kBroken;
    remaining_ = length.value_or(0);
    framing_ = Framing::kLength;
  } else if (EqualsIgnoringCase(name, "transfer-encoding")) {
    framing_ = Framing::kChunkSize;
  } else if (EqualsIgnoringCase(name, "connection")) {
    if (EqualsIgnoringCase(value, "close")) keep_alive_ = false;
    if (EqualsIgnoringCase(value, "keep-alive")) keep_alive_ = true;
  }
}

size_t ResponseReader::FeedBody(std::string_view bytes) {
  if (framing_ == Framing::kUntilClose) {
    body_bytes_ += bytes.size();
    return bytes.size();
  }
  if (framing_ != Framing::kLength && framing_ != Framing::kChunkData) return FeedLine(bytes);
  const size_t taken = static_cast<size_t>(std::min<uint64_t>(remaining_, bytes.size()));
  remaining_ -= taken;
  body_bytes_ += taken;
  if (remaining_ == 0) {
    if (framing_ == Framing::kLength) {
      state_ = State::kComplete;
    } else {
      framing_ = Framing::kChunkEnd;
    }
  }
  return taken;
}

size_t ResponseReader::FeedLine(std::string_view bytes) {
  const size_t newline = bytes.find('\n');
  if (newline == std::string_view::npos) {
    pending_.append(bytes);
    if (pending_.size() > kMaxLineBytes) state_ = State::kBroken;
    return bytes.size();
  }
  pending_.append(bytes.substr(0, newline));
  if (!pending_.empty() && pending_.back() == '\r') pending_.pop_back();
  EndOfLine();
  pending_.clear();
  return newline + 1;
}

void ResponseReader::EndOfLine() {
  switch (framing_) {
    case Framing::kChunkSize: {
      const auto size = ParseNumber(pending_, 16);
      if (!size) state_ = State::kBroken;
      remaining_ = size.value_or(0);
      framing_ = remaining_ == 0 ? Framing::kTrailer : Framing::kChunkData;
      break;
    }
    case Framing::kChunkEnd:
      framing_ = Framing::kChunkSize;
      break;
    default:  // a trailer field, or the empty line that ends them
      if (pending_.empty()) state_ = State::kComplete;
      break;
  }
}

}  // namespace oubli::bench
