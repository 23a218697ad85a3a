// /v2/customer_groups (contract 6.2). Deleting all of them is not a call any more: 405.
#include "customers/groups.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/v2/body.h"
#include "dialects/bigcommerce/v2/group_form.h"
#include "dialects/bigcommerce/v2/handlers.h"
#include "dialects/bigcommerce/v2/list_query.h"
#include "dialects/bigcommerce/v2/reply.h"
#include "dialects/bigcommerce/v2/value.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

namespace json = boost::json;
using customers::Group;
using customers::StoreTransaction;

constexpr std::array<std::string_view, 12> kGroupParameters = {"page",
                                                               "limit",
                                                               "name",
                                                               "name:like",
                                                               "is_default",
                                                               "is_group_for_guests",
                                                               "date_created",
                                                               "date_created:min",
                                                               "date_created:max",
                                                               "date_modified",
                                                               "date_modified:min",
                                                               "date_modified:max"};

// A group and the reason why its store-wide rule is not in force, if it is not.
struct Written {
  Group group;
  std::string store_wide_fault;
};

// The groups that the query's filters let through, by id.
Result<std::vector<Group>> FindGroups(const Call& call, const Query& query) {
  const Choices& choices = call.choices;
  OUBLI_TRY_ASSIGN(const auto name, ReadText(query, "name", choices));
  OUBLI_TRY_ASSIGN(const auto part, ReadText(query, "name:like", choices));
  OUBLI_TRY_ASSIGN(const auto is_default, ReadFlag(query, "is_default"));
  OUBLI_TRY_ASSIGN(const auto is_for_guests, ReadFlag(query, "is_group_for_guests"));
  OUBLI_TRY_ASSIGN(const SecondsRange created, ReadDates(query, "date_created", choices));
  OUBLI_TRY_ASSIGN(const SecondsRange modified, ReadDates(query, "date_modified", choices));
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(std::vector<Group> groups, customers::ListGroups(*reader));
  std::erase_if(groups, [&](const Group& group) {
    return (name && !name->Has(group.name, choices)) ||
           (part && !part->HasPartOf(group.name, choices)) ||
           (is_default && *is_default != group.is_default) ||
           (is_for_guests && *is_for_guests != group.is_for_guests) ||
           !created.Has(SecondOf(group.created_at)) || !modified.Has(SecondOf(group.modified_at));
  });
  return groups;
}

Result<json::array> GroupRows(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, ReadQuery(call, kGroupParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const std::vector<Group> groups, FindGroups(call, query));
  const auto since = ModifiedSince(call.request);
  json::array rows;
  int64_t to_skip = page.offset();
  for (const Group& group : groups) {
    if (!IsModified(since, group.modified_at)) continue;
    if (to_skip-- > 0) continue;
    if (static_cast<int64_t>(rows.size()) == page.limit) break;
    rows.emplace_back(GroupObject(group));
  }
  return rows;
}

Result<int64_t> NumberOfGroups(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, ReadQuery(call, kGroupParameters));
  OUBLI_TRY(ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const std::vector<Group> groups, FindGroups(call, query));
  return static_cast<int64_t>(groups.size());
}

Result<std::optional<Group>> FindOne(const Call& call) {
  OUBLI_TRY(ReadQuery(call, {}));
  const auto id = IdOf(call.path_parameters[0]);
  if (!id) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  return customers::FindGroup(*reader, *id);
}

Result<GroupInput> ReadInput(const Call& call, bool create) {
  OUBLI_TRY(ReadQuery(call, {}));
  OUBLI_TRY_ASSIGN(const json::value body, ReadBody(call.request, "customer_group", call.choices));
  return ReadGroupBody(body.get_object(), create, call.choices);
}

Result<Written> Create(StoreTransaction& transaction, const GroupInput& input) {
  Written written;
  input.ApplyTo(written.group);
  OUBLI_TRY_ASSIGN(written.group, customers::CreateGroup(transaction, std::move(written.group)));
  written.store_wide_fault = input.store_wide_fault;
  return written;
}

Result<Written> Update(StoreTransaction& transaction, int64_t id, const GroupInput& input) {
  OUBLI_TRY_ASSIGN(auto group, customers::FindGroup(transaction, id));
  if (!group) return Fail(ErrorKind::kNotFound, "no such group");
  Written written;
  input.ApplyTo(*group);
  OUBLI_TRY_ASSIGN(written.group, customers::UpdateGroup(transaction, std::move(*group)));
  written.store_wide_fault = input.store_wide_fault;
  return written;
}

auto AnswerWith(const Reply& reply) {
  return [reply](const Result<Written>& written) {
    if (!written) return reply.FailGroup(written.error());
    if (written->store_wide_fault.empty()) {
      return reply.Object(200, "customer_group", GroupObject(written->group));
    }
    json::object body;
    body["status"] = 207;
    PutText(body, "message",
            "The customer group was saved without its store-wide discount: " +
                written->store_wide_fault + ".");
    reply.Object(207, "customer_group", std::move(body));
  };
}

}  // namespace

void ListGroups(Call& call) {
  const Reply reply(call);
  auto rows = GroupRows(call);
  if (!rows) return reply.Fail(rows.error());
  SendList(reply, "customer_groups", std::move(*rows), ModifiedSince(call.request).has_value());
}

void CountGroups(Call& call) {
  const Reply reply(call);
  const auto count = NumberOfGroups(call);
  if (!count) return reply.Fail(count.error());
  reply.Object(200, "customer_groups", {{"count", *count}});
}

void GetGroup(Call& call) {
  const Reply reply(call);
  const auto group = FindOne(call);
  if (!group) return reply.Fail(group.error());
  if (!*group) return reply.NotFound();
  if (!IsModified(ModifiedSince(call.request), (*group)->modified_at)) return reply.NotModified();
  reply.Object(200, "customer_group", GroupObject(**group));
}

void CreateGroup(Call& call) {
  const Reply reply(call);
  auto input = ReadInput(call, true);
  if (!input) return reply.FailGroup(input.error());
  call.store->Write([input = std::move(*input)](
                        StoreTransaction& transaction) { return Create(transaction, input); },
                    AnswerWith(reply));
}

void UpdateGroup(Call& call) {
  const Reply reply(call);
  const auto id = IdOf(call.path_parameters[0]);
  if (!id) return reply.NotFound();
  auto input = ReadInput(call, false);
  if (!input) return reply.FailGroup(input.error());
  call.store->Write([input = std::move(*input), id = *id](
                        StoreTransaction& transaction) { return Update(transaction, id, input); },
                    AnswerWith(reply));
}

void DeleteGroup(Call& call) {
  const Reply reply(call);
  if (const auto query = ReadQuery(call, {}); !query) return reply.Fail(query.error());
  const auto id = IdOf(call.path_parameters[0]);
  if (!id) return reply.NotFound();
  call.store->Write(
      [id = *id](StoreTransaction& transaction) { return customers::DeleteGroup(transaction, id); },
      [reply,
       unknown_is_404 = call.choices.unknown_delete_is_not_found](const Result<bool>& was_there) {
        if (!was_there) return reply.Fail(was_there.error());
        if (!*was_there && unknown_is_404) return reply.NotFound();
        reply.NoContent();
      });
}

}  // namespace oubli::dialects::bigcommerce::v2
