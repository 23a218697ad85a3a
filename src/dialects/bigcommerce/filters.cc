#include "dialects/bigcommerce/filters.h"

#include <algorithm>
#include <string>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/customers.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr int64_t kSecondsADay = 24 * 60 * 60;
constexpr size_t kPlainDateLength = 10;  // 2024-05-14

// The seconds that a filter's date means: one of them, or those of a day.
Result<std::optional<SecondsRange>> ReadDate(const Query& query, const std::string& name,
                                             const Choices& choices, DateForm form) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  if (form == DateForm::kOrUnix && IsDigits(*text)) {
    const auto second = ParseInt(*text);
    if (!second || *second > SecondOf(kMaxDateMs)) {
      return Fail(ErrorKind::kInvalid, "must be a date", name);
    }
    return SecondsRange{*second, *second};
  }
  const auto ms = ParseIso8601(*text);
  if (!ms) return Fail(ErrorKind::kInvalid, "must be a date", name);
  SecondsRange range{SecondOf(*ms), SecondOf(*ms)};
  if (choices.plain_date_is_whole_day && text->size() == kPlainDateLength) {
    range.to += kSecondsADay - 1;
  }
  return range;
}

Result<std::optional<std::vector<std::string>>> ReadEmails(const Query& query) {
  OUBLI_TRY_ASSIGN(auto emails, query.Texts("email:in"));
  if (!emails) return std::nullopt;
  for (std::string& email : *emails) email = customers::NormalizeEmail(email);
  std::ranges::sort(*emails);
  const auto repeats = std::ranges::unique(*emails);
  emails->erase(repeats.begin(), repeats.end());
  return emails;
}

std::string FullName(const customers::Profile& profile) {
  return profile.first_name + " " + profile.last_name;
}

}  // namespace

std::string ComparedText(std::string_view text, const Choices& choices) {
  return choices.text_filters_ignore_case ? FoldCase(text) : std::string(text);
}

TextList TextList::Of(const std::vector<std::string>& texts, const Choices& choices) {
  TextList list;
  for (const std::string& text : texts) list.texts_.push_back(ComparedText(text, choices));
  std::ranges::sort(list.texts_);
  return list;
}

Result<std::optional<TextList>> TextList::Read(const Query& query, std::string_view name,
                                               const Choices& choices) {
  OUBLI_TRY_ASSIGN(auto texts, query.Texts(name));
  if (!texts) return std::nullopt;
  return Of(*texts, choices);
}

bool TextList::Has(std::string_view text, const Choices& choices) const {
  return std::ranges::binary_search(texts_, ComparedText(text, choices));
}

bool TextList::HasPartOf(std::string_view text, const Choices& choices) const {
  const std::string compared = ComparedText(text, choices);
  return std::ranges::any_of(
      texts_, [&](const std::string& part) { return compared.find(part) != std::string::npos; });
}

Result<SecondsRange> ReadDates(const Query& query, std::string_view name, const Choices& choices,
                               DateForm form) {
  const std::string base(name);
  const int64_t beyond = choices.date_bounds_inclusive ? 0 : 1;
  OUBLI_TRY_ASSIGN(const auto exact, ReadDate(query, base, choices, form));
  OUBLI_TRY_ASSIGN(const auto min, ReadDate(query, base + ":min", choices, form));
  OUBLI_TRY_ASSIGN(const auto max, ReadDate(query, base + ":max", choices, form));
  SecondsRange range;
  if (exact) range = *exact;
  if (min) range.from = std::max(range.from, min->from + beyond);
  if (max) range.to = std::min(range.to, max->to - beyond);
  return range;
}

int64_t SecondOf(UnixMs ms) {
  const int64_t second = ms / kMsASecond;
  return ms % kMsASecond < 0 ? second - 1 : second;
}

bool CustomerFilter::NeedsProfile() const {
  return emails || companies || names || names_like || phones || ip_addresses || also;
}

bool CustomerFilter::IsEmpty() const {
  return !ids && !group_ids && min_id <= 1 && max_id == INT64_MAX && created.IsEverything() &&
         modified.IsEverything() && !NeedsProfile();
}

bool CustomerFilter::MatchesHead(const customers::Head& head) const {
  if (ids && !std::ranges::binary_search(*ids, head.id)) return false;
  if (head.id < min_id || head.id > max_id) return false;
  if (group_ids && !std::ranges::binary_search(*group_ids, head.group_id)) return false;
  return created.Has(SecondOf(head.created_at)) && modified.Has(SecondOf(head.modified_at));
}

bool CustomerFilter::MatchesProfile(const customers::Profile& profile,
                                    const Choices& choices) const {
  if (emails && !std::ranges::binary_search(*emails, customers::NormalizeEmail(profile.email))) {
    return false;
  }
  if (companies && !companies->Has(profile.company, choices)) return false;
  if (phones && !phones->Has(profile.phone, choices)) return false;
  if (ip_addresses && !ip_addresses->Has(profile.registration_ip_address, choices)) return false;
  if (names && !names->Has(FullName(profile), choices)) return false;
  if (names_like && !names_like->HasPartOf(FullName(profile), choices)) return false;
  return !also || also(profile);
}

Result<CustomerFilter> ReadCustomerFilter(const Query& query, const Choices& choices) {
  CustomerFilter filter;
  OUBLI_TRY_ASSIGN(filter.ids, query.Integers("id:in"));
  OUBLI_TRY_ASSIGN(filter.group_ids, query.Integers("customer_group_id:in"));
  OUBLI_TRY_ASSIGN(filter.created, ReadDates(query, "date_created", choices));
  OUBLI_TRY_ASSIGN(filter.modified, ReadDates(query, "date_modified", choices));
  OUBLI_TRY_ASSIGN(filter.emails, ReadEmails(query));
  OUBLI_TRY_ASSIGN(filter.companies, TextList::Read(query, "company:in", choices));
  OUBLI_TRY_ASSIGN(filter.names, TextList::Read(query, "name:in", choices));
  OUBLI_TRY_ASSIGN(filter.names_like, TextList::Read(query, "name:like", choices));
  OUBLI_TRY_ASSIGN(filter.phones, TextList::Read(query, "phone:in", choices));
  OUBLI_TRY_ASSIGN(filter.ip_addresses,
                   TextList::Read(query, "registration_ip_address:in", choices));
  return filter;
}

}  // namespace oubli::dialects::bigcommerce
