// What other threads leave for the planning one. Internal to webhooks.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "webhooks/deliveries.h"

namespace oubli::webhooks {

// Safe from any thread. Callbacks may outlive the deliveries that they were made for.
struct Deliveries::Inbox {
  using Item = std::variant<Sent, Wrote, MadeFinal, Checked>;

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Item> items;
  std::set<int64_t> stores;
  bool stopping = false;

  void Push(Item item) {
    const std::lock_guard lock(mutex);
    items.push_back(std::move(item));
    changed.notify_one();
  }
};

}  // namespace oubli::webhooks
