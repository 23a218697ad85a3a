// What the lists' filters have in common, and the filters of GET /v3/customers (contract 2.2).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/query.h"

namespace oubli::dialects::bigcommerce {

// A text as filters and sorts compare it.
std::string ComparedText(std::string_view text, const Choices& choices);

// Texts of which one must fit.
class TextList {
 public:
  static TextList Of(const std::vector<std::string>& texts, const Choices& choices);
  static Result<std::optional<TextList>> Read(const Query& query, std::string_view name,
                                              const Choices& choices);
  bool Has(std::string_view text, const Choices& choices) const;        // as a whole
  bool HasPartOf(std::string_view text, const Choices& choices) const;  // somewhere inside
  const std::vector<std::string>& texts() const { return texts_; }      // compared form, ascending

 private:
  std::vector<std::string> texts_;
};

// Whole seconds since 1970, both ends included; everything by default.
struct SecondsRange {
  int64_t from = INT64_MIN;
  int64_t to = INT64_MAX;

  bool Has(int64_t second) const { return from <= second && second <= to; }
  bool IsEverything() const { return from == INT64_MIN && to == INT64_MAX; }
};
enum class DateForm {
  kIso,
  kOrUnix,  // seconds since 1970 will do too
};
// NAME, NAME:min and NAME:max together.
Result<SecondsRange> ReadDates(const Query& query, std::string_view name, const Choices& choices,
                               DateForm form = DateForm::kIso);
inline constexpr int64_t kMsASecond = 1000;
int64_t SecondOf(UnixMs ms);  // as the answers show it

// An absent filter lets everything through.
struct CustomerFilter {
  std::optional<std::vector<int64_t>> ids;  // ascending
  std::optional<std::vector<int64_t>> group_ids;
  int64_t min_id = 1, max_id = INT64_MAX;
  SecondsRange created, modified;
  std::optional<std::vector<std::string>> emails;  // normalised, ascending
  std::optional<TextList> companies, names, names_like, phones, ip_addresses;
  // A condition on the opened profile that goes beside the others; empty for none.
  std::function<bool(const customers::Profile&)> also;

  bool IsEmpty() const;
  bool NeedsProfile() const;
  bool MatchesHead(const customers::Head& head) const;
  // REQUIRES: MatchesHead().
  bool MatchesProfile(const customers::Profile& profile, const Choices& choices) const;
};
Result<CustomerFilter> ReadCustomerFilter(const Query& query, const Choices& choices);

}  // namespace oubli::dialects::bigcommerce
