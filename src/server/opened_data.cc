#include "server/opened_data.h"

#include "base/log.h"
#include "crypto/random.h"
#include "erasure/sweeper.h"

namespace oubli::server {
namespace {

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
                                                     const customers::StoreOptions& options) {
  crypto::Initialize();
  std::unique_ptr<OpenedData> data(new OpenedData(std::move(lock), writer_threads));
  OUBLI_TRY_ASSIGN(data->file_, access::ServerFile::Open(data_dir));
  data->api_keys_ = std::make_unique<access::ApiKeys>(*data->file_, clock);
  data->windows_ = std::make_unique<access::Windows>(*data->file_, clock);
  data->stores_ = std::make_unique<access::Stores>(*data->file_, data_dir, data->threads_, clock,
                                                   AttachSweep, options);
  return data;
}

OpenedData::~OpenedData() = default;

}  // namespace oubli::server
