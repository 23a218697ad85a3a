#include "dialects/bigcommerce/form_field_walk.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "customers/customers.h"
#include "customers/records.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::FormField;
using customers::Head;
using customers::NothingIfErased;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreView;

constexpr size_t kBatch = 256;

// A customer or an address, which may have fields.
struct Session {
  int64_t id = 0;
  bool is_address = false;
  Head owner;
};

// Customers or addresses by id, a batch at a time.
class Stream {
 public:
  Stream(StoreView& view, bool addresses, int64_t after)
      : view_(view), addresses_(addresses), after_(after) {}

  // The next one; nullptr behind the last.
  Result<const Session*> Peek() {
    if (batch_.empty() && !ended_) OUBLI_TRY(Fill());
    return batch_.empty() ? nullptr : &batch_.front();
  }
  Session Take() {
    Session session = batch_.front();
    batch_.pop_front();
    return session;
  }

 private:
  Status Fill() {
    const auto take = [this](int64_t id, const Head& owner) {
      after_ = id;
      if (owner.kind == OwnerKind::kCustomer) batch_.push_back({id, addresses_, owner});
      return batch_.size() < kBatch;
    };
    if (addresses_) {
      OUBLI_TRY(customers::ForEachRecordOwner(view_, RecordKind::kAddress, after_, take));
    } else {
      OUBLI_TRY(customers::ForEachHead(view_, OwnerKind::kCustomer, after_,
                                       [&](const Head& head) { return take(head.id, head); }));
    }
    ended_ = batch_.size() < kBatch;
    return {};
  }

  StoreView& view_;
  const bool addresses_;
  int64_t after_;
  bool ended_ = false;
  std::deque<Session> batch_;
};

class Walk {
 public:
  Walk(StoreView& view, FieldPlace start, const std::function<bool(PlacedField)>& visit)
      : view_(view), start_(start), visit_(visit) {}

  Status OverAll() {
    const int64_t after = std::max<int64_t>(start_.session, 1) - 1;
    Stream customers(view_, false, after);
    Stream addresses(view_, true, after);
    while (true) {
      OUBLI_TRY_ASSIGN(const Session* customer, customers.Peek());
      OUBLI_TRY_ASSIGN(const Session* address, addresses.Peek());
      if (customer == nullptr && address == nullptr) return {};
      const bool customer_first =
          address == nullptr || (customer != nullptr && customer->id <= address->id);
      OUBLI_TRY_ASSIGN(const bool go_on,
                       Visit(customer_first ? customers.Take() : addresses.Take()));
      if (!go_on) return {};
    }
  }

  Status OverCustomer(int64_t id) {
    OUBLI_TRY_ASSIGN(const auto head, customers::FindHead(view_, OwnerKind::kCustomer, id));
    if (head) OUBLI_TRY(Visit({id, false, *head}));
    return {};
  }

  Status OverAddress(int64_t id, std::optional<int64_t> customer_id) {
    OUBLI_TRY_ASSIGN(const auto owner, customers::FindRecordOwner(view_, RecordKind::kAddress, id));
    if (!owner || owner->kind != OwnerKind::kCustomer) return {};
    if (customer_id && owner->id != *customer_id) return {};
    OUBLI_TRY(Visit({id, true, *owner}));
    return {};
  }

 private:
  Result<std::vector<FormField>> FieldsOf(const Session& session) {
    if (session.is_address) {
      OUBLI_TRY_ASSIGN(auto address,
                       NothingIfErased(customers::FindAddress(view_, session.owner, session.id)));
      return address ? std::move(address->form_fields) : std::vector<FormField>();
    }
    OUBLI_TRY_ASSIGN(auto customer, customers::OpenIfLiving(view_, session.owner));
    return customer ? std::move(customer->profile.form_fields) : std::vector<FormField>();
  }

  // False: enough.
  Result<bool> Visit(const Session& session) {
    OUBLI_TRY_ASSIGN(std::vector<FormField> fields, FieldsOf(session));
    FieldPlace place{session.id, session.is_address ? FieldPlace::kAddressFields : 0};
    for (FormField& field : fields) {
      ++place.field;
      if (place < start_) continue;
      if (!visit_({place, session.is_address, std::move(field)})) return false;
    }
    return true;
  }

  StoreView& view_;
  const FieldPlace start_;
  const std::function<bool(PlacedField)>& visit_;
};

}  // namespace

Status ForEachFormField(StoreView& view, const FieldOwners& owners, FieldPlace start,
                        const std::function<bool(PlacedField)>& visit) {
  Walk walk(view, start, visit);
  if (owners.address_id) return walk.OverAddress(*owners.address_id, owners.customer_id);
  if (owners.customer_id) return walk.OverCustomer(*owners.customer_id);
  return walk.OverAll();
}

}  // namespace oubli::dialects::bigcommerce
