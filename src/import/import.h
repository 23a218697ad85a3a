// Import of customers with everything attached, from JSON Lines and CSV. The format is told in
// docs/import.md.
//
// A row names its customer by id, e-mail, code or card number. An unknown one is created, a known
// one gets the fields that the row has, and records that it already has (by their ref, or by their
// content when they have none) are written over instead of added: a file may be imported again.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::import {

// Why a row was not taken. Names the field, never its value.
struct Problem {
  std::string
      list;  // "addresses", "attributes", "transactions", "orders"; "" is the customer itself
  int64_t index = -1;  // in that list
  std::string field;
  std::string text;
};

enum class RowResult { kCreated, kUpdated, kRefused };

struct RowOutcome {
  RowResult result = RowResult::kRefused;
  Problem problem;  // of a refused row
};

// Writes rows (JSON objects of the import format) into a store, each all or nothing, and waits
// until they are committed. One outcome a row. Errors: kUnavailable when nothing more can be
// written (full disk); rows of this call may then have been written or not, and importing them
// again is safe.
Result<std::vector<RowOutcome>> ApplyBatch(customers::Store& store,
                                           std::span<const boost::json::object> rows);

// Where batches go: a store that this process has opened, or a running server's socket.
using BatchSink =
    std::function<Result<std::vector<RowOutcome>>(std::span<const boost::json::object>)>;

struct Counts {
  int64_t created = 0;
  int64_t updated = 0;
  int64_t refused = 0;
};

struct Report {
  std::string file;
  int64_t line = 0;
  Problem problem;
};

struct Options {
  bool stop_at_bad_row = false;  // else it is reported and skipped
  size_t batch_rows = 500;
  // Called for each bad row, in order.
  std::function<void(const Report&)> on_bad_row;
  // Called after each batch: bytes read of the files' bytes together.
  std::function<void(int64_t bytes_done, int64_t bytes_total, const Counts& counts)> on_progress;
};

// Reads the files one after the other ("-" is standard input; a name that ends in .csv is CSV, else
// JSON Lines) in constant memory. Errors: kNotFound (no such file), kInvalid (not the format; with
// stop_at_bad_row also the first bad row: the rows before it are in, and so may be good rows behind
// it that were on their way in the same batch), and the sink's.
Result<Counts> Run(const std::vector<std::string>& files, const BatchSink& sink,
                   const Options& options);

}  // namespace oubli::import
