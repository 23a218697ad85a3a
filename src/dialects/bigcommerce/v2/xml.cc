#include "dialects/bigcommerce/v2/xml.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <charconv>
#include <pugixml.hpp>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

namespace json = boost::json;

constexpr size_t kMaxDepth = 16;

// What one object of a list is called.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSingulars = {{
    {"customers", "customer"},
    {"addresses", "address"},
    {"customer_groups", "customer_group"},
    {"form_fields", "form_field"},
    {"discount_rules", "discount_rule"},
    {"errors", "error"},
}};
// Elements whose children are a list also when there is one or none.
constexpr std::array<std::string_view, 3> kLists = {"form_fields", "discount_rules", "categories"};

bool IsXmlCharacter(char32_t c) {
  return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

// ---- writing ----

std::string XmlText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t pos = 0; pos < text.size();) {
    const char32_t c = NextCodePoint(text, pos);
    AppendUtf8(out, IsXmlCharacter(c) ? c : char32_t{0xFFFD});
  }
  return out;
}

std::string_view SingularOf(std::string_view list) {
  for (const auto& [many, one] : kSingulars) {
    if (many == list) return one;
  }
  return "value";
}

void SetText(pugi::xml_node node, std::string_view text) {
  if (text.empty()) return;
  node.append_child(pugi::node_pcdata).set_value(XmlText(text).c_str());
}

std::string_view TextOf(const json::object& object, std::string_view name) {
  const json::value* value = FindMember(object, name);
  return value == nullptr ? std::string_view() : AsString(*value).value_or("");
}

bool IsLink(const json::object& object) {
  return object.size() == 2 && object.contains("url") && object.contains("resource");
}

void Append(pugi::xml_node parent, std::string_view name, const json::value& value) {
  pugi::xml_node node = parent.append_child(std::string(name).c_str());
  if (value.is_array()) {
    for (const json::value& element : value.get_array()) {
      Append(node, element.is_object() ? SingularOf(name) : "value", element);
    }
  } else if (value.is_object()) {
    const json::object& object = value.get_object();
    if (IsLink(object)) {
      pugi::xml_node link = node.append_child("link");
      link.append_attribute("rel") = "resource";
      link.append_attribute("href") = XmlText(TextOf(object, "url")).c_str();
      SetText(link, TextOf(object, "resource"));
      return;
    }
    for (const auto& member : object) {
      Append(node, {member.key().data(), member.key().size()}, member.value());
    }
  } else if (value.is_null()) {
    SetText(node, "NULL");
  } else if (const auto text = AsString(value)) {
    SetText(node, *text);
  } else {
    std::string printed;
    JsonWriter writer(printed);
    WriteJson(writer, value);
    SetText(node, printed);
  }
}

struct StringWriter final : pugi::xml_writer {
  std::string text;
  void write(const void* data, size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
};

// ---- reading ----

tl::unexpected<Error> Malformed(std::string_view reason) {
  return Fail(ErrorKind::kInvalid, "The XML is not valid: " + std::string(reason));
}

// The character of an entity: what stands between '&' and ';'.
std::optional<char32_t> Entity(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char32_t>, 5> kNamed = {
      {{"amp", U'&'}, {"lt", U'<'}, {"gt", U'>'}, {"quot", U'"'}, {"apos", U'\''}}};
  for (const auto& [known, character] : kNamed) {
    if (known == name) return character;
  }
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x');
  if (hex) name.remove_prefix(1);
  uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), number, hex ? 16 : 10);
  if (name.empty() || error != std::errc() || end != name.data() + name.size()) {
    return std::nullopt;
  }
  if (!IsXmlCharacter(number)) return std::nullopt;
  return number;
}

Result<std::string> Unescape(std::string_view raw) {
  std::string text;
  while (true) {
    const size_t ampersand = raw.find('&');
    text += raw.substr(0, ampersand);
    if (ampersand == std::string_view::npos) return text;
    raw.remove_prefix(ampersand + 1);
    const size_t semicolon = raw.find(';');
    const auto character =
        semicolon == std::string_view::npos ? std::nullopt : Entity(raw.substr(0, semicolon));
    if (!character) return Malformed("an entity that is not XML's own");
    AppendUtf8(text, *character);
    raw.remove_prefix(semicolon + 1);
  }
}

