#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "admin/protocol.h"
#include "base/text.h"

namespace oubli::cli {
namespace {

// A command as CLI11 knows it.
struct Parsed {
  CLI::App* app = nullptr;
  const Command* command = nullptr;             // null for a group
  std::map<std::string, CLI::Option*> options;  // by the parameter's name
  // Only so that CLI11 knows what each takes; the values are read from the options.
  std::map<std::string, std::vector<std::string>> lists;
  std::map<std::string, std::string> texts;
};

std::string Title(const std::vector<std::string>& path) {
  return fmt::format("oubli {}", fmt::join(path, " "));
}

void AddParameter(Parsed& parsed, const Parameter& parameter) {
  const std::string help = parameter.help + (parameter.required ? " (required)" : "");
  const std::string& name = parameter.name;
  CLI::Option*& option = parsed.options[name];
  if (parameter.kind == Parameter::Kind::kSwitch) {
    option = parsed.app->add_flag(name, help);
    return;
  }
  if (!parameter.repeated) {
    option = parsed.app->add_option(name, parsed.texts[name], help);
    // The last one counts, so that a script's own words can be overruled behind them.
    if (parameter.kind == Parameter::Kind::kValue) option->take_last();
  } else {
    option = parsed.app->add_option(name, parsed.lists[name], help);
    // One value each time: else "--scope a b" would swallow what comes after.
    if (parameter.kind == Parameter::Kind::kValue) option->allow_extra_args(false);
  }
  option->option_text(parameter.value);
}

class Parser {
 public:
  Parser(const std::vector<Command>& commands, const std::map<std::string, std::string>& groups);
  int Run(int argc, const char* const* argv);

 private:
  CLI::App* Group(const std::string& name, const std::string& help);
  const Parsed* Chosen() const;
  int Fail(std::string_view text, std::string_view title) const;
  int FailUnknown(const std::string& word) const;
  std::string WrongParameter(const Parsed& chosen) const;
  Invocation MakeInvocation(const Parsed& chosen) const;

