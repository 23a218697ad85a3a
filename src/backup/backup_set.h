// A backup set: a folder FOLDER/<time>-<random>/ with manifest.json, server.db, server.key and
// stores/N.db. Nothing of a root slot is ever in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "storage/files.h"

namespace oubli::backup {

inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kServerFileName = "server.db";
inline constexpr std::string_view kServerKeyName = "server.key";
// The key journal's place in a backup folder.
inline constexpr std::string_view kJournalName = "journal";
std::string StoreFileName(int64_t number);  // "stores/1.db", also in the data folder
std::string PathIn(const std::string& folder, std::string_view name);

struct CopiedFile {
  std::string name;  // in the set's folder: "stores/1.db"
  int64_t bytes = 0;
  std::string checksum;  // BLAKE2b-256 of the file, in hexadecimal digits
};

struct CopiedStore {
  int64_t number = 0;
  std::string handle;
  std::string identity;    // 16 bytes, as in the server's list of stores
  std::string lineage;     // 16 bytes, of the key tree
  int64_t generation = 0;  // of the key tree, as the copy has it
  CopiedFile file;
};

struct Manifest {
  UnixMs time_ms = 0;  // when the backup began
  CopiedFile server_file;
  CopiedFile server_key;
  std::vector<CopiedStore> stores;  // all that the copied server file lists
};

std::string EncodeManifest(const Manifest& manifest);
// Errors: kCorrupt; kUnavailable for a manifest of a newer format.
Result<Manifest> DecodeManifest(std::string_view text);

struct BackupSet {
  std::string path;
  Manifest manifest;

  // The backup folder that it lies in, and the journal there.
  std::string Folder() const;
  std::string JournalFolder() const;
};

// `folder` is a set's own folder, or one that holds sets: then the newest complete one counts.
// Errors: kNotFound when there is none, kCorrupt, kUnavailable.
Result<BackupSet> FindSet(storage::Files& files, const std::string& folder);
// Whether all files of the set are there as they were written. Errors: kCorrupt, which names the
// file, kUnavailable.
Status VerifySet(storage::Files& files, const BackupSet& set);

// "2026-11-22T03-07-34Z-1f9c2a"
std::string NewSetName(UnixMs time_ms);
// What a set is called until it is complete and synced.
std::string UnfinishedName(std::string_view set_name);
// Removes what backups that broke off have left in a backup folder.
Status RemoveUnfinishedSets(storage::Files& files, const std::string& folder);

// Reads a file of a set to its end.
Result<CopiedFile> Measure(storage::Files& files, const std::string& set_path, std::string name);

// Small files, whole and durably but for the name.
Result<std::string> ReadWhole(storage::Files& files, const std::string& path);
Status WriteWhole(storage::Files& files, const std::string& path, std::string_view bytes);
// What somebody else has written to a file, durably but for the name.
Status SyncFile(storage::Files& files, const std::string& path);

std::string HexOf(std::string_view bytes);  // in lower-case digits

}  // namespace oubli::backup
