// The query string as ASP.NET hands it out: names without regard to case, repeats joined by commas.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oubli::dialects::hotcakes {

class Query {
 public:
  // Nothing when there are more than 1000 parameters.
  static std::optional<Query> Parse(std::string_view raw);

  // Nothing when the name is not there. A name that is there twice gives "a,b", so that a key given
  // twice is no key.
  std::optional<std::string> Find(std::string_view name) const;
  // The same with '+' kept as it is: clients do not encode it in e-mail addresses.
  std::optional<std::string> FindKeepingPlus(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name).has_value(); }
  // Whether there is nothing but these names.
  bool HasOnly(std::initializer_list<std::string_view> names) const;

 private:
  struct Entry {
    std::string name;       // decoded
    std::string raw_value;  // as received
  };
  std::optional<std::string> Joined(std::string_view name, bool plus_is_blank) const;

  std::vector<Entry> entries_;
};

}  // namespace oubli::dialects::hotcakes
