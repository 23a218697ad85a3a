// What V3's calls have in common: bodies with several items, and the answers to lists and writes.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/call.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {

// Each item of an array by `read(object, path)`, in order; the first error ends it.
template <class Read>
auto ReadItems(const boost::json::array& items, const Choices& choices, const Read& read) {
  using One =
      std::invoke_result_t<const Read&, const boost::json::object&, const std::string&>::value_type;
  const auto run = [&]() -> Result<std::vector<One>> {
    std::vector<One> all;
    for (size_t i = 0; i < items.size(); ++i) {
      OUBLI_TRY_ASSIGN(const boost::json::object* object, ItemObject(choices, items, i));
      OUBLI_TRY_ASSIGN(One one, read(*object, ItemPath(choices, i)));
      all.push_back(std::move(one));
    }
    return all;
  };
  return run();
}

// {"data":[...],"meta":{}}, with what `write(json, row)` writes of each row.
template <class Row, class Write>
std::string DataBody(const std::vector<Row>& rows, const Write& write) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (const Row& row : rows) write(json, row);
  json.EndArray().Key("meta").BeginObject().EndObject().EndObject();
  return body;
}

template <class Row, class Write>
http::Response DataAnswer(const std::vector<Row>& rows, const Write& write) {
  return http::Response::Text(200, kJsonContentType, DataBody(rows, write));
}

// Answers a list: with its body, or with what is wrong with the query.
inline void AnswerList(const Call& call, Result<std::string> body) {
  if (!body) return call.answer.Fail(body.error(), call.choices.bad_filter_value);
  call.answer(http::Response::Text(200, kJsonContentType, *std::move(body)));
}

}  // namespace oubli::dialects::bigcommerce
