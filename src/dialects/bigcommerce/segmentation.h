// What the calls of segmentation have in common (contract 7): uuids, the objects, the answer of a
// batch that failed, and deletes that mean everything when they name nothing (T6).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "customers/segments.h"
#include "customers/shopper_profiles.h"
#include "dialects/bigcommerce/call.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/pagination.h"
#include "dialects/bigcommerce/query.h"

namespace oubli::dialects::bigcommerce {

// ---- reading ----

// 8-4-4-4-12 hexadecimal digits, of any version and in any case; in lower case.
std::optional<std::string> ParseUuid(std::string_view text);
// The parameter `id:in`: distinct uuids in the order of coming; nothing without it. Errors:
// kInvalid without a field, for an element that is no uuid, an empty one too.
Result<std::optional<std::vector<std::string>>> ReadUuids(const Query& query,
                                                          const Choices& choices);

// ---- answers ----

void WriteSegment(JsonWriter& json, const customers::Segment& segment);
void WriteShopperProfile(JsonWriter& json, const customers::OwnedShopperProfile& profile);

// {"data":[...],"meta":...} of one page.
std::string SegmentPage(const std::vector<customers::Segment>& segments, int64_t total,
                        const Query& query, const PageRequest& page, const Choices& choices);
std::string ProfilePage(const std::vector<customers::OwnedShopperProfile>& profiles, int64_t total,
                        const Query& query, const PageRequest& page, const Choices& choices);

http::Response JsonAnswer(int status, std::string body);
// 409. Batches are atomic, so all of `items` have failed, whichever are named.
http::Response BatchConflict(std::string_view title, const std::vector<FieldError>& errors,
                             size_t items);
// 404 for a segment or profile of the path that there is not.
http::Response NotThere(const Choices& choices);
// The errors of lists and of writes with a body; kNotFound is the path's. Others as in errors.h,
// with the status that segmentation has for a body that is not right.
void AnswerListError(const Call& call, const Error& error);
void AnswerBodyError(const Answer& answer, const Choices& choices, const Error& error,
                     std::string_view failed_title);

// ---- deletes ----

// What one delete removes, in the writer's turn. No ids, that is no parameter `id:in` at all, mean
// everything; Delete() has then asked for the open window. Errors: kNotFound for a path that leads
// nowhere.
using Remover = std::function<Status(customers::StoreTransaction& transaction,
                                     const std::optional<std::vector<std::string>>& ids)>;
// Answers the call: 204, or 422 with nothing changed for ids that are none, for other parameters,
// and for a delete of everything outside of the window.
void Delete(Call& call, Remover remove);

}  // namespace oubli::dialects::bigcommerce
