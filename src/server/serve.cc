#include "server/serve.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include "admin/commands.h"
#include "admin/control_client.h"
#include "admin/control_socket.h"
#include "admin/web/admin_page.h"
#include "base/log.h"
#include "customers/search_indexes.h"
#include "doctor/residue_record.h"
#include "documents/documents.h"
#include "erasure/eraser.h"
#include "http/server.h"
#include "keys/rotation.h"
#include "mail/sender.h"
#include "server/access_observer.h"
#include "server/data_lock.h"
#include "server/dialect_list.h"
#include "server/dispatcher.h"
#include "server/listen_address.h"
#include "server/maintenance.h"
#include "server/metrics.h"
#include "server/opened_data.h"
#include "server/process.h"
#include "server/reindex_schedule.h"
#include "server/version.h"
#include "webhooks/deliveries.h"

namespace oubli::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A command that has the data open is done soon; another server is not.
constexpr milliseconds kWaitForLock{5000};

LogLevel LevelOf(std::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return name == "off" ? LogLevel::kOff : LogLevel::kInfo;
}

Result<DataLock> TakeLock(const std::string& data_dir) {
  const auto end = std::chrono::steady_clock::now() + kWaitForLock;
  while (true) {
    OUBLI_TRY_ASSIGN(std::optional<DataLock> lock, DataLock::TryTake(data_dir));
    if (lock) return *std::move(lock);
    const bool is_server = admin::ControlClient::Connect(data_dir).has_value();
    if (is_server || std::chrono::steady_clock::now() >= end) {
      return Fail(ErrorKind::kUnavailable,
                  fmt::format("{}{}: stop it, or give another folder with --data",
                              LockHolderText(data_dir), is_server ? " and serves it" : ""));
    }
    std::this_thread::sleep_for(milliseconds(50));
  }
}

http::ServerOptions OptionsOf(const Settings& settings, const ListenAddress& listen) {
  http::ServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.tls_cert = settings.tls_cert;
  options.tls_key = settings.tls_key;
  options.io_threads = static_cast<int>(settings.io_threads);
  options.worker_threads = static_cast<int>(settings.worker_threads);
  options.max_header_bytes = static_cast<size_t>(settings.max_header_bytes);
  options.max_body_bytes = static_cast<size_t>(settings.max_body_bytes);
  options.max_connections = static_cast<int>(settings.max_connections);
  options.max_connections_per_address = static_cast<int>(settings.max_connections_per_address);
  options.request_deadline = seconds(settings.request_deadline_s);
  options.idle_timeout = seconds(settings.idle_timeout_s);
  return options;
}

// The server's parts, made in order and stopped in the opposite one.
class Running {
 public:
  explicit Running(const Settings& settings) : settings_(settings) {}

  Status Start();
  const std::string& ready() const { return ready_; }  // what to tell when all has started
  void Reload();
  void Stop();

 private:
  Status StartDeliveries();
  Status StartHttp();
  Status StartMetrics();
  Status CheckReady();
  Gauges ReadGauges();

  const Settings& settings_;
  std::string ready_;
  Metrics metrics_;
  std::shared_ptr<customers::SearchIndexes> search_;  // null: none
  std::unique_ptr<OpenedData> data_;
  std::unique_ptr<webhooks::Deliveries> deliveries_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<http::Server> http_;
  std::unique_ptr<admin::ControlSocket> control_;
  std::unique_ptr<MetricsHandler> metrics_handler_;
  std::unique_ptr<http::Server> metrics_http_;
  std::unique_ptr<Maintenance> maintenance_;
  std::unique_ptr<ReindexSchedule> reindex_;
  std::unique_ptr<mail::Sender> mails_;  // none without an SMTP server
};

