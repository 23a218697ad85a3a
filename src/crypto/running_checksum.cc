#include "crypto/running_checksum.h"

#include <sodium.h>

#include "crypto/checksum.h"

namespace oubli::crypto {

struct RunningChecksum::State {
  crypto_generichash_state hash;
};

RunningChecksum::RunningChecksum() : state_(std::make_unique<State>()) {
  crypto_generichash_init(&state_->hash, nullptr, 0, kChecksumSize);
}

RunningChecksum::~RunningChecksum() = default;

void RunningChecksum::Add(std::string_view bytes) {
  crypto_generichash_update(&state_->hash, reinterpret_cast<const uint8_t*>(bytes.data()),
                            bytes.size());
}

std::string RunningChecksum::Finish() {
  std::string sum(kChecksumSize, '\0');
  crypto_generichash_final(&state_->hash, reinterpret_cast<uint8_t*>(sum.data()), sum.size());
  return sum;
}

}  // namespace oubli::crypto
