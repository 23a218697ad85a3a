#include "dialects/webcommander/import_row.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/webcommander/address_body.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/text_rules.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::Profile;

enum class Meaning { kProfile, kAddress, kId, kType, kStatus, kCredit, kCountry, kState, kGroup };

struct ImportField {
  std::string_view name;  // lower case, letters and digits alone
  Meaning meaning;
  std::string Profile::*profile = nullptr;
  std::string Address::*address = nullptr;
};

constexpr std::array<ImportField, 21> kImportFields = {{
    {"customerid", Meaning::kId},
    {"firstname", Meaning::kProfile, &Profile::first_name},
    {"lastname", Meaning::kProfile, &Profile::last_name},
    {"gender", Meaning::kProfile, &Profile::gender},
    {"email", Meaning::kProfile, &Profile::email},
    {"customertype", Meaning::kType},
    {"companyname", Meaning::kProfile, &Profile::company},
    {"company", Meaning::kProfile, &Profile::company},
    {"abn", Meaning::kProfile, &Profile::abn},
    {"addressline1", Meaning::kAddress, nullptr, &Address::line1},
    {"addressline2", Meaning::kAddress, nullptr, &Address::line2},
    {"city", Meaning::kAddress, nullptr, &Address::city},
    {"state", Meaning::kState},
    {"postcode", Meaning::kAddress, nullptr, &Address::postal_code},
    {"country", Meaning::kCountry},
    {"phone", Meaning::kProfile, &Profile::phone},
    {"mobile", Meaning::kProfile, &Profile::mobile},
    {"fax", Meaning::kProfile, &Profile::fax},
    {"status", Meaning::kStatus},
    {"storecredit", Meaning::kCredit},
    {"groups", Meaning::kGroup},
}};

std::string PlainName(std::string_view title) {
  std::string name;
  for (const char c : AsciiLower(title)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) name += c;
  }
  return name;
}

std::optional<bool> IsCompany(std::string_view text) {
  if (EqualsIgnoreCase(text, "company")) return true;
  if (EqualsIgnoreCase(text, "individual")) return false;
  return std::nullopt;
}

std::optional<ApiError> CheckValue(const ImportField& field, std::string_view text) {
  if (auto problem = CheckText(field.name, text, {})) return problem;
  switch (field.meaning) {
    case Meaning::kId:
      if (!IsDigits(text) || !ParseInt(text)) {
        return ValidationFailed(field.name, "invalid_id", "customer id must be numeric");
      }
      return std::nullopt;
    case Meaning::kType:
      if (IsCompany(text)) return std::nullopt;
      return ValidationFailed(field.name, "invalid_enum", "must be one of Individual, Company");
    case Meaning::kStatus:
      if (ParseStatus(text)) return std::nullopt;
      return ValidationFailed(field.name, "invalid_enum", AllowedStatusesText());
    case Meaning::kCredit:
      if (const auto amount = Decimal::Parse(text); amount && *amount >= Decimal()) {
        return std::nullopt;
      }
      return ValidationFailed(field.name, "invalid_value", "must be a number from 0");
    default:
      break;
  }
  if (field.profile == &Profile::email && !LooksLikeEmail(text)) {
    return ValidationFailed(field.name, "invalid_value", "must be an e-mail address");
  }
  return std::nullopt;
}

}  // namespace

Parsed<std::vector<std::optional<size_t>>> ReadHeader(const Row& header) {
  std::vector<std::optional<size_t>> columns;
  std::vector<bool> seen(kImportFields.size());
  for (const std::string& title : header) {
    const auto field = std::ranges::find(kImportFields, PlainName(title), &ImportField::name);
    if (field == kImportFields.end()) {
      columns.emplace_back();
      continue;
    }
    const auto index = static_cast<size_t>(field - kImportFields.begin());
    if (seen[index]) {
      return tl::unexpected(
          ValidationFailed(field->name, "invalid_value", "the file has this column twice"));
    }
    seen[index] = true;
    columns.emplace_back(index);
  }
  if (std::ranges::count(seen, true) == 0) {
    return tl::unexpected(ValidationFailed("file", "invalid_value", "has no column that is known"));
  }
  return columns;
}

ImportRow ReadImportRow(const std::vector<std::optional<size_t>>& columns, const Row& row,
                        size_t number) {
  ImportRow parsed;
  parsed.number = number;
  for (size_t i = 0; i < std::min(columns.size(), row.size()); ++i) {
    const std::string_view text = Trim(row[i]);
    if (!columns[i] || text.empty()) continue;
    const ImportField& field = kImportFields[*columns[i]];
    if (field.profile == &Profile::email && IsValidUtf8(text)) parsed.email = text;
    if (!parsed.problem) parsed.problem = CheckValue(field, text);
    if (field.meaning == Meaning::kId) {
      parsed.customer_id = ParseInt(text);
    } else {
      parsed.fields.emplace_back(*columns[i], text);
    }
  }
  return parsed;
}

void ApplyRow(const ImportRow& row, Profile& profile, Address& address, bool& has_address,
              std::string& group) {
  for (const auto& [index, text] : row.fields) {
    const ImportField& field = kImportFields[index];
    switch (field.meaning) {
      case Meaning::kProfile:
        profile.*field.profile = text;
        break;
      case Meaning::kAddress:
        address.*field.address = text;
        has_address = true;
        break;
      case Meaning::kCountry:
        SetCountry(text, address);
        has_address = true;
        break;
      case Meaning::kState:
        SetState(text, address);
        has_address = true;
        break;
      case Meaning::kType:
        profile.is_company = IsCompany(text).value_or(false);
        break;
      case Meaning::kStatus:
        profile.status = ParseStatus(text).value_or(profile.status);
        break;
      case Meaning::kCredit:
        profile.store_credit = Decimal::Parse(text).value_or(profile.store_credit);
        break;
      case Meaning::kGroup:
        group = text;
        break;
      case Meaning::kId:
        break;
    }
  }
}

}  // namespace oubli::dialects::webcommander
