// Request bodies: one JSON object, read member by member; what is not known is refused, and all
// that is wrong is told at once.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "dialects/native/problems.h"
#include "http/message.h"

namespace oubli::dialects::native {

// The object in a request's body, or the refusal.
tl::expected<boost::json::object, Problem> ReadBody(const http::Request& request);

// What has been found wrong with a body so far.
struct Faults {
  std::vector<MemberFault> list;
  bool card_number = false;

  void Add(std::string pointer, std::string_view detail) {
    list.push_back({std::move(pointer), std::string(detail)});
  }
  // Nothing when the body is right.
  std::optional<Problem> ToProblem() const;
};

// How many code points a text may have.
struct TextLength {
  size_t min = 0;
  size_t max = 255;
};

// Reads the members of one object. Null is a value like others: no member may be null. Each
// function returns a default when the member is absent or wrong; what is wrong is in the faults.
class ObjectReader {
 public:
  // `pointer` leads to the object: "#" or "#/billing_address".
  ObjectReader(const boost::json::object& object, std::string pointer, Faults& faults)
      : object_(object), pointer_(std::move(pointer)), faults_(faults) {}

  // No text may hold a card number; control characters are refused.
  std::string Text(std::string_view name, TextLength length, bool required = true);
  // A text as a token: without blanks, and a card number only when it is one as a whole.
  std::string Token(std::string_view name, size_t max);
  // Digits alone, from `min` to `max` of them.
  std::string Digits(std::string_view name, size_t min, size_t max);
  int64_t Integer(std::string_view name, int64_t min, int64_t max);  // required
  bool Boolean(std::string_view name, bool otherwise);
  const boost::json::object* Object(std::string_view name);  // nullptr when absent or wrong

  void Fault(std::string_view name, std::string_view detail);
  // To be called last: refuses the members that nothing above has asked for.
  void RefuseOthers();
  std::string PointerTo(std::string_view name) const;

 private:
  const boost::json::value* Find(std::string_view name, bool required);

  const boost::json::object& object_;
  const std::string pointer_;
  Faults& faults_;
  std::vector<std::string_view> known_;
};

}  // namespace oubli::dialects::native
