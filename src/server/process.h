// What a process that holds personal data sets about itself, and the signals that it waits for.
#pragma once

namespace oubli::server {

// No core files, and no other process of the same user may look into this one's memory.
void ForbidMemoryDumps();

// As many open files as the system allows: a connection and each of a store's files is one.
void RaiseFileLimit();

enum class Signal { kStop, kReload };

// Keeps SIGTERM, SIGINT and SIGHUP for WaitForSignal(), and ignores SIGPIPE. Before any thread
// starts: threads inherit it.
void HoldSignals();
Signal WaitForSignal();

}  // namespace oubli::server
