// GET /admin/customers/export.

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "customers/customers.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/xlsx.h"
#include "http/parameters.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::Profile;

constexpr size_t kBatch = 200;

// What of a customer a column shows.
struct Subject {
  const CustomerDetails& details;
  const Profile& profile;
  const Address& address;  // the primary one, or a blank one
};

struct Column {
  std::string_view title;
  std::string_view parameter;  // "" is always there
  std::string (*text)(const Subject& subject);
  bool number = false;
};

// The telephone of the person, or of the address where the person has none.
std::string Or(const std::string& first, const std::string& second) {
  return first.empty() ? second : first;
}

constexpr std::array<Column, 21> kColumns = {{
    {"Customer Id", "", [](const Subject& s) { return std::to_string(s.details.customer.head.id); },
     true},
    {"First Name", "firstName", [](const Subject& s) { return s.profile.first_name; }},
    {"Last Name", "lastName", [](const Subject& s) { return s.profile.last_name; }},
    {"Gender", "", [](const Subject& s) { return s.profile.gender; }},
    {"Email", "", [](const Subject& s) { return s.profile.email; }},
    {"Customer Type", "customerType",
     [](const Subject& s) { return std::string(s.profile.is_company ? "Company" : "Individual"); }},
    {"Company Name", "companyName", [](const Subject& s) { return s.profile.company; }},
    {"ABN", "abn", [](const Subject& s) { return s.profile.abn; }},
    {"Address Line 1", "addressLine1", [](const Subject& s) { return s.address.line1; }},
    {"Address Line 2", "addressLine2", [](const Subject& s) { return s.address.line2; }},
    {"City", "city", [](const Subject& s) { return s.address.city; }},
    {"State", "state", [](const Subject& s) { return Or(s.address.state, s.address.state_code); }},
    {"Post Code", "postCode", [](const Subject& s) { return s.address.postal_code; }},
    {"Country", "country",
     [](const Subject& s) { return Or(s.address.country, s.address.country_code); }},
    {"Phone", "phone", [](const Subject& s) { return Or(s.profile.phone, s.address.phone); }},
    {"Mobile", "mobile", [](const Subject& s) { return Or(s.profile.mobile, s.address.mobile); }},
    {"Fax", "fax", [](const Subject& s) { return Or(s.profile.fax, s.address.fax); }},
    {"Status", "status",
     [](const Subject& s) { return std::string(StatusName(s.profile.status)); }},
    {"Store Credit", "storeCredit",
     [](const Subject& s) { return s.profile.store_credit.ToString(1); }, true},
    {"Groups", "groups",
     [](const Subject& s) { return s.details.group ? s.details.group->name : std::string(); }},
    // Groups have no parents here.
    {"Parent Group", "parentGroup", [](const Subject&) { return std::string(); }},
}};

// A column stays unless its switch says otherwise.
std::vector<const Column*> ChosenColumns(const http::Parameters& parameters) {
  std::vector<const Column*> chosen;
  for (const Column& column : kColumns) {
    const std::string* value =
        column.parameter.empty() ? nullptr : parameters.Find(column.parameter);
    const bool keep = value == nullptr || *value == "1" || EqualsIgnoreCase(*value, "true") ||
                      EqualsIgnoreCase(*value, "on") || EqualsIgnoreCase(*value, "yes");
    if (keep) chosen.push_back(&column);
  }
  return chosen;
}

// Every customer by id, read some at a time: each batch from a snapshot of its own, so that no
// single one is held while a large table is packed.
class CustomerRows {
 public:
  CustomerRows(customers::Store& store, std::vector<const Column*> columns)
      : store_(store), columns_(std::move(columns)) {}

  Result<bool> Next(std::vector<Cell>& row) {
    if (waiting_.empty() && !ended_) OUBLI_TRY(ReadBatch());
    if (waiting_.empty()) return false;
    row = Cells(waiting_.front());
    waiting_.pop_front();
    return true;
  }

 private:
  Status ReadBatch() {
    OUBLI_TRY_ASSIGN(auto view, store_.Read());
    std::vector<customers::Customer> batch;
    OUBLI_TRY(customers::ForEachCustomer(*view, last_id_, [&](const customers::Customer& customer) {
      batch.push_back(customer);
      return batch.size() < kBatch;
    }));
    ended_ = batch.size() < kBatch;
    for (customers::Customer& customer : batch) {
      last_id_ = customer.head.id;
      auto details = ReadDetails(*view, std::move(customer));
      // Erased since the view began: passed over.
      if (!details && details.error().kind == ErrorKind::kNotFound) continue;
      if (!details) return Fail(details.error());
      waiting_.push_back(std::move(*details));
    }
    return waiting_.empty() && !ended_ ? ReadBatch() : Status();
  }

  std::vector<Cell> Cells(const CustomerDetails& details) const {
    static const Address blank;
    const Address* address = FindAddressOfType(details.addresses, kAddressTypes[0]);
    const Subject subject{details, details.customer.profile, address == nullptr ? blank : *address};
    std::vector<Cell> cells;
    for (const Column* column : columns_) {
      cells.push_back({column->text(subject), column->number});
    }
    return cells;
  }

  customers::Store& store_;
  const std::vector<const Column*> columns_;
  std::deque<CustomerDetails> waiting_;
  int64_t last_id_ = 0;
  bool ended_ = false;
};

Result<int64_t> Count(customers::Store& store) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  return customers::CountOwners(*view, customers::OwnerKind::kCustomer);
}

}  // namespace

void ExportCustomers(const Call& call) {
  const auto parameters = http::ParseUrlEncoded(call.request.query);
  if (!parameters) return call.answer(InvalidRequest("invalid query string"));
  const auto columns = ChosenColumns(*parameters);
  const auto count = Count(*call.store);
  if (!count) return call.answer(FromError(count.error()));
  std::vector<std::string> header;
  for (const Column* column : columns) header.emplace_back(column->title);
  CustomerRows rows(*call.store, columns);
  auto file = XlsxWriter::Write(header, static_cast<size_t>(*count),
                                [&](std::vector<Cell>& row) { return rows.Next(row); });
  if (!file) return call.answer(FromError(file.error()));
  http::Response response = http::Response::Text(
      200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", std::move(*file));
  response.AddHeader("Content-Disposition", "attachment; filename=\"customers.xlsx\"");
  response.AddHeader("Cache-Control", "no-store");
  call.answer(std::move(response));
}

}  // namespace oubli::dialects::webcommander
