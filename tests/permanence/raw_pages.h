// Rows in the bytes of an SQLite database and of its write-ahead log, whether they are committed,
// overwritten or left over. Source: sqlite.org/fileformat2.html.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace oubli::permanence {

struct RawRow {
  bool has_row_id = false;  // a row of a table; else an entry of an index or a clustered table
  int64_t row_id = 0;
  // NULL is the empty alternative; what is longer than its page comes whole only where its other
  // pages were found.
  std::vector<std::variant<std::monostate, int64_t, std::string>> columns;
};

// Of every page of the database file, and of every frame of the log (which may be empty).
void ForEachRawRow(std::string_view database, std::string_view log,
                   const std::function<void(const RawRow&)>& visit);

}  // namespace oubli::permanence
