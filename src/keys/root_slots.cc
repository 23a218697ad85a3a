#include "keys/root_slots.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "base/check.h"

namespace oubli::keys {
namespace {

// What concerns the slot itself goes where no store's identity can be.
constexpr std::string_view kOwnLane = "";

}  // namespace

// Of one slot. Where the status is an error, the others say nothing.
struct RootSlots::Answer {
  Status status = {};
  RootCells cells = {};  // of a Read()
  std::string id = {};   // of an Id()
};

// Of one call: its answers until all have come.
class RootSlots::Gathering {
 public:
  Gathering(size_t slots, std::function<void(Answers)> done)
      : answers_(slots), left_(slots), done_(std::move(done)) {}

  void Put(size_t index, Answer answer) {
    {
      const std::lock_guard lock(mutex_);
      answers_[index] = std::move(answer);
      if (--left_ > 0) return;
    }
    done_(std::move(answers_));
  }

 private:
  std::mutex mutex_;
  Answers answers_;
  size_t left_;
  const std::function<void(Answers)> done_;
};

RootSlots::RootSlots(std::vector<std::unique_ptr<RootSlot>> slots, const RootSlotsOptions& options)
    : options_(options) {
  OUBLI_CHECK(!slots.empty());
  for (auto& slot : slots) {
    names_.push_back(slot->name());
    auto work =
        std::make_unique<OrderedWork>("root slot " + slot->name(), options.threads_per_slot);
    slots_.push_back({std::move(slot), std::move(work)});
  }
}

RootSlots::~RootSlots() {
  // A callback may ask for more, of any slot.
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return calls_ == 0; });
}

void RootSlots::End() {
  const std::lock_guard lock(mutex_);
  if (--calls_ == 0) idle_.notify_all();
}

const std::string& RootSlots::name(size_t slot) const { return names_.at(slot); }

void RootSlots::Start(size_t first, size_t last, std::string_view lane, const Work& work,
                      std::function<void(Answers)> done) {
  OUBLI_CHECK(first < last && last <= slots_.size());
  {
    const std::lock_guard lock(mutex_);
    ++calls_;
  }
  const auto gathering =
      std::make_shared<Gathering>(last - first, [this, done = std::move(done)](Answers answers) {
        done(std::move(answers));
        End();
      });
  for (size_t slot = first; slot < last; ++slot) {
    // One that hangs writes its answer when nobody looks at it any more.
    const auto answer = std::make_shared<Answer>();
    slots_[slot].work->Post(
        lane, options_.deadline,
        [work, answer, root_slot = slots_[slot].slot] {
          *answer = work(*root_slot);
          return answer->status;
        },
        [gathering, answer, index = slot - first](const Status& outcome) {
          gathering->Put(index, outcome ? std::move(*answer) : Answer{.status = outcome});
        });
  }
}

RootSlots::Answers RootSlots::Wait(size_t first, size_t last, std::string_view lane,
                                   const Work& work) {
  std::mutex mutex;
  std::condition_variable ready;
  std::optional<Answers> answers;
  Start(first, last, lane, work, [&](Answers given) {
    const std::lock_guard lock(mutex);
    answers = std::move(given);
    ready.notify_one();
  });
  std::unique_lock lock(mutex);
  ready.wait(lock, [&] { return answers.has_value(); });
  return std::move(*answers);
}

Status RootSlots::Summary(const Answers& answers) {
  std::string text;
  for (const Answer& answer : answers) {
    if (!answer.status) text += (text.empty() ? "" : "; ") + answer.status.error().text;
  }
  if (text.empty()) return {};
  return Fail(ErrorKind::kUnavailable, text);
}

// What the slots do is handed over with copies: a caller may be gone when one that hung goes on.
RootSlots::Work RootSlots::WriteWork(std::string_view identity, const RootCell& cell) {
  return [identity = std::string(identity), cell](RootSlot& slot) {
    return Answer{.status = slot.Write(identity, cell)};
  };
}

std::vector<Result<std::string>> RootSlots::Ids() {
  Answers answers = Wait(0, size(), kOwnLane, [](RootSlot& slot) {
    Result<std::string> id = slot.Id();
    if (!id) return Answer{.status = Fail(id.error())};
    return Answer{.id = std::move(*id)};
  });
  std::vector<Result<std::string>> ids;
  for (Answer& answer : answers) {
    if (answer.status) {
      ids.push_back(std::move(answer.id));
    } else {
      ids.push_back(Fail(answer.status.error()));
    }
  }
  return ids;
}

std::vector<Result<RootCells>> RootSlots::ReadAll(std::string_view identity) {
  if (const Status checked = CheckIdentity(identity); !checked) {
    return std::vector<Result<RootCells>>(size(), Fail(checked.error()));
  }
  Answers answers = Wait(0, size(), identity, [copy = std::string(identity)](RootSlot& slot) {
    Result<RootCells> cells = slot.Read(copy);
    if (!cells) return Answer{.status = Fail(cells.error())};
    return Answer{.cells = std::move(*cells)};
  });
  std::vector<Result<RootCells>> all;
  for (Answer& answer : answers) {
    if (answer.status) {
      all.push_back(std::move(answer.cells));
    } else {
      all.push_back(Fail(answer.status.error()));
    }
  }
  return all;
}

Status RootSlots::WriteAll(std::string_view identity, const RootCell& cell) {
  OUBLI_TRY(CheckIdentity(identity));
  OUBLI_TRY(CheckCell(cell));
  return Summary(Wait(0, size(), identity, WriteWork(identity, cell)));
}

void RootSlots::WriteAll(std::string_view identity, const RootCell& cell, Done done) {
  Status checked = CheckIdentity(identity);
  if (checked) checked = CheckCell(cell);
  if (!checked) return done(checked);
  Start(0, size(), identity, WriteWork(identity, cell),
        [done = std::move(done)](const Answers& answers) { done(Summary(answers)); });
}

Status RootSlots::ForgetAll(std::string_view identity) {
  OUBLI_TRY(CheckIdentity(identity));
  return Summary(Wait(0, size(), identity, [copy = std::string(identity)](RootSlot& slot) {
    return Answer{.status = slot.Forget(copy)};
  }));
}

Status RootSlots::SetUp(size_t slot) {
  return Wait(slot, slot + 1, kOwnLane,
              [](RootSlot& one) { return Answer{.status = one.SetUp()}; })[0]
      .status;
}

Status RootSlots::Write(size_t slot, std::string_view identity, const RootCell& cell) {
  OUBLI_TRY(CheckIdentity(identity));
  OUBLI_TRY(CheckCell(cell));
  return Wait(slot, slot + 1, identity, WriteWork(identity, cell))[0].status;
}

}  // namespace oubli::keys
