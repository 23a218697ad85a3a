// Where the memory of a process that holds keys can end up: swap, core dumps, hibernation.
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "crypto/locked_memory.h"
#include "doctor/surroundings.h"

namespace oubli::doctor {
namespace {

// "" where there is none.
std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

// A device of the device mapper that encrypts, or one in memory.
bool IsSafeSwap(const Machine& machine, const std::string& device) {
  std::error_code error;
  const auto real = std::filesystem::canonical(device, error);
  const std::string name = (error ? std::filesystem::path(device) : real).filename().string();
  if (name.starts_with("zram")) return true;
  return ReadText(machine.sys + "/class/block/" + name + "/dm/uuid").starts_with("CRYPT-");
}

// Whether there is swap that is not encrypted.
bool CheckSwap(const Machine& machine, Findings& findings) {
  const std::string swaps = ReadText(machine.proc + "/swaps");
  bool any = false;
  bool is_title = true;
  for (const std::string_view line : Split(swaps, '\n')) {
    const std::string device(line.substr(0, line.find_first_of(" \t")));
    if (!std::exchange(is_title, false) && !device.empty() && !IsSafeSwap(machine, device)) {
      any = true;
      findings.Warning("swap", fmt::format("the swap {} is not encrypted, and memory of the server "
                                           "may be written there: turn it off or encrypt it",
                                           device));
    }
  }
  return any;
}

void CheckDumps(const Machine& machine, Findings& findings) {
  rlimit core{};
  getrlimit(RLIMIT_CORE, &core);
  const std::string pattern = ReadText(machine.proc + "/sys/kernel/core_pattern");
  const bool is_piped = pattern.starts_with('|');
  if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 || (core.rlim_cur == 0 && !is_piped)) return;
  findings.Warning("core-dumps",
                   fmt::format("core dumps of this process are {}: forbid them (LimitCORE=0, an "
                               "empty kernel.core_pattern)",
                               is_piped ? "given to a program" : "written to disk"));
}

}  // namespace

void CheckMemory(const Machine& machine, Findings& findings) {
  const bool swaps = CheckSwap(machine, findings);
  const bool can_hibernate =
      ReadText(machine.sys + "/power/state").find("disk") != std::string::npos;
  if (swaps && can_hibernate) {
    findings.Warning("hibernation",
                     "this machine can hibernate, which writes all memory to its "
                     "swap: mask hibernate.target, or encrypt the swap");
  }
  CheckDumps(machine, findings);
  if (crypto::LockedMemoryRefused()) {
    rlimit locked{};
    getrlimit(RLIMIT_MEMLOCK, &locked);
    findings.Warning("memory-not-locked",
                     fmt::format("memory that holds keys could not be locked, as this process may "
                                 "lock {} KiB: raise the limit (LimitMEMLOCK)",
                                 locked.rlim_cur / 1024));
  }
}

}  // namespace oubli::doctor
