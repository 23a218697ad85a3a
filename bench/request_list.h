// What the load client sends: one template, filled with ids or with paths from a file, in order or
// shuffled. Requests are made one after the other into one buffer, so that a run of millions costs
// no memory beyond the ids.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::bench {

struct RequestTemplate {
  std::string method = "GET";
  std::string host;                  // value of the Host field
  std::string path = "/";            // may hold {id}
  std::vector<std::string> headers;  // "Name: value", may hold {id}
  std::string body;                  // may hold {id}; empty: no body, no Content-Length
};

class RequestList {
 public:
  // `values` fill {id}: `values_per_request` of them, joined by commas, in each request; no values:
  // the template is sent as it is. `paths` (each may hold {id}) take the place of the template's
  // path in turn. `count` 0 means each value (or each path) once; more starts again from the front.
  // REQUIRES: values_per_request > 0.
  RequestList(RequestTemplate request, std::vector<std::string> paths,
              std::vector<std::string> values, size_t values_per_request, uint64_t count);

  // Appends the next request, ready for the wire; false: there are no more.
  bool Next(std::string& wire);

  uint64_t count() const { return count_; }

 private:
  void AppendFilled(std::string& wire, std::string_view text) const;
  void TakeValues();

  RequestTemplate request_;
  std::vector<std::string> paths_;
  std::vector<std::string> values_;
  size_t values_per_request_;
  uint64_t count_;
  uint64_t made_ = 0;
  size_t next_value_ = 0;
  std::string filling_;  // what {id} stands for in the request being made
  std::string body_;
};

// The lines of a file without their ends; empty lines are left out. Errors: kNotFound.
Result<std::vector<std::string>> ReadLines(const std::string& path);

// The same order for the same seed on every machine.
void Shuffle(std::vector<std::string>& lines, uint64_t seed);

}  // namespace oubli::bench
