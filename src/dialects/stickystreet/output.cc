#include "dialects/stickystreet/output.h"

#include <pugixml.hpp>

#include "base/check.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace oubli::dialects::stickystreet {
namespace {

// The production Char of XML 1.0, section 2.2.
bool IsXmlChar(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c != 0xFFFE && c != 0xFFFF && c != kBadCodePoint;
}

std::string KeepCharacters(std::string_view text, bool (*keep)(char32_t)) {
  std::string out;
  out.reserve(text.size());
  for (size_t pos = 0; pos < text.size();) {
    const size_t begin = pos;
    if (keep(NextCodePoint(text, pos))) out.append(text.substr(begin, pos - begin));
  }
  return out;
}

std::string ForXml(std::string_view text) { return KeepCharacters(text, IsXmlChar); }

std::string ForJson(std::string_view text) {
  if (IsValidUtf8(text)) return std::string(text);
  return KeepCharacters(text, [](char32_t c) { return c != kBadCodePoint; });
}

class StringWriter final : public pugi::xml_writer {
 public:
  explicit StringWriter(std::string& out) : out_(out) {}
  void write(const void* bytes, size_t size) override {
    out_.append(static_cast<const char*>(bytes), size);
  }

 private:
  std::string& out_;
};

}  // namespace

// Walks a tree; a class of its own so that Node need not show its insides.
class Printer {
 public:
  static std::string Xml(const Node& root) { return XmlElement("response", root, 0); }

  // One element, indented for its depth, without a line end.
  static std::string XmlElement(const std::string& name, const Node& node, unsigned depth) {
    pugi::xml_document document;
    AddElement(document, name, node);
    std::string out;
    StringWriter writer(out);
    document.first_child().print(writer, "  ",
                                 pugi::format_indent | pugi::format_no_empty_element_tags,
                                 pugi::encoding_utf8, depth);
    if (out.ends_with('\n')) out.pop_back();
    return out;
  }

  // The members of an object that are elements, each on a line of its own.
  static std::string XmlMembers(const Node& root) {
    std::string out;
    for (const Node& child : root.children_) {
      if (child.place_ == Node::Place::kChild) out += "\n" + XmlElement(child.name_, child, 1);
    }
    return out;
  }

  static void WriteMembers(JsonWriter& writer, const Node& root) {
    for (const Node& child : root.children_) {
      writer.Key(child.name_);
      Write(writer, child);
    }
  }

  static void Write(JsonWriter& writer, const Node& node) {
    switch (node.kind_) {
      case Node::Kind::kText:
        writer.String(ForJson(node.text_));
        return;
      case Node::Kind::kList:
        writer.BeginArray();
        for (const Node& child : node.children_) Write(writer, child);
        writer.EndArray();
        return;
      case Node::Kind::kObject:
        writer.BeginObject();
        WriteMembers(writer, node);
        writer.EndObject();
        return;
    }
  }

  static std::string Json(const Node& root, bool condensed) {
    std::string out;
    JsonWriter writer(out, condensed ? JsonWriter::Style::kCompact : JsonWriter::Style::kPretty);
    Write(writer, root);
    return out;
  }

 private:
  static void AddElement(pugi::xml_node parent, const std::string& name, const Node& node) {
    pugi::xml_node element = parent.append_child(name.c_str());
    switch (node.kind_) {
      case Node::Kind::kText:
        if (const std::string text = ForXml(node.text_); !text.empty()) {
          element.append_child(pugi::node_pcdata).set_value(text.c_str());
        }
        return;
      case Node::Kind::kList:
        for (const Node& child : node.children_) AddElement(element, node.element_, child);
        return;
      case Node::Kind::kObject:
        for (const Node& child : node.children_) {
          if (child.place_ == Node::Place::kChild) {
            AddElement(element, child.name_, child);
          } else if (child.place_ == Node::Place::kAttribute) {
            element.append_attribute(child.name_.c_str()).set_value(ForXml(child.text_).c_str());
          }
        }
        return;
    }
  }
};

