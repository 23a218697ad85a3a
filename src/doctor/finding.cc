#include "doctor/finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace oubli::doctor {

std::string_view LevelName(Level level) {
  if (level == Level::kNote) return "note";
  return level == Level::kWarning ? "warning" : "error";
}

void Findings::Add(Level level, std::string_view code, std::string text) {
  Counted& counted = counts_[{store_, std::string(code)}];
  counted.level = level;
  if (++counted.count > kShown) return;
  list_.push_back({level, std::string(code), store_, std::move(text)});
}

std::vector<Finding> Findings::Take() {
  for (const auto& [key, counted] : counts_) {
    if (counted.count <= kShown) continue;
    list_.push_back({counted.level, key.second, key.first,
                     fmt::format("and {} more of the same kind", counted.count - kShown)});
  }
  counts_.clear();
  std::vector<Finding> sorted;
  for (const Level level : {Level::kError, Level::kWarning, Level::kNote}) {
    std::ranges::copy_if(list_, std::back_inserter(sorted),
                         [level](const Finding& finding) { return finding.level == level; });
  }
  list_.clear();
  return sorted;
}

}  // namespace oubli::doctor
