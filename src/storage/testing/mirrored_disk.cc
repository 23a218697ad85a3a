#include "storage/testing/mirrored_disk.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include "base/check.h"

namespace oubli::storage {
namespace {

namespace fs = std::filesystem;

// Reads what the simulated file holds: the real one is for those who go past the seam.
class MirroredFile final : public File {
 public:
  MirroredFile(std::unique_ptr<File> simulated, std::unique_ptr<File> real)
      : simulated_(std::move(simulated)), real_(std::move(real)) {}

  Status WriteAt(int64_t offset, std::string_view bytes) override {
    OUBLI_TRY(simulated_->WriteAt(offset, bytes));
    return real_->WriteAt(offset, bytes);
  }
  Result<std::string> ReadAt(int64_t offset, size_t size) override {
    return simulated_->ReadAt(offset, size);
  }
  Result<std::string> ReadBack(int64_t offset, size_t size) override {
    return simulated_->ReadBack(offset, size);
  }
  Status Sync() override { return simulated_->Sync(); }
  Result<int64_t> Size() override { return simulated_->Size(); }
  Status Truncate(int64_t size) override {
    OUBLI_TRY(simulated_->Truncate(size));
    return real_->Truncate(size);
  }

 private:
  const std::unique_ptr<File> simulated_;
  const std::unique_ptr<File> real_;
};

}  // namespace

MirroredDisk::MirroredDisk(SimulatedDisk& disk, std::string top)
    : disk_(disk), top_(NormalPath(top)) {
  Load();
}

bool MirroredDisk::Follows(const std::string& path) const {
  const std::string normal = NormalPath(path);
  return normal == top_ || normal.starts_with(top_ + "/");
}

void MirroredDisk::Load() {
  DiskTree tree;
  for (const auto& entry : fs::recursive_directory_iterator(top_)) {
    const std::string path = entry.path().string();
    if (entry.is_directory()) {
      tree.folders.insert(path);
    } else if (!path.ends_with("-shm")) {  // the log's index, which no start takes over
      std::string bytes(entry.file_size(), '\0');
      std::ifstream file(path, std::ios::binary);
      OUBLI_CHECK(file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())).good());
      tree.files[path] = std::move(bytes);
    }
  }
  Tell(tree);
}

void MirroredDisk::Load(const DiskTree& tree) {
  Store(tree);
  Tell(tree);
}

void MirroredDisk::Tell(const DiskTree& tree) {
  disk_.Lose(top_);
  OUBLI_CHECK(disk_.MakeFolder(top_).has_value());
  for (const std::string& folder : tree.folders) {
    if (Follows(folder)) OUBLI_CHECK(disk_.MakeFolder(folder).has_value());
  }
  for (const auto& [path, bytes] : tree.files) disk_.Put(path, bytes);
}

void MirroredDisk::Store(const DiskTree& tree) const {
  fs::remove_all(top_);
  fs::create_directories(top_);
  for (const std::string& folder : tree.folders) {
    if (Follows(folder)) fs::create_directories(folder);
  }
  for (const auto& [path, bytes] : tree.files) {
    std::ofstream file(path, std::ios::binary);
    file << bytes;
    file.close();
    OUBLI_CHECK(Follows(path) && file.good());
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
}

Result<std::unique_ptr<File>> MirroredDisk::Open(const std::string& path, OpenMode mode) {
  OUBLI_TRY_ASSIGN(auto simulated, disk_.Open(path, mode));
  OUBLI_TRY_ASSIGN(auto real, SystemFiles().Open(path, mode));
  return std::make_unique<MirroredFile>(std::move(simulated), std::move(real));
}

Status MirroredDisk::MakeFolder(const std::string& path) {
  OUBLI_TRY(disk_.MakeFolder(path));
  fs::create_directories(path);
  return {};
}

Status MirroredDisk::SyncFolder(const std::string& path) { return disk_.SyncFolder(path); }

Status MirroredDisk::Rename(const std::string& from, const std::string& to) {
  OUBLI_TRY(disk_.Rename(from, to));
  return SystemFiles().Rename(from, to);
}

Status MirroredDisk::Exchange(const std::string& one, const std::string& other) {
  OUBLI_TRY(disk_.Exchange(one, other));
  return SystemFiles().Exchange(one, other);
}

Status MirroredDisk::Remove(const std::string& path) {
  OUBLI_TRY(disk_.Remove(path));
  return SystemFiles().Remove(path);
}

Status MirroredDisk::RemoveFolder(const std::string& path) {
  OUBLI_TRY(disk_.RemoveFolder(path));
  return SystemFiles().RemoveFolder(path);
}

Result<std::vector<std::string>> MirroredDisk::List(const std::string& folder) {
  return disk_.List(folder);
}

}  // namespace oubli::storage
