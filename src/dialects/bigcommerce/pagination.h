// Pages and cursors (contract 1.9).
//
// A cursor names the row that it stands at: base64url of {"id":204}, and for a list sorted by a
// date {"id":204,"key":1706001}, the date in seconds, so that the place is known when the row has
// moved or is gone. A name has no business in a URL: a cursor of a list sorted by name is
// {"id":204,"at":"..."} with the place sealed (customer_place.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "base/result.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/query.h"

namespace oubli::dialects::bigcommerce {

// Where a row stands, in the answers as base64url of compact JSON (contract 1.9): {"id":204}.
struct Cursor {
  int64_t id = 0;
  // Of lists sorted by a date: its second. {"id":204,"key":1786447828}
  std::optional<int64_t> key = {};
  // Of form field values alone, where the id is called sessionId: {"sessionId":38,"fieldId":40}
  std::optional<int64_t> field = {};
  // Of lists sorted by a name: the name, sealed. {"id":204,"at":"..."}; "" for none
  std::string sealed = {};
};
std::string EncodeCursor(const Cursor& cursor);
std::optional<Cursor> DecodeCursor(std::string_view text);

struct PageRequest {
  int64_t page = 1;
  int64_t limit = 50;
  std::optional<Cursor> after;
  std::optional<Cursor> before;

  bool by_cursor() const { return after || before; }
  // How many rows come before the page; beyond every list when that is more than can be counted.
  int64_t offset() const;
};
// `page`, `limit` and, where the list has cursors, `after` and `before`. Errors: kInvalid with the
// name of the parameter; kTooMany for a limit that is not clamped.
Result<PageRequest> ReadPageRequest(const Query& query, const Choices& choices, bool has_cursors);

// The same for a list of form fields, whose cursors have another form.
Result<PageRequest> ReadFieldPageRequest(const Query& query, const Choices& choices);

// What `meta` says of a page that has been read.
struct PageOutcome {
  int64_t count = 0;  // rows on this page
  int64_t total = 0;  // of all pages; not known (and not said) for a cursor's page
  // Where the list has cursors: those of the page's rows, and whether rows lie beyond them.
  bool has_cursors = false;
  std::optional<Cursor> first;
  std::optional<Cursor> last;
  bool has_next = false;
  bool has_previous = false;
  bool has_links = true;  // of pages
};

// The member "meta" of an answer.
void WriteMeta(JsonWriter& json, const Query& query, const Choices& choices,
               const PageRequest& page, const PageOutcome& outcome);

}  // namespace oubli::dialects::bigcommerce
