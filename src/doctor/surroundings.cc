#include "doctor/surroundings.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>
#include <set>

namespace oubli::doctor {
namespace {

namespace fs = std::filesystem;
using access::KeyPlace;
using access::KeyPlaceKind;

constexpr mode_t kOfOthers = S_IRWXG | S_IRWXO;
constexpr mode_t kWriteOfOthers = S_IWGRP | S_IWOTH;

bool IsBelow(const std::string& path, const std::string& folder) {
  const fs::path relative =
      fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(folder));
  return !relative.empty() && *relative.begin() != "..";
}

FileSystem FileSystemAt(const std::string& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return {};
  return FileSystemOf(static_cast<uint64_t>(status.f_type));
}

void CheckSlotFileSystem(const std::string& slot, Findings& findings) {
  const FileSystem system = FileSystemAt(slot);
  if (system.keeps_old) {
    findings.Warning("slot-copy-on-write",
                     fmt::format("the root slot {} lies on {}, which may keep what is overwritten: "
                                 "give it a place on ext4 or xfs, without snapshots",
                                 slot, system.name));
  }
  if (system.is_volatile) {
    findings.Warning("slot-volatile",
                     fmt::format("the root slot {} lies in memory ({}) and is gone with the power: "
                                 "losing every slot loses everyone",
                                 slot, system.name));
  }
  if (system.is_elsewhere) {
    findings.Warning("slot-elsewhere",
                     fmt::format("the root slot {} lies on {}: what is synced or overwritten there "
                                 "is another machine's or program's word",
                                 slot, system.name));
  }
}

void CheckSlotPlace(const Subject& subject, const KeyPlace& slot, Findings& findings) {
  std::set<std::string> covered = {subject.data_dir};
  const std::string local = fs::weakly_canonical(subject.data_dir).string() + ".journal";
  for (const KeyPlace& place : subject.custody.List()) {
    if (place.kind != KeyPlaceKind::kJournal) continue;
    covered.insert(place.path);
    // The folder of a backup; what lies beside the local journal is not backed up with it.
    if (place.path != local) covered.insert(fs::path(place.path).parent_path().string());
  }
  for (const std::string& folder : covered) {
    if (!IsBelow(slot.path, folder)) continue;
    findings.Error("slot-backed-up",
                   fmt::format("the root slot {} lies under {}, which copies are made of or into: "
                               "whoever has such a copy can read everybody it holds; move the slot",
                               slot.path, folder));
  }
}

void CheckDevices(const std::vector<KeyPlace>& slots, Findings& findings) {
  if (slots.size() == 1) {
    findings.Warning("slot-single",
                     "there is one root slot alone: losing it loses everyone; name "
                     "a second one with --roots");
    return;
  }
  std::set<dev_t> devices;
  for (const KeyPlace& slot : slots) {
    struct stat status {};
    if (::stat(slot.path.c_str(), &status) == 0) devices.insert(status.st_dev);
  }
  if (devices.size() != 1) return;
  findings.Warning("slots-one-device",
                   "all root slots lie on one device: losing it loses everyone; put one of them on "
                   "another disk with --roots");
}

void CheckMode(const std::string& path, bool strict, Findings& findings) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || S_ISLNK(status.st_mode)) return;
  const bool is_folder = S_ISDIR(status.st_mode);
  const mode_t mode = status.st_mode & 07777;
  if ((mode & kOfOthers) != 0) {
    const bool bad = strict && (!is_folder || (mode & kWriteOfOthers) != 0);
    findings.Add(bad ? Level::kError : Level::kWarning, "mode",
                 fmt::format("{} is open to others (mode {:04o}): chmod {} it", path, mode,
                             is_folder ? "0700" : "0600"));
  }
  if (status.st_uid != ::geteuid()) {
    findings.Add(strict ? Level::kError : Level::kWarning, "owner",
                 fmt::format("{} belongs to user {}, and not to user {} that runs Oubli: chown it",
                             path, status.st_uid, ::geteuid()));
  }
}

void CheckModesBelow(const std::string& folder, bool strict, Findings& findings) {
  CheckMode(folder, strict, findings);
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    CheckMode(entry->path().string(), strict, findings);
  }
}

}  // namespace

FileSystem FileSystemOf(uint64_t type) {
  switch (type) {
    case 0x9123683E:
      return {.name = "btrfs", .keeps_old = true};
    case 0x2FC12FC1:
      return {.name = "zfs", .keeps_old = true};
    case 0xCA451A4E:
      return {.name = "bcachefs", .keeps_old = true};
    case 0x794C7630:
      return {.name = "overlayfs", .keeps_old = true};
    case 0xF2F52010:
      return {.name = "f2fs", .keeps_old = true};
    case 0x3434:
      return {.name = "nilfs", .keeps_old = true};
    case 0x01021994:
      return {.name = "tmpfs", .is_volatile = true};
    case 0x858458F6:
      return {.name = "ramfs", .is_volatile = true};
    case 0x6969:
      return {.name = "nfs", .is_elsewhere = true};
    case 0xFF534D42:
    case 0xFE534D42:
      return {.name = "a Windows share", .is_elsewhere = true};
    case 0x65735546:
      return {.name = "fuse", .is_elsewhere = true};
    default:
      return {};
  }
}

void CheckPlaces(const Subject& subject, Findings& findings) {
  std::vector<KeyPlace> slots;
  for (const KeyPlace& place : subject.custody.List()) {
    const bool is_slot = place.kind == KeyPlaceKind::kSlot;
    if (!place.in_use) {
      findings.Error("place-missing",
                     fmt::format("the {} {} is not there: nothing is erased until it is back, or "
                                 "has been retired because it is gone for good",
                                 is_slot ? "root slot" : "key journal", place.path));
      continue;
    }
    if (!is_slot) continue;
    slots.push_back(place);
    CheckSlotFileSystem(place.path, findings);
    CheckSlotPlace(subject, place, findings);
  }
  CheckDevices(slots, findings);
  const FileSystem data = FileSystemAt(subject.data_dir);
  if (data.is_volatile) {
    findings.Warning("data-volatile", fmt::format("the data folder lies in memory ({}) and is gone "
                                                  "with the power",
                                                  data.name));
  }
  if (data.is_elsewhere) {
    findings.Warning(
        "data-elsewhere",
        fmt::format("the data folder lies on {}: SQLite's locks and syncs may not hold "
                    "there",
                    data.name));
  }
  if (data.keeps_old) {
    findings.Note(
        "data-copy-on-write",
        fmt::format("the data folder lies on {}, which may keep what is overwritten: what "
                    "it keeps of the erased is noise without their keys",
                    data.name));
  }
}

void CheckModes(const Subject& subject, Findings& findings) {
  CheckModesBelow(subject.data_dir, true, findings);
  for (const KeyPlace& place : subject.custody.List()) {
    if (!place.in_use) continue;
    // A journal is useless without the root, and its folder may be a backup's.
    CheckModesBelow(place.path, place.kind == KeyPlaceKind::kSlot, findings);
  }
}

void CheckSurroundings(const Subject& subject, const Machine& machine, Findings& findings) {
  CheckPlaces(subject, findings);
  CheckModes(subject, findings);
  CheckMemory(machine, findings);
}

}  // namespace oubli::doctor
