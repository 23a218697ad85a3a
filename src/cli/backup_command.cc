#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "admin/backup_commands.h"
#include "admin/protocol.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress_bar.h"

namespace oubli::cli {
namespace {

int64_t IntOf(const boost::json::object& object, std::string_view name) {
  const auto* value = FindMember(object, name);
  return value == nullptr ? 0 : AsInt(*value).value_or(0);
}

Result<boost::json::object> RunStep(Backend& backend, std::string_view command,
                                    const std::string& arguments) {
  OUBLI_TRY_ASSIGN(const std::string result, backend.Run(command, arguments));
  OUBLI_TRY_ASSIGN(boost::json::value parsed, ParseJson(result));
  if (!parsed.is_object())
    return Fail(ErrorKind::kCorrupt, "the server's answer is not understood");
  return parsed.get_object();
}

// Watches the copy of one store grow: the step itself says nothing before it has ended.
class Watch {
 public:
  Watch(ProgressBar& bar, std::string file, int64_t before, int64_t total, std::string text)
      : bar_(bar), file_(std::move(file)), before_(before), total_(total), text_(std::move(text)) {
    if (bar_.is_on()) thread_ = std::thread([this] { Run(); });
  }
  ~Watch() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    do {
      std::error_code error;
      const auto size = std::filesystem::file_size(file_, error);
      bar_.Show(before_ + (error ? 0 : static_cast<int64_t>(size)), total_, text_);
    } while (!wake_.wait_for(lock, std::chrono::milliseconds(150), [this] { return ended_; }));
  }

  ProgressBar& bar_;
  const std::string file_;
  const int64_t before_;
  const int64_t total_;
  const std::string text_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::thread thread_;
};

Status CopyStores(Backend& backend, const boost::json::object& begun, const std::string& id) {
  const auto* list = FindMember(begun, "stores");
  if (list == nullptr || !list->is_array()) {
    return Fail(ErrorKind::kCorrupt, "the server's answer is not understood");
  }
  const boost::json::array& stores = list->get_array();
  const std::string working_path = admin::TextMember(begun, "working_path");
  int64_t total = 0;
  for (const auto& store : stores) total += IntOf(store.as_object(), "bytes");
  int64_t before = 0;
  ProgressBar bar;
  for (size_t i = 0; i < stores.size(); ++i) {
    const boost::json::object& store = stores[i].as_object();
    const int64_t number = IntOf(store, "number");
    std::string arguments;
    JsonWriter(arguments).BeginObject().Member("id", id).Member("number", number).EndObject();
    const Watch watch(bar, fmt::format("{}/stores/{}.db", working_path, number), before, total,
                      fmt::format("store {} of {}", i + 1, stores.size()));
    OUBLI_TRY(RunStep(backend, admin::kBackupStore, arguments));
    before += IntOf(store, "bytes");
  }
  return {};
}

Result<boost::json::object> BackUp(const Invocation& invocation) {
  const std::string to = invocation.Get("--to");
  std::error_code error;
  // The server has another current folder.
  const std::string folder = std::filesystem::absolute(to, error).string();
  if (error) return Fail(ErrorKind::kInvalid, "cannot resolve " + to, "to");
  OUBLI_TRY_ASSIGN(Backend backend, ConnectTo(invocation));
  std::string arguments;
  JsonWriter(arguments).BeginObject().Member("to", folder).EndObject();
  OUBLI_TRY_ASSIGN(const boost::json::object begun,
                   RunStep(backend, admin::kBackupBegin, arguments));
  std::string named;
  const std::string id = admin::TextMember(begun, "id");
  JsonWriter(named).BeginObject().Member("id", id).EndObject();
  if (const Status copied = CopyStores(backend, begun, id); !copied) {
    (void)backend.Run(admin::kBackupCancel, named);
    return Fail(copied.error());
  }
  return RunStep(backend, admin::kBackupFinish, named);
}

int RunBackup(const Invocation& invocation) {
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  const auto finished = BackUp(invocation);
  if (!finished) return FailWith(invocation, finished.error());
  if (!invocation.Has("--json")) {
    return Print(fmt::format("{}: {} stores, {} bytes.\n", admin::TextMember(*finished, "path"),
                             IntOf(*finished, "stores"), IntOf(*finished, "bytes")));
  }
  std::string out;
  JsonWriter writer(out);
  WriteJson(writer, *finished);
  return Print(out + "\n");
}

}  // namespace

std::vector<Command> BackupCommands() {
  return {
      {.path = {"backup"},
       .help = "Copy all data to a folder, while the server runs or without it",
       .example = "oubli backup --to /mnt/backups",
       .parameters = CommonParameters(
           {{.name = "--to",
             .help = "the backup folder; it becomes a place of the key journal, and has to stay "
                     "reachable from then on",
             .value = "FOLDER",
             .required = true}}),
       .run = RunBackup}};
}

}  // namespace oubli::cli