Status Running::Start() {
  OUBLI_TRY_ASSIGN(DataLock lock, TakeLock(settings_.data));
  customers::StoreOptions stores;
  if (settings_.search_index_mb > 0) {
    search_ = std::make_shared<customers::SearchIndexes>(
        customers::SearchOptions{.max_bytes = settings_.search_index_mb * 1024 * 1024});
    stores.search = search_;
  }
  OUBLI_TRY_ASSIGN(data_, OpenedData::Open(std::move(lock), settings_.data,
                                           static_cast<int>(settings_.writer_threads),
                                           SystemClock(), stores, CustodyOptionsOf(settings_)));
  data_->SetLogFile(settings_.log_file);
  OUBLI_TRY(StartDeliveries());
  OUBLI_TRY(StartHttp());
  OUBLI_TRY_ASSIGN(control_, admin::ControlSocket::Open(
                                 settings_.data, [this](std::string_view command,
                                                        const boost::json::object& arguments) {
                                   return admin::RunCommand(data_->services(), command, arguments);
                                 }));
  OUBLI_TRY(StartMetrics());
  maintenance_ = std::make_unique<Maintenance>(
      data_->stores(), data_->windows(), SystemClock(),
      Maintenance::Options{.store_idle_ms = settings_.store_idle_s * 1000});
  maintenance_->Start();
  reindex_ = std::make_unique<ReindexSchedule>(
      data_->stores(), SystemClock(), ReindexSchedule::Options{.days = settings_.reindex_days});
  reindex_->Start();
  if (!settings_.smtp_url.empty()) {
    mails_ = std::make_unique<mail::Sender>(data_->stores(),
                                            mail::MakeSmtp(settings_.smtp_url, settings_.smtp_from),
                                            mail::Sender::Options{.page = settings_.password_page});
    mails_->Start();
  }
  return {};
}

Status Running::StartDeliveries() {
  webhooks::DeliveryOptions options;
  OUBLI_TRY_ASSIGN(options.sender.rules, webhooks::AddressRules::Parse(settings_.webhook_allow));
  options.sender.timeout = seconds(settings_.webhook_timeout_s);
  options.sender.ca_file = settings_.webhook_ca;
  options.retry_speed = settings_.webhook_retry_speed;
  OUBLI_TRY_ASSIGN(deliveries_,
                   webhooks::Deliveries::Make(data_->stores(), data_->hooks(), data_->api_keys(),
                                              SystemClock(), std::move(options)));
  deliveries_->Start();
  return {};
}

Status Running::StartHttp() {
  OUBLI_TRY_ASSIGN(const ListenAddress listen, ParseListenAddress(settings_.listen));
  const dialects::Environment environment{data_->api_keys(), data_->stores(), data_->windows(),
                                          SystemClock(),     data_->hooks(),  *deliveries_};
  auto protocols = MakeDialects(environment);
  protocols.push_back(
      admin::web::MakeAdminPage(data_->services(), data_->administrators(), SystemClock()));
  protocols.push_back(documents::MakeDocuments());
  dispatcher_ = std::make_unique<Dispatcher>(std::move(protocols), [this] { return CheckReady(); });
  http_ = std::make_unique<http::Server>(OptionsOf(settings_, listen), *dispatcher_,
                                         MakeAccessObserver(metrics_, settings_.access_log));
  if (const Status started = http_->Start(); !started) {
    http_.reset();
    return Fail(started.error());
  }
  ready_ = fmt::format("oubli: listening on {}://{}\n",
                       settings_.tls_cert.empty() ? "http" : "https", listen.Text(http_->port()));
  return {};
}

Status Running::StartMetrics() {
  if (settings_.metrics == "off") return {};
  OUBLI_TRY_ASSIGN(const ListenAddress listen, ParseListenAddress(settings_.metrics));
  http::ServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.worker_threads = 1;
  options.max_connections = 64;
  options.max_connections_per_address = 64;
  options.max_body_bytes = 1024;
  metrics_handler_ = std::make_unique<MetricsHandler>(metrics_, [this] { return ReadGauges(); });
  metrics_http_ =
      std::make_unique<http::Server>(options, *metrics_handler_, [](const http::AccessRecord&) {});
  if (const Status started = metrics_http_->Start(); !started) {
    metrics_http_.reset();
    if (settings_.IsSet("metrics")) return Fail(started.error());
    fmt::print(stderr, "oubli: no metrics: {}; --metrics chooses another place, or off\n",
               started.error().text);
    return {};
  }
  ready_ +=
      fmt::format("oubli: metrics on http://{}/metrics\n", listen.Text(metrics_http_->port()));
  return {};
}

