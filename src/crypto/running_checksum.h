// The checksum of checksum.h, of bytes that come piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace oubli::crypto {

class RunningChecksum {
 public:
  RunningChecksum();
  ~RunningChecksum();
  void Add(std::string_view bytes);
  // What Checksum() says of everything added. REQUIRES: called once, and last.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace oubli::crypto
