#include "crypto/checksum.h"

#include <sodium.h>

namespace oubli::crypto {

std::string Checksum(std::string_view bytes) {
  std::string sum(kChecksumSize, '\0');
  crypto_generichash(reinterpret_cast<uint8_t*>(sum.data()), sum.size(),
                     reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), nullptr, 0);
  return sum;
}

}  // namespace oubli::crypto
