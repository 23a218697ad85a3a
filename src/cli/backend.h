// Where a command runs: on the data itself, when no server has it open, or in the server that has.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "access/key_custody.h"
#include "admin/control_client.h"
#include "base/result.h"
#include "server/opened_data.h"

namespace oubli::cli {

// For one thread.
class Backend {
 public:
  // Waits a few seconds where a server starts or stops, or another command has the data open.
  // `custody` counts when no server runs. Errors: kUnavailable, kCorrupt, those of KeyCustody.
  static Result<Backend> Connect(const std::string& data_dir,
                                 access::KeyCustodyOptions custody = {});

  // Runs a command of admin/commands.h; `arguments` is a JSON object. A server that stops meanwhile
  // does not matter: the command then runs here. Errors: the command's, and those of Connect().
  Result<std::string> Run(std::string_view command, std::string_view arguments);

  // The data that this process has opened itself, or nullptr: for work that is too much to go
  // through JSON.
  server::OpenedData* data() { return data_.get(); }

 private:
  Backend(std::string data_dir, access::KeyCustodyOptions custody)
      : data_dir_(std::move(data_dir)), custody_(std::move(custody)) {}
  Status Reconnect();

  std::string data_dir_;
  access::KeyCustodyOptions custody_;
  std::unique_ptr<server::OpenedData> data_;  // one of these two
  std::optional<admin::ControlClient> client_;
};

}  // namespace oubli::cli