json::value Text(std::string_view text) {
  return json::value(json::string(text.data(), text.size()));
}

bool IsBlank(std::string_view text) { return Trim(text).empty(); }

Result<json::value> ReadElement(const pugi::xml_node& node, size_t depth) {
  if (depth > kMaxDepth) return Malformed("nested too deeply");
  const bool is_list = std::ranges::find(kLists, std::string_view(node.name())) != kLists.end();
  json::array list;
  json::object object;
  std::string text;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_cdata) {
      text += child.value();
    } else if (child.type() == pugi::node_pcdata) {
      OUBLI_TRY_ASSIGN(const std::string piece, Unescape(child.value()));
      text += piece;
    } else if (child.type() == pugi::node_element) {
      OUBLI_TRY_ASSIGN(json::value value, ReadElement(child, depth + 1));
      if (is_list) {
        list.push_back(std::move(value));
      } else if (!object.emplace(child.name(), std::move(value)).second) {
        return Malformed("an element that is there twice");
      }
    } else {
      return Malformed("something that is neither element nor text");
    }
  }
  if (is_list || !object.empty()) {
    if (!IsBlank(text)) return Malformed("text beside elements");
    return is_list ? json::value(std::move(list)) : json::value(std::move(object));
  }
  return Text(text);
}

// The one element that a document has.
Result<pugi::xml_node> RootOf(const pugi::xml_document& document) {
  pugi::xml_node root;
  for (const pugi::xml_node& child : document.children()) {
    switch (child.type()) {
      case pugi::node_element:
        if (root) return Malformed("more than one root");
        root = child;
        break;
      case pugi::node_declaration: {
        const std::string_view encoding = child.attribute("encoding").value();
        if (!encoding.empty() && !EqualsIgnoreCase(encoding, "utf-8") &&
            !EqualsIgnoreCase(encoding, "us-ascii")) {
          return Malformed("the encoding is not UTF-8");
        }
        break;
      }
      case pugi::node_doctype:
        return Malformed("document types are not taken");
      default:
        return Malformed("text outside of the root");
    }
  }
  if (!root) return Malformed("there is no element");
  return root;
}

bool HasForbiddenCharacters(std::string_view text) {
  for (size_t pos = 0; pos < text.size();) {
    if (!IsXmlCharacter(NextCodePoint(text, pos))) return true;
  }
  return false;
}

}  // namespace

std::string WriteXml(std::string_view root, const json::value& value) {
  pugi::xml_document document;
  Append(document, root, value);
  StringWriter out;
  out.text = R"(<?xml version="1.0" encoding="UTF-8"?>)";
  out.text += '\n';
  document.save(out, "",
                pugi::format_raw | pugi::format_no_declaration | pugi::format_no_empty_element_tags,
                pugi::encoding_utf8);
  return std::move(out.text);
}

Result<json::value> ReadXml(std::string_view text, std::string_view root, const Choices& choices) {
  if (text.size() > choices.max_xml_bytes) {
    return Fail(ErrorKind::kTooMany, choices.xml_too_large);
  }
  if (!IsValidUtf8(text) || HasForbiddenCharacters(text)) {
    return Malformed("characters that XML or UTF-8 does not have");
  }
  // Entities are read by Unescape(), which knows no others than XML's five; a document type is kept
  // as a node, so that it is seen and refused, and so is text beside the root.
  constexpr unsigned kFlags = pugi::parse_cdata | pugi::parse_eol | pugi::parse_doctype |
                              pugi::parse_declaration | pugi::parse_fragment |
                              pugi::parse_ws_pcdata_single;
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer(text.data(), text.size(), kFlags, pugi::encoding_utf8);
  if (!parsed) return Malformed(parsed.description());
  OUBLI_TRY_ASSIGN(const pugi::xml_node element, RootOf(document));
  if (choices.check_xml_root && element.name() != root) {
    return Malformed("the root must be <" + std::string(root) + ">");
  }
  OUBLI_TRY_ASSIGN(json::value value, ReadElement(element, 1));
  if (value.is_object()) return value;
  if (!IsBlank(AsString(value).value_or("x"))) return Malformed("text where elements are expected");
  return json::value(json::object());
}

}  // namespace oubli::dialects::bigcommerce::v2
