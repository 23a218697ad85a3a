// What the commands print: small tables for people, the result as it is for programs.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/backend.h"
#include "cli/command_line.h"

namespace oubli::cli {

// Columns as wide as their widest value, two blanks apart.
std::string FormatTable(const std::vector<std::string>& header,
                        const std::vector<std::vector<std::string>>& rows);

// Names and values, one a line.
std::string FormatPairs(const std::vector<std::pair<std::string, std::string>>& pairs);

// A member as text for people: "-" where it is null or missing, lists with commas.
std::string MemberText(const boost::json::object& object, std::string_view name);

// --data, --roots, --journal and --json, which every command has.
std::vector<Parameter> CommonParameters(std::vector<Parameter> own);
// --data, else OUBLI_DATA, else ./oubli-data. Errors: kInvalid for an unknown OUBLI_ variable.
Result<std::string> DataDirOf(const Invocation& invocation);
// Connects to that data; --roots, --journal and their variables count when no server runs. Errors:
// those of DataDirOf() and Backend::Connect().
Result<Backend> ConnectTo(const Invocation& invocation);
// What --roots, --journal and their variables name. Errors: those of DataDirOf().
Result<access::KeyCustodyOptions> KeyPlacesOf(const Invocation& invocation);

// Connects, runs one administrator's command and prints its result: `format` makes the text for
// people. Returns the exit code.
int RunAndPrint(const Invocation& invocation, std::string_view command, std::string_view arguments,
                const std::function<std::string(const boost::json::object&)>& format);

// Prints an error as --json asks and returns `code`.
int FailWith(const Invocation& invocation, const Error& error, int code = kFailed);
// Writes to standard output; kFailed when that cannot be written (a full disk, a closed pipe).
int Print(std::string_view text);

}  // namespace oubli::cli
