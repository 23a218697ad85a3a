// Names and values from query strings and form bodies, in the order in which they came.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace oubli::http {

struct Parameter {
  std::string name;
  std::string value;
};

// Decoded parameters; a name may come more than once.
class Parameters {
 public:
  void Add(std::string name, std::string value);
  // The first value of that name (exact), or nullptr.
  const std::string* Find(std::string_view name) const;
  size_t Count(std::string_view name) const;
  const std::vector<Parameter>& all() const { return list_; }

 private:
  std::vector<Parameter> list_;
};

// %XX and, if `plus_is_blank`, '+'. A '%' that no two hex digits follow stays as it is.
std::string PercentDecode(std::string_view text, bool plus_is_blank);
std::string PercentEncode(std::string_view text);  // everything but A-Z a-z 0-9 - . _ ~

// application/x-www-form-urlencoded, which a query string is too. At most `max_count` parameters.
// Errors: kInvalid.
Result<Parameters> ParseUrlEncoded(std::string_view text, size_t max_count = 1000);

// multipart/form-data (RFC 7578) as curl and PHP send it; a part with a file name is a field like
// another. At most `max_count` parts. Errors: kInvalid.
Result<Parameters> ParseMultipart(std::string_view content_type, std::string_view body,
                                  size_t max_count = 1000);

// The form in a request's body by its Content-Type; empty when there is no body. Errors: kInvalid,
// also for a body of another type.
Result<Parameters> ParseForm(const Request& request);

}  // namespace oubli::http
