// V2's bodies as XML: the same values as in JSON, under the original's element names.
//
//   a list           its name, with one element of the singular for each object:
//   <customers><customer> a list of texts  <value> for each {url, resource}  <link rel="resource"
//   href="URL">RESOURCE</link> null             the word NULL
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce::v2 {

// `root` is an element's name in the plural for an array ("customers"), else the element's own.
// Characters that XML cannot hold become U+FFFD.
std::string WriteXml(std::string_view root, const boost::json::value& value);

// The object that a request's XML means: all leaves are texts; form_fields, discount_rules and
// categories are arrays. Attributes, comments and processing instructions are passed over.
//
// Nobody but the caller writes what is read: there are no document types and no entities but the
// five of XML itself. Errors: kInvalid for those, for what is not well-formed UTF-8 XML with a
// `root` in it, for two elements of one name, and for what is nested too deeply; kTooMany for a
// text that is too long.
Result<boost::json::value> ReadXml(std::string_view text, std::string_view root,
                                   const Choices& choices);

}  // namespace oubli::dialects::bigcommerce::v2
