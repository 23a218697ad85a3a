// Answers: one tree of values, printed as XML, JSON, JSONP or condensed JSON (contract, 1.2
// and 1.3).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "http/message.h"

namespace oubli::dialects::stickystreet {

// How a client wants its answer.
struct Format {
  enum class Kind { kXml, kJson, kJsonp } kind = Kind::kXml;
  bool condensed = false;  // no white space; JSON and JSONP alone
  std::string callback;    // of JSONP; an identifier
};

// A text, an object with named members, or a list whose elements have one name. Every scalar is a
// text on this wire, numbers too.
class Node {
 public:
  Node() : kind_(Kind::kObject) {}
  static Node Text(std::string text);
  // `element` names the elements in XML; JSON has none for them.
  static Node List(std::string_view element);

  // Members come in the order of these calls. REQUIRES: this is an object, the names are XML names.
  Node& Attribute(std::string_view name, std::string_view value);  // in JSON a member like another
  Node& Add(std::string_view name, std::string_view text);
  Node& Add(std::string_view name, Node value);
  Node& AddForJson(std::string_view name, Node value);  // not there in XML
  // REQUIRES: this is a list.
  Node& Append(Node element);

 private:
  friend class Printer;
  enum class Kind { kText, kObject, kList };
  enum class Place { kChild, kAttribute, kJsonOnly };
  Node& AddMember(std::string_view name, Place place, Node value);

  Kind kind_;
  Place place_ = Place::kChild;  // in the object that this is a member of
  std::string name_;             // there
  std::string element_;          // of a list: the name of its elements
  std::string text_;
  std::vector<Node> children_;
};

// The outermost node of a success, to which the call adds its own.
Node Success();
// A failure in both shapes that JSON clients read: `error` and `errors`.
Node Failure(std::string_view text);

// What XML 1.0 cannot carry (control characters, U+FFFE, U+FFFF) and bytes that are not UTF-8 are
// left out of texts.
std::string Print(const Node& root, const Format& format);

// Appends the next piece of a long answer. True: there is more. What http::NextPiece asks for
// holds.
using NextPiece = http::NextPiece;

// Prints an answer that ends with one long list, element by element. In XML the elements stand
// right below the root (contract, 2.5). The bytes are those of Print().
class ListPrinter {
 public:
  // `list` names the list in JSON, `element` each of its elements in XML.
  ListPrinter(Format format, std::string_view list, std::string_view element);

  // Each appends to `out`. `root` is a success with what comes in front of the list.
  void Begin(std::string& out, const Node& root);
  void Add(std::string& out, const Node& element);
  void End(std::string& out);

 private:
  void Flush(std::string& out);

  Format format_;
  std::string list_;
  std::string element_;
  std::unique_ptr<std::string> json_;  // what writer_ has written and nobody has fetched
  JsonWriter writer_;
  bool empty_ = true;  // XML: nothing below the root yet
};

// With Content-Type, and headers that keep a browser from storing or sniffing it.
http::Response MakeResponse(const Node& root, const Format& format);
http::Response MakeResponse(std::string body, const Format& format);

}  // namespace oubli::dialects::stickystreet
