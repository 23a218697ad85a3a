#include "storage/testing/mirrored_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "storage/testing/sqlite_codes.h"

namespace oubli::storage {
namespace {

constexpr char kName[] = "oubli-mirrored";

// One open file of one connection: the real one, and the simulated one that is asked first.
class MirroredVfsFile {
 public:
  MirroredVfsFile(SimulatedDisk& disk, std::string path, std::unique_ptr<File> simulated, int size)
      : disk_(disk),
        epoch_(disk.epoch()),
        path_(std::move(path)),
        simulated_(std::move(simulated)),
        space_(static_cast<size_t>(size)) {}
  ~MirroredVfsFile() {
    if (real()->pMethods != nullptr) real()->pMethods->xClose(real());
  }
  MirroredVfsFile(const MirroredVfsFile&) = delete;
  MirroredVfsFile& operator=(const MirroredVfsFile&) = delete;

  // As SQLite's own VFS for unix: the folder is synced with the first sync of the file.
  void NameIsNew() { name_is_new_ = true; }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(space_.data()); }
  const sqlite3_io_methods& methods() { return *real()->pMethods; }
  bool IsAlive() const { return disk_.IsAlive(epoch_); }

  int Write(const void* from, int size, int64_t offset) {
    const int rc = CodeOfWrite(
        simulated_->WriteAt(offset, {static_cast<const char*>(from), static_cast<size_t>(size)}));
    return rc == SQLITE_OK ? methods().xWrite(real(), from, size, offset) : rc;
  }
  int Truncate(int64_t size) {
    if (!simulated_->Truncate(size)) return SQLITE_IOERR_TRUNCATE;
    return methods().xTruncate(real(), size);
  }
  int Sync() {
    if (!simulated_->Sync()) {
      // SQLite asks again with the same file, and knows that it must write again before.
      if (auto again = disk_.Open(path_, OpenMode::kWrite); again && IsAlive()) {
        simulated_ = std::move(*again);
      }
      return SQLITE_IOERR_FSYNC;
    }
    if (name_is_new_ && !disk_.SyncFolder(FolderOfNormal(path_))) return SQLITE_IOERR_DIR_FSYNC;
    name_is_new_ = false;
    return SQLITE_OK;
  }

 private:
  SimulatedDisk& disk_;
  const uint64_t epoch_;
  const std::string path_;
  std::unique_ptr<File> simulated_;
  std::vector<char> space_;
  bool name_is_new_ = false;
};

// What SQLite allocates and knows.
struct MirroredSqliteFile {
  sqlite3_file base;
  MirroredVfsFile* file;
};

MirroredVfsFile& MirroredOf(sqlite3_file* file) {
  return *reinterpret_cast<MirroredSqliteFile*>(file)->file;
}

const sqlite3_io_methods kMirroredMethods = {
    .iVersion = 2,
    .xClose =
        [](sqlite3_file* f) {
          delete &MirroredOf(f);
          return SQLITE_OK;
        },
    .xRead =
        [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
          if (!MirroredOf(f).IsAlive()) return SQLITE_IOERR_READ;
          return MirroredOf(f).methods().xRead(MirroredOf(f).real(), to, size, at);
        },
    .xWrite = [](sqlite3_file* f, const void* from, int size,
                 sqlite3_int64 at) { return MirroredOf(f).Write(from, size, at); },
    .xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return MirroredOf(f).Truncate(size); },
    .xSync = [](sqlite3_file* f, int) { return MirroredOf(f).Sync(); },
    .xFileSize =
        [](sqlite3_file* f, sqlite3_int64* size) {
          return MirroredOf(f).methods().xFileSize(MirroredOf(f).real(), size);
        },
    .xLock = [](sqlite3_file* f,
                int level) { return MirroredOf(f).methods().xLock(MirroredOf(f).real(), level); },
    .xUnlock =
        [](sqlite3_file* f, int level) {
          return MirroredOf(f).methods().xUnlock(MirroredOf(f).real(), level);
        },
    .xCheckReservedLock =
        [](sqlite3_file* f, int* result) {
          return MirroredOf(f).methods().xCheckReservedLock(MirroredOf(f).real(), result);
        },
    // Hints at most, some of which change the real file.
    .xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
    .xSectorSize =
        [](sqlite3_file* f) { return MirroredOf(f).methods().xSectorSize(MirroredOf(f).real()); },
    .xDeviceCharacteristics =
        [](sqlite3_file* f) {
          return MirroredOf(f).methods().xDeviceCharacteristics(MirroredOf(f).real());
        },
    .xShmMap =
        [](sqlite3_file* f, int region, int size, int make, void volatile** memory) {
          return MirroredOf(f).methods().xShmMap(MirroredOf(f).real(), region, size, make, memory);
        },
    .xShmLock =
        [](sqlite3_file* f, int first, int count, int flags) {
          return MirroredOf(f).methods().xShmLock(MirroredOf(f).real(), first, count, flags);
        },
    .xShmBarrier =
        [](sqlite3_file* f) { MirroredOf(f).methods().xShmBarrier(MirroredOf(f).real()); },
    .xShmUnmap =
        [](sqlite3_file* f, int remove) {
          return MirroredOf(f).methods().xShmUnmap(MirroredOf(f).real(), remove);
        },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

}  // namespace

