// record_customer (contract, 2.2 and 2.3): makes, registers or changes one customer.
#include "dialects/stickystreet/record_customer.h"

#include <algorithm>
#include <utility>

#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/customer_form.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/field_values.h"
#include "dialects/stickystreet/fresh_numbers.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;
using customers::StoreTransaction;
using customers::StoreView;
using Action = CustomerForm::Action;

// Whom an edit or a register is about: nothing when it is to be somebody new.
Result<std::optional<Customer>> FindExisting(StoreView& view, const CustomerForm& form) {
  if (!form.code.empty()) return customers::FindCustomerByCode(view, form.code);
  if (!form.card_number.empty()) return customers::FindCustomerByCard(view, form.card_number);
  return std::nullopt;
}

Status SaveAddress(StoreTransaction& transaction, const CustomerForm& form,
                   const Customer& customer) {
  if (!HasAddress(form)) return {};
  OUBLI_TRY_ASSIGN(auto address, FindShownAddress(transaction, customer.head));
  if (!address) {
    address.emplace();
    address->roles = 0;
    address->first_name = customer.profile.first_name;
    address->last_name = customer.profile.last_name;
  }
  address->roles |= customers::AddressRole::kPrimary;
  Apply(form, *address);
  OUBLI_TRY(customers::PutAddress(transaction, customer.head, std::move(*address)));
  return {};
}

// Enrolment, with the entry that the vendor's histories begin with. Who is enrolled already gets
// the amount alone.
Status Enroll(StoreTransaction& transaction, const CustomerForm& form, const Customer& customer,
              const std::string& user_id) {
  if (form.campaign_ids.empty()) return {};
  OUBLI_TRY_ASSIGN(const auto enrollments, customers::ListEnrollments(transaction, customer.head));
  for (const int64_t id : form.campaign_ids) {
    OUBLI_TRY_ASSIGN(const auto campaign, FindActiveCampaign(transaction, id));
    const bool enrolled =
        std::any_of(enrollments.begin(), enrollments.end(),
                    [&](const auto& enrollment) { return enrollment.campaign_id == id; });
    if (enrolled && form.auto_add == Decimal()) continue;
    if (!enrolled) {
      OUBLI_TRY(customers::PutEnrollment(transaction, customer.head,
                                         {campaign.id, transaction.now_ms()}));
    }
    customers::Transaction entry;
    entry.campaign_id = id;
    entry.date = transaction.now_ms();
    entry.amount = form.auto_add;
    entry.item = "Activation";
    entry.authorization = "Account Activated.";
    entry.user_name = user_id;
    OUBLI_TRY(customers::PutTransaction(transaction, customer.head, std::move(entry)));
  }
  return {};
}

Result<Customer> Create(StoreTransaction& transaction, const CustomerForm& form) {
  Customer customer;
  Apply(form, customer.profile);
  // Of `new` alone: an edit without a code gets a random one (2.3).
  const bool card_is_code = form.action == Action::kNew && !form.random_code;
  if (!form.code.empty()) {
    customer.profile.code = form.code;
  } else if (card_is_code && !customer.profile.card_number.empty()) {
    customer.profile.code = customer.profile.card_number;
  } else {
    OUBLI_TRY_ASSIGN(customer.profile.code, FreshCode(transaction));
  }
  return customers::CreateCustomer(transaction, std::move(customer));
}

Result<Customer> ChangeCustomer(StoreTransaction& transaction, const CustomerForm& form,
                                Customer customer) {
  Apply(form, customer.profile);
  if (form.action == Action::kRegister) customer.profile.registered = true;
  return customers::UpdateCustomer(transaction, std::move(customer));
}

}  // namespace

Result<Customer> RecordOne(StoreTransaction& transaction, CustomerForm form,
                           const std::string& user_id) {
  OUBLI_TRY(CheckFieldValues(transaction, form.custom_fields));
  std::optional<Customer> existing;
  if (form.action != Action::kNew) {
    OUBLI_TRY_ASSIGN(existing, FindExisting(transaction, form));
  }
  if (form.action == Action::kRegister) {
    if (!existing) return Refuse(kNoSuchCustomer);
    if (existing->profile.registered) return Refuse(kNotUnique);
  }
  if (form.card_number.empty() && form.generate_card) {
    OUBLI_TRY_ASSIGN(form.card_number, FreshCard(transaction, *form.generate_card));
  }
  OUBLI_TRY_ASSIGN(Customer customer, existing
                                          ? ChangeCustomer(transaction, form, std::move(*existing))
                                          : Create(transaction, form));
  OUBLI_TRY(SaveAddress(transaction, form, customer));
  OUBLI_TRY(Enroll(transaction, form, customer, user_id));
  return customer;
}

void RecordCustomer(const Call& call) {
  auto form = ReadCustomerForm(call.fields);
  if (!form) {
    call.reply(Fail(form.error()));
    return;
  }
  call.store.Write(
      [form = std::move(*form), user_id = call.principal().user_id](StoreTransaction& transaction) {
        return RecordOne(transaction, form, user_id);
      },
      [reply = call.reply](const Result<Customer>& outcome) {
        if (!outcome) return reply(Fail(outcome.error()));
        Node customer;
        customer.Add("code", customers::CodeOf(*outcome));
        customer.Add("card_number", outcome->profile.card_number);
        reply(Success().Add("customer", std::move(customer)));
      });
}

}  // namespace oubli::dialects::stickystreet
