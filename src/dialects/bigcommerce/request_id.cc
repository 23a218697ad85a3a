#include "dialects/bigcommerce/request_id.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "base/text.h"
#include "crypto/random.h"

namespace oubli::dialects::bigcommerce {
namespace {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014): a
// permutation of the 64-bit numbers, so that a counter never gives the same one twice.
class SplitMix {
 public:
  SplitMix() {
    const std::string seed = crypto::RandomBytes(sizeof state_);
    std::memcpy(&state_, seed.data(), sizeof state_);
  }

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15U;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

 private:
  uint64_t state_ = 0;
};

}  // namespace

std::string NextRequestId() {
  thread_local std::array<SplitMix, 2> halves;
  const std::array<uint64_t, 2> numbers = {halves[0].Next(), halves[1].Next()};
  std::array<uint8_t, sizeof numbers> bytes;
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return HexEncode(bytes);
}

}  // namespace oubli::dialects::bigcommerce
