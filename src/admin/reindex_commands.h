// The administrator's commands that `oubli reindex` is made of: one step each, so that none takes
// long. All take {store} and answer
//
//   {store, under_way, complete, done, customers, unreadable, unreadable_ids,
//    unreadable_subscriber_ids, ended_at}
//
// which is told in erasure/reindex.h; ended_at is null when none has ended yet.
#pragma once

#include <string>
#include <string_view>

#include "access/stores.h"
#include "admin/arguments.h"
#include "base/result.h"

namespace oubli::admin {

inline constexpr std::string_view kReindexStart = "reindex.start";
inline constexpr std::string_view kReindexStep = "reindex.step";
inline constexpr std::string_view kReindexEnd = "reindex.end";
inline constexpr std::string_view kReindexShow = "reindex.show";

// `info` is the store that the arguments name. Errors: those of erasure/reindex.h.
Result<std::string> RunReindex(access::Stores& stores, const access::StoreInfo& info,
                               std::string_view command);

}  // namespace oubli::admin
