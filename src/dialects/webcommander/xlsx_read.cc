// ReadXlsx() of xlsx.h.

#include <zip.h>

#include <cstring>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <utility>

#include "base/decimal.h"
#include "base/text.h"
#include "dialects/webcommander/xlsx_parts.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr zip_int64_t kMaxParts = 1000;

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;

tl::unexpected<Error> Bad(std::string_view text) { return Fail(ErrorKind::kInvalid, text, "file"); }

// Nothing of it is copied: `bytes` outlives the archive.
Archive OpenArchive(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = nullptr;
  if (source != nullptr) {
    archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (archive == nullptr) zip_source_free(source);
  }
  zip_error_fini(&error);
  return {archive, &zip_discard};
}

// A part's bytes; nothing when there is no such part. Counts what really comes out, since what the
// file says of its own size may be a lie.
Result<std::optional<std::string>> ReadPart(zip_t* archive, const std::string& name, size_t max) {
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen(archive, name.c_str(), 0),
                                                                &zip_fclose);
  if (!file) return std::nullopt;
  std::string text;
  std::string buffer(64 * 1024, '\0');
  while (true) {
    const zip_int64_t count = zip_fread(file.get(), buffer.data(), buffer.size());
    if (count < 0) return Bad("a part cannot be unpacked");
    if (count == 0) break;
    if (text.size() + static_cast<size_t>(count) > max) return Bad("a part is too large");
    text.append(buffer.data(), static_cast<size_t>(count));
  }
  if (text.find("<!DOCTYPE") != std::string::npos || text.find("<!ENTITY") != std::string::npos) {
    return Bad("a part declares a document type");
  }
  return text;
}

