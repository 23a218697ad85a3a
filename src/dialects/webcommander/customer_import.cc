// POST /admin/customers/import: each row is one customer's, written whole or not at all.

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/import_row.h"
#include "http/parameters.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::AddressRole;
using customers::Customer;
using customers::StoreTransaction;

struct RowError {
  size_t row = 0;
  std::string email;
  std::string message;
};

// What has become of the rows. The answer goes out with the last one; or with the end of reading.
class Outcome {
 public:
  Outcome(Answer answer, size_t rows) : answer_(std::move(answer)), left_(rows + 1), total_(rows) {}

  void Created() { Add(created_); }
  void Updated() { Add(updated_); }
  void Failed(RowError error) {
    {
      std::lock_guard lock(mutex_);
      errors_.push_back(std::move(error));
    }
    Done();
  }
  void Done() {
    {
      std::lock_guard lock(mutex_);
      if (--left_ > 0) return;
    }
    answer_(JsonResponse(201, Body()));
  }

 private:
  void Add(size_t& counter) {
    {
      std::lock_guard lock(mutex_);
      ++counter;
    }
    Done();
  }

  std::string Body() {
    std::ranges::sort(errors_, {}, &RowError::row);
    std::string body;
    JsonWriter writer(body);
    writer.BeginObject()
        .Member("total", total_)
        .Member("created", created_)
        .Member("updated", updated_)
        .Member("failed", errors_.size());
    writer.Key("errors").BeginArray();
    for (const RowError& error : errors_) {
      writer.BeginObject()
          .Member("row", error.row)
          .Member("email", error.email)
          .Member("message", error.message)
          .EndObject();
    }
    writer.EndArray().EndObject();
    return body;
  }

  const Answer answer_;
  std::mutex mutex_;
  size_t left_;
  const size_t total_;
  size_t created_ = 0;
  size_t updated_ = 0;
  std::vector<RowError> errors_;
};

// The address that stands for the primary one is written over; where there is none, one is made.
Status PutPrimary(StoreTransaction& transaction, const customers::Head& head, Address address) {
  if (address.id == 0) address.roles = AddressRole::kPrimary;
  OUBLI_TRY(customers::PutAddress(transaction, head, std::move(address)));
  return {};
}

// True when the customer was made, false when there was one.
Result<bool> WriteRow(StoreTransaction& transaction, const ImportRow& row) {
  Customer customer;
  Address address;
  if (row.customer_id) {
    OUBLI_TRY_ASSIGN(auto found, customers::FindCustomer(transaction, *row.customer_id));
    if (!found) return Fail(ErrorKind::kNotFound, "no such customer");
    customer = std::move(*found);
    OUBLI_TRY_ASSIGN(const auto addresses, customers::ListAddresses(transaction, customer.head));
    if (const Address* primary = FindAddressOfType(addresses, kAddressTypes[0])) address = *primary;
  } else {
    customer.profile.status = customers::CustomerStatus::kAwaitingVerification;
  }
  bool has_address = false;
  std::string group;
  ApplyRow(row, customer.profile, address, has_address, group);
  if (Trim(customer.profile.first_name).empty() && !row.customer_id) {
    return Fail(ErrorKind::kInvalid, "a name is missing", "first_name");
  }
  if (!group.empty()) {
    OUBLI_TRY_ASSIGN(const auto named, customers::EnsureGroup(transaction, group));
    customer.head.group_id = named.id;
  }
  if (row.customer_id) {
    OUBLI_TRY_ASSIGN(customer, customers::UpdateCustomer(transaction, std::move(customer)));
  } else {
    OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, std::move(customer)));
  }
  if (has_address) OUBLI_TRY(PutPrimary(transaction, customer.head, std::move(address)));
  return !row.customer_id;
}

std::string MessageOf(const Error& error) {
  if (error.field == "first_name") return "Customer name is required";
  return FromError(error).message;
}

void Submit(const Call& call, ImportRow row, const std::shared_ptr<Outcome>& outcome) {
  RowError error{row.number, row.email, ""};
  call.store->Write(
      [row = std::move(row)](StoreTransaction& transaction) { return WriteRow(transaction, row); },
      [outcome, error = std::move(error)](Result<bool> created) mutable {
        if (!created) {
          error.message = MessageOf(created.error());
          return outcome->Failed(std::move(error));
        }
        if (*created) return outcome->Created();
        outcome->Updated();
      });
}

Parsed<std::string> FileOf(const http::Request& request) {
  const std::string* type = request.FindHeader("Content-Type");
  constexpr std::string_view kMultipart = "multipart/form-data";
  if (type == nullptr ||
      !EqualsIgnoreCase(std::string_view(*type).substr(0, kMultipart.size()), kMultipart)) {
    return tl::unexpected(InvalidRequest("the body must be multipart/form-data"));
  }
  const auto form = http::ParseMultipart(*type, request.body, 16);
  if (!form) return tl::unexpected(InvalidRequest("the body is no multipart/form-data"));
  if (form->Count("file") != 1) {
    return tl::unexpected(ValidationFailed("file", "invalid_value", "one file is required"));
  }
  return *form->Find("file");
}

ApiError TableError(const Error& error) {
  if (error.field == "type") {
    return ParameterRefused("file", "unsupported_file_type", "must be CSV in UTF-8, or XLSX");
  }
  if (error.kind == ErrorKind::kInvalid) {
    return ValidationFailed("file", "invalid_value", error.text);
  }
  return FromError(error);
}

bool IsBlank(const Row& row) {
  return std::ranges::all_of(row, [](const std::string& text) { return Trim(text).empty(); });
}

}  // namespace

void ImportCustomers(const Call& call) {
  const auto file = FileOf(call.request);
  if (!file) return call.answer(file.error());
  const auto rows = ReadTable(*file);
  if (!rows) return call.answer(TableError(rows.error()));
  if (rows->empty()) {
    return call.answer(ValidationFailed("file", "invalid_value", "has no column that is known"));
  }
  const auto columns = ReadHeader(rows->front());
  if (!columns) return call.answer(columns.error());
  std::vector<size_t> used;
  for (size_t i = 1; i < rows->size(); ++i) {
    if (!IsBlank((*rows)[i])) used.push_back(i);
  }
  auto outcome = std::make_shared<Outcome>(call.answer, used.size());
  for (const size_t i : used) {
    ImportRow row = ReadImportRow(*columns, (*rows)[i], i + 1);
    if (row.problem) {
      outcome->Failed({row.number, std::move(row.email),
                       row.problem->message + ": " + row.problem->errors.front().message});
    } else {
      Submit(call, std::move(row), outcome);
    }
  }
  outcome->Done();
}

}  // namespace oubli::dialects::webcommander
