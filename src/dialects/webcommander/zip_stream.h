// Packs a zip file (PKWARE's APPNOTE 6.3) while its parts are being made: what goes in comes out
// packed, and nothing is kept but the packer's window of about 256 KiB. For answers of any size;
// libzip, which reads the files that come in, has to have the whole file in memory or on a disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::dialects::webcommander {

// Each call appends what is ready to `out`, which may be nothing. A part, and the file, may have up
// to 4 GiB: without the 64-bit extension, that not every reader has. After an error the file is
// lost. One thread at a time.
class ZipStream {
 public:
  ZipStream();
  ~ZipStream();

  // Ends the part before. Errors: kUnavailable.
  Status Begin(std::string name, std::string& out);
  Status Write(std::string_view text, std::string& out);
  Status Finish(std::string& out);

  uint64_t part_bytes() const { return part_bytes_; }  // unpacked, of the part that has begun

 private:
  struct Packer;
  struct Part {
    std::string name;
    uint32_t crc = 0;
    uint32_t packed = 0;
    uint32_t unpacked = 0;
    uint32_t offset = 0;
  };

  Status Pack(std::string_view text, bool last, std::string& out);
  Status EndPart(std::string& out);

  const std::unique_ptr<Packer> packer_;
  std::vector<Part> parts_;
  bool in_part_ = false;
  uint64_t offset_ = 0;  // of what comes next, in the file
  uint64_t part_bytes_ = 0;
  uint64_t part_packed_ = 0;
};

}  // namespace oubli::dialects::webcommander
