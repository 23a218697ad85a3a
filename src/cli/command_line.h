// The command line: declared commands and their parameters, parsed. The only place that knows
// CLI11.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::cli {

struct Parameter {
  enum class Kind { kPositional, kValue, kSwitch };
  std::string name;  // "handle", or "--store"
  std::string help;
  std::string value = "";  // what the value is called in the help: "HANDLE"
  Kind kind = Kind::kValue;
  bool required = false;
  bool repeated = false;
  std::vector<std::string> choices = {};  // empty: any
};

// What was on the command line, by the parameter's name.
class Invocation {
 public:
  void Add(const std::string& name, std::vector<std::string> values) {
    values_[name] = std::move(values);
  }
  bool Has(std::string_view name) const { return values_.contains(name); }
  std::string Get(std::string_view name, std::string_view otherwise = "") const;
  std::vector<std::string> All(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

struct Command {
  std::vector<std::string> path;  // {"store", "create"}
  std::string help;
  std::string example;
  std::vector<Parameter> parameters;
  std::function<int(const Invocation&)> run;  // returns the exit code
};

// Parses and runs; prints help where it is asked for. `groups` says what the first words of
// two-word commands are about. Returns the exit code; kUsage, with a line on standard error that
// names the nearest known word, when the command line is not understood.
int RunCommandLine(int argc, const char* const* argv, const std::vector<Command>& commands,
                   const std::map<std::string, std::string>& groups);

// "oubli: TEXT" on standard error, or {"error":{...}} there.
void PrintError(const Error& error, bool json);

}  // namespace oubli::cli
