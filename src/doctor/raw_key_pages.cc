#include "doctor/raw_key_pages.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "doctor/file_stream.h"
#include "keys/tree_root.h"

namespace oubli::doctor {
namespace {

constexpr size_t kFileHead = 100;  // on page 1
constexpr size_t kLogHead = 32;
constexpr size_t kFrameHead = 24;
constexpr size_t kLeastPage = 512;
constexpr size_t kMostPage = 65536;
constexpr uint8_t kLeafOfTable = 0x0d;

struct Value {
  enum Kind { kNull, kNumber, kBytes };  // text and blobs alike
  Kind kind = kNull;
  int64_t number = 0;
  std::string_view bytes = {};
};

uint64_t BigEndian(std::string_view bytes, size_t at, size_t count) {
  uint64_t number = 0;
  for (size_t i = 0; i < count; ++i) number = number << 8 | static_cast<uint8_t>(bytes[at + i]);
  return number;
}

// SQLite's numbers of variable length, one after the other.
class Varints {
 public:
  Varints(std::string_view bytes, size_t at) : bytes_(bytes), at_(at) {}
  size_t at() const { return at_; }
  std::optional<uint64_t> Next() {
    uint64_t number = 0;
    for (int i = 0; i < 9; ++i) {
      if (at_ >= bytes_.size()) return std::nullopt;
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      if (i == 8) return number << 8 | byte;
      number = number << 7 | (byte & 0x7fU);
      if ((byte & 0x80U) == 0) break;
    }
    return number;
  }

 private:
  std::string_view bytes_;
  size_t at_;
};

// The value of that type at the beginning of `body`, and takes it off; false when it is cut off or
// of no type that our rows have.
bool Take(uint64_t type, std::string_view& body, Value& value) {
  constexpr size_t kSizes[] = {0, 1, 2, 3, 4, 6, 8};
  if (type == 7 || type == 10 || type == 11) return false;
  if (type == 0) return true;
  value.kind = type < 12 ? Value::kNumber : Value::kBytes;
  if (type == 8 || type == 9) {
    value.number = static_cast<int64_t>(type - 8);
    return true;
  }
  const size_t size = type < 7 ? kSizes[type] : (type - 12) / 2;
  if (size > body.size()) return false;
  value.bytes = body.substr(0, size);
  body.remove_prefix(size);
  if (type >= 12) return true;
  const unsigned unused = 64U - 8U * static_cast<unsigned>(size);
  const uint64_t number = BigEndian(value.bytes, 0, size) << unused;
  value.number = static_cast<int64_t>(number) >> unused;  // with its sign
  return true;
}

// Empty for what is no row that lies on its page as a whole.
std::vector<Value> Columns(std::string_view payload) {
  Varints types(payload, 0);
  const auto head = types.Next();
  if (!head || *head > payload.size()) return {};
  std::string_view body = payload.substr(*head);
  std::vector<Value> columns;
  while (types.at() < *head) {
    const auto type = types.Next();
    if (!type || !Take(*type, body, columns.emplace_back())) return {};
  }
  return columns;
}

// See kKeyTreeDdl of keys/tree_rows.cc: the first column is the row id.
std::optional<keys::JournalPage> KeyPageIn(int64_t row_id, const std::vector<Value>& row) {
  if (row.size() != 3 && row.size() != 5) return std::nullopt;
  const bool is_root = row.size() == 5;
  const Value& version = row[is_root ? 2 : 1];
  const Value& sealed = row.back();
  if (row[0].kind != Value::kNull || version.kind != Value::kNumber ||
      sealed.kind != Value::kBytes || (is_root && !keys::ReadRootHeader(sealed.bytes))) {
    return std::nullopt;
  }
  return keys::JournalPage{is_root ? keys::kRootPage : row_id, version.number,
                           std::string(sealed.bytes)};
}

Status VisitPage(std::string_view page, size_t head, const PageVisitor& visit) {
  if (static_cast<uint8_t>(page[head]) != kLeafOfTable) return {};
  const uint64_t cells = BigEndian(page, head + 3, 2);
  for (uint64_t i = 0; i < cells && head + 10 + 2 * i <= page.size(); ++i) {
    Varints numbers(page, BigEndian(page, head + 8 + 2 * i, 2));
    const auto size = numbers.Next();
    const auto row_id = size ? numbers.Next() : std::nullopt;
    if (!row_id || *size > page.size() - numbers.at()) continue;
    const std::vector<Value> columns = Columns(page.substr(numbers.at(), *size));
    const auto found = KeyPageIn(static_cast<int64_t>(*row_id), columns);
    if (found) OUBLI_TRY(visit(*found));
  }
  return {};
}

// Cuts a stream into the pages of a database, or of a log.
class Pages {
 public:
  Pages(bool is_log, const PageVisitor& visit) : is_log_(is_log), visit_(visit) {}

  Status Take(std::string_view piece) {
    bytes_ += piece;
    size_t at = 0;
    if (page_ == 0) {
      if (bytes_.size() < kFileHead) return {};
      page_ = static_cast<size_t>(is_log_ ? BigEndian(bytes_, 8, 4) : BigEndian(bytes_, 16, 2));
      if (page_ == 1) page_ = kMostPage;
      if (is_log_) at = kLogHead;
    }
    if (page_ < kLeastPage || page_ > kMostPage) {
      bytes_.clear();  // nothing has been written to this log, or it is no database
      return {};
    }
    const size_t unit = page_ + (is_log_ ? kFrameHead : 0);
    for (; at + unit <= bytes_.size(); at += unit) {
      const std::string_view page = std::string_view(bytes_).substr(at + unit - page_, page_);
      const bool is_first = is_log_ ? BigEndian(bytes_, at, 4) == 1 : first_;
      first_ = false;
      OUBLI_TRY(VisitPage(page, is_first ? kFileHead : 0, visit_));
    }
    bytes_.erase(0, at);
    return {};
  }

 private:
  const bool is_log_;
  const PageVisitor& visit_;
  std::string bytes_;  // not cut yet
  size_t page_ = 0;    // bytes
  bool first_ = true;
};

}  // namespace

Status VisitRawPages(const std::string& path, const std::function<bool()>& keep_going,
                     const PageVisitor& visit) {
  Pages of_file(false, visit);
  OUBLI_TRY(
      StreamFile(path, keep_going, [&](std::string_view piece) { return of_file.Take(piece); }));
  Pages of_log(true, visit);
  const Status log = StreamFile(path + "-wal", keep_going,
                                [&](std::string_view piece) { return of_log.Take(piece); });
  if (!log && log.error().kind != ErrorKind::kNotFound) return log;
  return {};
}

}  // namespace oubli::doctor
