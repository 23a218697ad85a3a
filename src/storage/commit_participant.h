// What takes part in every transaction of a writer: the keys, whose changes have to be committed
// together with the rows', and whose erasures end only after the commit.
#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"
#include "storage/database.h"

namespace oubli::storage {

// Called on the writer's thread, in this order for each group:
//
//   BeginGroup, [BeginErasing], then inside the transaction for each command Mark and perhaps
//   RollbackTo, BeforeCommit, then one of Committed, RolledBack, CommitUnclear.
class CommitParticipant {
 public:
  virtual ~CommitParticipant() = default;
  // Outside of any transaction; may run transactions of its own, to find out how an earlier commit
  // ended. An error fails the group.
  virtual Status BeginGroup(Connection& connection) = 0;
  // The group holds commands that erase. An error refuses these, and the others run without them.
  virtual Status BeginErasing(Connection& connection) = 0;
  virtual size_t Mark() const = 0;
  virtual void RollbackTo(size_t mark) = 0;
  // Inside the transaction, when all commands have run. An error undoes the whole attempt;
  // kConflict says that erasing is not possible just now, and that the others may be tried alone.
  virtual Status BeforeCommit(Connection& connection) = 0;
  // After the commit. `finished` is called once, from any thread, when what was erased is gone for
  // ever (also when that was another group's doing that is still under way), or with an error that
  // promises nothing.
  virtual void Committed(bool erasing, std::function<void(const Status&)> finished) = 0;
  virtual void RolledBack() = 0;
  // COMMIT returned an error: it may have happened or not.
  virtual void CommitUnclear() = 0;
};

}  // namespace oubli::storage
