#include "webhooks/deliveries.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <thread>

#include "crypto/random.h"
#include "customers/customers.h"
#include "keys/testing/key_places.h"
#include "webhooks/payload.h"

namespace oubli::webhooks {
namespace {

using customers::StoreTransaction;

// Takes one request after another on a loopback port and answers with the texts that it is given,
// then with the last one of them.
class Receiver {
 public:
  explicit Receiver(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 64), 0);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~Receiver() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::string Url(const std::string& host = "127.0.0.1") const {
    return fmt::format("http://{}:{}/hooks", host, port_);
  }
  std::vector<std::string> Requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void Run() {
    while (true) {
      const int peer = accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      std::string request;
      char buffer[4096];
      while (request.find("}}") == std::string::npos) {
        const ssize_t got = read(peer, buffer, sizeof buffer);
        if (got <= 0) break;
        request.append(buffer, static_cast<size_t>(got));
      }
      std::string answer;
      {
        std::lock_guard lock(mutex_);
        answer = answers_[std::min(requests_.size(), answers_.size() - 1)];
        requests_.push_back(request);
      }
      (void)!write(peer, answer.data(), answer.size());
      close(peer);
    }
  }

  std::vector<std::string> answers_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

constexpr const char* kTaken = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr const char* kFailed = "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n";

class DeliveriesTest : public testing::Test {
 protected:
  DeliveriesTest() {
    crypto::Initialize();
    std::string folder = testing::TempDir() + "oubli-webhooks-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    OpenAll();
    number_ = stores_->Create("abc")->number;
    const auto key = keys_->Create({.store = "abc"}).value();
    key_ = key.id;
    secret_ = keys_->ClientSecret(key_).value();
  }
  ~DeliveriesTest() override {
    CloseAll();
    std::filesystem::remove_all(folder_);
  }
  void OpenAll() {
    const std::string data = (folder_ / "data").string();
    file_ = access::ServerFile::Open(data).value();
    keys_ = std::make_unique<access::ApiKeys>(*file_, clock_);
    hooks_ = access::Hooks::Open(*file_, clock_).value();
    customers::StoreOptions options;
    options.places = keys::TestPlaces(folder_);
    stores_ = std::make_unique<access::Stores>(
        *file_, data, threads_, clock_,
        [this](const std::shared_ptr<customers::Store>& store) {
          const int64_t number = store->number();
          store->SetOutbox(hooks_->ActiveFlag(number),
                           [this, number] { hooks_->NoteOutbox(number); });
          hooks_->NoteOutbox(number);
        },
        options);
  }
  void Start(const std::vector<std::string>& allowed = {"127.0.0.1"},
             Resolver::Lookup lookup = Resolver::SystemLookup) {
    DeliveryOptions options;
    options.sender.rules = AddressRules::Parse(allowed).value();
    options.sender.timeout = std::chrono::milliseconds(2000);
    options.lookup = std::move(lookup);
    deliveries_ = Deliveries::Make(*stores_, *hooks_, *keys_, clock_, std::move(options)).value();
    deliveries_->Start();
  }
  void CloseAll() {
    deliveries_.reset();
    stores_.reset();
    hooks_.reset();
    keys_.reset();
    file_.reset();
  }
  access::Hook AddHook(const std::string& scope, const std::string& destination) {
    access::Hook hook;
    hook.store_number = number_;
    hook.key_id = key_;
    hook.scope = scope;
    hook.destination = destination;
    const auto store = stores_->Open(number_).value();
    return hooks_
        ->Create(hook,
                 [&]() -> Result<int64_t> {
                   auto reader = store->Read();
                   return customers::LastEventNumber(**reader);
                 })
        .value();
  }
  void AddCustomer(const std::string& email) {
    const auto store = stores_->Open(number_).value();
    ASSERT_TRUE(store->WriteAndWait([&](StoreTransaction& transaction) {
      customers::Customer customer;
      customer.profile.email = email;
      return customers::CreateCustomer(transaction, customer);
    }));
  }
  int64_t OutboxRows() {
    const auto store = stores_->Open(number_).value();
    auto reader = store->Read().value();
    auto select = reader->connection().Prepare("SELECT COUNT(*) FROM outbox").value();
    EXPECT_TRUE(select->Step().value());
    return select->Int(0);
  }
  template <class Ask>
  static bool Until(Ask ask) {
    for (int i = 0; i < 1500; ++i) {
      if (ask()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  // Lets what is known be written: that waits for the clock.
  void Settle() {
    for (int i = 0; i < 40; ++i) {
      clock_.Advance(10);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  bool UntilOutboxIsEmpty() {
    return Until([&] {
      clock_.Advance(10);
      return OutboxRows() == 0;
    });
  }
  Status CheckNow(const std::string& url) {
    std::promise<Status> promise;
    deliveries_->CheckDestination(url, [&](Status status) { promise.set_value(status); });
    return promise.get_future().get();
  }

  std::filesystem::path folder_;
  ManualClock clock_{1'700'000'000'000};
  storage::WriterThreads threads_{2};
  std::unique_ptr<access::ServerFile> file_;
  std::unique_ptr<access::ApiKeys> keys_;
  std::unique_ptr<access::Hooks> hooks_;
  std::unique_ptr<access::Stores> stores_;
  std::unique_ptr<Deliveries> deliveries_;
  int64_t number_ = 0, key_ = 0;
  std::string secret_;
};

TEST_F(DeliveriesTest, ADeliveryIsTheOriginalsRequest) {
  Receiver receiver({kTaken});
  Start();
  AddHook("store/customer/created", receiver.Url());
  AddCustomer("a@example.com");
  ASSERT_TRUE(Until([&] { return receiver.Requests().size() == 1; }));
  const customers::OutboxRow row{1, {customers::EventKind::kCustomerCreated, 1}, clock_.NowMs()};
  const Payload payload = MakePayload("abc", number_, row);
  EXPECT_EQ(receiver.Requests()[0],
            fmt::format("POST /hooks HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n"
                        "user-agent: oubli\r\naccept-encoding: gzip\r\nwebhook-id: {}\r\n"
                        "webhook-timestamp: 1700000000\r\nwebhook-signature: {}\r\n"
                        "content-length: {}\r\nconnection: close\r\n\r\n{}",
                        receiver.Url().substr(7, receiver.Url().size() - 13), payload.hash,
                        Sign(secret_, payload.hash, 1'700'000'000, payload.body),
                        payload.body.size(), payload.body));
  EXPECT_TRUE(UntilOutboxIsEmpty());
  EXPECT_EQ(deliveries_->counts().delivered, 1);
}

TEST_F(DeliveriesTest, WhatFailsIsTriedAgainInItsTimeAlsoAfterARestart) {
  Receiver receiver(
      {kFailed, "HTTP/1.1 302 Found\r\nlocation: /x\r\n\r\n", "nonsense\r\n\r\n", kTaken});
  Start();
  AddHook("store/customer/*", receiver.Url());
  AddCustomer("a@example.com");
  ASSERT_TRUE(Until([&] { return receiver.Requests().size() == 1; }));
  ASSERT_TRUE(Until([&] { return deliveries_->counts().failed == 1; }));
  Settle();
  clock_.Advance(55'000);
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(receiver.Requests().size(), 1U);
  CloseAll();
  OpenAll();
  Start();
  ASSERT_TRUE(stores_->Open(number_));
  clock_.Advance(5000);
  ASSERT_TRUE(Until([&] { return receiver.Requests().size() == 2; }));
  ASSERT_TRUE(Until([&] { return deliveries_->counts().failed == 1; }));
  Settle();
  clock_.Advance(180'000);
  ASSERT_TRUE(Until([&] { return receiver.Requests().size() == 3; }));
  ASSERT_TRUE(Until([&] { return deliveries_->counts().failed == 2; }));
  Settle();
  EXPECT_EQ(OutboxRows(), 1);
  clock_.Advance(300'000);
  ASSERT_TRUE(Until([&] { return receiver.Requests().size() == 4; }));
  EXPECT_TRUE(UntilOutboxIsEmpty());
}

TEST_F(DeliveriesTest, ANameIsCheckedAgainAtEachDelivery) {
  Receiver receiver({kTaken});
  std::atomic<bool> rebound = false;
  std::atomic<int> asked = 0;
  Start({}, [&](const std::string& host) -> Result<std::vector<IpAddress>> {
    EXPECT_EQ(host, "hooks.example");
    ++asked;
    return std::vector<IpAddress>{*IpAddress::Parse("8.8.8.8"),
                                  *IpAddress::Parse(rebound ? "127.0.0.1" : "1.1.1.1")};
  });
  EXPECT_TRUE(CheckNow("https://hooks.example/"));
  rebound = true;
  EXPECT_EQ(CheckNow("https://hooks.example/").error().field, "destination");
  AddHook("store/customer/created", "https://hooks.example/");
  AddCustomer("a@example.com");
  EXPECT_TRUE(Until([&] { return deliveries_->counts().failed == 1; }));
  EXPECT_EQ(asked, 3);
}

TEST_F(DeliveriesTest, AHookHearsOfWhatComesAfterIt) {
  Receiver first({kTaken}), second({kTaken});
  Start();
  AddHook("store/customer/created", first.Url());
  AddCustomer("a@example.com");
  ASSERT_TRUE(Until([&] { return first.Requests().size() == 1; }));
  const access::Hook later = AddHook("store/customer/created", second.Url());
  AddCustomer("b@example.com");
  ASSERT_TRUE(Until([&] { return second.Requests().size() == 1; }));
  EXPECT_NE(second.Requests()[0].find(R"("id":2)"), std::string::npos);
  ASSERT_TRUE(hooks_->Remove(key_, later.id));
  AddCustomer("c@example.com");
  ASSERT_TRUE(Until([&] { return first.Requests().size() == 3; }));
  EXPECT_TRUE(UntilOutboxIsEmpty());
  EXPECT_EQ(second.Requests().size(), 1U);
}

TEST_F(DeliveriesTest, TheLastOneIsFollowedByNothing) {
  Receiver receiver({kFailed});
  Start();
  const access::Hook hook = AddHook("store/customer/created", receiver.Url());
  AddCustomer("a@example.com");
  for (int64_t attempt = 1; attempt <= 12; ++attempt) {
    ASSERT_TRUE(Until([&] { return deliveries_->counts().failed == attempt; })) << attempt;
    Settle();
    clock_.Advance(86'400'000);
  }
  ASSERT_TRUE(Until([&] { return deliveries_->counts().deactivated == 1; }));
  EXPECT_TRUE(hooks_->Find(key_, hook.id)->is_deactivated);
  EXPECT_EQ(hooks_->Events(number_)->at(0).reason, "all attempts failed: status 500");
  EXPECT_TRUE(UntilOutboxIsEmpty());
  EXPECT_EQ(receiver.Requests().size(), 12U);
}

TEST(Lane, ItsProgressIsWhatIsDoneWithoutAGap) {
  access::Hook hook;
  hook.id = 1;
  hook.scope = "store/customer/created";
  hook.after_no = 3;
  Lane lane(hook, "", 0, 1);
  EXPECT_EQ(lane.fetched_no(), 3);
  const auto row = [](int64_t no, customers::EventKind kind) {
    return customers::OutboxRow{no, {kind, no}, 0};
  };
  lane.AddFresh({row(4, customers::EventKind::kCustomerCreated),
                 row(5, customers::EventKind::kCustomerUpdated),
                 row(6, customers::EventKind::kCustomerCreated)},
                7);
  EXPECT_EQ(lane.done_no(), 3);
  const Job first = lane.Take();
  const Job second = lane.Take();
  EXPECT_FALSE(lane.HasReady());
  lane.Delivered(second);
  EXPECT_EQ(lane.done_no(), 3);
  lane.Failed(first, 1000);
  EXPECT_EQ(lane.done_no(), 7);
  const customers::OutboxProgress progress = lane.TakeProgress();
  EXPECT_EQ(progress.done_no, 7);
  ASSERT_EQ(progress.failed.size(), 1U);
  EXPECT_EQ(progress.failed[0].no, 4);
  EXPECT_EQ(progress.failed[0].attempts, 1);
  EXPECT_EQ(lane.unwritten(), 0U);
  // Until it is written, what the file says of it is not believed.
  lane.AddRetries({{{4, 1, 0}, row(4, customers::EventKind::kCustomerCreated)}});
  EXPECT_FALSE(lane.HasReady());
  lane.NotWritten(progress);
  EXPECT_EQ(lane.TakeProgress().failed.size(), 1U);
  lane.Written(progress);
  EXPECT_EQ(lane.next_retry_at, 1000);
  lane.AddRetries({{{4, 1, 0}, row(4, customers::EventKind::kCustomerCreated)}});
  ASSERT_TRUE(lane.HasReady());
  lane.Delivered(lane.Take());
  EXPECT_EQ(lane.TakeProgress().delivered, std::vector<int64_t>{4});
}

// A call that makes a hook holds its store until the destination has been looked at.
TEST_F(DeliveriesTest, AStopLetsGoOfWhatWaitsForAName) {
  std::promise<void> asked;
  std::promise<void> go_on;
  const auto wait = go_on.get_future().share();
  Start({}, [&asked, wait](const std::string&) -> Result<std::vector<IpAddress>> {
    asked.set_value();
    wait.wait();
    return Fail(ErrorKind::kUnavailable, "the name does not resolve");
  });
  const auto held = std::make_shared<int>(0);
  deliveries_->CheckDestination("https://slow.example/", [held](const Status&) { ADD_FAILURE(); });
  asked.get_future().wait();
  EXPECT_GT(held.use_count(), 1);
  deliveries_->Stop();
  EXPECT_EQ(held.use_count(), 1);
  go_on.set_value();
}

}  // namespace
}  // namespace oubli::webhooks
