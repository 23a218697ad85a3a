#include "keys/tree_root.h"

#include "base/check.h"
#include "crypto/locked_memory.h"
#include "crypto/seal.h"
#include "keys/numbers.h"

namespace oubli::keys {
namespace {

using crypto::Key;

// Header: magic, format, lineage, then generation, epoch, version as 8 bytes, leaf_keys, node_keys,
// levels as 2 bytes; little-endian.
constexpr std::string_view kRootMagic = "OUBLIROOT";
constexpr char kRootFormat = 1;
constexpr size_t kHeader = 9 + 1 + kLineageBytes + 3 * 8 + 3 * 2;

void Append(std::string& out, int64_t number, size_t bytes) {
  AppendNumber(out, static_cast<uint64_t>(number), bytes);
}

int64_t TakeNumber(std::string_view& bytes, size_t count) {
  const uint64_t number = GetNumber(bytes, 0, count);
  bytes.remove_prefix(count);
  return static_cast<int64_t>(number);
}

std::string Header(const TreeRoot& root) {
  OUBLI_CHECK(root.lineage.size() == kLineageBytes);
  std::string header(kRootMagic);
  header.push_back(kRootFormat);
  header += root.lineage;
  Append(header, root.generation, 8);
  Append(header, root.epoch, 8);
  Append(header, root.children.version, 8);
  Append(header, root.shape.leaf_keys, 2);
  Append(header, root.shape.node_keys, 2);
  Append(header, root.shape.levels, 2);
  return header;
}

std::string PlaceOf(std::string_view store_identity, PageId page, int64_t version) {
  std::string place = "oubli key page ";
  place += store_identity;
  Append(place, page, 8);
  Append(place, version, 8);
  return place;
}

std::string RootPlace(std::string_view store_identity, std::string_view header) {
  std::string place = "oubli root page ";
  place += store_identity;
  place += header;
  return place;
}

}  // namespace

bool TreeShape::Holds(int64_t ordinal) const {
  int64_t pages = ordinal / leaf_keys;
  for (int level = 0; level < levels; ++level) pages /= node_keys;
  return pages < node_keys;
}

std::string SealRoot(const TreeRoot& root, const Key& root_key, std::string_view store_identity) {
  std::pmr::string plain(crypto::LockedMemory());
  plain.reserve(1 + root.index_keys.size() * Key::kSize + 4096);
  plain.push_back(static_cast<char>(root.index_keys.size()));
  for (const Key& key : root.index_keys) plain += key.view();
  plain += root.children.Encode();
  const std::string header = Header(root);
  return header + crypto::Seal(root_key, plain, RootPlace(store_identity, header));
}

Result<TreeRoot> ReadRootHeader(std::string_view bytes) {
  if (bytes.size() < kHeader || !bytes.starts_with(kRootMagic)) {
    return Fail(ErrorKind::kCorrupt, "the root page of the key tree has a wrong form");
  }
  if (bytes[kRootMagic.size()] != kRootFormat) {
    return Fail(ErrorKind::kCorrupt,
                "the root page is of a format that this program does not know");
  }
  bytes.remove_prefix(kRootMagic.size() + 1);
  TreeRoot root;
  root.lineage = bytes.substr(0, kLineageBytes);
  bytes.remove_prefix(kLineageBytes);
  root.generation = TakeNumber(bytes, 8);
  root.epoch = TakeNumber(bytes, 8);
  root.children.version = TakeNumber(bytes, 8);
  root.shape.leaf_keys = static_cast<int>(TakeNumber(bytes, 2));
  root.shape.node_keys = static_cast<int>(TakeNumber(bytes, 2));
  root.shape.levels = static_cast<int>(TakeNumber(bytes, 2));
  if (root.shape.leaf_keys < 1 || root.shape.node_keys < 2) {
    return Fail(ErrorKind::kCorrupt, "the root page of the key tree has a wrong form");
  }
  return root;
}

Result<TreeRoot> OpenRoot(std::string_view bytes, const Key& root_key,
                          std::string_view store_identity) {
  OUBLI_TRY_ASSIGN(TreeRoot root, ReadRootHeader(bytes));
  const auto plain = crypto::OpenLocked(root_key, bytes.substr(kHeader),
                                        RootPlace(store_identity, bytes.substr(0, kHeader)));
  if (!plain) return Fail(plain.error());
  std::string_view rest(plain->data(), plain->size());
  if (rest.empty()) return Fail(ErrorKind::kCorrupt, "the root page is empty");
  const size_t count = static_cast<uint8_t>(rest.front());
  if (count < 1 || rest.size() < 1 + count * Key::kSize) {
    return Fail(ErrorKind::kCorrupt, "the root page of the key tree has a wrong form");
  }
  rest.remove_prefix(1);
  for (size_t i = 0; i < count; ++i) {
    root.index_keys.push_back(Key::FromBytes(rest.substr(0, Key::kSize)));
    rest.remove_prefix(Key::kSize);
  }
  const int64_t version = root.children.version;
  OUBLI_TRY_ASSIGN(root.children, KeyPage::Decode(rest));
  root.children.version = version;
  if (root.children.slots() != root.shape.node_keys) {
    return Fail(ErrorKind::kCorrupt, "the root page of the key tree has a wrong form");
  }
  return root;
}

std::string SealPage(const KeyPage& page, PageId id, const Key& key,
                     std::string_view store_identity) {
  return crypto::Seal(key, page.Encode(), PlaceOf(store_identity, id, page.version));
}

Result<KeyPage> OpenPage(std::string_view sealed, PageId id, int64_t version, const Key& key,
                         std::string_view store_identity) {
  OUBLI_TRY_ASSIGN(const std::pmr::string plain,
                   crypto::OpenLocked(key, sealed, PlaceOf(store_identity, id, version)));
  OUBLI_TRY_ASSIGN(KeyPage page, KeyPage::Decode(plain));
  page.version = version;
  return page;
}

}  // namespace oubli::keys
