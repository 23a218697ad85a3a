// The text of the parts of an XLSX file: escaping, and the parts that are always the same.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/webcommander/xlsx.h"

namespace oubli::dialects::webcommander {

// `text` as XML. What XML cannot hold is written as the format does, _x0007_, and what looks like
// that already with its first character so; UnescapeCell() undoes it.
void AppendXmlText(std::string& out, std::string_view text);
std::string UnescapeCell(std::string_view text);

void AppendRow(std::string& out, size_t row_number, const std::vector<Cell>& row);

inline constexpr std::string_view kSheetStart =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)"
    R"(<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>)";
inline constexpr std::string_view kSheetEnd = "</sheetData></worksheet>";

struct Part {
  std::string name;
  std::string text;
};
// All parts but the sheets, which are xl/worksheets/sheet1.xml and so on: those that stand in front
// of them, by which programs know the kind of file, and those that have to know how many there are.
std::vector<Part> FirstParts();
std::vector<Part> LastParts(size_t sheets);

}  // namespace oubli::dialects::webcommander
