// The bytes of manifest.json: see backup_set.h, and docs/formats.md.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "backup/backup_set.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "keys/root_slot.h"

namespace oubli::backup {
namespace {

constexpr int64_t kFormat = 1;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void WriteFile(JsonWriter& writer, const CopiedFile& file) {
  writer.BeginObject().Member("name", file.name).Member("bytes", file.bytes);
  writer.Member("blake2b", file.checksum).EndObject();
}

// Reads members; remembers whether one was missing or of another kind.
class Reader {
 public:
  explicit Reader(const boost::json::object& object) : object_(&object) {}

  int64_t Int(std::string_view name) {
    const auto* value = FindMember(*object_, name);
    const auto number = value != nullptr ? AsInt(*value) : std::nullopt;
    good_ &= number.has_value();
    return number.value_or(0);
  }
  std::string Text(std::string_view name) {
    const auto* value = FindMember(*object_, name);
    const auto text = value != nullptr ? AsString(*value) : std::nullopt;
    good_ &= text.has_value();
    return std::string(text.value_or(""));
  }
  std::string Bytes(std::string_view name, size_t size) {
    const std::string hex = Text(name);
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2) {
      const int high = HexDigit(hex[i]);
      const int low = HexDigit(hex[i + 1]);
      good_ &= high >= 0 && low >= 0;
      bytes.push_back(static_cast<char>(high << 4 | low));
    }
    good_ &= bytes.size() == size && hex.size() == 2 * size;
    return bytes;
  }
  CopiedFile File(std::string_view name) {
    const auto* value = FindMember(*object_, name);
    if (value == nullptr || !value->is_object()) {
      good_ = false;
      return {};
    }
    Reader inner(value->get_object());
    CopiedFile file{inner.Text("name"), inner.Int("bytes"), inner.Text("blake2b")};
    // A name from a file that somebody may have made: it must not lead out of the set.
    good_ &=
        inner.good_ && !file.name.starts_with('/') && file.name.find("..") == std::string::npos;
    return file;
  }
  bool good() const { return good_; }

 private:
  const boost::json::object* object_;
  bool good_ = true;
};

tl::unexpected<Error> FailForm() {
  return Fail(ErrorKind::kCorrupt, "the manifest of the backup is damaged");
}

}  // namespace

std::string EncodeManifest(const Manifest& manifest) {
  std::string out;
  JsonWriter writer(out, JsonWriter::Style::kPretty);
  writer.BeginObject().Member("oubli_backup", kFormat).Member("time_ms", manifest.time_ms);
  writer.Key("server_file");
  WriteFile(writer, manifest.server_file);
  writer.Key("server_key");
  WriteFile(writer, manifest.server_key);
  writer.Key("stores").BeginArray();
  for (const CopiedStore& store : manifest.stores) {
    writer.BeginObject().Member("number", store.number).Member("handle", store.handle);
    writer.Member("identity", HexOf(store.identity)).Member("lineage", HexOf(store.lineage));
    writer.Member("generation", store.generation).Key("file");
    WriteFile(writer, store.file);
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return out + "\n";
}

Result<Manifest> DecodeManifest(std::string_view text) {
  const auto parsed = ParseJson(text);
  if (!parsed || !parsed->is_object()) return FailForm();
  Reader reader(parsed->get_object());
  const int64_t format = reader.Int("oubli_backup");
  if (!reader.good()) return FailForm();
  if (format > kFormat) {
    return Fail(ErrorKind::kUnavailable,
                "the backup was written by a newer version of Oubli; use that version");
  }
  Manifest manifest;
  manifest.time_ms = reader.Int("time_ms");
  manifest.server_file = reader.File("server_file");
  manifest.server_key = reader.File("server_key");
  const auto* stores = FindMember(parsed->get_object(), "stores");
  if (!reader.good() || stores == nullptr || !stores->is_array()) return FailForm();
  for (const boost::json::value& value : stores->get_array()) {
    if (!value.is_object()) return FailForm();
    Reader entry(value.get_object());
    CopiedStore store{entry.Int("number"),
                      entry.Text("handle"),
                      entry.Bytes("identity", keys::kIdentitySize),
                      entry.Bytes("lineage", keys::kLineageSize),
                      entry.Int("generation"),
                      entry.File("file")};
    if (!entry.good()) return FailForm();
    manifest.stores.push_back(std::move(store));
  }
  return manifest;
}

}  // namespace oubli::backup