class MirroredVfs::Impl {
 public:
  explicit Impl(MirroredDisk& disk) : disk_(disk), system_(sqlite3_vfs_find(nullptr)) {
    OUBLI_CHECK(system_ != nullptr && sqlite3_vfs_find(kName) == nullptr);
    vfs_ = *system_;
    vfs_.iVersion = 2;
    vfs_.szOsFile = std::max<int>(sizeof(MirroredSqliteFile), system_->szOsFile);
    vfs_.pNext = nullptr;
    vfs_.zName = kName;
    vfs_.pAppData = this;
    vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
      return Self(vfs).Open(path, file, flags, out);
    };
    vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync_folder) {
      return Self(vfs).Delete(path, sync_folder != 0);
    };
    vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
      return Self(vfs).system_->xAccess(Self(vfs).system_, path, flags, result);
    };
    vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
      return Self(vfs).system_->xFullPathname(Self(vfs).system_, path, size, out);
    };
    OUBLI_CHECK(sqlite3_vfs_register(&vfs_, 1) == SQLITE_OK);
  }
  ~Impl() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(system_, 1);
  }

 private:
  static Impl& Self(sqlite3_vfs* vfs) { return *static_cast<Impl*>(vfs->pAppData); }

  int Open(const char* path, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr;
    if (path == nullptr || !disk_.Follows(path)) {
      return system_->xOpen(system_, path, file, flags, out_flags);
    }
    SimulatedDisk& disk = disk_.disk();
    const bool may_write = (flags & SQLITE_OPEN_READWRITE) != 0;
    auto simulated = disk.Open(path, may_write ? OpenMode::kWrite : OpenMode::kRead);
    bool is_new = false;
    if (!simulated && simulated.error().kind == ErrorKind::kNotFound &&
        (flags & SQLITE_OPEN_CREATE) != 0) {
      simulated = disk.Open(path, OpenMode::kCreate);
      is_new = true;
    }
    if (!simulated) return SQLITE_CANTOPEN;
    auto made =
        std::make_unique<MirroredVfsFile>(disk, path, std::move(*simulated), system_->szOsFile);
    const int rc = system_->xOpen(system_, path, made->real(), flags, out_flags);
    if (rc != SQLITE_OK) return rc;
    constexpr int kSyncsItsName =
        SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    if (is_new && (flags & kSyncsItsName) != 0) made->NameIsNew();
    reinterpret_cast<MirroredSqliteFile*>(file)->file = made.release();
    file->pMethods = &kMirroredMethods;
    return SQLITE_OK;
  }

  int Delete(const char* path, bool sync_folder) {
    if (disk_.Follows(path)) {
      SimulatedDisk& disk = disk_.disk();
      if (const Status removed = disk.Remove(path); !removed) {
        const bool missing = removed.error().kind == ErrorKind::kNotFound;
        return missing ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
      }
      if (sync_folder && !disk.SyncFolder(FolderOfNormal(path))) return SQLITE_IOERR_DIR_FSYNC;
      sync_folder = false;
    }
    return system_->xDelete(system_, path, sync_folder ? 1 : 0);
  }

  MirroredDisk& disk_;
  sqlite3_vfs* const system_;
  sqlite3_vfs vfs_{};
};

MirroredVfs::MirroredVfs(MirroredDisk& disk) : impl_(std::make_unique<Impl>(disk)) {}
MirroredVfs::~MirroredVfs() = default;

}  // namespace oubli::storage