  CLI::App root_{"Oubli keeps a store's customers, and forgets them when asked to.", "oubli"};
  std::vector<std::unique_ptr<Parsed>> parsed_;
  std::map<std::string, CLI::App*> groups_;
  bool json_ = false;
};

Parser::Parser(const std::vector<Command>& commands,
               const std::map<std::string, std::string>& groups) {
  root_.footer("`oubli COMMAND --help` tells more of a command.");
  for (const Command& command : commands) {
    CLI::App* parent = &root_;
    if (command.path.size() > 1) parent = Group(command.path[0], groups.at(command.path[0]));
    auto parsed = std::make_unique<Parsed>();
    parsed->command = &command;
    parsed->app = parent->add_subcommand(command.path.back(), command.help);
    parsed->app->footer("Example:\n  " + command.example);
    for (const Parameter& parameter : command.parameters) AddParameter(*parsed, parameter);
    parsed_.push_back(std::move(parsed));
  }
}

CLI::App* Parser::Group(const std::string& name, const std::string& help) {
  CLI::App*& group = groups_[name];
  if (group == nullptr) {
    group = root_.add_subcommand(name, help);
    group->footer(fmt::format("`oubli {} COMMAND --help` tells more of a command.", name));
  }
  return group;
}

const Parsed* Parser::Chosen() const {
  for (const auto& parsed : parsed_) {
    if (parsed->app->parsed()) return parsed.get();
  }
  return nullptr;
}

int Parser::Fail(std::string_view text, std::string_view title) const {
  if (json_) {
    PrintError({ErrorKind::kInvalid, std::string(text)}, true);
  } else {
    fmt::print(stderr, "oubli: {}\nTry `{} --help`.\n", text, title);
  }
  return kUsage;
}

int Parser::FailUnknown(const std::string& word) const {
  const Parsed* chosen = Chosen();
  const CLI::App* app = chosen != nullptr ? chosen->app : &root_;
  std::string title = chosen != nullptr ? Title(chosen->command->path) : "oubli";
  if (chosen == nullptr) {
    for (const auto& [name, group] : groups_) {
      if (group->parsed()) app = group, title = "oubli " + name;
    }
  }
  const bool option = word.starts_with("-");
  std::vector<std::string> known;
  if (option) {
    for (const CLI::Option* each : app->get_options()) {
      if (!each->get_lnames().empty()) known.push_back("--" + each->get_lnames().front());
    }
  } else {
    for (const CLI::App* each : app->get_subcommands({})) known.push_back(each->get_name());
  }
  // "--lisen=x" is about --lisen.
  const std::string name = option ? word.substr(0, word.find('=')) : word;
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string_view near = NearestName(name, views);
  std::string text = option          ? fmt::format("unknown option {}", name)
                     : known.empty() ? fmt::format("unexpected argument {}", name)
                                     : fmt::format("unknown command {}", name);
  if (!near.empty()) {
    text += fmt::format("; did you mean {}?", near);
  } else if (!known.empty()) {
    text += fmt::format("; the known ones are {}", fmt::join(known, ", "));
  }
  return Fail(text, title);
}

std::string Parser::WrongParameter(const Parsed& chosen) const {
  for (const Parameter& parameter : chosen.command->parameters) {
    if (parameter.kind == Parameter::Kind::kSwitch) continue;
    const std::vector<std::string>& values = chosen.options.at(parameter.name)->results();
    if (parameter.required && values.empty()) {
      return fmt::format("{} is missing", parameter.kind == Parameter::Kind::kPositional
                                              ? parameter.value
                                              : parameter.name);
    }
    for (const std::string& value : values) {
      if (parameter.choices.empty() ||
          std::ranges::find(parameter.choices, value) != parameter.choices.end()) {
        continue;
      }
      return fmt::format("{} {} is not known; the known ones are {}", parameter.name, value,
                         fmt::join(parameter.choices, ", "));
    }
  }
  return "";
}

Invocation Parser::MakeInvocation(const Parsed& chosen) const {
  Invocation invocation;
  for (const auto& [name, option] : chosen.options) {
    if (option->count() > 0) invocation.Add(name, option->results());
  }
  return invocation;
}

int Parser::Run(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) json_ = json_ || std::string_view(argv[i]) == "--json";
  if (argc < 2) {
    fmt::print(stderr, "{}", root_.help());
    return kUsage;
  }
  try {
    root_.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return root_.exit(help);
  } catch (const CLI::ExtrasError&) {
    const std::vector<std::string> rest = root_.remaining(true);
    return FailUnknown(rest.empty() ? "" : rest.front());
  } catch (const CLI::ParseError& error) {
    const Parsed* chosen = Chosen();
    return Fail(error.what(), chosen != nullptr ? Title(chosen->command->path) : "oubli");
  }
  const Parsed* chosen = Chosen();
  if (chosen == nullptr) {
    for (const auto& [name, group] : groups_) {
      if (!group->parsed()) continue;
      std::vector<std::string> known;
      for (const CLI::App* each : group->get_subcommands({})) known.push_back(each->get_name());
      return Fail(fmt::format("{} what? The commands are {}", name, fmt::join(known, ", ")),
                  "oubli " + name);
    }
    return Fail("which command?", "oubli");
  }
  if (const std::string wrong = WrongParameter(*chosen); !wrong.empty()) {
    return Fail(wrong, Title(chosen->command->path));
  }
  return chosen->command->run(MakeInvocation(*chosen));
}

}  // namespace

std::string Invocation::Get(std::string_view name, std::string_view otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string(otherwise) : found->second.back();
}

std::vector<std::string> Invocation::All(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

int RunCommandLine(int argc, const char* const* argv, const std::vector<Command>& commands,
                   const std::map<std::string, std::string>& groups) {
  return Parser(commands, groups).Run(argc, argv);
}

void PrintError(const Error& error, bool json) {
  if (json) {
    fmt::print(stderr, "{{\"error\":{}}}\n", admin::ErrorJson(error));
  } else {
    fmt::print(stderr, "oubli: {}\n", error.text);
  }
}

}  // namespace oubli::cli
