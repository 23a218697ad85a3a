// The `pagination` object that all lists end with, and its links.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "dialects/webcommander/errors.h"
#include "http/message.h"
#include "http/parameters.h"

namespace oubli::dialects::webcommander {

// Where in a list an answer is.
struct Place {
  int64_t total = 0;
  int64_t limit = 20;
  int64_t offset = 0;
  int64_t count = 0;  // rows of this page
};

// `path` is the list's own, `kept` the parameters that its other pages have too.
void WritePagination(JsonWriter& writer, const http::Request& request, const std::string& path,
                     const http::Parameters& kept, const Place& place);

// `limit` (1 to 20; more is cut to 20), `offset` and `page`, where `offset` wins. Others are left
// to the caller. count and total stay 0.
Parsed<Place> ReadPlace(const http::Parameters& parameters);

// A name of a parameter or field that came from outside, for an error text: "{...}" unless it looks
// like one, since a caller may have put a value where the name belongs.
std::string ShownName(std::string_view name);

}  // namespace oubli::dialects::webcommander
