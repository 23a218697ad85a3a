#include "request_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <utility>

namespace oubli::bench {
namespace {

constexpr std::string_view kPlaceholder = "{id}";

}  // namespace

RequestList::RequestList(RequestTemplate request, std::vector<std::string> paths,
                         std::vector<std::string> values, size_t values_per_request, uint64_t count)
    : request_(std::move(request)),
      paths_(std::move(paths)),
      values_(std::move(values)),
      values_per_request_(values_per_request),
      count_(count) {
  if (count_ == 0 && !values_.empty()) {
    count_ = (values_.size() + values_per_request_ - 1) / values_per_request_;
  } else if (count_ == 0) {
    count_ = std::max<size_t>(1, paths_.size());
  }
}

bool RequestList::Next(std::string& wire) {
  if (made_ == count_) return false;
  TakeValues();
  wire.append(request_.method).push_back(' ');
  AppendFilled(wire, paths_.empty() ? request_.path : paths_[made_ % paths_.size()]);
  wire.append(" HTTP/1.1\r\nHost: ").append(request_.host).append("\r\n");
  for (const std::string& header : request_.headers) {
    AppendFilled(wire, header);
    wire.append("\r\n");
  }
  if (request_.body.empty()) {
    wire.append("\r\n");
  } else {
    body_.clear();
    AppendFilled(body_, request_.body);
    fmt::format_to(std::back_inserter(wire), "Content-Length: {}\r\n\r\n", body_.size());
    wire.append(body_);
  }
  ++made_;
  return true;
}

void RequestList::AppendFilled(std::string& wire, std::string_view text) const {
  for (;;) {
    const size_t at = text.find(kPlaceholder);
    wire.append(text.substr(0, at));
    if (at == std::string_view::npos) return;
    wire.append(filling_);
    text.remove_prefix(at + kPlaceholder.size());
  }
}

void RequestList::TakeValues() {
  if (values_.empty()) return;
  filling_.clear();
  if (next_value_ == values_.size()) next_value_ = 0;
  const size_t end = std::min(values_.size(), next_value_ + values_per_request_);
  for (; next_value_ < end; ++next_value_) {
    if (!filling_.empty()) filling_.push_back(',');
    filling_.append(values_[next_value_]);
  }
}

Result<std::vector<std::string>> ReadLines(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Fail(ErrorKind::kNotFound, "cannot open " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

void Shuffle(std::vector<std::string>& lines, uint64_t seed) {
  // Not std::shuffle: its order is the library's own affair.
  std::mt19937_64 random(seed);
  for (size_t i = lines.size(); i > 1; --i) std::swap(lines[i - 1], lines[random() % i]);
}

}  // namespace oubli::bench
