#include "webhooks/lane.h"

#include <algorithm>

#include "webhooks/payload.h"

namespace oubli::webhooks {

Lane::Lane(access::Hook hook, std::string client_secret, int64_t done_no, int64_t serial)
    : hook_(std::move(hook)),
      client_secret_(std::move(client_secret)),
      serial_(serial),
      fetched_no_(std::max(done_no, hook_.after_no)),
      written_no_(fetched_no_) {
  SetHook(std::move(hook_));
}

void Lane::SetHook(access::Hook hook) {
  hook_ = std::move(hook);
  const auto parsed = ParseDestination(hook_.destination);
  destination_ = parsed ? std::optional(*parsed) : std::nullopt;
}

void Lane::AddFresh(std::vector<customers::OutboxRow> rows, int64_t up_to) {
  for (customers::OutboxRow& row : rows) {
    if (!ScopeCovers(hook_.scope, row.event.kind)) continue;
    unresolved_.insert(row.no);
    ready_.push_back({std::move(row), 0});
  }
  fetched_no_ = std::max(fetched_no_, up_to);
}

void Lane::AddRetries(std::vector<customers::DueRetry> retries) {
  for (customers::DueRetry& each : retries) {
    if (!retrying_.insert(each.retry.no).second) continue;
    ready_.push_back({std::move(each.row), each.retry.attempts});
  }
}

Job Lane::Take() {
  Job job = std::move(ready_.front());
  ready_.pop_front();
  ++in_flight_;
  return job;
}

void Lane::Delivered(const Job& job) {
  --in_flight_;
  if (job.attempts == 0) {
    unresolved_.erase(job.row.no);
  } else {
    delivered_.push_back(job.row.no);
  }
}

void Lane::Failed(const Job& job, UnixMs due_at) {
  --in_flight_;
  if (job.attempts == 0) unresolved_.erase(job.row.no);
  retrying_.insert(job.row.no);  // until it is written that it is due later
  failed_.push_back({job.row.no, job.attempts + 1, due_at});
}

int64_t Lane::done_no() const {
  return unresolved_.empty() ? fetched_no_ : *unresolved_.begin() - 1;
}

size_t Lane::unwritten() const {
  return failed_.size() + delivered_.size() + (done_no() != written_no_ ? 1 : 0);
}

customers::OutboxProgress Lane::TakeProgress() {
  customers::OutboxProgress progress;
  progress.hook_id = hook_.id;
  progress.done_no = written_no_ = done_no();
  progress.failed = std::exchange(failed_, {});
  progress.delivered = std::exchange(delivered_, {});
  return progress;
}

void Lane::Written(const customers::OutboxProgress& progress) {
  for (const customers::OutboxRetry& retry : progress.failed) {
    retrying_.erase(retry.no);
    // It may have become due before it was written.
    if (!next_retry_at || *next_retry_at > retry.due_at) next_retry_at = retry.due_at;
  }
  for (const int64_t no : progress.delivered) retrying_.erase(no);
}

void Lane::NotWritten(customers::OutboxProgress progress) {
  failed_.insert(failed_.begin(), progress.failed.begin(), progress.failed.end());
  delivered_.insert(delivered_.begin(), progress.delivered.begin(), progress.delivered.end());
  written_no_ = -1;
}

}  // namespace oubli::webhooks