Status Running::CheckReady() {
  return data_->file().Read([](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT COUNT(*) FROM store"));
    OUBLI_TRY(select->Step());
    return {};
  });
}

Gauges Running::ReadGauges() {
  Gauges gauges;
  const auto open = data_->stores().OpenStores();
  gauges.stores_open = static_cast<int64_t>(open.size());
  for (const auto& store : open) {
    gauges.sweep_backlog += store->sweep_backlog().load();
    gauges.erasures_pending += store->key_tree().erasure_pending() ? 1 : 0;
  }
  for (const access::KeyPlace& place : data_->custody().List()) {
    gauges.key_places_missing += place.in_use ? 0 : 1;
  }
  for (const auto& journal : data_->custody().JournalStates()) {
    gauges.journals_behind += journal.last ? 0 : 1;
  }
  const webhooks::DeliveryCounts webhooks = deliveries_->counts();
  gauges.webhooks_delivered = webhooks.delivered;
  gauges.webhooks_failed = webhooks.failed;
  gauges.webhooks_deactivated = webhooks.deactivated;
  gauges.webhook_backlog = webhooks.backlog;
  if (search_) {
    gauges.search_bytes = search_->bytes();
    gauges.search_builds = search_->builds();
    gauges.search_answers = search_->answers();
    gauges.search_scans = search_->scans();
  }
  gauges.rotations = keys::RotationsSinceStart();
  gauges.connections = http_->open_connections();
  gauges.erased_owners = erasure::ErasedSinceStart();
  // One row; what cannot be read now is there at the next scrape.
  if (const auto residue = doctor::ReadResidueRecord(data_->file())) {
    gauges.residue_clean_ms = residue->clean_at;
    gauges.residue_findings = residue->findings;
  }
  return gauges;
}

void Running::Reload() {
  if (settings_.tls_cert.empty()) return Log(LogLevel::kInfo, "nothing to reload without TLS");
  if (const Status reloaded = http_->ReloadTls(); !reloaded) {
    Log(LogLevel::kError, "TLS not reloaded, the old certificate stays",
        {{"error", reloaded.error().text}});
    return;
  }
  Log(LogLevel::kInfo, "TLS reloaded");
}

void Running::Stop() {
  if (dispatcher_) dispatcher_->BeginStop();
  if (http_) http_->Stop(seconds(settings_.grace_s));
  if (data_) data_->BeginStop();
  if (control_) control_->Stop();
  if (mails_) mails_->Stop();
  if (reindex_) reindex_->Stop();
  if (maintenance_) maintenance_->Stop();
  if (metrics_http_) metrics_http_->Stop(milliseconds(0));
  if (deliveries_) deliveries_->Stop();
  // Before the dispatcher goes: what was submitted is finished now, and its answers pass the
  // dialects.
  data_.reset();
}

}  // namespace

Status Serve(const Settings& settings) {
  if (!ConfigureLog({LevelOf(settings.log_level), settings.log_file})) {
    return Fail(ErrorKind::kUnavailable, "cannot open the log file " + settings.log_file);
  }
  HoldSignals();
  RaiseFileLimit();
  Running running(settings);
  const Status started = running.Start();
  if (started) {
    fmt::print("{}", running.ready());
    std::fflush(stdout);
    Log(LogLevel::kInfo, "server started", {{"version", Version()}});
    while (WaitForSignal() == Signal::kReload) running.Reload();
    Log(LogLevel::kInfo, "server stops");
  }
  running.Stop();
  if (started) Log(LogLevel::kInfo, "server stopped");
  return started;
}

}  // namespace oubli::server
