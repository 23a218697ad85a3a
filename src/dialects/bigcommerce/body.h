// Request bodies: arrays of JSON objects, read field by field (contract 1.6 and 2.1).
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "dialects/bigcommerce/choices.h"
#include "http/message.h"

namespace oubli::dialects::bigcommerce {

// The JSON array in a request's body, or the refusal: 400 without a Content-Type and for what is no
// JSON, 415 for another type, 422 for bytes that are not UTF-8, something else than an array or an
// empty one, 413 (with that title) for more than `max_items`.
tl::expected<boost::json::value, http::Response> ReadArrayBody(const http::Request& request,
                                                               const Choices& choices,
                                                               size_t max_items,
                                                               std::string_view too_many_title,
                                                               int invalid_status = 422);

// The JSON object in a request's body, or the refusal, in the same words.
tl::expected<boost::json::value, http::Response> ReadObjectBody(const http::Request& request,
                                                                const Choices& choices);
// The JSON in a body of a DELETE, whose Content-Type says nothing (contract, T3).
tl::expected<boost::json::value, http::Response> ReadUntypedBody(const http::Request& request,
                                                                 const Choices& choices);

// How many code points a text may have.
struct TextLength {
  size_t min = 0;
  size_t max = SIZE_MAX;
};

// A text of an object, and where in an `Input` it goes.
template <class Input>
struct TextField {
  std::string_view name;
  std::optional<std::string> Input::*member;
  TextLength length;
  bool required_to_create;
};

// Reads the members of one object. Null is as good as absent, save where a function says otherwise;
// members that nobody asks for are passed over. Errors are kInvalid with the field's path as field.
class FieldReader {
 public:
  // `path` comes before the names in errors: "0." or "0.addresses.1.".
  FieldReader(const boost::json::object& object, std::string path)
      : object_(object), path_(std::move(path)) {}

  // nullptr when absent or null.
  const boost::json::value* Find(std::string_view name) const;
  // nullptr when absent.
  const boost::json::value* FindOrNull(std::string_view name) const;
  Status Require(std::string_view name) const;

  // Each leaves `into` alone when the member is absent.
  Status Text(std::string_view name, TextLength length, std::optional<std::string>& into) const;
  Status Boolean(std::string_view name, std::optional<bool>& into) const;
  Status Integer(std::string_view name, int64_t min, int64_t max,
                 std::optional<int64_t>& into) const;
  // nullptr when absent.
  Result<const boost::json::array*> Array(std::string_view name) const;
  Result<const boost::json::object*> Object(std::string_view name) const;

  tl::unexpected<Error> Fault(std::string_view name, std::string_view text) const;
  // The path of an element of an array member: "0.addresses.1.".
  std::string ElementPath(std::string_view name, size_t index) const;

 private:
  const boost::json::object& object_;
  const std::string path_;
};

// The path of item `index` of a body, by the choice on index_in_field_keys.
std::string ItemPath(const Choices& choices, size_t index);
// Item `index` of a body as an object.
Result<const boost::json::object*> ItemObject(const Choices& choices,
                                              const boost::json::array& items, size_t index);

// something@something without blanks, commas and a second @.
bool LooksLikeEmail(std::string_view text);

// A text's rule: its length, and no control characters.
Status CheckText(std::string_view text, TextLength length, std::string_view field);

// One form field: {"name", "value": text, number or list of texts}; a value that is not there is
// "".
Result<customers::FormField> ReadFormField(const boost::json::object& object,
                                           const std::string& path);
// The member "form_fields": [{"name", "value": text, number or list of texts}].
Status ReadFormFields(const FieldReader& reader,
                      std::optional<std::vector<customers::FormField>>& into);
// Sets the named fields and leaves the others.
void MergeFormFields(const std::vector<customers::FormField>& changes,
                     std::vector<customers::FormField>& into);

}  // namespace oubli::dialects::bigcommerce
