// Stands between the writer and the keys of a store with an index in memory, and tells the index
// what commits have changed: after the commit, in the order of commits, before anybody is answered.
#pragma once

#include <functional>

#include "customers/change_log.h"
#include "customers/search_index.h"
#include "storage/commit_participant.h"

namespace oubli::customers {

class CommitWatch final : public storage::CommitParticipant {
 public:
  // Both outlive this.
  CommitWatch(storage::CommitParticipant& keys, SearchIndex& index) : keys_(keys), index_(index) {}

  ChangeLog& changes() { return changes_; }

  Status BeginGroup(storage::Connection& connection) override;
  Status BeginErasing(storage::Connection& connection) override;
  size_t Mark() const override;
  void RollbackTo(size_t mark) override;
  Status BeforeCommit(storage::Connection& connection) override;
  void Committed(bool erasing, std::function<void(const Status&)> finished) override;
  void RolledBack() override;
  void CommitUnclear() override;

 private:
  void TellIndex(bool certain);

  storage::CommitParticipant& keys_;
  SearchIndex& index_;
  mutable ChangeLog changes_;
};

}  // namespace oubli::customers
