#include "customers/outbox.h"

#include <fmt/ranges.h>

#include "base/text.h"
#include "customers/heads.h"

namespace oubli::customers {
namespace {

constexpr std::string_view kCounter = "outbox_no";

Status Insert(StoreTransaction& transaction, int64_t no, const Event& event, UnixMs at) {
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO outbox (no, event, customer_id, address_id, channel_ids, "
                       "created_at) VALUES ($1, $2, $3, $4, $5, $6)"));
  insert->Bind(1, no).Bind(2, static_cast<int64_t>(event.kind)).Bind(3, event.customer_id);
  insert->Bind(4, event.address_id).BindNull(5).Bind(6, at);
  std::string channels;
  if (event.channel_ids) {
    channels = fmt::format("{}", fmt::join(*event.channel_ids, ","));
    insert->BindText(5, channels);
  }
  OUBLI_TRY(insert->Step());
  return {};
}

Result<OutboxRow> RowOf(const storage::Statement& select) {
  OutboxRow row;
  row.no = select.Int(0);
  row.event.kind = static_cast<EventKind>(select.Int(1));
  row.event.customer_id = select.Int(2);
  row.event.address_id = select.Int(3);
  if (!select.IsNull(4)) {
    row.event.channel_ids.emplace();
    const std::string_view text = select.Text(4);
    for (const std::string_view each :
         text.empty() ? std::vector<std::string_view>() : Split(text, ',')) {
      const auto id = ParseInt(each);
      if (!id) return Fail(ErrorKind::kCorrupt, "an event's list of channels is damaged");
      row.event.channel_ids->push_back(*id);
    }
  }
  row.created_at = select.Int(5);
  return row;
}

}  // namespace

Status NoteEvent(StoreTransaction& transaction, const Event& event) {
  if (!transaction.notes_events()) return {};
  OUBLI_TRY_ASSIGN(const int64_t no, NextNumber(transaction, kCounter));
  transaction.SetNoted();
  return Insert(transaction, no, event, transaction.now_ms());
}

Status NoteDefaultInstrumentUpdated(StoreTransaction& transaction, int64_t customer_id) {
  return NoteEvent(transaction, {EventKind::kDefaultInstrumentUpdated, customer_id});
}

Status NoteErased(StoreTransaction& transaction, std::span<const int64_t> ids, UnixMs at) {
  if (!transaction.notes_events() || ids.empty()) return {};
  // The numbers are taken together: an erasure of many is told of at the cost of a row each.
  OUBLI_TRY_ASSIGN(int64_t no, ReadCounter(transaction, kCounter));
  OUBLI_TRY(SetCounter(transaction, kCounter, no + static_cast<int64_t>(ids.size())));
  for (const int64_t id : ids) {
    OUBLI_TRY(Insert(transaction, ++no, {EventKind::kCustomerDeleted, id}, at));
  }
  transaction.SetNoted();
  return {};
}

Status NoteCleared(StoreTransaction& transaction) {
  if (!transaction.notes_events()) return {};
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO outbox_cleared (epoch, created_at) VALUES ($1, $2) "
                       "ON CONFLICT (epoch) DO NOTHING"));
  insert->Bind(1, transaction.keys().epoch()).Bind(2, transaction.now_ms());
  OUBLI_TRY(insert->Step());
  return {};
}

Result<std::map<int64_t, UnixMs>> ClearedEpochs(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT epoch, created_at FROM outbox_cleared"));
  std::map<int64_t, UnixMs> epochs;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return epochs;
    epochs.emplace(select->Int(0), select->Int(1));
  }
}

Status ForgetClearedEpochs(StoreTransaction& transaction) {
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare("DELETE FROM outbox_cleared WHERE epoch < $1"));
  erase->Bind(1, transaction.keys().epoch());
  OUBLI_TRY(erase->Step());
  return {};
}

Result<int64_t> LastEventNumber(StoreView& view) { return ReadCounter(view, kCounter); }

Result<std::vector<OutboxRow>> ReadEvents(StoreView& view, int64_t after, int64_t up_to,
                                          int64_t limit) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT no, event, customer_id, address_id, "
                                             "channel_ids, created_at FROM outbox WHERE no > $1 "
                                             "AND no <= $2 ORDER BY no LIMIT $3"));
  select->Bind(1, after).Bind(2, up_to).Bind(3, limit);
  std::vector<OutboxRow> rows;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (!found) return rows;
    OUBLI_TRY_ASSIGN(OutboxRow row, RowOf(*select));
    rows.push_back(std::move(row));
  }
}

Result<std::optional<OutboxRow>> FindEvent(StoreView& view, int64_t no) {
  OUBLI_TRY_ASSIGN(auto rows, ReadEvents(view, no - 1, no, 1));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

Result<bool> TellOfErasure(StoreView& view, int64_t after, int64_t up_to) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT no FROM outbox WHERE no > $1 AND no <= $2 AND "
                                             "event = $3 LIMIT 1"));
  select->Bind(1, after).Bind(2, up_to);
  select->Bind(3, static_cast<int64_t>(EventKind::kCustomerDeleted));
  return select->Step();
}

}  // namespace oubli::customers
