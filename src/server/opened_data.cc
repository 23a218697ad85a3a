#include "server/opened_data.h"

#include <filesystem>

#include "backup/restore.h"
#include "base/log.h"
#include "crypto/random.h"
#include "erasure/sweeper.h"

namespace oubli::server {
namespace {

// Before the sweep, which has something to tell too.
void AttachOutbox(access::Hooks& hooks, customers::Store& store) {
  const auto wanted = hooks.ActiveFlag(store.number());
  store.SetOutbox(wanted, [&hooks, number = store.number()] { hooks.NoteOutbox(number); });
  // An earlier process may have left something.
  if (*wanted) hooks.NoteOutbox(store.number());
}

void AttachSweep(const std::shared_ptr<customers::Store>& store) {
  if (const Status attached = erasure::AttachSweep(*store); !attached) {
    // Erased customers stay unreadable; only their noise stays longer.
    Log(LogLevel::kError, "sweep not attached",
        {{"store", store->number()}, {"error", ErrorKindName(attached.error().kind)}});
  }
}

}  // namespace

Result<std::unique_ptr<OpenedData>> OpenedData::Open(DataLock lock, const std::string& data_dir,
                                                     int writer_threads, const Clock& clock,
                                                     customers::StoreOptions options,
                                                     const access::KeyCustodyOptions& custody) {
  crypto::Initialize();
  std::unique_ptr<OpenedData> data(new OpenedData(std::move(lock), writer_threads));
  OUBLI_TRY(backup::CompleteRestore(data_dir, clock));
  OUBLI_TRY_ASSIGN(data->file_, access::ServerFile::Open(data_dir));
  OUBLI_TRY_ASSIGN(data->custody_,
                   access::KeyCustody::Open(*data->file_, data_dir, clock, custody));
  options.places = data->custody_->places();
  OUBLI_TRY_ASSIGN(data->hooks_, access::Hooks::Open(*data->file_, clock));
  data->api_keys_ = std::make_unique<access::ApiKeys>(*data->file_, clock);
  data->administrators_ = std::make_unique<access::Administrators>(*data->file_, clock);
  data->api_keys_->OnRevoke([hooks = data->hooks_.get()] { hooks->Refresh(); });
  data->windows_ = std::make_unique<access::Windows>(*data->file_, clock);
  data->stores_ = std::make_unique<access::Stores>(
      *data->file_, data_dir, data->threads_, clock,
      [hooks = data->hooks_.get()](const std::shared_ptr<customers::Store>& store) {
        AttachOutbox(*hooks, *store);
        AttachSweep(store);
      },
      options);
  data->backups_ = std::make_unique<backup::Backups>(*data->file_, *data->stores_, *data->custody_,
                                                     data_dir, clock);
  data->subject_.emplace(
      doctor::Subject{*data->file_, *data->stores_, *data->custody_, clock,
                      std::filesystem::absolute(data_dir).string(), "",
                      [stopping = &data->stopping_] { return !stopping->load(); }});
  return data;
}

OpenedData::~OpenedData() = default;

}  // namespace oubli::server
