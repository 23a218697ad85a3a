#include "doctor/canaries.h"

#include <fmt/core.h>

#include <condition_variable>
#include <mutex>

#include "base/text.h"
#include "crypto/random.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/subscribers.h"
#include "customers/tokens.h"
#include "erasure/eraser.h"

namespace oubli::doctor {
namespace {

using customers::Head;
using customers::OwnerKind;
using customers::StoreTransaction;

constexpr std::string_view kNote = "residue canaries";
constexpr size_t kMarkLetters = 24;
// Customers are most of what there is; of the others one each will do.
constexpr OwnerKind kPlanted[] = {OwnerKind::kCustomer,   OwnerKind::kCustomer,
                                  OwnerKind::kSubscriber, OwnerKind::kGuestOrder,
                                  OwnerKind::kGuestCart,  OwnerKind::kKeptOrder};

std::string TextOf(const CanaryMark& mark, int64_t serial, size_t canary, std::string_view stage) {
  return fmt::format("{}{}{}{}", mark.text(), serial, static_cast<char>('a' + canary), stage);
}

Status PutRecords(StoreTransaction& transaction, const Head& owner, const std::string& text) {
  for (const customers::RecordKindRule& rule : customers::RecordKinds()) {
    // A customer's own and a subscriber's are written with their heads.
    if (!customers::TokenFieldsOf(owner.kind).empty() &&
        rule.kind == customers::RecordKind::kProfile) {
      continue;
    }
    OUBLI_TRY(PutCanaryRecord(transaction, owner, rule.kind, text));
  }
  return {};
}

Result<Head> PlantOne(StoreTransaction& transaction, OwnerKind kind, const std::string& text) {
  Head head;
  if (kind == OwnerKind::kCustomer) {
    customers::Customer customer;
    customer.profile = CanaryProfile(text);
    OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, std::move(customer)));
    head = customer.head;
  } else if (kind == OwnerKind::kSubscriber) {
    customers::Subscriber subscriber;
    subscriber.profile = CanaryProfile(text);
    OUBLI_TRY_ASSIGN(subscriber, customers::CreateSubscriber(transaction, std::move(subscriber)));
    head = subscriber.head;
  } else {
    OUBLI_TRY_ASSIGN(head, customers::CreateOwner(transaction, kind, 0));
  }
  OUBLI_TRY(PutRecords(transaction, head, text));
  return head;
}

// "kind:id:ordinal" each, with blanks between.
std::string NoteOf(const std::vector<Head>& canaries) {
  std::string note;
  for (const Head& head : canaries) {
    note += fmt::format("{}{}:{}:{}", note.empty() ? "" : " ", static_cast<int64_t>(head.kind),
                        head.id, head.ordinal);
  }
  return note;
}

Result<std::vector<Head>> ReadNote(std::string_view note) {
  std::vector<Head> canaries;
  if (note.empty()) return canaries;
  for (const std::string_view word : Split(note, ' ')) {
    const auto parts = Split(word, ':');
    std::vector<int64_t> numbers;
    for (const std::string_view part : parts) {
      if (const auto number = ParseInt(part)) numbers.push_back(*number);
    }
    if (parts.size() != 3 || numbers.size() != 3) {
      return Fail(ErrorKind::kCorrupt, "the store's note of canaries is damaged");
    }
    Head head;
    head.kind = static_cast<OwnerKind>(numbers[0]);
    head.id = numbers[1];
    head.ordinal = numbers[2];
    canaries.push_back(head);
  }
  return canaries;
}

// Counts answers of erasures that were all asked for at once, so that they share a rotation.
class Answers {
 public:
  explicit Answers(size_t count) : open_(count) {}
  void Add(const Status& status) {
    const std::lock_guard lock(mutex_);
    if (!status && failure_) failure_ = status;
    if (--open_ == 0) done_.notify_one();
  }
  Status Wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
    return failure_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  size_t open_;
  Status failure_;
};

}  // namespace

CanaryMark::CanaryMark() {
  // With a letter of each case the folded form differs for certain.
  text_ = "qZ";
  while (text_.size() < kMarkLetters) {
    const std::string more = crypto::RandomAlphanumeric(kMarkLetters);
    for (const char c : more) {
      const bool is_digit = c >= '0' && c <= '9';
      if (!is_digit && text_.size() < kMarkLetters) text_ += c;
    }
  }
}

std::string CanaryMark::Folded() const { return FoldCase(text_); }

std::string CanaryMark::Upper() const {
  std::string upper = text_;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

Result<std::vector<Head>> PlantCanaries(customers::Store& store, const CanaryMark& mark,
                                        int64_t serial) {
  return store.WriteAndWait([&](StoreTransaction& transaction) -> Result<std::vector<Head>> {
    transaction.MuteEvents();
    std::vector<Head> canaries;
    for (size_t i = 0; i < std::size(kPlanted); ++i) {
      OUBLI_TRY_ASSIGN(Head head, PlantOne(transaction, kPlanted[i], TextOf(mark, serial, i, "x")));
      canaries.push_back(head);
    }
    OUBLI_TRY(customers::WriteSetting(transaction, kNote, NoteOf(canaries)));
    return canaries;
  });
}

Status UpdateCanaries(customers::Store& store, const std::vector<Head>& canaries,
                      const CanaryMark& mark, int64_t serial) {
  return store.WriteAndWait([&](StoreTransaction& transaction) -> Status {
    transaction.MuteEvents();
    for (size_t i = 0; i < canaries.size(); i += 2) {
      const std::string text = TextOf(mark, serial, i, "y");
      OUBLI_TRY_ASSIGN(const auto head,
                       customers::FindHead(transaction, canaries[i].kind, canaries[i].id));
      if (!head || head->ordinal != canaries[i].ordinal) continue;
      if (head->kind == OwnerKind::kCustomer) {
        OUBLI_TRY(customers::UpdateCustomer(transaction, {*head, CanaryProfile(text)}));
      }
      OUBLI_TRY(PutRecords(transaction, *head, text));
    }
    return {};
  });
}

Result<std::vector<Head>> NotedCanaries(customers::Store& store) {
  OUBLI_TRY_ASSIGN(auto reader, store.Read());
  OUBLI_TRY_ASSIGN(const std::string note, customers::ReadSetting(*reader, kNote));
  return ReadNote(note);
}

Status EraseCanaries(customers::Store& store, const std::vector<Head>& canaries) {
  if (!canaries.empty()) {
    Answers answers(canaries.size());
    for (const Head& canary : canaries) {
      const auto find = [canary](StoreTransaction& transaction) -> Result<std::optional<Head>> {
        transaction.MuteEvents();
        OUBLI_TRY_ASSIGN(auto head, customers::FindHead(transaction, canary.kind, canary.id));
        if (!head || head->ordinal != canary.ordinal) return std::nullopt;
        return head;
      };
      erasure::EraseFound(store, find, [&answers](const Result<erasure::Outcome>& outcome) {
        // Nobody: erased by somebody else meanwhile, or before an earlier run was cut off.
        const bool gone = outcome || outcome.error().kind == ErrorKind::kNotFound;
        answers.Add(gone ? Status() : Status(Fail(outcome.error())));
      });
    }
    OUBLI_TRY(answers.Wait());
  }
  return store.WriteAndWait([&](StoreTransaction& transaction) {
    return customers::WriteSetting(transaction, kNote, "");
  });
}

}  // namespace oubli::doctor
