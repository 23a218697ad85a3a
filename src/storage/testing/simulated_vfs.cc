#include "storage/testing/simulated_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "storage/testing/simulated_locks.h"
#include "storage/testing/sqlite_codes.h"

namespace oubli::storage {
namespace {

constexpr int kMaxPathBytes = 512;
constexpr int kSectorBytesOfUnix = 4096;  // what SQLite's own VFS for unix says

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// One open file of one connection.
class VfsFile {
 public:
  VfsFile(SimulatedDisk& disk, uint64_t epoch, std::string path, std::unique_ptr<File> file,
          std::shared_ptr<SimulatedLocks> locks)
      : disk_(disk),
        epoch_(epoch),
        path_(std::move(path)),
        file_(std::move(file)),
        locks_(std::move(locks)) {}

  // The folder is synced with the first sync of the file.
  void NameIsNew() { name_is_new_ = true; }
  void RemoveOnClose() { remove_on_close_ = true; }
  bool IsAlive() const { return disk_.IsAlive(epoch_); }
  SimulatedLocks& locks() { return *locks_; }

  void Close() {
    locks_->UnmapShared(this);
    locks_->Unlock(this, SQLITE_LOCK_NONE);
    if (remove_on_close_ && IsAlive()) (void)disk_.Remove(path_);
  }

  int Read(void* to, int size, int64_t offset) {
    const auto bytes = file_->ReadAt(offset, size);
    if (!bytes) return SQLITE_IOERR_READ;
    std::memcpy(to, bytes->data(), bytes->size());
    if (static_cast<int>(bytes->size()) == size) return SQLITE_OK;
    std::memset(static_cast<char*>(to) + bytes->size(), 0, size - bytes->size());
    return SQLITE_IOERR_SHORT_READ;
  }

  int Write(const void* from, int size, int64_t offset) {
    return CodeOfWrite(file_->WriteAt(offset, {static_cast<const char*>(from), size_t(size)}));
  }

  int Truncate(int64_t size) { return file_->Truncate(size) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE; }

  int Sync() {
    if (!file_->Sync()) {
      // SQLite asks again with the same file, and knows that it must write again before.
      if (auto again = disk_.Open(path_, OpenMode::kWrite); again && IsAlive()) {
        file_ = std::move(*again);
      }
      return SQLITE_IOERR_FSYNC;
    }
    if (name_is_new_ && !disk_.SyncFolder(FolderOf(path_))) return SQLITE_IOERR_DIR_FSYNC;
    name_is_new_ = false;
    return SQLITE_OK;
  }

  int Size(sqlite3_int64* size) {
    const auto bytes = file_->Size();
    if (!bytes) return SQLITE_IOERR_FSTAT;
    *size = *bytes;
    return SQLITE_OK;
  }

 private:
  SimulatedDisk& disk_;
  const uint64_t epoch_;
  const std::string path_;
  std::unique_ptr<File> file_;
  const std::shared_ptr<SimulatedLocks> locks_;
  bool name_is_new_ = false;
  bool remove_on_close_ = false;
};

// What SQLite allocates and knows.
struct SqliteFile {
  sqlite3_file base;
  VfsFile* file;
};

VfsFile& Of(sqlite3_file* file) { return *reinterpret_cast<SqliteFile*>(file)->file; }

int Close(sqlite3_file* file) {
  Of(file).Close();
  delete reinterpret_cast<SqliteFile*>(file)->file;
  return SQLITE_OK;
}
int Lock(sqlite3_file* file, int level) {
  return Of(file).IsAlive() ? Of(file).locks().Lock(&Of(file), level) : SQLITE_IOERR_LOCK;
}
int Unlock(sqlite3_file* file, int level) {
  Of(file).locks().Unlock(&Of(file), level);
  return SQLITE_OK;
}
int CheckReservedLock(sqlite3_file* file, int* result) {
  if (!Of(file).IsAlive()) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  *result = Of(file).locks().IsReserved() ? 1 : 0;
  return SQLITE_OK;
}
int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return kSectorBytesOfUnix; }
int DeviceCharacteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int ShmMap(sqlite3_file* file, int region, int size, int may_make, void volatile** memory) {
  if (!Of(file).IsAlive()) return SQLITE_IOERR_SHMMAP;
  *memory = Of(file).locks().MapShared(&Of(file), region, size, may_make != 0);
  return SQLITE_OK;
}
int ShmLock(sqlite3_file* file, int first, int count, int flags) {
  if (!Of(file).IsAlive()) return SQLITE_IOERR_SHMLOCK;
  return Of(file).locks().LockShared(&Of(file), first, count, flags);
}
void ShmBarrier(sqlite3_file*) {
  // A lock as well as a fence: it orders what the thread sanitizer sees.
  static std::mutex barrier;
  const std::lock_guard lock(barrier);
  std::atomic_thread_fence(std::memory_order_seq_cst);
}
int ShmUnmap(sqlite3_file* file, int) {
  Of(file).locks().UnmapShared(&Of(file));
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = Close,
    .xRead = [](sqlite3_file* f, void* to, int size,
                sqlite3_int64 at) { return Of(f).Read(to, size, at); },
    .xWrite = [](sqlite3_file* f, const void* from, int size,
                 sqlite3_int64 at) { return Of(f).Write(from, size, at); },
    .xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return Of(f).Truncate(size); },
    .xSync = [](sqlite3_file* f, int) { return Of(f).Sync(); },
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return Of(f).Size(size); },
    .xLock = Lock,
    .xUnlock = Unlock,
    .xCheckReservedLock = CheckReservedLock,
    .xFileControl = FileControl,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = DeviceCharacteristics,
    .xShmMap = ShmMap,
    .xShmLock = ShmLock,
    .xShmBarrier = ShmBarrier,
    .xShmUnmap = ShmUnmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

}  // namespace

