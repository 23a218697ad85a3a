#include "dialects/webcommander/xlsx_parts.h"

#include <fmt/core.h>

#include <optional>

#include "base/text.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
constexpr std::string_view kPackage = "http://schemas.openxmlformats.org/package/2006";
constexpr std::string_view kOffice =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr std::string_view kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::string_view kType = "application/vnd.openxmlformats-officedocument.spreadsheetml";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The character that "_xHHHH_" at the front of `text` stands for.
std::optional<char32_t> EscapeAt(std::string_view text) {
  if (text.size() < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_') return std::nullopt;
  char32_t code = 0;
  for (size_t i = 2; i < 6; ++i) {
    const int digit = HexDigit(text[i]);
    if (digit < 0) return std::nullopt;
    code = code * 16 + static_cast<char32_t>(digit);
  }
  return code;
}

bool LooksLikeFormula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
}

}  // namespace

void AppendXmlText(std::string& out, std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n')) {
      out += fmt::format("_x{:04X}_", static_cast<unsigned>(c));
    } else if (text.substr(i).starts_with("\xef\xbf\xbe") ||
               text.substr(i).starts_with("\xef\xbf\xbf")) {
      out += text[i + 2] == '\xbe' ? "_xFFFE_" : "_xFFFF_";
      i += 2;
    } else if (c == '_' && EscapeAt(text.substr(i))) {
      out += "_x005F_";
    } else {
      out += c;
    }
  }
}

std::string UnescapeCell(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const auto code = EscapeAt(text.substr(i));
    if (code && (*code < 0xD800 || *code > 0xDFFF)) {
      AppendUtf8(out, *code);
      i += 7;
    } else {
      out += text[i++];
    }
  }
  return out;
}

void AppendRow(std::string& out, size_t row_number, const std::vector<Cell>& row) {
  out += fmt::format(R"(<row r="{}">)", row_number);
  char column = 'A';  // there are fewer than 26
  for (const Cell& cell : row) {
    const std::string place = column++ + std::to_string(row_number);
    if (cell.text.empty()) continue;
    if (cell.number) {
      out += fmt::format(R"(<c r="{}"><v>{}</v></c>)", place, cell.text);
      continue;
    }
    out += fmt::format(R"(<c r="{}"{} t="inlineStr"><is><t xml:space="preserve">)", place,
                       LooksLikeFormula(cell.text) ? R"( s="1")" : "");
    AppendXmlText(out, cell.text);
    out += "</t></is></c>";
  }
  out += "</row>";
}

std::vector<Part> FirstParts() {
  return {
      {"_rels/.rels",
       fmt::format(R"({}<Relationships xmlns="{}/relationships"><Relationship Id="rId1" )"
                   R"(Type="{}/officeDocument" Target="xl/workbook.xml"/></Relationships>)",
                   kXml, kPackage, kOffice)},
      {"xl/styles.xml",
       fmt::format(
           R"({}<styleSheet xmlns="{}"><fonts count="1"><font/></fonts><fills count="1"><fill/>)"
           R"(</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>)"
           R"(</cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" quotePrefix="1"/>)"
           R"(</cellXfs></styleSheet>)",
           kXml, kMain)}};
}

std::vector<Part> LastParts(size_t sheets) {
  std::string types =
      fmt::format(R"({}<Types xmlns="{}/content-types"><Default Extension="rels" )"
                  R"(ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
                  R"(<Default Extension="xml" ContentType="application/xml"/>)"
                  R"(<Override PartName="/xl/workbook.xml" ContentType="{}.sheet.main+xml"/>)"
                  R"(<Override PartName="/xl/styles.xml" ContentType="{}.styles+xml"/>)",
                  kXml, kPackage, kType, kType);
  std::string workbook =
      fmt::format(R"({}<workbook xmlns="{}" xmlns:r="{}"><sheets>)", kXml, kMain, kOffice);
  std::string relations =
      fmt::format(R"({}<Relationships xmlns="{}/relationships">)", kXml, kPackage);
  for (size_t i = 1; i <= sheets; ++i) {
    types += fmt::format(
        R"(<Override PartName="/xl/worksheets/sheet{}.xml" ContentType="{}.worksheet+xml"/>)", i,
        kType);
    workbook += fmt::format(R"(<sheet name="Customers{}" sheetId="{}" r:id="rId{}"/>)",
                            i == 1 ? "" : " " + std::to_string(i), i, i);
    relations += fmt::format(
        R"(<Relationship Id="rId{}" Type="{}/worksheet" Target="worksheets/sheet{}.xml"/>)", i,
        kOffice, i);
  }
  relations += fmt::format(R"(<Relationship Id="rId{}" Type="{}/styles" Target="styles.xml"/>)",
                           sheets + 1, kOffice);
  return {{"xl/workbook.xml", workbook + "</sheets></workbook>"},
          {"xl/_rels/workbook.xml.rels", relations + "</Relationships>"},
          {"[Content_Types].xml", types + "</Types>"}};
}

}  // namespace oubli::dialects::webcommander
