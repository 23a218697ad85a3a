// XlsxWriter of xlsx.h, by libzip: it packs into memory what it asks for piece by piece.

#include <zip.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "dialects/webcommander/xlsx_parts.h"

namespace oubli::dialects::webcommander {
namespace {

// A sheet up to here is given to the packer whole, so that its size is known and the file is an
// ordinary zip file. One that is longer is packed as it comes.
constexpr size_t kWholeSheet = 16 * 1024 * 1024;
constexpr size_t kPiece = 256 * 1024;

tl::unexpected<Error> Failed() {
  return Fail(ErrorKind::kUnavailable, "the table cannot be packed");
}

// One sheet's text, a piece at a time.
class Sheet {
 public:
  Sheet(const std::vector<std::string>& header, XlsxWriter::NextRow& next, bool& ended)
      : next_(next), ended_(ended) {
    text_ = kSheetStart;
    std::vector<Cell> cells;
    for (const std::string& name : header) cells.push_back({name});
    AppendRow(text_, 1, cells);
  }

  // Up to `size` bytes are ready in text() afterwards, or all that there are.
  Status Fill(size_t size) {
    while (text_.size() < size && !closed_) {
      std::vector<Cell> row;
      if (!ended_ && rows_ < XlsxWriter::kRowsPerSheet) {
        OUBLI_TRY_ASSIGN(const bool more, next_(row));
        ended_ = !more;
        if (more) {
          AppendRow(text_, ++rows_ + 1, row);
          continue;
        }
      }
      text_ += kSheetEnd;
      closed_ = true;
    }
    return {};
  }

  bool closed() const { return closed_; }
  std::string& text() { return text_; }

  // For the packer: the next bytes; 0 at the end, -1 after an error.
  zip_int64_t Read(void* data, size_t size) {
    if (text_.size() - taken_ < size && !closed_) {
      text_.erase(0, std::exchange(taken_, 0));
      const Status filled = Fill(std::max(size, kPiece));
      if (!filled) {
        error_ = filled.error();
        return -1;
      }
    }
    const size_t count = std::min(size, text_.size() - taken_);
    std::memcpy(data, text_.data() + taken_, count);
    taken_ += count;
    return static_cast<zip_int64_t>(count);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  XlsxWriter::NextRow& next_;
  bool& ended_;  // of all sheets
  std::string text_;
  size_t taken_ = 0;
  size_t rows_ = 0;
  bool closed_ = false;
  std::optional<Error> error_;
};

zip_int64_t ServeSheet(void* state, void* data, zip_uint64_t size, zip_source_cmd_t command) {
  auto* const sheet = static_cast<Sheet*>(state);
  switch (command) {
    case ZIP_SOURCE_OPEN:
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_READ:
      return sheet->Read(data, static_cast<size_t>(size));
    case ZIP_SOURCE_STAT:
      zip_stat_init(static_cast<zip_stat_t*>(data));
      return sizeof(zip_stat_t);
    case ZIP_SOURCE_ERROR: {
      zip_error_t error;
      zip_error_init(&error);
      zip_error_set(&error, ZIP_ER_READ, 0);
      return zip_error_to_data(&error, data, size);
    }
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                            ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
    default:
      return -1;
  }
}

class Package {
 public:
  ~Package() {
    if (archive_ != nullptr) zip_discard(archive_);
    if (target_ != nullptr) zip_source_free(target_);
  }

  Status Open() {
    zip_error_t error;
    zip_error_init(&error);
    target_ = zip_source_buffer_create(nullptr, 0, 0, &error);
    if (target_ != nullptr) {
      zip_source_keep(target_);  // to be read when the archive is done with it
      archive_ = zip_open_from_source(target_, ZIP_TRUNCATE, &error);
      if (archive_ == nullptr) zip_source_free(target_);
    }
    zip_error_fini(&error);
    return archive_ == nullptr ? Status(Failed()) : Status();
  }

  // `text` outlives the package.
  Status Add(const std::string& name, const std::string& text) {
    return AddSource(name, zip_source_buffer(archive_, text.data(), text.size(), 0));
  }
  Status Add(const std::string& name, Sheet& sheet) {
    return AddSource(name, zip_source_function(archive_, ServeSheet, &sheet));
  }

  Result<std::string> Finish() {
    if (zip_close(archive_) != 0) return Failed();
    archive_ = nullptr;
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_source_open(target_) != 0) return Failed();
    std::string bytes;
    if (zip_source_stat(target_, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE) != 0) {
      bytes.resize(stat.size);
    }
    const zip_int64_t count = zip_source_read(target_, bytes.data(), bytes.size());
    zip_source_close(target_);
    if (bytes.empty() || count != static_cast<zip_int64_t>(bytes.size())) return Failed();
    return bytes;
  }

 private:
  Status AddSource(const std::string& name, zip_source_t* source) {
    if (source == nullptr) return Failed();
    if (zip_file_add(archive_, name.c_str(), source, ZIP_FL_ENC_UTF_8) >= 0) return {};
    zip_source_free(source);
    return Failed();
  }

  zip_t* archive_ = nullptr;
  zip_source_t* target_ = nullptr;
};

}  // namespace

Result<std::string> XlsxWriter::Write(const std::vector<std::string>& header, size_t expected_rows,
                                      NextRow next) {
  const size_t count = expected_rows / kRowsPerSheet + 1;
  const std::vector<Part> parts = FixedParts(count);
  bool ended = false;
  std::vector<std::unique_ptr<Sheet>> sheets;
  Package package;
  OUBLI_TRY(package.Open());
  for (const Part& part : parts) OUBLI_TRY(package.Add(part.name, part.text));
  for (size_t i = 1; i <= count; ++i) {
    Sheet& sheet = *sheets.emplace_back(std::make_unique<Sheet>(header, next, ended));
    // Only the first can be looked at before the others have been packed.
    if (count == 1) OUBLI_TRY(sheet.Fill(kWholeSheet));
    const std::string name = "xl/worksheets/sheet" + std::to_string(i) + ".xml";
    if (sheet.closed()) {
      OUBLI_TRY(package.Add(name, sheet.text()));
    } else {
      OUBLI_TRY(package.Add(name, sheet));
    }
  }
  auto bytes = package.Finish();
  for (const auto& sheet : sheets) {
    if (sheet->error()) return Fail(*sheet->error());
  }
  if (bytes && !ended) {
    std::vector<Cell> row;
    OUBLI_TRY_ASSIGN(const bool more, next(row));
    // Fewer customers were counted than there are now: nobody may be left out in silence.
    if (more) return Failed();
  }
  return bytes;
}

}  // namespace oubli::dialects::webcommander
