// What an examination has found: one line of plain words each, with what to do about it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oubli::doctor {

enum class Level { kNote, kWarning, kError };

std::string_view LevelName(Level level);  // "note", "warning", "error"

// `text` holds ids, counts, paths and generations; never anything personal.
struct Finding {
  Level level = Level::kNote;
  std::string code;   // stays the same from version to version: "record-orphan"
  std::string store;  // its handle; empty: of the server or the machine
  std::string text;
};

// Keeps the first findings of each code and store, and counts the others: a damaged store of ten
// million records has one answer, not ten million. For one thread.
class Findings {
 public:
  static constexpr int64_t kShown = 10;  // of each code and store

  // What is added from here on is of that store.
  void SetStore(std::string handle) { store_ = std::move(handle); }
  void Add(Level level, std::string_view code, std::string text);
  void Error(std::string_view code, std::string text) { Add(Level::kError, code, std::move(text)); }
  void Warning(std::string_view code, std::string text) {
    Add(Level::kWarning, code, std::move(text));
  }
  void Note(std::string_view code, std::string text) { Add(Level::kNote, code, std::move(text)); }

  // In order of level, the worst first; where some were left out, a line says how many.
  std::vector<Finding> Take();

 private:
  struct Counted {
    Level level = Level::kNote;
    int64_t count = 0;
  };
  std::string store_;
  std::vector<Finding> list_;
  std::map<std::pair<std::string, std::string>, Counted> counts_;  // by store and code
};

}  // namespace oubli::doctor
