#include "customers/search_indexes.h"

#include <algorithm>

#include "customers/search_index.h"

namespace oubli::customers {
namespace {

constexpr std::chrono::seconds kBetweenLooks{1};

}  // namespace

SearchIndexes::~SearchIndexes() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SearchIndexes::Add(SearchIndex* index) {
  const std::lock_guard lock(mutex_);
  indexes_.push_back(index);
}

void SearchIndexes::Remove(SearchIndex* index) {
  std::unique_lock lock(mutex_);
  std::erase(indexes_, index);
  cared_.wait(lock, [&] { return in_care_ != index; });
}

void SearchIndexes::Wake() {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable() && !stopping_) thread_ = std::thread([this] { Run(); });
  woken_ = true;
  wake_.notify_all();
}

void SearchIndexes::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    const std::vector<SearchIndex*> indexes = indexes_;
    for (SearchIndex* const index : indexes) {
      if (stopping_) return;
      // It may have gone while another one was cared for.
      if (std::ranges::find(indexes_, index) == indexes_.end()) continue;
      in_care_ = index;
      lock.unlock();
      index->Care();
      lock.lock();
      in_care_ = nullptr;
      cared_.notify_all();
    }
    const auto is_woken = [this] { return woken_ || stopping_; };
    if (bytes_ > 0) {
      wake_.wait_for(lock, kBetweenLooks, is_woken);
    } else {
      wake_.wait(lock, is_woken);
    }
  }
}

}  // namespace oubli::customers