class SimulatedVfs::Impl {
 public:
  Impl(std::string name, SimulatedDisk& disk)
      : name_(std::move(name)), disk_(disk), system_(sqlite3_vfs_find(nullptr)) {
    OUBLI_CHECK(system_ != nullptr && sqlite3_vfs_find(name_.c_str()) == nullptr);
    // Clock, sleep and randomness stay the system's.
    vfs_ = *system_;
    vfs_.iVersion = 2;
    vfs_.szOsFile = std::max<int>(sizeof(SqliteFile), system_->szOsFile);
    vfs_.mxPathname = kMaxPathBytes;
    vfs_.pNext = nullptr;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
      return Self(vfs).Open(path, file, flags, out);
    };
    vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync_folder) {
      return Self(vfs).Delete(path, sync_folder != 0);
    };
    vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
      return Self(vfs).Access(path, flags, result);
    };
    vfs_.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
      if (std::strlen(path) >= static_cast<size_t>(size)) return SQLITE_CANTOPEN;
      std::memcpy(out, path, std::strlen(path) + 1);
      return SQLITE_OK;
    };
    OUBLI_CHECK(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK);
  }
  ~Impl() { sqlite3_vfs_unregister(&vfs_); }

  const std::string& name() const { return name_; }

 private:
  static Impl& Self(sqlite3_vfs* vfs) { return *static_cast<Impl*>(vfs->pAppData); }

  int Open(const char* path, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr;
    // A temporary file without a name: nothing that a test could look for after a crash.
    if (path == nullptr) return system_->xOpen(system_, path, file, flags, out_flags);
    const uint64_t epoch = disk_.epoch();
    const bool may_write = (flags & SQLITE_OPEN_READWRITE) != 0;
    auto opened = disk_.Open(path, may_write ? OpenMode::kWrite : OpenMode::kRead);
    bool is_new = false;
    if (opened && (flags & SQLITE_OPEN_EXCLUSIVE) != 0) return SQLITE_CANTOPEN;
    if (!opened && opened.error().kind == ErrorKind::kNotFound &&
        (flags & SQLITE_OPEN_CREATE) != 0) {
      opened = disk_.Open(path, OpenMode::kCreate);
      is_new = true;
    }
    if (!opened) return SQLITE_CANTOPEN;
    auto made =
        std::make_unique<VfsFile>(disk_, epoch, path, std::move(*opened), LocksOf(path, epoch));
    constexpr int kSyncsItsName =
        SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    if (is_new && (flags & kSyncsItsName) != 0) made->NameIsNew();
    if ((flags & SQLITE_OPEN_DELETEONCLOSE) != 0) made->RemoveOnClose();
    reinterpret_cast<SqliteFile*>(file)->file = made.release();
    file->pMethods = &kMethods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  int Delete(const char* path, bool sync_folder) {
    if (const Status removed = disk_.Remove(path); !removed) {
      const bool missing = removed.error().kind == ErrorKind::kNotFound;
      return missing ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    }
    if (sync_folder && !disk_.SyncFolder(FolderOf(path))) return SQLITE_IOERR_DIR_FSYNC;
    return SQLITE_OK;
  }

  int Access(const char* path, int flags, int* result) {
    const auto file = disk_.Open(path, OpenMode::kRead);
    if (!file && file.error().kind != ErrorKind::kNotFound) return SQLITE_IOERR_ACCESS;
    *result = 0;
    if (!file) return SQLITE_OK;
    const auto size = (*file)->Size();
    if (!size) return SQLITE_IOERR_ACCESS;
    // As unix: an empty file does not exist for those who ask whether one does.
    *result = flags != SQLITE_ACCESS_EXISTS || *size > 0;
    return SQLITE_OK;
  }

  std::shared_ptr<SimulatedLocks> LocksOf(const std::string& path, uint64_t epoch) {
    const std::lock_guard lock(mutex_);
    auto& [of_epoch, locks] = locks_[path];
    if (!locks || of_epoch != epoch) {
      of_epoch = epoch;
      locks = std::make_shared<SimulatedLocks>();
    }
    return locks;
  }

  const std::string name_;
  SimulatedDisk& disk_;
  sqlite3_vfs* const system_;
  sqlite3_vfs vfs_{};
  std::mutex mutex_;
  std::map<std::string, std::pair<uint64_t, std::shared_ptr<SimulatedLocks>>> locks_;
};

SimulatedVfs::SimulatedVfs(std::string name, SimulatedDisk& disk)
    : impl_(std::make_unique<Impl>(std::move(name), disk)) {}
SimulatedVfs::~SimulatedVfs() = default;
const std::string& SimulatedVfs::name() const { return impl_->name(); }

}  // namespace oubli::storage
