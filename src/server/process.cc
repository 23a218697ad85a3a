#include "server/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace oubli::server {
namespace {

sigset_t HeldSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

void ForbidMemoryDumps() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void HoldSignals() {
  ::signal(SIGPIPE, SIG_IGN);
  // A file-size limit is then an error of the write, like a full disk, and not the end of the
  // server.
  ::signal(SIGXFSZ, SIG_IGN);
  const sigset_t signals = HeldSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Signal WaitForSignal() {
  const sigset_t signals = HeldSignals();
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    return signal == SIGHUP ? Signal::kReload : Signal::kStop;
  }
}

}  // namespace oubli::server
