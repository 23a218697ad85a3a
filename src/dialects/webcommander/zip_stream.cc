#include "dialects/webcommander/zip_stream.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace oubli::dialects::webcommander {
namespace {

constexpr uint16_t kVersion = 20;    // 2.0: what deflate needs
constexpr uint16_t kFlags = 0x0808;  // the sizes stand behind the part; the name is UTF-8
constexpr uint16_t kDeflated = 8;
constexpr uint16_t kDosDate = 0x0021;  // 1980-01-01: the file says nothing about when it was made
constexpr size_t kRoom = 16 * 1024;
constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();

void Put16(std::string& out, uint16_t value) {
  out += static_cast<char>(value & 0xff);
  out += static_cast<char>(value >> 8);
}

void Put32(std::string& out, uint32_t value) {
  Put16(out, static_cast<uint16_t>(value & 0xffff));
  Put16(out, static_cast<uint16_t>(value >> 16));
}

tl::unexpected<Error> Failed(std::string_view why) { return Fail(ErrorKind::kUnavailable, why); }

}  // namespace

struct ZipStream::Packer {
  z_stream state{};
  bool ready = false;

  Packer() {
    // Negative: deflate alone, without a header of zlib's.
    ready = deflateInit2(&state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
                         Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Packer() {
    if (ready) deflateEnd(&state);
  }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
};

ZipStream::ZipStream() : packer_(std::make_unique<Packer>()) {}
ZipStream::~ZipStream() = default;

Status ZipStream::Begin(std::string name, std::string& out) {
  if (in_part_) OUBLI_TRY(EndPart(out));
  if (!packer_->ready || deflateReset(&packer_->state) != Z_OK) return Failed("no packer");
  if (offset_ > kMax || parts_.size() == std::numeric_limits<uint16_t>::max()) {
    return Failed("too much for a zip file");
  }
  const size_t before = out.size();
  Put32(out, 0x04034b50);
  for (const uint16_t value : {kVersion, kFlags, kDeflated, uint16_t{0}, kDosDate})
    Put16(out, value);
  for (int i = 0; i < 3; ++i) Put32(out, 0);  // checksum and sizes: behind the part
  Put16(out, static_cast<uint16_t>(name.size()));
  Put16(out, 0);
  out += name;
  Part part;
  part.name = std::move(name);
  part.offset = static_cast<uint32_t>(offset_);
  part.crc = static_cast<uint32_t>(crc32(0, nullptr, 0));
  parts_.push_back(std::move(part));
  offset_ += out.size() - before;
  part_bytes_ = part_packed_ = 0;
  in_part_ = true;
  return {};
}

Status ZipStream::Write(std::string_view text, std::string& out) {
  if (!in_part_) return Failed("no part has begun");
  // zlib counts in 32 bits.
  constexpr size_t kAtOnce = 1 << 30;
  while (!text.empty()) {
    const std::string_view some = text.substr(0, kAtOnce);
    OUBLI_TRY(Pack(some, false, out));
    text.remove_prefix(some.size());
  }
  return {};
}

Status ZipStream::Pack(std::string_view text, bool last, std::string& out) {
  z_stream& state = packer_->state;
  Part& part = parts_.back();
  const auto* const bytes = reinterpret_cast<const Bytef*>(text.data());
  if (!text.empty()) {
    part.crc = static_cast<uint32_t>(crc32(part.crc, bytes, static_cast<uInt>(text.size())));
  }
  part_bytes_ += text.size();
  state.next_in = const_cast<Bytef*>(bytes);  // zlib does not write there
  state.avail_in = static_cast<uInt>(text.size());
  const size_t before = out.size();
  int result = Z_OK;
  do {
    const size_t size = out.size();
    out.resize(size + kRoom);
    state.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    state.avail_out = kRoom;
    result = deflate(&state, last ? Z_FINISH : Z_NO_FLUSH);
    out.resize(size + kRoom - state.avail_out);
  } while (state.avail_out == 0 && result == Z_OK);
  part_packed_ += out.size() - before;
  offset_ += out.size() - before;
  // With nothing to do zlib says Z_BUF_ERROR, which is none.
  const bool good = last ? result == Z_STREAM_END : result == Z_OK || result == Z_BUF_ERROR;
  if (!good || state.avail_in != 0) return Failed("the packer failed");
  return {};
}

Status ZipStream::EndPart(std::string& out) {
  OUBLI_TRY(Pack({}, true, out));
  if (part_bytes_ > kMax || part_packed_ > kMax) return Failed("too much for a zip file");
  Part& part = parts_.back();
  part.packed = static_cast<uint32_t>(part_packed_);
  part.unpacked = static_cast<uint32_t>(part_bytes_);
  Put32(out, 0x08074b50);
  for (const uint32_t value : {part.crc, part.packed, part.unpacked}) Put32(out, value);
  offset_ += 16;
  in_part_ = false;
  return {};
}

Status ZipStream::Finish(std::string& out) {
  if (in_part_) OUBLI_TRY(EndPart(out));
  const size_t before = out.size();
  for (const Part& part : parts_) {
    Put32(out, 0x02014b50);
    for (const uint16_t value : {kVersion, kVersion, kFlags, kDeflated, uint16_t{0}, kDosDate}) {
      Put16(out, value);
    }
    for (const uint32_t value : {part.crc, part.packed, part.unpacked}) Put32(out, value);
    Put16(out, static_cast<uint16_t>(part.name.size()));
    for (int i = 0; i < 4; ++i) Put16(out, 0);  // no extra field, comment, disk, attributes
    Put32(out, 0);
    Put32(out, part.offset);
    out += part.name;
  }
  const uint64_t directory = out.size() - before;
  if (offset_ + directory > kMax) return Failed("too much for a zip file");
  Put32(out, 0x06054b50);
  Put16(out, 0);
  Put16(out, 0);
  Put16(out, static_cast<uint16_t>(parts_.size()));
  Put16(out, static_cast<uint16_t>(parts_.size()));
  Put32(out, static_cast<uint32_t>(directory));
  Put32(out, static_cast<uint32_t>(offset_));
  Put16(out, 0);
  return {};
}

}  // namespace oubli::dialects::webcommander
