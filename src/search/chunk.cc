#include "search/chunk.h"

#include <string.h>

#include <algorithm>
#include <bitset>

#include "base/check.h"
#include "crypto/key.h"

namespace oubli::search {
namespace {

std::vector<std::string_view> TextsOf(std::span<const Row> rows, std::string_view Row::*member) {
  std::vector<std::string_view> texts;
  texts.reserve(rows.size());
  for (const Row& row : rows) texts.push_back(row.*member);
  return texts;
}

void KeepInRange(const std::vector<int64_t>& numbers, const Range& range,
                 std::vector<uint8_t>& hits) {
  if (range.IsEverything()) return;
  for (size_t i = 0; i < hits.size(); ++i) hits[i] &= static_cast<uint8_t>(range.Has(numbers[i]));
}

}  // namespace

// ---- texts ----

TextColumn::TextColumn(std::vector<std::string_view> texts) {
  size_t size = 0;
  for (const std::string_view text : texts) size += text.size();
  OUBLI_CHECK(size <= UINT32_MAX);
  // At once in full: bytes that grow leave copies behind.
  bytes_.reserve(size);
  ends_.reserve(texts.size());
  for (const std::string_view text : texts) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    ends_.push_back(static_cast<uint32_t>(bytes_.size()));
  }
}

void TextColumn::Wipe(size_t at, size_t size) { crypto::Wipe(bytes_.data() + at, size); }

void TextColumn::KeepEqual(const std::vector<std::string>& texts,
                           std::vector<uint8_t>& hits) const {
  // Most rows are ruled out by their length.
  std::bitset<256> lengths;
  for (const std::string& text : texts) lengths.set(text.size() % lengths.size());
  for (size_t i = 0; i < hits.size(); ++i) {
    if (hits[i] == 0) continue;
    const std::string_view text = at(i);
    if (!lengths.test(text.size() % lengths.size()) || !std::ranges::binary_search(texts, text)) {
      hits[i] = 0;
    }
  }
}

void TextColumn::MarkHolding(std::string_view part, std::vector<uint8_t>& marks) const {
  if (part.empty()) std::ranges::fill(marks, 1);
  if (part.empty()) return;
  const char* const begin_of_all = bytes_.data();
  size_t position = 0;
  size_t row = 0;
  while (position + part.size() <= bytes_.size()) {
    const void* const hit =
        memmem(begin_of_all + position, bytes_.size() - position, part.data(), part.size());
    if (hit == nullptr) return;
    position = static_cast<size_t>(static_cast<const char*>(hit) - begin_of_all);
    while (ends_[row] <= position) ++row;
    if (position + part.size() <= ends_[row]) {
      marks[row] = 1;
      position = ends_[row];
    } else {
      ++position;  // from one text into the next
    }
  }
}

void TextColumn::KeepHolding(const std::vector<std::string>& parts,
                             std::vector<uint8_t>& hits) const {
  std::vector<uint8_t> marks(hits.size(), 0);
  for (const std::string& part : parts) MarkHolding(part, marks);
  for (size_t i = 0; i < hits.size(); ++i) hits[i] &= marks[i];
}

// ---- rows ----

Chunk::Chunk(std::span<const Row> rows)
    : alive_(rows.size(), 1),
      living_(static_cast<int64_t>(rows.size())),
      names_(TextsOf(rows, &Row::name)),
      companies_(TextsOf(rows, &Row::company)),
      phones_(TextsOf(rows, &Row::phone)),
      ip_addresses_(TextsOf(rows, &Row::ip_address)) {
  OUBLI_CHECK(!rows.empty());
  for (auto* numbers : {&ids_, &created_, &modified_, &groups_}) numbers->reserve(rows.size());
  last_name_at_.reserve(rows.size());
  for (const Row& row : rows) {
    ids_.push_back(row.id);
    created_.push_back(row.created_at);
    modified_.push_back(row.modified_at);
    groups_.push_back(row.group_id);
    last_name_at_.push_back(static_cast<uint32_t>(row.last_name_at));
  }
}

size_t Chunk::RowAfter(int64_t id) const {
  return static_cast<size_t>(std::ranges::upper_bound(ids_, id) - ids_.begin());
}

size_t Chunk::RowFrom(int64_t id) const {
  return static_cast<size_t>(std::ranges::lower_bound(ids_, id) - ids_.begin());
}

Row Chunk::row(size_t row) const {
  return {ids_[row],          created_[row],   modified_[row],
          groups_[row],       names_.at(row),  last_name_at_[row],
          companies_.at(row), phones_.at(row), ip_addresses_.at(row)};
}

std::vector<uint8_t> Chunk::Match(const Filter& filter) const {
  std::vector<uint8_t> hits = alive_;
  KeepInRange(created_, filter.created, hits);
  KeepInRange(modified_, filter.modified, hits);
  if (filter.group_ids) {
    for (size_t i = 0; i < hits.size(); ++i) {
      hits[i] &= static_cast<uint8_t>(std::ranges::binary_search(*filter.group_ids, groups_[i]));
    }
  }
  if (filter.companies) companies_.KeepEqual(*filter.companies, hits);
  if (filter.phones) phones_.KeepEqual(*filter.phones, hits);
  if (filter.ip_addresses) ip_addresses_.KeepEqual(*filter.ip_addresses, hits);
  if (filter.names) names_.KeepEqual(*filter.names, hits);
  if (filter.names_like) names_.KeepHolding(*filter.names_like, hits);
  return hits;
}

bool Chunk::Forget(int64_t id) {
  const size_t row = RowFrom(id);
  if (row == size() || ids_[row] != id || alive_[row] == 0) return false;
  alive_[row] = 0;
  --living_;
  for (TextColumn* texts : {&names_, &companies_, &phones_, &ip_addresses_}) texts->Forget(row);
  return true;
}

size_t Chunk::bytes() const {
  const size_t fixed = 4 * sizeof(int64_t) + sizeof(uint32_t) + sizeof(uint8_t);
  return sizeof *this + ids_.size() * fixed + names_.bytes() + companies_.bytes() +
         phones_.bytes() + ip_addresses_.bytes();
}

}  // namespace oubli::search
