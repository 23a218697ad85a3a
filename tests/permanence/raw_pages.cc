#include "permanence/raw_pages.h"

#include <map>
#include <optional>

namespace oubli::permanence {
namespace {

constexpr size_t kPage = 2048;
constexpr size_t kLogHead = 32;
constexpr size_t kFrameHead = 24;
constexpr size_t kFileHead = 100;  // on page 1

using PagesByNumber = std::map<uint32_t, std::string_view>;

uint64_t BigEndian(std::string_view bytes, size_t at, size_t count) {
  uint64_t number = 0;
  for (size_t i = 0; i < count; ++i) {
    number = number << 8 | (at + i < bytes.size() ? static_cast<uint8_t>(bytes[at + i]) : 0);
  }
  return number;
}

std::optional<uint64_t> TakeVarint(std::string_view bytes, size_t& at) {
  uint64_t number = 0;
  for (int i = 0; i < 9; ++i) {
    if (at >= bytes.size()) return std::nullopt;
    const auto byte = static_cast<uint8_t>(bytes[at++]);
    if (i == 8) return number << 8 | byte;
    number = number << 7 | (byte & 0x7f);
    if ((byte & 0x80) == 0) return number;
  }
  return number;
}

// The payload that begins at `at`, with what lies on overflow pages.
std::optional<std::string> Payload(std::string_view page, size_t at, uint64_t size, bool of_table,
                                   const PagesByNumber& pages) {
  if (size > (1U << 20)) return std::nullopt;
  const uint64_t most = of_table ? kPage - 35 : (kPage - 12) * 64 / 255 - 23;
  const uint64_t least = (kPage - 12) * 32 / 255 - 23;
  uint64_t local = size;
  if (size > most) {
    const uint64_t fitting = least + (size - least) % (kPage - 4);
    local = fitting <= most ? fitting : least;
  }
  if (at + local > page.size()) return std::nullopt;
  std::string payload(page.substr(at, local));
  if (local == size) return payload;
  auto next = static_cast<uint32_t>(BigEndian(page, at + local, 4));
  while (payload.size() < size) {
    const auto found = pages.find(next);
    if (found == pages.end()) return std::nullopt;
    next = static_cast<uint32_t>(BigEndian(found->second, 0, 4));
    payload += found->second.substr(4, size - payload.size());
  }
  return payload;
}

bool DecodeColumns(std::string_view payload, RawRow& row) {
  size_t at = 0;
  const auto head = TakeVarint(payload, at);
  if (!head || *head > payload.size()) return false;
  size_t body = *head;
  while (at < *head) {
    const auto type = TakeVarint(payload, at);
    if (!type) return false;
    static constexpr size_t kSizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
    if (*type >= 12) {
      const size_t size = (*type - 12) / 2;
      if (body + size > payload.size()) return false;
      row.columns.emplace_back(std::string(payload.substr(body, size)));
      body += size;
    } else if (*type == 0 || *type == 7 || *type >= 10) {
      row.columns.emplace_back();
      if (*type == 7) body += 8;
    } else if (*type >= 8) {
      row.columns.emplace_back(static_cast<int64_t>(*type - 8));
    } else {
      const size_t size = kSizes[*type];
      if (body + size > payload.size()) return false;
      uint64_t number = BigEndian(payload, body, size);
      const uint64_t sign = uint64_t{1} << (8 * size - 1);
      if (size < 8 && (number & sign) != 0) number |= ~(sign * 2 - 1);
      row.columns.emplace_back(static_cast<int64_t>(number));
      body += size;
    }
  }
  return true;
}

void ReadPage(std::string_view page, bool is_first, const PagesByNumber& pages,
              const std::function<void(const RawRow&)>& visit) {
  const size_t head = is_first ? kFileHead : 0;
  if (page.size() < kPage) return;
  const auto kind = static_cast<uint8_t>(page[head]);
  const bool of_table = kind == 0x0d;
  const bool is_inner = kind == 0x02;
  if (!of_table && kind != 0x0a && !is_inner) return;
  const uint64_t cells = BigEndian(page, head + 3, 2);
  const size_t pointers = head + (is_inner ? 12 : 8);
  for (uint64_t i = 0; i < cells && pointers + 2 * i + 2 <= kPage; ++i) {
    size_t at = BigEndian(page, pointers + 2 * i, 2) + (is_inner ? 4 : 0);
    const auto size = TakeVarint(page, at);
    RawRow row;
    row.has_row_id = of_table;
    const auto row_id = of_table ? TakeVarint(page, at) : 0;
    if (!size || !row_id) continue;
    row.row_id = static_cast<int64_t>(*row_id);
    const auto payload = Payload(page, at, *size, of_table, pages);
    if (payload && DecodeColumns(*payload, row)) visit(row);
  }
}

}  // namespace

void ForEachRawRow(std::string_view database, std::string_view log,
                   const std::function<void(const RawRow&)>& visit) {
  PagesByNumber pages;
  for (size_t at = 0; at + kPage <= database.size(); at += kPage) {
    pages[static_cast<uint32_t>(at / kPage + 1)] = database.substr(at, kPage);
  }
  for (const auto& [number, page] : pages) ReadPage(page, number == 1, pages, visit);
  // Overflow pages may come before or behind the page that names them: twice.
  for (int pass = 0; pass < 2; ++pass) {
    for (size_t at = kLogHead; at + kFrameHead + kPage <= log.size(); at += kFrameHead + kPage) {
      const auto number = static_cast<uint32_t>(BigEndian(log, at, 4));
      pages[number] = log.substr(at + kFrameHead, kPage);
      ReadPage(pages[number], number == 1, pages, visit);
    }
  }
}

}  // namespace oubli::permanence