Node Node::Text(std::string text) {
  Node node;
  node.kind_ = Kind::kText;
  node.text_ = std::move(text);
  return node;
}

Node Node::List(std::string_view element) {
  Node node;
  node.kind_ = Kind::kList;
  node.element_ = element;
  return node;
}

Node& Node::Attribute(std::string_view name, std::string_view value) {
  return AddMember(name, Place::kAttribute, Text(std::string(value)));
}

Node& Node::Add(std::string_view name, std::string_view text) {
  return AddMember(name, Place::kChild, Text(std::string(text)));
}

Node& Node::Add(std::string_view name, Node value) {
  return AddMember(name, Place::kChild, std::move(value));
}

Node& Node::AddForJson(std::string_view name, Node value) {
  return AddMember(name, Place::kJsonOnly, std::move(value));
}

Node& Node::AddMember(std::string_view name, Place place, Node value) {
  OUBLI_CHECK(kind_ == Kind::kObject);
  value.name_ = name;
  value.place_ = place;
  children_.push_back(std::move(value));
  return *this;
}

Node& Node::Append(Node element) {
  OUBLI_CHECK(kind_ == Kind::kList);
  children_.push_back(std::move(element));
  return *this;
}

Node Success() {
  Node root;
  root.Attribute("status", "success");
  return root;
}

Node Failure(std::string_view text) {
  Node errors = Node::List("error");
  errors.Append(Node::Text(std::string(text)));
  Node root;
  root.Attribute("status", "error").Add("error", text).AddForJson("errors", std::move(errors));
  return root;
}

std::string Print(const Node& root, const Format& format) {
  switch (format.kind) {
    case Format::Kind::kXml:
      return Printer::Xml(root);
    case Format::Kind::kJson:
      return Printer::Json(root, format.condensed);
    case Format::Kind::kJsonp:
      return format.callback + "(" + Printer::Json(root, format.condensed) + ")";
  }
  return "";
}

ListPrinter::ListPrinter(Format format, std::string_view list, std::string_view element)
    : format_(std::move(format)),
      list_(list),
      element_(element),
      json_(std::make_unique<std::string>()),
      writer_(*json_,
              format_.condensed ? JsonWriter::Style::kCompact : JsonWriter::Style::kPretty) {}

void ListPrinter::Begin(std::string& out, const Node& root) {
  if (format_.kind == Format::Kind::kXml) {
    const std::string members = Printer::XmlMembers(root);
    empty_ = members.empty();
    out += "<response status=\"success\">" + members;
    return;
  }
  if (format_.kind == Format::Kind::kJsonp) out += format_.callback + "(";
  writer_.BeginObject();
  Printer::WriteMembers(writer_, root);
  writer_.Key(list_).BeginArray();
  Flush(out);
}

void ListPrinter::Add(std::string& out, const Node& element) {
  if (format_.kind == Format::Kind::kXml) {
    empty_ = false;
    out += "\n" + Printer::XmlElement(element_, element, 1);
    return;
  }
  Printer::Write(writer_, element);
  Flush(out);
}

void ListPrinter::End(std::string& out) {
  if (format_.kind == Format::Kind::kXml) {
    out += empty_ ? "</response>" : "\n</response>";
    return;
  }
  writer_.EndArray().EndObject();
  Flush(out);
  if (format_.kind == Format::Kind::kJsonp) out += ")";
}

void ListPrinter::Flush(std::string& out) {
  out += *json_;
  json_->clear();
}

http::Response MakeResponse(const Node& root, const Format& format) {
  return MakeResponse(Print(root, format), format);
}

http::Response MakeResponse(std::string body, const Format& format) {
  std::string_view type = "text/xml; charset=utf-8";
  if (format.kind == Format::Kind::kJson) type = "application/json; charset=utf-8";
  if (format.kind == Format::Kind::kJsonp) type = "application/javascript; charset=utf-8";
  http::Response response = http::Response::Text(200, type, std::move(body));
  response.AddHeader("Cache-Control", "no-store");
  response.AddHeader("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace oubli::dialects::stickystreet
