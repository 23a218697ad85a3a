// Stored payment instruments in JSON.
#pragma once

#include <boost/json/object.hpp>
#include <tl/expected.hpp>

#include "base/json_writer.h"
#include "customers/model.h"
#include "dialects/native/problems.h"

namespace oubli::dialects::native {

void WriteInstrument(JsonWriter& json, const customers::PaymentInstrument& instrument);

tl::expected<customers::PaymentInstrument, Problem> ReadInstrument(
    const boost::json::object& object);

}  // namespace oubli::dialects::native
