// GET /admin/customers/export: read, packed and sent a slice at a time, so that the store's size
// costs no memory.

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "customers/customer_walk.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/xlsx.h"
#include "http/parameters.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::Profile;

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

std::vector<std::string> Titles(const std::vector<const Column*>& columns) {
  std::vector<std::string> titles;
  for (const Column* column : columns) titles.emplace_back(column->title);
  return titles;
}

// The file, a piece at a time; see customer_walk.h for who is in it while others write.
class Export {
 public:
  Export(std::shared_ptr<customers::Store> store, std::vector<const Column*> columns)
      : columns_(std::move(columns)), walk_(std::move(store)), file_(Titles(columns_)) {}

  // As http::NextPiece. What is packed of a slice may come with a later one.
  Result<bool> Next(std::string& piece) {
    const uint64_t before = file_.text_bytes();
    OUBLI_TRY_ASSIGN(const bool more,
                     walk_.NextSlice([&](customers::StoreView& view,
                                         const customers::Customer& customer) -> Result<bool> {
                       const auto details = ReadDetails(view, customer);
                       // Erased since the slice began: passed over.
                       if (!details && details.error().kind == ErrorKind::kNotFound) return true;
                       if (!details) return Fail(details.error());
                       OUBLI_TRY(file_.AddRow(Cells(*details), piece));
                       return file_.text_bytes() - before < http::kPieceBytes;
                     }));
    if (!more) OUBLI_TRY(file_.Finish(piece));
    return more;
  }

 private:
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

  const std::vector<const Column*> columns_;
  customers::CustomerWalk walk_;
  XlsxStream file_;
};

}  // namespace

void ExportCustomers(const Call& call) {
  const auto parameters = http::ParseUrlEncoded(call.request.query);
  if (!parameters) return call.answer(InvalidRequest("invalid query string"));
  auto file = std::make_shared<Export>(call.store, ChosenColumns(*parameters));
  // The first piece is made before anything is sent, so that what goes wrong is still an error.
  std::string first;
  const auto more = file->Next(first);
  if (!more) return call.answer(FromError(more.error()));
  http::Response response = http::Response::Text(
      200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", std::move(first));
  response.AddHeader("Content-Disposition", "attachment; filename=\"customers.xlsx\"");
  response.AddHeader("Cache-Control", "no-store");
  if (*more) response.next_piece = [file](std::string& piece) { return file->Next(piece); };
  call.answer(std::move(response));
}

}  // namespace oubli::dialects::webcommander
