#include "crypto/locked_memory.h"

#include <sys/mman.h>

#include <atomic>
#include <new>

#include "crypto/key.h"

namespace oubli::crypto {
namespace {

std::atomic<bool> refused = false;

// Whole pages from the system, locked.
class LockedPages final : public std::pmr::memory_resource {
 private:
  void* do_allocate(size_t bytes, size_t /*alignment*/) override {
    void* const pages =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    if (mlock(pages, bytes) != 0) refused = true;
    madvise(pages, bytes, MADV_DONTDUMP);
    // A child has no use for keys, and its memory is not locked.
    madvise(pages, bytes, MADV_WIPEONFORK);
    return pages;
  }
  void do_deallocate(void* pages, size_t bytes, size_t /*alignment*/) override {
    munmap(pages, bytes);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

// Pools on top of them; what is given back is wiped first.
class WipedPools final : public std::pmr::memory_resource {
 public:
  // Up to a key page in the form in which it is sealed: what is larger takes five system calls.
  WipedPools()
      : pools_({.max_blocks_per_chunk = 64, .largest_required_pool_block = 8192}, &pages_) {}

 private:
  void* do_allocate(size_t bytes, size_t alignment) override {
    return pools_.allocate(bytes, alignment);
  }
  void do_deallocate(void* memory, size_t bytes, size_t alignment) override {
    Wipe(memory, bytes);
    pools_.deallocate(memory, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  LockedPages pages_;
  std::pmr::synchronized_pool_resource pools_;
};

}  // namespace

std::pmr::memory_resource* LockedMemory() {
  // Never destroyed: keys may be given back while the process ends.
  static auto* const pools = new WipedPools;
  return pools;
}

bool LockedMemoryRefused() { return refused; }

}  // namespace oubli::crypto
