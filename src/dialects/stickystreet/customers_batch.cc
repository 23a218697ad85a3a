// customers_batch (contract, 2.11): many customers from delimited text, all of them or none.
#include <utility>

#include "base/text.h"
#include "customers/customers.h"
#include "dialects/stickystreet/batch_rows.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/customer_form.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/record_customer.h"
#include "dialects/stickystreet/values.h"
#include "http/parameters.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;
using customers::StoreTransaction;

// What a column may hold. No passwords and PINs: hashing a thousand of them would take minutes.
std::vector<std::string> Columns() {
  std::vector<std::string> columns = {
      "code",        "card_number", "first_name",  "last_name",    "phone",
      "email",       "street1",     "street2",     "city",         "state",
      "postal_code", "country",     "custom_date", "custom_field", "customer_username"};
  for (int number = 1; number <= 99; ++number) {
    columns.push_back("custom_field_" + std::to_string(number));
  }
  return columns;
}

struct Batch {
  std::vector<CustomerForm> forms;
  bool overwrite = false;
  std::string user_id;
};

Result<Batch> ReadCustomers(const Call& call) {
  for (const char* secret : {"customer_password", "customer_PIN"}) {
    if (!call.fields.Get(secret).empty()) return Refuse(kOptionNotAllowed);
  }
  OUBLI_TRY_ASSIGN(const auto rows, ReadBatch(call.fields, "profiles_data", Columns(), {}));
  Batch batch;
  batch.overwrite = call.fields.IsYes("overwrite_duplicates");
  batch.user_id = call.principal().user_id;
  for (const Fields& row : rows) {
    Fields fields = row;
    http::Parameters more;
    more.Add("customer_action", "new");
    more.Add("campaign_id", std::string(call.fields.Get("campaigns_to_include")));
    if (!fields.Add(more)) return Refuse(kGivenTwice);
    auto form = ReadCustomerForm(fields);
    if (!form) return FailRow(form.error(), batch.forms.size() + 1);
    batch.forms.push_back(std::move(*form));
  }
  return batch;
}

Result<std::optional<Customer>> FindDuplicate(StoreTransaction& transaction,
                                              const CustomerForm& form) {
  if (!form.code.empty()) {
    OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomerByCode(transaction, form.code));
    if (customer) return customer;
  }
  if (form.card_number.empty()) return std::nullopt;
  return customers::FindCustomerByCard(transaction, form.card_number);
}

struct Counts {
  int64_t made = 0;
  int64_t all = 0;
};

// A customer who is there already is changed where that is wanted, and else left alone.
Status RecordRow(StoreTransaction& transaction, const Batch& batch, CustomerForm form,
                 Counts& counts) {
  OUBLI_TRY_ASSIGN(const auto duplicate, FindDuplicate(transaction, form));
  ++counts.all;
  if (duplicate) {
    if (!batch.overwrite) return {};
    form.action = CustomerForm::Action::kEdit;
    form.code = customers::CodeOf(*duplicate);
  } else {
    ++counts.made;
  }
  OUBLI_TRY(RecordOne(transaction, std::move(form), batch.user_id));
  return {};
}

Result<Counts> RecordAll(StoreTransaction& transaction, const Batch& batch) {
  Counts counts;
  for (size_t i = 0; i < batch.forms.size(); ++i) {
    const Status done = RecordRow(transaction, batch, batch.forms[i], counts);
    if (!done) return FailRow(done.error(), i + 1);
  }
  return counts;
}

}  // namespace

void CustomersBatch(const Call& call) {
  auto batch = ReadCustomers(call);
  if (!batch) return call.reply(Fail(batch.error()));
  call.store.Write([batch = std::move(*batch)](
                       StoreTransaction& transaction) { return RecordAll(transaction, batch); },
                   [reply = call.reply](const Result<Counts>& outcome) {
                     if (!outcome) return reply(Fail(outcome.error()));
                     Node node;
                     node.Add("status", "completed");
                     node.Add("new_customers", std::to_string(outcome->made));
                     node.Add("customers", std::to_string(outcome->all));
                     reply(Success().Add("batch", std::move(node)));
                   });
}

}  // namespace oubli::dialects::stickystreet
