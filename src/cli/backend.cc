#include "cli/backend.h"

#include <fmt/core.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <thread>

#include "admin/commands.h"
#include "base/clock.h"
#include "base/json.h"
#include "server/data_lock.h"

namespace oubli::cli {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kBetweenTries{20};

}  // namespace

Result<Backend> Backend::Connect(const std::string& data_dir, access::KeyCustodyOptions custody) {
  Backend backend(data_dir, std::move(custody));
  OUBLI_TRY(backend.Reconnect());
  return backend;
}

Status Backend::Reconnect() {
  client_.reset();
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    OUBLI_TRY_ASSIGN(std::optional<server::DataLock> lock, server::DataLock::TryTake(data_dir_));
    if (lock) {
      // A small cache: an import goes once through the file, and shall need no more for a large
      // one.
      OUBLI_TRY_ASSIGN(data_,
                       server::OpenedData::Open(*std::move(lock), data_dir_, 1, SystemClock(),
                                                {.writer_cache_kib = 8 * 1024}, custody_));
      return {};
    }
    Result<admin::ControlClient> client = admin::ControlClient::Connect(data_dir_);
    if (client) {
      client_.emplace(*std::move(client));
      return {};
    }
    // Nobody listens: the server is just starting or stopping, or another command has the data
    // open.
    if (client.error().kind != ErrorKind::kNotFound) return Fail(client.error());
    if (std::chrono::steady_clock::now() >= end) {
      return Fail(ErrorKind::kUnavailable,
                  server::LockHolderText(data_dir_) + " and does not answer commands");
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
}

Result<std::string> Backend::Run(std::string_view command, std::string_view arguments) {
  while (true) {
    if (data_) {
      OUBLI_TRY_ASSIGN(const boost::json::value parsed, ParseJson(arguments));
      return admin::RunCommand(data_->services(), command, parsed.as_object());
    }
    OUBLI_TRY_ASSIGN(std::optional<std::string> answer, client_->Call(command, arguments));
    if (answer) return *std::move(answer);
    OUBLI_TRY(Reconnect());
  }
}

}  // namespace oubli::cli