Status ParsePart(const std::string& text, pugi::xml_document& document) {
  const auto parsed = document.load_buffer(
      text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  if (!parsed) return Bad("a part is no XML");
  return {};
}

// "x:row" and "row" are the same here.
std::string_view LocalName(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node Child(const pugi::xml_node& parent, std::string_view name) {
  for (const pugi::xml_node& child : parent.children()) {
    if (LocalName(child) == name) return child;
  }
  return {};
}

// The text of a <si> or <is>: its own <t>, and those of its runs.
std::string RichText(const pugi::xml_node& item) {
  std::string text;
  for (const pugi::xml_node& child : item.children()) {
    if (LocalName(child) == "t") text += child.text().get();
    if (LocalName(child) == "r") text += Child(child, "t").text().get();
  }
  return UnescapeCell(text);
}

std::string PathOfTarget(std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  return "xl/" + std::string(target);
}

Result<std::string> FirstSheetPath(zip_t* archive, size_t max) {
  OUBLI_TRY_ASSIGN(const auto workbook, ReadPart(archive, "xl/workbook.xml", max));
  if (!workbook) return Fail(ErrorKind::kInvalid, "no workbook", "type");
  pugi::xml_document document;
  OUBLI_TRY(ParsePart(*workbook, document));
  const pugi::xml_node sheet = Child(Child(document.document_element(), "sheets"), "sheet");
  std::string id;
  for (const pugi::xml_attribute& attribute : sheet.attributes()) {
    const std::string_view name = attribute.name();
    if (name == "id" || name.ends_with(":id")) id = attribute.value();
  }
  OUBLI_TRY_ASSIGN(const auto relations, ReadPart(archive, "xl/_rels/workbook.xml.rels", max));
  if (!relations || id.empty()) return Bad("the workbook has no sheet");
  pugi::xml_document links;
  OUBLI_TRY(ParsePart(*relations, links));
  for (const pugi::xml_node& link : links.document_element().children()) {
    if (id == link.attribute("Id").value()) return PathOfTarget(link.attribute("Target").value());
  }
  return Bad("the workbook's sheet is not there");
}

Result<std::vector<std::string>> SharedStrings(zip_t* archive, size_t max) {
  std::vector<std::string> strings;
  OUBLI_TRY_ASSIGN(const auto part, ReadPart(archive, "xl/sharedStrings.xml", max));
  if (!part) return strings;
  pugi::xml_document document;
  OUBLI_TRY(ParsePart(*part, document));
  for (const pugi::xml_node& item : document.document_element().children()) {
    if (LocalName(item) == "si") strings.push_back(RichText(item));
  }
  return strings;
}

// "AB12" is column 27; nothing when there are no letters, or too many.
std::optional<size_t> ColumnOf(std::string_view reference) {
  size_t column = 0;
  size_t letters = 0;
  for (; letters < reference.size() && reference[letters] >= 'A' && reference[letters] <= 'Z';
       ++letters) {
    if (letters == 3) return std::nullopt;
    column = column * 26 + static_cast<size_t>(reference[letters] - 'A') + 1;
  }
  if (letters == 0) return std::nullopt;
  return column - 1;
}

std::string NumberText(std::string_view text) {
  const auto number = Decimal::Parse(text);
  return number ? number->ToString() : std::string(text);
}

Result<std::string> CellText(const pugi::xml_node& cell, const std::vector<std::string>& strings) {
  const std::string_view type = cell.attribute("t").value();
  if (type == "inlineStr") return RichText(Child(cell, "is"));
  const std::string value = Child(cell, "v").text().get();
  if (type == "s") {
    const auto index = ParseInt(value);
    if (!index || *index < 0 || static_cast<size_t>(*index) >= strings.size()) {
      return Bad("a cell names a text that is not there");
    }
    return strings[static_cast<size_t>(*index)];
  }
  if (type == "str") return UnescapeCell(value);
  if (type == "b" || type == "e" || type == "d") return value;
  return NumberText(value);
}

Status ReadRow(const pugi::xml_node& from, const std::vector<std::string>& strings,
               const TableLimits& limits, size_t& text_bytes, Row& row) {
  for (const pugi::xml_node& cell : from.children()) {
    if (LocalName(cell) != "c") continue;
    const size_t column = ColumnOf(cell.attribute("r").value()).value_or(row.size());
    if (column >= limits.columns) return Bad("too many columns");
    OUBLI_TRY_ASSIGN(std::string text, CellText(cell, strings));
    text_bytes += text.size();
    // One long text may be named by any number of cells.
    if (text_bytes > limits.text_bytes) return Bad("the file is too large");
    if (row.size() <= column) row.resize(column + 1);
    row[column] = std::move(text);
  }
  return {};
}

}  // namespace

Result<std::vector<Row>> ReadXlsx(std::string_view bytes, const TableLimits& limits) {
  const Archive archive = OpenArchive(bytes);
  if (!archive) return Fail(ErrorKind::kInvalid, "a damaged zip file", "type");
  if (zip_get_num_entries(archive.get(), 0) > kMaxParts) return Bad("too many parts");
  OUBLI_TRY_ASSIGN(const std::string path, FirstSheetPath(archive.get(), limits.part_bytes));
  OUBLI_TRY_ASSIGN(const auto strings, SharedStrings(archive.get(), limits.part_bytes));
  OUBLI_TRY_ASSIGN(const auto sheet, ReadPart(archive.get(), path, limits.part_bytes));
  if (!sheet) return Bad("the workbook's sheet is not there");
  pugi::xml_document document;
  OUBLI_TRY(ParsePart(*sheet, document));
  std::vector<Row> rows;
  size_t text_bytes = 0;
  for (const pugi::xml_node& from : Child(document.document_element(), "sheetData").children()) {
    if (LocalName(from) != "row") continue;
    if (rows.size() > limits.rows) return Bad("too many rows");
    OUBLI_TRY(ReadRow(from, strings, limits, text_bytes, rows.emplace_back()));
  }
  return rows;
}

}  // namespace oubli::dialects::webcommander
