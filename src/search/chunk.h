// Some hundred rows side by side, column by column: what is asked of all of them runs through
// memory from front to back.
//
// A chunk is made of rows and never changes but in one way: a row can be forgotten, and its texts
// are overwritten then. So are all texts when the chunk dies.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "search/query.h"

namespace oubli::search {

// The texts of one column, one behind the other.
class TextColumn {
 public:
  explicit TextColumn(std::vector<std::string_view> texts);
  ~TextColumn() { Wipe(0, bytes_.size()); }
  TextColumn(const TextColumn&) = delete;
  TextColumn& operator=(const TextColumn&) = delete;

  std::string_view at(size_t row) const {
    return all().substr(begin(row), ends_[row] - begin(row));
  }
  void Forget(size_t row) { Wipe(begin(row), ends_[row] - begin(row)); }
  size_t bytes() const { return bytes_.size() + ends_.size() * sizeof(uint32_t); }

  // Sets the hit of each row to 0 whose text is none of `texts`, which are ascending.
  void KeepEqual(const std::vector<std::string>& texts, std::vector<uint8_t>& hits) const;
  // The same for rows whose text holds none of them.
  void KeepHolding(const std::vector<std::string>& parts, std::vector<uint8_t>& hits) const;

 private:
  size_t begin(size_t row) const { return row == 0 ? 0 : ends_[row - 1]; }
  std::string_view all() const { return {bytes_.data(), bytes_.size()}; }
  void MarkHolding(std::string_view part, std::vector<uint8_t>& marks) const;
  void Wipe(size_t at, size_t size);

  std::vector<uint32_t> ends_;
  std::vector<char> bytes_;
};

class Chunk {
 public:
  static constexpr size_t kMaxRows = 1024;

  // REQUIRES: `rows` is not empty and ascending by id.
  explicit Chunk(std::span<const Row> rows);

  size_t size() const { return ids_.size(); }  // the forgotten included
  int64_t living() const { return living_; }
  bool is_living(size_t row) const { return alive_[row] != 0; }
  int64_t id(size_t row) const { return ids_[row]; }
  int64_t first_id() const { return ids_.front(); }
  int64_t last_id() const { return ids_.back(); }
  // The first row with an id above `id`, or with one that is not below; size() for none.
  size_t RowAfter(int64_t id) const;
  size_t RowFrom(int64_t id) const;
  Row row(size_t row) const;  // views into the chunk
  int64_t created_at(size_t row) const { return created_[row]; }
  int64_t modified_at(size_t row) const { return modified_[row]; }
  std::string_view last_name(size_t row) const { return names_.at(row).substr(last_name_at_[row]); }

  // 1 for each living row that fits, else 0.
  std::vector<uint8_t> Match(const Filter& filter) const;

  // True when the row was there. Its texts are overwritten.
  bool Forget(int64_t id);

  size_t bytes() const;

 private:
  std::vector<int64_t> ids_, created_, modified_, groups_;
  std::vector<uint32_t> last_name_at_;
  std::vector<uint8_t> alive_;
  int64_t living_ = 0;
  TextColumn names_, companies_, phones_, ip_addresses_;
};

}  // namespace oubli::search
