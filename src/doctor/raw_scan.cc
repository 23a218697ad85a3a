#include "doctor/raw_scan.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <span>
#include <utility>

#include "base/check.h"
#include "doctor/wait_for_input.h"

namespace oubli::doctor {
namespace {

constexpr size_t kChunk = 1024 * 1024;
constexpr size_t kShortestNeedle = 8;
constexpr size_t kHitsShown = 100;

// What the child tells, one after the other.
struct Word {
  enum Kind : int64_t { kHit, kUnreadable, kFileRead, kDone };
  int64_t kind = kDone;
  int64_t file = 0;    // its number
  int64_t number = 0;  // a hit's offset; a read file's bytes
};

// ---- in the child: nothing but system calls, since other threads may have held any lock when it
// was made ----

struct Child {
  std::span<const std::string> files;
  std::span<const std::string> needles;
  std::span<char> buffer;
  size_t overlap = 0;
  int out = -1;

  void Tell(int64_t kind, size_t file, int64_t number) const {
    const Word word{kind, static_cast<int64_t>(file), number};
    // Less than PIPE_BUF: whole or not at all.
    while (::write(out, &word, sizeof word) < 0 && errno == EINTR) {
    }
  }

  // Of a piece that lies at `at` in the file; what begins before `seen` has been told before.
  void Search(size_t file, size_t size, int64_t at, int64_t seen) const {
    for (const std::string& needle : needles) {
      size_t from = 0;
      while (from < size) {
        const void* const found =
            ::memmem(buffer.data() + from, size - from, needle.data(), needle.size());
        if (found == nullptr) break;
        const auto place = static_cast<size_t>(static_cast<const char*>(found) - buffer.data());
        from = place + 1;
        const int64_t offset = at + static_cast<int64_t>(place);
        if (offset + static_cast<int64_t>(needle.size()) > seen) Tell(Word::kHit, file, offset);
      }
    }
  }

  bool Read(size_t number, int fd) const {
    int64_t end = 0;     // of what has been read
    size_t carried = 0;  // bytes at the start of the buffer that were read before
    while (true) {
      const ssize_t got = ::pread(fd, buffer.data() + carried, buffer.size() - carried, end);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return false;
      if (got == 0) break;
      const size_t size = carried + static_cast<size_t>(got);
      Search(number, size, end - static_cast<int64_t>(carried), end);
      end += got;
      carried = std::min(size, overlap);
      ::memmove(buffer.data(), buffer.data() + size - carried, carried);
    }
    Tell(Word::kFileRead, number, end);
    // The server's own pages shall stay in the cache rather than these.
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return true;
  }

  [[noreturn]] void Run() const {
    // Copies of the server's descriptors would keep its connections and its lock alive.
    if (out != 3) {
      ::dup2(out, 3);
    }
    Child self = *this;
    self.out = 3;
    ::close_range(4, ~0U, 0);
    for (size_t i = 0; i < files.size(); ++i) {
      const int fd = ::open(files[i].c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
      if (fd < 0 && errno == ENOENT) continue;
      if (fd < 0 || !self.Read(i, fd)) self.Tell(Word::kUnreadable, i, 0);
      if (fd >= 0) ::close(fd);
    }
    self.Tell(Word::kDone, 0, 0);
    ::_exit(0);
  }
};

// ---- in this process ----

class Pipe {
 public:
  ~Pipe() {
    CloseWriter();
    if (ends_[0] >= 0) ::close(ends_[0]);
  }
  bool Open() { return ::pipe2(ends_, O_CLOEXEC) == 0; }
  void CloseWriter() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }

 private:
  int ends_[2] = {-1, -1};
};

// True when a word was read; false at the end. Errors: kUnavailable.
Result<bool> Next(int fd, const std::function<bool()>& keep_going, Word& word) {
  size_t have = 0;
  while (have < sizeof word) {
    OUBLI_TRY(WaitForInput(fd, keep_going));
    const ssize_t got = ::read(fd, reinterpret_cast<char*>(&word) + have, sizeof word - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    have += static_cast<size_t>(got);
  }
  return true;
}

Result<RawScan> Listen(int fd, const std::vector<std::string>& files,
                       const std::function<bool()>& keep_going) {
  RawScan scan;
  Word word;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool more, Next(fd, keep_going, word));
    if (!more) return Fail(ErrorKind::kUnavailable, "the process that reads the files has ended");
    if (word.kind == Word::kDone) return scan;
    const std::string& path = files[static_cast<size_t>(word.file)];
    if (word.kind == Word::kUnreadable) {
      scan.unreadable.push_back(path);
    } else if (word.kind == Word::kFileRead) {
      ++scan.files;
      scan.bytes += word.number;
    } else {
      ++scan.hit_count;
      if (scan.hits.size() < kHitsShown) scan.hits.push_back({path, word.number});
    }
  }
}

class FileList {
 public:
  void Add(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    if (seen_.emplace(status.st_dev, status.st_ino).second) files_.push_back(path);
  }
  std::vector<std::string> Take() { return std::move(files_); }

 private:
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::vector<std::string> files_;
};

}  // namespace

Result<std::vector<std::string>> FilesBelow(const std::vector<std::string>& roots) {
  namespace fs = std::filesystem;
  FileList list;
  for (const std::string& root : roots) {
    std::error_code error;
    if (!fs::is_directory(root, error)) {
      list.Add(root);
      continue;
    }
    fs::recursive_directory_iterator entry(root, error);
    while (!error && entry != fs::recursive_directory_iterator()) {
      list.Add(entry->path().string());
      entry.increment(error);
    }
    // A folder may go away under the eyes, as when a backup takes back what it began.
    if (error && error != std::errc::no_such_file_or_directory) {
      return Fail(ErrorKind::kUnavailable,
                  fmt::format("cannot list the files of {}: {}", root, error.message()));
    }
  }
  return list.Take();
}

Result<RawScan> ScanFiles(const std::vector<std::string>& files,
                          const std::vector<std::string>& needles,
                          const std::function<bool()>& keep_going) {
  size_t longest = 0;
  for (const std::string& needle : needles) {
    OUBLI_CHECK(needle.size() >= kShortestNeedle);
    longest = std::max(longest, needle.size());
  }
  OUBLI_CHECK(longest > 0 && longest < kChunk / 2);
  std::vector<char> buffer(kChunk);
  Pipe pipe;
  if (!pipe.Open()) return Fail(ErrorKind::kUnavailable, "cannot make a pipe");
  const Child work{files, needles, buffer, longest - 1, pipe.writer()};
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return Fail(ErrorKind::kUnavailable, "cannot make a process to read the files");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    work.Run();
  }
  pipe.CloseWriter();
  Result<RawScan> scan = Listen(pipe.reader(), files, keep_going);
  if (!scan) ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return scan;
}

}  // namespace oubli::doctor
