#include "dialects/hotcakes/envelope.h"

#include <utility>

#include "base/json_writer.h"

namespace oubli::dialects::hotcakes {
namespace {

constexpr size_t kEchoBytes = 1000;

std::string FailureBody(std::string_view code, std::string_view description,
                        std::string_view content) {
  std::string body;
  JsonWriter writer(body, JsonWriter::Style::kHotcakes);
  writer.BeginObject().Key("Content").Raw(content).Key("Errors").BeginArray();
  writer.BeginObject().Member("Code", code).Member("Description", description).EndObject();
  writer.EndArray().EndObject();
  return body;
}

std::string_view FaultText(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kUnavailable:
    case ErrorKind::kTooMany:
      return "The store cannot do this at the moment. Nothing was changed.";
    case ErrorKind::kCorrupt:
      return "Stored data of this store cannot be read. Nothing was changed.";
    case ErrorKind::kInvalid:
      return error.text;  // never holds a value, see Error
    default:
      return "The call could not be carried out. Nothing was changed.";
  }
}

}  // namespace

std::string Echo(std::string_view text) {
  if (text.size() <= kEchoBytes) return std::string(text);
  size_t end = kEchoBytes;
  // Not in the middle of a character: what follows the cut must not be a continuation byte.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

void Reply::Content(std::string_view json) const {
  std::string body;
  body.reserve(json.size() + 32);
  body += "{\"Content\":";
  body += json;
  body += ",\"Errors\":[]}";
  Send(200, std::move(body));
}

void Reply::Failure(std::string_view code, std::string_view description,
                    std::string_view content) const {
  Send(200, FailureBody(code, description, content));
}

void Reply::Fault(const Error& error, std::string_view content) const {
  Failure("EXCEPTION", FaultText(error), content);
}

void Reply::NoSuchPath() const {
  Send(404, FailureBody("EXCEPTION", "There is no resource at this path.", "null"));
}

void Reply::Send(int status, std::string body) const {
  auto response = http::Response::Text(
      status, as_text_ ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
      std::move(body));
  response.AddHeader("Cache-Control", "private");
  response.route = route_;
  respond_(std::move(response));
}

}  // namespace oubli::dialects::hotcakes
