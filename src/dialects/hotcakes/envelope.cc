#include "dialects/hotcakes/envelope.h"

#include <utility>

namespace oubli::dialects::hotcakes {
namespace {

constexpr size_t kEchoBytes = 1000;
constexpr std::string_view kListEnd = R"(],"Errors":[]})";

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

JsonWriter JsonItems::Next() {
  if (std::exchange(any_, true)) out_ += ',';
  return JsonWriter(out_, JsonWriter::Style::kHotcakes);
}

void Reply::Content(std::string_view json) const {
  std::string body;
  body.reserve(json.size() + 32);
  body += "{\"Content\":";
  body += json;
  body += ",\"Errors\":[]}";
  Send(200, std::move(body));
}

void Reply::List(NextItems next, std::string_view when_none) const {
  // The first piece is made before anything is sent, so that what goes wrong is still an error.
  std::string body = "{\"Content\":[";
  bool any = false;
  bool more = true;
  while (more && !any) {
    JsonItems items(body, any);
    const Result<bool> result = next(items);
    if (!result) return Fault(result.error());
    more = *result;
  }
  if (!any && !when_none.empty()) return Failure("NULL", when_none);
  if (!more) return Send(200, std::move(body += kListEnd));
  http::Response response = Response(200, std::move(body));
  response.next_piece = [next = std::move(next)](std::string& piece) -> Result<bool> {
    bool has_items = true;
    JsonItems items(piece, has_items);
    OUBLI_TRY_ASSIGN(const bool goes_on, next(items));
    if (!goes_on) piece += kListEnd;
    return goes_on;
  };
  respond_(std::move(response));
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

http::Response Reply::Response(int status, std::string body) const {
  auto response = http::Response::Text(
      status, as_text_ ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
      std::move(body));
  response.AddHeader("Cache-Control", "private");
  response.route = route_;
  return response;
}

void Reply::Send(int status, std::string body) const {
  respond_(Response(status, std::move(body)));
}

}  // namespace oubli::dialects::hotcakes
