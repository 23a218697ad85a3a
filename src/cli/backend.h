// Where a command runs: on the data itself, when no server has it open, or in the server that has.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "admin/control_client.h"
#include "base/result.h"
#include "server/opened_data.h"

namespace oubli::cli {

// For one thread.
class Backend {
 public:
  // Waits a few seconds where a server starts or stops, or another command has the data open.
  // Errors: kUnavailable, kCorrupt.
  static Result<Backend> Connect(const std::string& data_dir);

  // Runs a command of admin/commands.h; `arguments` is a JSON object. A server that stops meanwhile
  // does not matter: the command then runs here. Errors: the command's, and those of Connect().
  Result<std::string> Run(std::string_view command, std::string_view arguments);

  // The data that this process has opened itself, or nullptr: for work that is too much to go
  // through JSON.
  server::OpenedData* data() { return data_.get(); }

 private:
  explicit Backend(std::string data_dir) : data_dir_(std::move(data_dir)) {}
  Status Reconnect();

  std::string data_dir_;
  std::unique_ptr<server::OpenedData> data_;  // one of these two
  std::optional<admin::ControlClient> client_;
};

}  // namespace oubli::cli
