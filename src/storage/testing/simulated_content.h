// What one simulated file holds: as a process sees it, as it is surely on the device, and what a
// power cut may keep of the difference.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace oubli::storage {

// What a device writes whole or not at all.
inline constexpr int64_t kSectorBytes = 512;

// Not safe for several threads: the disk has a lock.
class SimulatedContent {
 public:
  void Write(int64_t offset, std::string_view bytes);
  void Truncate(int64_t size);
  const std::string& view() const { return view_; }
  const std::string& durable() const { return durable_; }

  // Makes durable what was written since the last one, and the length; except what LoseDirty() took
  // away.
  void Sync();
  // The older half of what is dirty becomes durable, the rest stays dirty.
  void SyncPartly();
  // What a kernel does with an error of a sync: what was dirty stays readable and counts as clean,
  // so that no later sync writes it unless it is written again. A power cut may keep it or not.
  void LoseDirty();

  // Of what is not durable, any sectors of any writes remain; sizes too. A truncation is kept only
  // with those before it, and what was written after a lost one is lost (file systems order these).
  void Crash(std::mt19937_64& rng);
  // Both views become `bytes`.
  void Put(std::string bytes);

 private:
  // One write, as the images of its sectors right after it, or a truncation.
  struct Change {
    bool is_truncation = false;
    bool is_lost = false;  // LoseDirty()
    int64_t size = 0;      // of the file right after it
    std::map<int64_t, std::string> sectors = {};
  };

  static void Resize(std::string& bytes, int64_t size) { bytes.resize(size, '\0'); }
  static void Apply(const Change& change, std::string& bytes);
  static void DropSectors(std::vector<Change>& changes, const Change& newer);
  // Changes [0, count) that are not lost go to durable_; the rest of `changes_` stays.
  void MakeDurable(size_t count);

  std::string view_;
  std::string durable_;
  std::vector<Change> changes_;  // oldest first, between durable_ and view_
};

}  // namespace oubli::storage
