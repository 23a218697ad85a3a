// The customer object of V2 answers (contract 6.1), and where its links lead.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "customers/model.h"
#include "dialects/bigcommerce/call.h"
#include "dialects/bigcommerce/v2/format.h"

namespace oubli::dialects::bigcommerce::v2 {

// Makes the links that clients follow, with their token, lead back to this server: the host is the
// one that the caller has itself asked (T21). Copies may outlive the call.
class Links {
 public:
  explicit Links(const Call& call);
  // {url, resource} of "/customers/1/addresses".
  boost::json::object To(const std::string& resource) const;

 private:
  std::string base_;    // "http://127.0.0.1:8080/stores/abc/v2"
  std::string suffix_;  // ".xml" for who speaks XML
};

boost::json::object CustomerObject(const customers::Customer& customer, const Links& links);

// null, or [{name, value}].
boost::json::value FormFieldsValue(const std::vector<customers::FormField>& fields);

}  // namespace oubli::dialects::bigcommerce::v2
