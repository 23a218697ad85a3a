#include "admin/protocol.h"

#include <array>
#include <boost/json/object.hpp>
#include <filesystem>

#include "base/json.h"
#include "base/json_writer.h"

namespace oubli::admin {
namespace {

constexpr std::string_view kResultStart = "{\"result\":";
constexpr std::string_view kStopping = "{\"stopping\":true}";

constexpr std::array kKinds = {
    ErrorKind::kNotFound, ErrorKind::kConflict,    ErrorKind::kInvalid, ErrorKind::kForbidden,
    ErrorKind::kTooMany,  ErrorKind::kUnavailable, ErrorKind::kCorrupt,
};

tl::unexpected<Error> NoAnswer() {
  return Fail(ErrorKind::kCorrupt,
              "the running server's answer is not understood: is it of another version?");
}

}  // namespace

std::string TextMember(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = FindMember(object, name);
  return value == nullptr ? "" : std::string(AsString(*value).value_or(""));
}

std::string ControlSocketPath(const std::string& data_dir) {
  return (std::filesystem::path(data_dir) / "oubli.sock").string();
}

std::string EncodeRequest(std::string_view command, std::string_view arguments) {
  std::string line;
  JsonWriter writer(line);
  writer.BeginObject().Member("command", command).Key("arguments").Raw(arguments).EndObject();
  return line;
}

Result<ControlRequest> DecodeRequest(std::string_view line) {
  OUBLI_TRY_ASSIGN(boost::json::value value, ParseJson(line));
  if (!value.is_object()) return Fail(ErrorKind::kInvalid, "a request is a JSON object");
  boost::json::object& object = value.get_object();
  ControlRequest request;
  request.command = TextMember(object, "command");
  boost::json::value* arguments = object.if_contains("arguments");
  if (request.command.empty() || arguments == nullptr || !arguments->is_object()) {
    return Fail(ErrorKind::kInvalid, "a request has a command and arguments");
  }
  request.arguments = std::move(*arguments);
  return request;
}

std::string ErrorJson(const Error& error) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject();
  writer.Member("kind", ErrorKindName(error.kind));
  writer.Member("text", error.text);
  if (!error.field.empty()) writer.Member("field", error.field);
  writer.EndObject();
  return out;
}

std::string EncodeAnswer(const Result<std::string>& answer) {
  if (!answer) return "{\"error\":" + ErrorJson(answer.error()) + "}";
  return std::string(kResultStart) + *answer + "}";
}

std::string EncodeStopping() { return std::string(kStopping); }

Result<std::optional<std::string>> DecodeAnswer(std::string_view line) {
  if (line == kStopping) return std::nullopt;
  if (line.starts_with(kResultStart) && line.ends_with('}')) {
    line.remove_prefix(kResultStart.size());
    line.remove_suffix(1);
    return std::string(line);
  }
  const Result<boost::json::value> value = ParseJson(line);
  if (!value || !value->is_object()) return NoAnswer();
  const boost::json::value* error = value->get_object().if_contains("error");
  if (error == nullptr || !error->is_object()) return NoAnswer();
  const boost::json::object& object = error->get_object();
  const std::string kind_name = TextMember(object, "kind");
  for (const ErrorKind kind : kKinds) {
    if (kind_name == ErrorKindName(kind)) {
      return Fail(kind, TextMember(object, "text"), TextMember(object, "field"));
    }
  }
  return NoAnswer();
}

}  // namespace oubli::admin
